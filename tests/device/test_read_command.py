"""`inkling read` as a command: its lines, its exit codes, and what it does when cut off."""

import argparse
import io
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

import numpy as np
import pytest
from PIL import Image

import nn
from device import preparation
from device.notes import write_note
from device.output import PIPE_CLOSED, OutputLost
from device.picture import open_picture
from device.read_command import add_arguments, main
from device.reader import Reader
from device.reading import Box, Digit, Frame, Reading, Refusal


class PaleReader:
    """Reads the brightness of the paper in tens, and refuses what is darker than 50."""

    def read(self, frame: Frame) -> Reading:
        brightness = int(frame.mean())
        if brightness < 50:
            return Reading(None, Refusal.TOO_DARK, (), 0.01)
        if brightness < 100:
            return Reading(None, Refusal.UNSURE, (a_digit(1),), 0.01, ("1", "7"))
        number = str(brightness // 10)
        return Reading(number, None, tuple(a_digit(int(figure)) for figure in number), 0.01)


def a_digit(digit: int) -> Digit:
    outputs = tuple(0.91 if digit == label else 0.01 for label in range(10))
    return Digit(digit, 0.91, (digit + 1) % 10, Box(1, 2, 3, 4), outputs, np.zeros((28, 28), "u1"))


def parsed(*words: object) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args([str(word) for word in words])


def sheet(tmp_path: Path, brightness: int, name: str = "") -> Path:
    path = tmp_path / (name or f"{brightness}.png")
    path.parent.mkdir(exist_ok=True)
    Image.new("L", (40, 30), brightness).save(path, "PNG")
    return path


def test_json_prints_one_object_a_line_in_the_order_given(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pictures = [sheet(tmp_path, brightness) for brightness in (200, 10, 70, 130)]
    assert main(parsed("--json", *pictures), PaleReader()) == 0
    answers = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [answer["picture"] for answer in answers] == [str(path) for path in pictures]
    assert [answer["number"] for answer in answers] == ["20", None, None, "13"]
    assert [answer["refusal"] for answer in answers] == [None, "too dark", "unsure: 1 or 7", None]
    assert answers[3] == {
        "picture": str(pictures[3]),
        "number": "13",
        "refusal": None,
        "digits": [
            {"digit": 1, "confidence": 0.91, "runner_up": 2, "box": [1, 2, 3, 4]},
            {"digit": 3, "confidence": 0.91, "runner_up": 4, "box": [1, 2, 3, 4]},
        ],
        "seconds": 0.01,
    }


def test_a_picture_that_cannot_be_opened_is_an_object_and_the_others_are_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    missing, good = tmp_path / "missing.png", sheet(tmp_path, 200)
    assert main(parsed("--json", missing, tmp_path, good), PaleReader()) == 1
    captured = capsys.readouterr()
    first, second, third = map(json.loads, captured.out.splitlines())
    assert first == {"picture": str(missing), "error": f"{missing}: no such file or directory"}
    assert "a folder" in second["error"]
    assert third["number"] == "20"
    assert captured.err == ""


def test_plain_output_is_in_columns_and_errors_go_to_standard_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, unsure, missing = sheet(tmp_path, 200), sheet(tmp_path, 70), tmp_path / "missing.png"
    assert main(parsed(good, missing, unsure), PaleReader()) == 1
    captured = capsys.readouterr()
    first, second = captured.out.splitlines()
    assert first.split() == ["20", "0.910", str(good)]
    assert second.split() == ["—", "unsure:", "1", "or", "7", str(unsure)]
    assert first.index(str(tmp_path)) == second.index(str(tmp_path))
    assert captured.err == f"{missing}: no such file or directory\n"


def test_a_refused_picture_is_no_failure(tmp_path: Path) -> None:
    assert main(parsed(sheet(tmp_path, 10)), PaleReader()) == 0


@pytest.mark.skipif(sys.platform == "darwin", reason="its file system takes UTF-8 names alone")
def test_names_of_any_bytes_are_printed_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    picture = sheet(tmp_path, 200, os.fsdecode(b"caf\xe9\n\x1b[31m.png"))
    assert main(parsed("--json", picture, os.fsdecode(b"\xff")), PaleReader()) == 1
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert first["picture"] == str(picture)
    assert second["picture"] == os.fsdecode(b"\xff")
    assert main(parsed(picture, os.fsdecode(b"\xff\n")), PaleReader()) == 1
    captured = capsys.readouterr()
    assert captured.out.endswith("caf\\udce9\\n\\x1b[31m.png\n")
    assert captured.err == "\\udcff\\n: no such file or directory\n"


def test_names_that_the_terminal_cannot_show_are_escaped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(shown, encoding="ascii"))
    assert main(parsed(sheet(tmp_path, 10, "größe.png")), PaleReader()) == 0
    assert shown.getvalue().startswith(b"\\u2014")
    assert b"gr\\xf6\\xdfe.png" in shown.getvalue()


def test_explain_draws_one_png_a_picture(tmp_path: Path) -> None:
    pictures = [sheet(tmp_path, 200, "a/note.png"), sheet(tmp_path, 10, "b/note.png")]
    assert main(parsed("--explain", tmp_path / "why", *pictures), PaleReader()) == 0
    drawn = sorted((tmp_path / "why").iterdir())
    assert [path.name for path in drawn] == ["note-read-2.png", "note-read.png"]


def test_the_installed_command_reads_as_the_reader_does(tmp_path: Path) -> None:
    weights, pictures = some_weights(tmp_path), [note(tmp_path, number) for number in ("7", "42")]
    answered = inkling("read", "--json", "--weights", weights, *pictures, "--explain", tmp_path)
    assert answered.stderr == b""
    assert answered.returncode == 0
    reader = Reader(nn.load(weights))
    for line, picture in zip(answered.stdout.splitlines(), pictures, strict=True):
        answer = json.loads(line)
        seconds = answer.pop("seconds")
        assert 0 < seconds < 60
        expected = reader.read(open_picture(picture)).as_json()
        del expected["seconds"]
        assert answer == {"picture": str(picture), **expected}
        assert (tmp_path / f"{picture.stem}-read.png").exists()


def test_a_failure_of_the_installed_command_is_one_line(tmp_path: Path) -> None:
    picture, weights = sheet(tmp_path, 200), some_weights(tmp_path)
    foreign = tmp_path / "foreign.npz"
    foreign.write_bytes(b"PK\x03\x04 but no weights")
    for words in (
        ("--weights", tmp_path / "missing.npz", picture),
        ("--weights", foreign, picture),
        ("--weights", weights, "--explain", picture, picture),
        ("--weights", weights, tmp_path / "missing.png"),
    ):
        failed = inkling("read", *words)
        assert failed.returncode == 1
        assert failed.stdout == b""
        assert len(failed.stderr.splitlines()) == 1, failed.stderr.decode()


def test_pictures_of_every_shape_are_answered_or_refused(tmp_path: Path) -> None:
    reader = Reader(nn.load(some_weights(tmp_path)))
    rng = np.random.default_rng(4)
    for rows, columns in ((28, 28), (28, 20_000), (20_000, 28), (63, 65), (1700, 2200)):
        for frame in (
            np.zeros((rows, columns), np.uint8),
            np.full((rows, columns), 255, np.uint8),
            rng.integers(0, 256, (rows, columns), np.uint8),
        ):
            path = tmp_path / "frame.png"
            Image.fromarray(frame).save(path, compress_level=1)
            reading = reader.read(open_picture(path))
            assert (reading.number is None) != (reading.refusal is None)


def some_weights(tmp_path: Path) -> Path:
    """An untrained network that answers whatever it is shown."""
    path = tmp_path / "some.npz"
    network = nn.Network.talk(hidden_nodes=10, outputs=11, rng=np.random.default_rng(8))
    labels = (*"0123456789", "none")
    always = {"confidence": 0.0, "cut": 0.0}
    network.save(path, nn.Card("some", preparation.VERSION, labels, thresholds=always))
    return path


def note(tmp_path: Path, number: str) -> Path:
    path = tmp_path / f"{number}.png"
    Image.fromarray(write_note(number, np.random.default_rng(5))).save(path)
    return path


def inkling(*words: object) -> subprocess.CompletedProcess[bytes]:
    program = [sys.executable, "-m", "device", *map(str, words)]
    return subprocess.run(program, capture_output=True, check=False)


def test_each_answer_is_printed_before_the_next_picture_is_read(tmp_path: Path) -> None:
    pictures = [sheet(tmp_path, brightness) for brightness in (200, 130)]
    with child(tmp_path, "--json", *pictures, reader="Waiting") as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["number"] == "20"
        assert process.poll() is None
        (tmp_path / "go").touch()
        assert json.loads(process.stdout.readline())["number"] == "13"
        assert process.wait(20) == 0


def test_output_cut_off_by_head_ends_quietly(tmp_path: Path) -> None:
    pictures = [sheet(tmp_path, 200)] * 500
    with child(tmp_path, *pictures) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(20) == PIPE_CLOSED


def test_an_interrupt_ends_with_130_and_no_traceback(tmp_path: Path) -> None:
    with child(tmp_path, *[sheet(tmp_path, 200)] * 2, reader="Waiting") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read() == b""
        assert process.wait(20) == 130


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no /dev/full, the full disk")
def test_answers_sent_to_a_full_disk_are_one_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        process = child(tmp_path, sheet(tmp_path, 200), stdout=full)
    with process:
        assert process.stderr is not None
        errors = process.stderr.read().decode()
    assert errors.splitlines()[-1].endswith(
        "standard output: no space left on device; send it to another file"
    )
    assert "Exception ignored" not in errors
    assert OutputLost.__name__ in errors


def test_thousands_of_pictures_take_the_memory_of_one(tmp_path: Path) -> None:
    picture = sheet(tmp_path, 200)
    with child(tmp_path, *[picture] * 3000, reader="Weighing") as process:
        assert process.stdout is not None
        lines = process.stdout.read().splitlines()
    grown_kb = int(lines[-1])
    assert len(lines) == 3001
    assert grown_kb < 8000


CHILD = """
import resource, sys, time
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_read_command import PaleReader, main, parsed

class Waiting(PaleReader):
    pictures = 0
    def read(self, frame):
        self.pictures += 1
        while self.pictures > 1 and not Path(sys.argv[2], "go").exists():
            time.sleep(0.01)
        return super().read(frame)

class Weighing(PaleReader):
    pictures = 0
    def read(self, frame):
        self.pictures += 1
        if self.pictures == 100:
            self.before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return super().read(frame)

reader = globals()[sys.argv[3]]()
code = main(parsed(*sys.argv[4:]), reader)
if hasattr(reader, "before"):
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - reader.before)
sys.exit(code)
"""


def child(
    tmp_path: Path,
    *words: object,
    reader: str = "PaleReader",
    stdout: int | IO[bytes] = subprocess.PIPE,
) -> subprocess.Popen[bytes]:
    """Start the command as a process of its own, with one of the readers above."""
    program = [sys.executable, "-c", CHILD, str(Path(__file__).parent), str(tmp_path), reader]
    return subprocess.Popen([*program, *map(str, words)], stdout=stdout, stderr=subprocess.PIPE)
