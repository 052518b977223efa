"""The appliance on its own: nowhere to write, nobody to talk to, switched off by its button."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from tests.device.appliance import PATIENCE_S, SystemdSocket
from tests.device.paper import SEVEN, paper, written
from tests.device.test_daemon import LIT, weights_that_say
from tests.namespaces import Needs, in_a_namespace

RUN = [sys.executable, "-m", "device", "run", "--simulate", "--plain"]
START_S = 60.0
"""How long it may take to start on a machine that is busy with other things."""

NO_WRITING = 'mount -o remount,bind,ro / && exec "$@"'


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """A note that can be read, and a bare one that is refused."""
    folder = tmp_path / "notes"
    folder.mkdir()
    Image.fromarray(written(SEVEN)[0]).save(folder / "a.png")
    Image.fromarray(paper()).save(folder / "b.png")
    return folder


@pytest.fixture
def settings(tmp_path: Path, notes: Path) -> list[str]:
    weights = weights_that_say(7, tmp_path / "seven.npz")
    return ["--notes", str(notes), "--set", f"reading.weights={weights}"]


@contextmanager
def running(
    folder: Path, words: list[str], **environment: str
) -> Iterator[tuple["subprocess.Popen[str]", SystemdSocket]]:
    """Start it with systemd's socket; end it however the test went."""
    systemd = SystemdSocket(folder / "notify")
    process = subprocess.Popen(
        words,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "NOTIFY_SOCKET": str(systemd.path), **environment},
    )
    try:
        yield process, systemd
    finally:
        process.kill()
        process.communicate()
        systemd.close()


def press(process: "subprocess.Popen[str]", times: int) -> list[str]:
    assert process.stdin is not None
    assert process.stdout is not None
    lines = []
    for _ in range(times):
        process.stdin.write("\n")
        process.stdin.flush()
        lines.append(process.stdout.readline())
    return lines


def journal_until(process: "subprocess.Popen[str]", words: str) -> list[str]:
    """Read the journal up to the line with these words."""
    assert process.stderr is not None
    too_late = threading.Timer(START_S, process.kill)
    too_late.start()
    lines = []
    for line in process.stderr:
        lines.append(line.rstrip("\n"))
        if words in line:
            break
    too_late.cancel()
    assert words in lines[-1], lines
    return lines


def end(process: "subprocess.Popen[str]") -> list[str]:
    """End it; return what it had to say in the journal."""
    process.send_signal(signal.SIGTERM)
    _, log = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == 0, log
    return [line for line in log.splitlines() if line]


def test_on_a_card_that_is_read_only_it_reads_and_tells_once_what_it_can_not_keep(
    needs: Needs, tmp_path: Path, settings: list[str]
) -> None:
    (tmp_path / "kept").mkdir()
    page = ["--page", "--set", "page.port=0", "--set", f"page.folder={tmp_path / 'kept'}"]
    words = [*in_a_namespace(needs, "--mount", NO_WRITING), *RUN, *settings, *page]
    with running(tmp_path, words) as (process, systemd):
        systemd.wait_for("READY=1", START_S)
        answers = press(process, 4)
        log = journal_until(process, "read-only file system")
        answers += press(process, 2)
        log += end(process)
    assert [f"segments {LIT[7]}" in answer for answer in answers] == [True, False] * 3
    assert sum("read-only file system" in line for line in log) == 1
    assert not list((tmp_path / "kept").iterdir())
    assert not [line for line in log if not line.startswith(("INFO: ", "WARNING: "))]


def test_without_any_place_to_write_to_it_reads_all_the_same(
    tmp_path: Path, settings: list[str]
) -> None:
    page = ["--page", "--set", "page.port=0", "--set", "page.folder=/proc/no/such/place"]
    with running(tmp_path, [*RUN, *settings, *page], HOME="/nowhere", TMPDIR="/nowhere") as (
        process,
        systemd,
    ):
        systemd.wait_for("READY=1", START_S)
        assert f"segments {LIT[7]}" in press(process, 1)[0]
        journal_until(process, "/proc/no/such/place: ")
        assert "segments g" in press(process, 1)[0]
        assert sum("/proc/no/such/place: " in line for line in end(process)) == 0


