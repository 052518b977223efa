"""`inkling run --simulate` as it is used: in a real pseudo-terminal, and without one."""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

import nn
from tests.device.paper import ONE, SEVEN, Strokes, paper, written
from tests.device.screen import DEADLINE_S, Terminal

RUN = (sys.executable, "-m", "device", "run", "--simulate")
ENVIRONMENT = {
    key: value
    for key, value in os.environ.items()
    if key not in ("COLORTERM", "DEBUG", "NOTIFY_SOCKET", "NO_COLOR")
} | {"TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}


@pytest.fixture(scope="module")
def run() -> list[str]:
    return [*RUN, "--set", f"reading.weights={nn.SHIPPED_WEIGHTS}"]


def note(folder: Path, name: str, *digits: Strokes) -> Path:
    Image.fromarray(written(*digits)[0] if digits else paper()).save(folder / name)
    return folder


def test_space_reads_a_note_and_q_ends(run: list[str], tmp_path: Path) -> None:
    note(tmp_path, "seven.png", SEVEN)
    with Terminal([*run, "--notes", str(tmp_path)], ENVIRONMENT) as terminal:
        terminal.until(lambda text: "ready" in text and "what the camera sees" in text)
        terminal.until(lambda text: re.search("space press +h hold +q end", text) is not None)
        screen = terminal.until(lambda text: "% sure" in text and "answered" in text, keys=" ")
        assert re.search(r"│ +7 +\d\d\.\d % sure", screen)
        assert "seven.png" in screen
        terminal.until(lambda text: re.search(r"7 █+\S? +[01]\.\d\d", text) is not None)
        assert screen.count("▀") > 500
        terminal.write("q")
        assert terminal.end() == 0
    assert b"\x1b[?1049l" in terminal.output, "the screen from before is not back"
    # The terminal doesn't say that it has true colours, as that of macOS has not.
    assert b"8;5;" in terminal.output
    assert b"8;2;" not in terminal.output


def test_a_terminal_with_true_colours_gets_them(run: list[str]) -> None:
    with Terminal(run, ENVIRONMENT | {"COLORTERM": "truecolor"}) as terminal:
        terminal.until(lambda text: "ready" in text)
    assert b"8;2;" in terminal.output
    assert b"8;5;" not in terminal.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_leaves_the_terminal_as_it_was(
    run: list[str], number: signal.Signals
) -> None:
    with Terminal(run, ENVIRONMENT) as terminal:
        terminal.until(lambda text: "ready" in text)
        terminal.kill(number)
        assert terminal.end() == 0
    assert b"\x1b[?1049l" in terminal.output


def test_a_larger_terminal_shows_a_larger_picture(run: list[str], tmp_path: Path) -> None:
    note(tmp_path, "seven.png", SEVEN)
    with Terminal([*run, "--notes", str(tmp_path)], ENVIRONMENT) as terminal:
        terminal.until(lambda text: "ready" in text)
        small = terminal.until(lambda text: "% sure" in text, keys=" ").count("▀")
        terminal.resize((140, 50))
        terminal.until(lambda text: text.count("▀") > 2 * small)


def test_a_broken_picture_is_told_on_the_screen_and_left_out(
    run: list[str], tmp_path: Path
) -> None:
    note(tmp_path, "a.png", SEVEN)
    note(tmp_path, "c.png", ONE)
    (tmp_path / "b.png").write_bytes(b"no picture")
    with Terminal([*run, "--notes", str(tmp_path)], ENVIRONMENT, (160, 40)) as terminal:
        terminal.until(lambda text: "ready" in text)
        terminal.until(lambda text: "a.png" in text and "answered" in text, keys=" ")
        terminal.until(lambda text: "c.png" in text and "left out of the pile" in text, keys=" ")


def test_an_appliance_that_dies_leaves_one_line_and_status_1(
    run: list[str], tmp_path: Path
) -> None:
    picture = note(tmp_path, "seven.png", SEVEN) / "seven.png"
    words = [*run, "--set", "service.retries=0", "--notes", str(tmp_path)]
    with Terminal(words, ENVIRONMENT) as terminal:
        terminal.until(lambda text: "ready" in text)
        picture.write_bytes(b"no picture any more")
        terminal.write(" ")
        assert terminal.end() == 1
    after = terminal.output.rpartition(b"\x1b[?1049l")[2]
    assert after.count(b"inkling: ") == 1
    assert b"none of its pictures" in after
    assert b"Traceback" not in terminal.output


def test_without_input_a_folder_is_read_once(run: list[str], tmp_path: Path) -> None:
    note(tmp_path, "1.png", SEVEN)
    note(tmp_path, "2.png", ONE)
    note(tmp_path, "3.png")
    done = subprocess.run(
        [*run, "--notes", str(tmp_path)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    first, second, third = done.stdout.splitlines()
    assert re.fullmatch(r"1\.png: 7, \d\d\.\d % sure; segments abc", first)
    assert re.fullmatch(r"2\.png: 1, \d\d\.\d % sure; segments bc", second)
    assert third == "3.png: refused, nothing written; segments g"


def test_with_its_input_closed_it_reads_too(run: list[str], tmp_path: Path) -> None:
    note(tmp_path, "1.png", SEVEN)
    command = 'exec "$@" <&-'
    done = subprocess.run(
        ["sh", "-c", command, "sh", *run, "--notes", str(tmp_path)],
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("1.png: 7, ")


@pytest.mark.parametrize(("lines", "count"), [("\n\n\n", 3), ("press\nQ \n\n", 1)])
def test_each_line_of_input_is_a_press(
    run: list[str], tmp_path: Path, lines: str, count: int
) -> None:
    note(tmp_path, "1.png", SEVEN)
    done = subprocess.run(
        [*run, "--plain", "--notes", str(tmp_path)],
        input=lines,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) == count


def test_it_ends_quietly_when_nobody_reads_along(run: list[str]) -> None:
    with subprocess.Popen(
        run,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=ENVIRONMENT,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.readline().startswith(b"the note says")
        running.stdout.close()
        said = running.stderr.read()
        assert running.wait(DEADLINE_S) == 0
    assert b"Error" not in said


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no /dev/full, the full disk")
def test_a_full_disk_is_one_line_and_status_1(run: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            run, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, env=ENVIRONMENT
        )
    assert done.returncode == 1
    assert b"\ninkling: standard output: no space left on device" in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_signal_ends_the_plain_lines_too(run: list[str]) -> None:
    with subprocess.Popen(
        run,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        running.stdin.write(b"\n")
        running.stdin.flush()
        assert running.stdout.readline().startswith(b"the note says")
        running.send_signal(signal.SIGTERM)
        assert running.wait(DEADLINE_S) == 0


def test_without_textual_there_are_plain_lines_and_a_line_that_says_so(
    run: list[str], tmp_path: Path
) -> None:
    note(tmp_path, "seven.png", SEVEN)
    (tmp_path / "textual.py").write_text(
        "raise ModuleNotFoundError(\"No module named 'textual'\", name='textual')\n"
    )
    environment = ENVIRONMENT | {"PYTHONPATH": str(tmp_path)}
    with Terminal([*run, "--notes", str(tmp_path)], environment) as terminal:
        terminal.until(lambda text: "textual is not installed" in text and "make setup" in text)
        terminal.until(lambda text: "Enter presses the button, q and Enter end" in text)
        terminal.write("\n")
        terminal.until(lambda text: "seven.png: 7, " in text)
        terminal.write("q\n")
        assert terminal.end() == 0


def test_lines_and_log_in_one_place_have_one_line_a_reading(run: list[str]) -> None:
    done = subprocess.run(
        run,
        input="\n\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DEADLINE_S,
        env=ENVIRONMENT,
    )
    assert [line.partition(" says")[0] for line in done.stdout.splitlines()] == ["the note"] * 2


def test_a_hold_that_would_shut_a_pi_down_leaves_this_computer_on(
    run: list[str], tmp_path: Path
) -> None:
    mark = tmp_path / "off"
    off = ("board.hold=shutdown", f"service.shutdown_command=['touch', '{mark}']")
    words = [*run, *(word for key in off for word in ("--set", key)), "--set", "board.hold_s=0.5"]
    with Terminal(words, ENVIRONMENT, (160, 40)) as terminal:
        terminal.until(lambda text: "ready" in text)
        terminal.until(lambda text: "a Pi would shut down now" in text, keys="h")
    assert not mark.exists()


def test_generated_notes_say_what_is_written_on_them(run: list[str]) -> None:
    done = subprocess.run(
        [*run, "--seed", "1"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_S,
        env=ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) == 10
    assert all(re.match(r"the note says \d{1,4}: ", line) for line in lines)
