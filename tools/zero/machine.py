"""A Zero's processor to run programs on, every instruction counted.

The Zero has an ARM1176 with a floating-point unit. Debian's armhf, run with QEMU's
user-mode emulation, executes nearly the same instructions; the time on the emulator says
nothing, the count is the same every time. Processor and programs are emulated, the kernel
is this machine's.
"""

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tools.cache import kept
from tools.errors import DeskError
from tools.zero.debian import ARCHITECTURES

HOME = Path(__file__).parents[2]
PROGRAMS = {
    "qemu-arm": "qemu-user",
    "mmdebstrap": "mmdebstrap",
    "gcc": "gcc",
    "setarch": "util-linux",
}
"""What must be installed, and the Debian package that has it."""

GPIOZERO = ("gpiozero==2.0.1", "colorzero==2.0")
ZERO_W = "Revision\t: 9000c1\n"
GUEST_END = 1 << 32
"""Below it lies what the emulated program has in memory, above it the emulator itself."""

SAMPLE_S = 0.05


class NoEmulator(DeskError, OSError):
    """What counts instructions can't be had here, or what it runs fails."""


class Counts(NamedTuple):
    """What a run took, in instructions.

    `pins` holds when the kernel was asked for pins, `sent` when how many bytes went to
    systemd. `peak_mb` is the most memory that the program had, as often as was looked.
    """

    total: int
    pins: list[int]
    sent: list[tuple[int, int]]
    said: str
    peak_mb: float


class Machine:
    """Debian's packages and the appliance as a deploy leaves it, in a folder.

    Parameters
    ----------
    folder
        Where to put together what the programs see at `/`; empty.
    root
        The packages, see `tools.zero.debian`.
    """

    def __init__(self, folder: Path, root: Path) -> None:
        self.folder, self._root, self._plugin = folder, root, make_plugin()
        for name in ("bin", "lib", "usr"):
            (folder / name).symlink_to(root / name)
        self.release, self._beside = folder / "opt/inkling/current", folder / "opt/beside"
        for package in ("device", "nn"):
            _copy(HOME / package, self.release / package)
        _copy(gpiozero(), self._beside)
        for own in ("stand_ins", "guest"):
            _copy(HOME / "tools/zero" / own, self._beside)
        self.write("etc/inkling/config.toml", (HOME / "device/config.toml").read_text())
        self.write("proc/cpuinfo", ZERO_W)
        self.write("dev/gpiochip0", "")  # a file that is no chip, but can be asked
        self.run_python("-m", "compileall", "-q", str(folder / "opt"))

    def write(self, path: str, text: str) -> None:
        """Write a file that the programs see below `/`."""
        place = self.folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text)

    def run_python(self, *words: str) -> Counts:
        """Run Python to its end, see `run`."""
        return self.run("python3", *words)

    def run_guest(self, name: str, *words: str) -> Counts:
        """Run a program of the folder `guest` to its end."""
        return self.run_python("-P", str(self._beside / name), *words)

    def run(self, program: str, *words: str) -> Counts:
        """Run a program to its end.

        Raises
        ------
        NoEmulator
            When it fails, with the last line that it said.
        """
        return self.start(program, *words).finish()

    def start(self, program: str, *words: str, more: Mapping[str, str] | None = None) -> "Run":
        """Start a program of `/usr/bin`; `more` variables go into its environment."""
        variables = {
            "LC_ALL": "C.UTF-8",
            "OMP_THREAD_LIMIT": "1",
            "PATH": "/usr/bin:/bin",
            "PYTHONHASHSEED": "0",
            "PYTHONHOME": f"{self._root}/usr",
            "PYTHONPATH": f"{self.release}:{self._beside}",
            **(more or {}),
        }
        # Without address randomisation, every run takes the same way.
        emulator = ["setarch", "-R", "qemu-arm", "-cpu", ARCHITECTURES["armhf"].processor]
        emulator += ["-L", str(self.folder), "-plugin", str(self._plugin)]
        return Run([*emulator, f"{self._root}/usr/bin/{program}", *words], variables)


