"""The appliance as a process: systemd's socket, signals, a press, the answer on the pins."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest
from PIL import Image

import nn
from device.preparation import VERSION
from device.run_command import make_reader
from nn.store import save
from tests.device.appliance import SystemdSocket
from tests.device.paper import SEVEN, written
from tests.nn.test_store import forge

LIT = {3: "abcdg", 7: "abc"}


def weights_that_say(digit: int, path: Path) -> Path:
    """Weights of a network that sees this digit in everything."""
    network = nn.Network(784, [nn.Dense(11, "softmax")])
    network.layers[0].biases[digit] = 20.0
    labels = (*map(str, range(10)), "none")
    save(network, path, nn.Card(name=f"always {digit}", preparation=VERSION, labels=labels))
    return path


class Daemon:
    """A running appliance: lines go in, lines come out, and systemd listens."""

    def __init__(self, process: "subprocess.Popen[str]", systemd: SystemdSocket) -> None:
        self.process = process
        self.systemd = systemd

    def press(self) -> str:
        """Press the button; return the line that comes of it."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return self.process.stdout.readline()

    def reload(self) -> str:
        """Have it reload, and wait until it has; return its status."""
        self.process.send_signal(signal.SIGHUP)
        self.systemd.wait_for("RELOADING=1\nMONOTONIC_USEC=")
        self.systemd.wait_for("READY=1")
        return [text for text in self.systemd.messages if text.startswith("STATUS=")][-1]

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal, see it through to the end, and return the exit status."""
        self.systemd.drain()
        self.process.send_signal(number)
        self.systemd.wait_for("STOPPING=1")
        return self.process.wait(10.0)


@contextmanager
def running(folder: Path, *words: str, errors: IO[str] | int | None = None) -> Iterator[Daemon]:
    notes = folder / "notes"
    notes.mkdir(exist_ok=True)
    Image.fromarray(written(SEVEN)[0]).save(notes / "note.png")
    systemd = SystemdSocket(folder / "notify")
    process = subprocess.Popen(
        [sys.executable, "-m", "device", "run", "--simulate", "--plain", "--notes", notes, *words],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        env={**os.environ, "NOTIFY_SOCKET": str(systemd.path), "WATCHDOG_USEC": "200000"},
    )
    try:
        yield Daemon(process, systemd)
    finally:
        process.kill()
        process.communicate()
        systemd.close()


def configured(folder: Path, text: str) -> Path:
    path = folder / "config.toml"
    path.write_text(text)
    return path


def test_the_daemon_starts_is_pressed_answers_on_the_pins_and_ends(tmp_path: Path) -> None:
    weights = weights_that_say(7, tmp_path / "seven.npz")
    with running(tmp_path, "--set", f"reading.weights={weights}") as daemon:
        daemon.systemd.wait_for("READY=1")
        assert "WATCHDOG=1" not in daemon.systemd.messages
        daemon.systemd.wait_for("WATCHDOG=1")
        line = daemon.press()
        assert line.startswith("note.png: 7")
        assert line.endswith(f"segments {LIT[7]}\n")
        daemon.systemd.wait_for("STATUS=showing")
        daemon.systemd.wait_for("WATCHDOG=1")
        assert daemon.end() == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_at_the_very_start_ends_it_cleanly(tmp_path: Path, number: signal.Signals) -> None:
    weights = weights_that_say(7, tmp_path / "seven.npz")
    with running(tmp_path, "--set", f"reading.weights={weights}") as daemon:
        daemon.systemd.wait_for("STATUS=starting")
        assert daemon.end(number) == 0


HASTY = """
import importlib.abc, os, signal, sys

class Hasty(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGTERM)

