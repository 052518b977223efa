"""`make bench-pi`: count the instructions of a reading, stage by stage, on an emulated processor.

The Zero has an ARM1176 with a floating-point unit. Debian's armhf, run with
QEMU's user-mode emulation, executes nearly the same instructions; the time on
the emulator says nothing, the count is the same every time. What is counted is
the difference between a process that does a thing three times and one that
does it once: start-up cancels out.
"""

import argparse
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

import nn
from device.notes import write_digits
from device.photographs import Conditions, photograph
from tools.cache import kept
from tools.errors import DeskError
from tools.zero import debian

HOME = Path(__file__).parents[1]
STAGES = ("reading", "light", "ink", "glyphs", "query", "second look")
NUMBERS = {"one digit": "7", "six digits": "314159"}
SEED = 3
TIMES = 2
PROGRAMS = {
    **debian.PROGRAMS,
    "gcc": "gcc",
    "setarch": "util-linux",
}
"""What must be installed, and the Debian package that has it."""

PACKAGES = ("python3-numpy", "python3-pil")


class NoEmulator(DeskError, OSError):
    """What counts instructions can't be had here."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `inkling-desk cost`."""
    parser.add_argument(
        "--weights", type=Path, default=nn.SHIPPED_WEIGHTS, help="default: the shipped weights"
    )


def main(args: argparse.Namespace) -> int:
    """Count every stage for one digit and for six, on 640×480 frames."""
    need_programs()
    root, plugin = debian.debian_root("armhf", PACKAGES), make_plugin()
    table = Table("stage", *NUMBERS, title="million instructions, frame in hand")
    with tempfile.TemporaryDirectory() as folder:
        frames = [write_frame(number, Path(folder)) for number in NUMBERS.values()]
        for stage in track(STAGES, "counting", console=Console(stderr=True), transient=True):
            counts = [count(root, plugin, stage, frame, args.weights) for frame in frames]
            table.add_row(stage, *(f"{million:.1f}" for million in counts))
    Console().print(table)
    return 0


def need_programs() -> None:
    """Raise NoEmulator where a program is missing."""
    missing = [package for program, package in PROGRAMS.items() if not shutil.which(program)]
    if missing:
        raise NoEmulator(f"missing here: {' '.join(missing)}; sudo apt install {' '.join(missing)}")


def write_frame(number: str, folder: Path) -> Path:
    """Photograph a note with that number, and keep the frame."""
    rng, conditions = np.random.default_rng(SEED), Conditions(pen=0.06)
    frame = photograph(write_digits(number, rng, conditions, (640, 480)), rng, conditions)
    path = folder / f"{number}.npy"
    np.save(path, frame)
    return path


def make_plugin() -> Path:
    """Return the compiled counter."""
    source = HOME / "tools/zero/count.c"
    command = ["gcc", "-O2", "-shared", "-fPIC", str(source), "-o"]
    return kept("count", [source], lambda plugin: run([*command, str(plugin)]), takes="a second")


def count(root: Path, plugin: Path, stage: str, frame: Path, weights: Path) -> float:
    """Return the million instructions that a stage takes once."""
    once, more = (
        run_stage(root, plugin, [stage, str(times), str(frame), str(weights)])
        for times in (0, TIMES)
    )
    return (more - once) / TIMES / 1e6


def run_stage(root: Path, plugin: Path, words: list[str]) -> int:
    """Run a stage on the emulated processor and return the instructions executed."""
    variables = {
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONPATH": str(HOME),
        "PYTHONHOME": f"{root}/usr",
    }
    emulator = ["setarch", "-R", "qemu-arm", "-cpu", "cortex-a7", "-L", str(root)]
    emulator += ["-plugin", str(plugin)]
    for name, value in variables.items():
        emulator += ["-E", f"{name}={value}"]
    python = str(root / "usr/bin/python3")
    told = run([*emulator, python, "-m", "tools.zero.stages", *words]).splitlines()
    return int(told[-1].removeprefix("instructions "))


def run(command: list[str]) -> str:
    """Run a program and return what it says on stderr; raise NoEmulator when it fails."""
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=HOME, env={**os.environ, "LC_ALL": "C"}
    )
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise NoEmulator(f"{command[0]}: {last}")
    return done.stderr