def test_without_even_a_network_of_its_own_it_starts_and_reads(
    needs: Needs, tmp_path: Path, settings: list[str]
) -> None:
    words = [*in_a_namespace(needs, "--net"), *RUN, *settings]
    with running(tmp_path, words) as (process, systemd):
        systemd.wait_for("READY=1", START_S)
        assert f"segments {LIT[7]}" in press(process, 1)[0]
        end(process)


def test_it_never_opens_a_socket_but_to_systemd(
    needs: Needs, tmp_path: Path, settings: list[str]
) -> None:
    trace = tmp_path / "trace"
    words = [needs("strace"), "-f", "-e", "trace=socket", "-o", str(trace), *RUN, *settings]
    with running(tmp_path, words) as (process, systemd):
        systemd.wait_for("READY=1", START_S)
        press(process, 2)
        assert process.stdin is not None
        process.stdin.write("q\n")
        process.stdin.flush()
        process.wait(PATIENCE_S)
    opened = [line for line in trace.read_text().splitlines() if "socket(" in line]
    assert opened
    assert [line for line in opened if "AF_UNIX" not in line] == []


def test_the_journal_has_a_line_a_reading_and_no_more(tmp_path: Path, settings: list[str]) -> None:
    with running(tmp_path, [*RUN, *settings]) as (process, systemd):
        systemd.wait_for("READY=1", START_S)
        press(process, 20)
        log = end(process)
    assert len(log) == 20
    assert all(line.startswith(("INFO: 7 (", "INFO: refused: nothing written (")) for line in log)


HELD = """
import sys, threading
from device.board import Board
from device.config import load_config
from device.pins import simulated_pins
from device.run_command import make_reader
from device.service import Service
from device.signals import obeying_signals
from device.simulated_run import LentPile
from device.simulation import FolderPile, SimulatedBoard
from device.systemd import Notifier

config = load_config(None, ["board.hold=shutdown", "board.hold_s=0.5"])
pins = simulated_pins()
with Board(config.board, pins) as board, Notifier.from_environment() as notifier:
    pile = FolderPile(sys.argv[1])
    service = Service(lambda _: LentPile(pile), board, make_reader, config, notifier)
    lamps = SimulatedBoard(pins, config.board)
    threading.Thread(target=lambda: (sys.stdin.readline(), lamps.press()), daemon=True).start()
    with obeying_signals(lambda: service):
        service.run()
print("lit" if lamps.light or lamps.segments else "dark", flush=True)
"""

SYSTEMCTL = """#!/bin/sh
# As systemd does: it takes the order, and then ends every service, the one that asked too.
echo "$*" >> {calls}
daemon=$PPID
(sleep 0.3; kill -TERM $daemon) > /dev/null 2>&1 &
{waits}
"""


@pytest.mark.parametrize("waits", ["exit 0", "sleep 60"])
def test_holding_the_button_shuts_the_pi_down_and_the_service_ends_with_it(
    tmp_path: Path, notes: Path, waits: str
) -> None:
    calls = tmp_path / "calls"
    program = tmp_path / "bin" / "systemctl"
    program.parent.mkdir()
    program.write_text(SYSTEMCTL.format(calls=calls, waits=waits))
    program.chmod(0o755)
    path = f"{program.parent}:{os.environ['PATH']}"
    with running(tmp_path, [sys.executable, "-c", HELD, str(notes)], PATH=path) as (
        process,
        systemd,
    ):
        systemd.wait_for("READY=1", START_S)
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("hold\n")
        process.stdin.flush()
        systemd.wait_for("STOPPING=1")
        assert process.stdout.readline() == "dark\n"
        assert process.wait(PATIENCE_S) == 0
    assert calls.read_text() == "poweroff\n"
