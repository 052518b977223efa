"""`make bench-pi`: count what the appliance costs on a Zero's processor, emulated.

What is counted is told by `tools.zero.machine`. A stage of a reading is the difference
between a process that does it three times and one that does it once: start-up cancels out.
"""

import argparse
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import nn
from device.notes import write_digits
from device.photographs import Conditions, photograph
from device.reading import Frame
from tools.marks import Mark
from tools.rooms import hold_up
from tools.zero.appliance import Start, measure_start
from tools.zero.debian import debian_root
from tools.zero.machine import HOME, Machine, need_programs
from tools.zero.peers import PACKAGES as PEERS
from tools.zero.peers import compare

STAGES = ("reading", "note", "hands", "light", "ink", "glyphs", "query", "second look")
NOTE = (400, 300)
"""The width and height of a note that is held up, in pixels."""
SEED = 3
TIMES = 2
PACKAGES = ("python3-numpy", "libopenblas0-serial", "python3-pil", "python3-tornado")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `inkling-desk cost`."""
    parser.add_argument(
        "--weights", type=Path, default=nn.SHIPPED_WEIGHTS, help="default: the shipped weights"
    )
    parser.add_argument(
        "--compare",
        action="store_true",
        help="count instead what else Debian has for a Zero: scikit-learn, Tesseract",
    )


def main(args: argparse.Namespace) -> int:
    """Print what was counted; 1 when it is more than was set."""
    need_programs()
    root = debian_root("armhf", (*PACKAGES, *(PEERS if args.compare else ())))
    console, progress = Console(highlight=False), Console(stderr=True)
    with tempfile.TemporaryDirectory() as folder, progress.status("counting, for minutes"):
        machine = Machine(Path(folder), root)
        if args.compare:
            console.print(peer_table(machine, args.weights))
            return 0
        marks = count_reading(machine, args.weights, console.print)
        marks += count_starts(machine)
    console.print(mark_table(marks))
    return 0 if all(mark.is_reached for mark in marks) else 1


def count_reading(machine: Machine, weights: Path, show: Callable[[Table], object]) -> list[Mark]:
    """Count every stage for one digit, for six, and for a note in a room, on 640×480 frames."""
    table = Table("stage", *CASES, title="million instructions, frame in hand")
    frames = {name: machine.folder / f"{place}.npy" for place, name in enumerate(CASES)}
    for name, path in frames.items():
        np.save(path, CASES[name].photograph())
    counts = {
        stage: {name: count(machine, stage, path, weights) for name, path in frames.items()}
        for stage in STAGES
    }
    for stage, found in counts.items():
        table.add_row(stage, *(f"{million:.1f}" for million in found.values()))
    show(table)
    return [
        Mark(f"press to answer, {name}", counts["reading"][name], case.limit, True)
        for name, case in CASES.items()
    ]


def make_frame(number: str, size: tuple[int, int] = (640, 480)) -> Frame:
    """Photograph a note with that number."""
    rng, conditions = np.random.default_rng(SEED), Conditions(pen=0.06)
    return photograph(write_digits(number, rng, conditions, size), rng, conditions)


def make_held_frame(number: str) -> Frame:
    """Photograph a note with that number before a room."""
    note, rng = make_frame(number, NOTE), np.random.default_rng(SEED)
    return hold_up(note, Conditions(), rng, (640, 480))


@dataclass(frozen=True, slots=True)
class Case:
    """What the reader is shown, and how many million instructions it may take."""

    photograph: Callable[[], Frame]
    limit: float


CASES = {
    "one digit": Case(partial(make_frame, "7"), 100.0),
    "six digits": Case(partial(make_frame, "314159"), 250.0),
    "one digit, held up": Case(partial(make_held_frame, "7"), 150.0),
}


def count(machine: Machine, stage: str, frame: Path, weights: Path) -> float:
    """Return the million instructions that a stage takes once."""
    once, more = (
        machine.run_guest("stages.py", stage, str(times), str(frame), str(weights)).total
        for times in (0, TIMES)
    )
    return (more - once) / TIMES / 1e6


def count_starts(machine: Machine) -> list[Mark]:
    """Count starting and waiting, without the page and with it."""
    bare = measure_start(machine)
    shipped = (HOME / "device/config.toml").read_text()
    page = shipped.replace("enabled = false", "enabled = true").replace("port = 8000", "port = 0")
    machine.write("etc/inkling/config.toml", page)
    return [*_start_marks("", bare), *_start_marks(", with the page", measure_start(machine))]


def _start_marks(what: str, start: Start) -> list[Mark]:
    return [
        Mark(f"exec to the first light{what}", start.light, 150.0, True),
        Mark(f"exec to ready{what}", start.ready, 900.0, True),
        Mark(f"a second of waiting{what}", start.idle, 3.0, True),
        Mark(f"memory, MB{what}", start.memory_mb, 60.0, True),
    ]


def mark_table(marks: Sequence[Mark]) -> Table:
    """What was counted, and how much it may be."""
    table = Table("", title="million instructions")
    for column in ("counted", "at most", "reached"):
        table.add_column(column, justify="right")
    for mark in marks:
        reached = "yes" if mark.is_reached else "no"
        table.add_row(mark.name, f"{mark.found:.1f}", f"{mark.limit:g}", reached)
    return table


def peer_table(machine: Machine, weights: Path) -> Table:
    """What each costs to start, and for one digit."""
    table = Table("", "reads", title="million instructions; MB")
    for column in ("start", "a digit", "memory"):
        table.add_column(column, justify="right")
    for peer in compare(machine, weights, CASES["one digit"].photograph()):
        figures = (peer.start, peer.digit, peer.memory_mb)
        table.add_row(peer.name, peer.what, *(f"{figure:.1f}" for figure in figures))
    return table