sys.meta_path.insert(0, Hasty())
from device.__main__ import main
sys.exit(main(["run", "--simulate", "--plain"]))
"""


@pytest.mark.parametrize("module", ["device.run_command", "device.config", "gpiozero", "numpy"])
def test_a_signal_while_its_modules_load_ends_it_cleanly(module: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", HASTY, module],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_reload_with_bad_weights_keeps_the_old_and_with_good_ones_takes_them(
    tmp_path: Path,
) -> None:
    weights = weights_that_say(7, tmp_path / "weights.npz")
    config = configured(tmp_path, f"[reading]\nweights = '{weights}'\n")
    with running(tmp_path, "--config", str(config)) as daemon:
        daemon.systemd.wait_for("READY=1")
        assert f"segments {LIT[7]}" in daemon.press()

        whole = weights.read_bytes()
        weights.write_bytes(whole[: len(whole) // 2])
        assert "weights bad: " in daemon.reload()
        assert f"segments {LIT[7]}" in daemon.press()

        weights_that_say(3, weights)
        assert "weights bad" not in daemon.reload()
        assert f"segments {LIT[3]}" in daemon.press()
        assert daemon.end() == 0


def test_a_reload_with_a_bad_configuration_changes_nothing(tmp_path: Path) -> None:
    weights = weights_that_say(7, tmp_path / "weights.npz")
    config = configured(tmp_path, f"[reading]\nweights = '{weights}'\n")
    with (tmp_path / "log").open("w+") as log:
        with running(tmp_path, "--config", str(config), errors=log) as daemon:
            daemon.systemd.wait_for("READY=1")
            configured(tmp_path, "[reading]\nwights = ''\n")
            daemon.reload()
            assert f"segments {LIT[7]}" in daemon.press()
            assert daemon.end() == 0
        log.seek(0)
        assert "unknown key 'wights'; known keys: live_frames, weights" in log.read()


def test_a_network_that_fails_its_self_test_is_never_used(tmp_path: Path) -> None:
    weights = weights_that_say(7, tmp_path / "weights.npz")
    forge(weights, lambda arrays: arrays.update(example_outputs=arrays["example_outputs"][::-1]))
    with pytest.raises(nn.BadWeights, match="self-test"):
        make_reader(str(weights))
    with running(tmp_path, "--set", f"reading.weights={weights}") as daemon:
        if nn.SHIPPED_WEIGHTS.exists():
            status = daemon.systemd.wait_for("STATUS=ready")
            assert "weights bad: " in status
            assert "self-test is off by" in status
        else:
            assert daemon.process.wait(20.0) == 1
            assert "READY=1" not in daemon.systemd.drain()


def test_the_log_has_one_line_a_reading_and_no_time_stamps(tmp_path: Path) -> None:
    weights = weights_that_say(7, tmp_path / "seven.npz")
    with (tmp_path / "log").open("w+") as log:
        with running(tmp_path, "--set", f"reading.weights={weights}", errors=log) as daemon:
            daemon.systemd.wait_for("READY=1")
            daemon.press()
            daemon.press()
            assert daemon.end() == 0
        log.seek(0)
        lines = log.read().splitlines()
    assert len(lines) == 2
    assert all(line.startswith("INFO: 7 (0.") for line in lines)


WATCHER = """
import gc, importlib.abc, sys
from gpiozero.pins.mock import MockFactory

class Watcher(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name in ("numpy", "PIL"):
            lit = [f.pin(27).state for f in gc.get_objects() if isinstance(f, MockFactory)]
            print(name, *lit, flush=True)

sys.meta_path.insert(0, Watcher())
from device.__main__ import main
main(["run", "--simulate", "--plain", "--set", "reading.weights=" + sys.argv[1]])
"""


def test_the_light_is_on_before_numpy_and_pillow_are_loaded(tmp_path: Path) -> None:
    weights = weights_that_say(7, tmp_path / "seven.npz")
    done = subprocess.run(
        [sys.executable, "-c", WATCHER, weights],
        input="q\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    lines = done.stdout.splitlines()
    assert {"numpy True", "PIL True"} <= set(lines), done.stderr
    assert not {line for line in lines if line.startswith(("numpy", "PIL"))} - {
        "numpy True",
        "PIL True",
    }


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux counts what a process writes")
def test_nothing_is_written_to_the_disk_while_it_works(tmp_path: Path) -> None:
    weights = weights_that_say(7, tmp_path / "seven.npz")
    log = subprocess.PIPE  # a log in a file would count, as the journal's socket doesn't
    with running(tmp_path, "--set", f"reading.weights={weights}", errors=log) as daemon:
        daemon.systemd.wait_for("READY=1")
        daemon.press()
        before = written_bytes(daemon.process.pid)
        for _ in range(3):
            daemon.press()
        assert written_bytes(daemon.process.pid) == before
        assert daemon.end() == 0


def written_bytes(pid: int) -> int:
    """What a process has sent to be stored, by the kernel's count; pipes don't count."""
    text = Path(f"/proc/{pid}/io").read_text()
    return int(text.split("write_bytes: ")[1].split()[0])