class Run:
    """A program that runs on the emulated processor."""

    def __init__(self, command: Sequence[str], variables: Mapping[str, str]) -> None:
        self._command = command
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(variables),
        )
        self._peak_mb = 0.0
        self._watcher = threading.Thread(target=self._watch)
        self._watcher.start()

    def finish(self) -> Counts:
        """Wait for its end."""
        said, told = self.process.communicate()
        self._watcher.join()
        lines = told.splitlines()
        if self.process.returncode:
            own = [
                line for line in lines if not line.startswith(("pins ", "sent ", "instructions "))
            ]
            raise NoEmulator(f"{Path(self._command[-1]).name}: {(own or ['no word'])[-1]}")
        marks = [line.split() for line in lines]
        totals = [int(mark[1]) for mark in marks if mark[:1] == ["instructions"]]
        if not totals:
            raise NoEmulator(f"{Path(self._command[-1]).name}: wasn't counted: is QEMU built so?")
        return Counts(
            total=totals[-1],
            pins=[int(mark[1]) for mark in marks if mark[:1] == ["pins"]],
            sent=[(int(mark[1]), int(mark[2])) for mark in marks if mark[:1] == ["sent"]],
            said=said,
            peak_mb=self._peak_mb,
        )

    def settle(self) -> None:
        """Wait until it does next to nothing, however busy this machine is."""
        looks = [True]
        while sum(looks) > len(looks) / 10 and self.process.poll() is None:
            looks = [self._is_running() for _ in range(60)]

    def _is_running(self) -> bool:
        """Tell whether a thread runs, or waits for one of this machine's processors."""
        time.sleep(SAMPLE_S)
        threads = Path(f"/proc/{self.process.pid}/task").glob("*/stat")
        return any(stat.read_text().rpartition(")")[2].split()[0] in "RD" for stat in threads)

    def _watch(self) -> None:
        while self.process.poll() is None:
            self._peak_mb = max(self._peak_mb, resident_mb(self.process.pid))
            time.sleep(SAMPLE_S)


def resident_mb(process: int) -> float:
    """Tell how much memory the emulated program has, without what the emulator has itself."""
    kilobytes, is_guest = 0, False
    try:
        with Path(f"/proc/{process}/smaps").open() as file:
            for line in file:
                name, *values = line.split()
                if not name.endswith(":"):
                    is_guest = int(name.partition("-")[0], 16) < GUEST_END
                elif name == "Rss:" and is_guest:
                    kilobytes += int(values[0])
    except OSError:  # it has ended
        return 0.0
    return kilobytes / 1024


def gpiozero() -> Path:
    """Return the gpiozero of Raspberry Pi OS: Debian's is older than what the appliance needs."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    return kept(
        "gpiozero",
        GPIOZERO,
        lambda folder: call([*command, "--target", str(folder), *GPIOZERO]),
        takes="a few seconds",
    )


def make_plugin() -> Path:
    """Return the compiled counter."""
    source = HOME / "tools/zero/count.c"
    command = ["gcc", "-O2", "-shared", "-fPIC", str(source), "-o"]
    return kept("counter", (source,), lambda path: call([*command, str(path)]), takes="a second")


def need_programs() -> None:
    """Raise NoEmulator where a program is missing."""
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if missing:
        raise NoEmulator(f"missing here: {' '.join(missing)}; sudo apt install {' '.join(missing)}")


def call(command: Sequence[str]) -> None:
    """Run a program of this machine; raise NoEmulator when it fails."""
    done = subprocess.run(
        command, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise NoEmulator(f"{Path(command[0]).name}: {last}")


def _copy(source: Path, place: Path) -> None:
    if source.is_dir():
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(source, place, ignore=ignored, dirs_exist_ok=True)
    else:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, place)
