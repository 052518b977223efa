"""`inkling-desk accuracy`: what a network reads of all that the desk can write itself.

MNIST's test digits as they are, drawn on paper, photographed under named
conditions, in lines, and corrupted: everything is drawn from one seed, so that
two networks are shown the same.
"""

import argparse
import json
import os
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track
from rich.table import Table

import nn
from tools.conditions import CONDITIONS
from tools.corruptions import CORRUPTIONS
from tools.download import fetch_mnist
from tools.errors import BadOption
from tools.forms import MARGINS
from tools.marks import (
    Mark,
    Straight,
    by_kind,
    calibration,
    find_marks,
    query_straight,
    select,
    split_touching,
)
from tools.mnist import Mnist, load_mnist
from tools.pages import PAGES
from tools.rooms import SHARES
from tools.surroundings import AROUND, SPOILT
from tools.trials import NUMBERS, Part, Result, Tally, Trial, run_trials

TITLES = {
    Part.NOTE: "Notes of one digit",
    Part.HELD: "Notes held up before a room, or on a wall",
    Part.AROUND: "Numbers with something around them",
    Part.SPOILT: "Numbers with a sign or a letter, struck out or partly unseen, to be refused",
    Part.CELL: "Cells cut out of a form; bare ones are to be refused",
    Part.PAGE: "Numbers that are small on a page; one with dirt alone is to be refused",
}
"""Of the tables that show each kind, and all of them."""


COUNTS = (
    ("drawn", 10_000, "test digits drawn on plain white, and under moderate conditions"),
    ("count", 10_000, "notes of one digit under the named conditions"),
    ("numbers", 1000, "numbers in a line"),
    ("corrupted", 1000, "digits for each corruption"),
    ("held", 1500, "notes held up before a room, or on a wall"),
    ("around", 1000, "numbers in boxes, in rings, underlined, beside holes"),
    ("spoilt", 1000, "numbers with a sign, struck out, partly unseen, or two of them"),
    ("cells", 1200, "cells cut out of a form"),
    ("pages", 600, "pages on which a number is small, or dirt alone"),
)
"""The options that say how many of each there are, by default so many."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inkling-desk accuracy`."""
    parser.add_argument("--mnist", type=Path, metavar="FOLDER", help="default: downloaded")
    parser.add_argument(
        "--weights", type=Path, default=nn.SHIPPED_WEIGHTS, help="default: the shipped weights"
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=Path("out/accuracy"),
        metavar="DIR",
        help="folder for the pictures (default: out/accuracy)",
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, and the tables to stderr"
    )
    counts = parser.add_argument_group("how many of each; 0 leaves it out")
    for name, number, what in COUNTS:
        counts.add_argument(
            f"--{name}", type=int, default=number, metavar="N", help=f"{what} (default: {number})"
        )
    parser.add_argument("--seed", type=int, default=1, help="another one draws other notes")
    parser.add_argument(
        "--workers",
        type=int,
        default=os.cpu_count() or 1,
        metavar="N",
        help="read in N processes (default: one for each core)",
    )


def main(args: argparse.Namespace) -> int:
    """Measure, and show it as tables, pictures and JSON."""
    check_options(args)
    console = Console(stderr=args.json, soft_wrap=True, highlight=False)
    network = nn.load(args.weights)
    mnist = load_mnist(args.mnist or fetch_mnist())
    straight = query_straight(network, mnist)
    results = measure(args, mnist)
    marks = find_marks(straight, results)
    show(console, straight, results, marks)
    draw(args.out, straight, results, mnist)
    console.print(f"pictures: {args.out}", markup=False)
    if args.json:
        print(json.dumps(as_json(args, straight, results, marks)), flush=True)
    return 0


def check_options(args: argparse.Namespace) -> None:
    """Tell what can't be meant before minutes are spent."""
    for name in (*(name for name, *_ in COUNTS), "seed"):
        if getattr(args, name) < 0:
            raise BadOption(f"--{name} {getattr(args, name)}: give 0 or more")
    if not 1 <= args.workers <= 256:
        raise BadOption(f"--workers {args.workers}: give 1 to 256")
    if args.out.exists() and not args.out.is_dir():
        raise BadOption(f"--out {args.out}: is no folder; give one for the pictures")


def plan(args: argparse.Namespace, digits: int) -> list[Trial]:
    """Every trial that is asked for, each kind equally often."""
    conditions, distances = list(CONDITIONS), list(SHARES)
    around, cells, pages = list(AROUND), list(MARGINS), list(PAGES)
    drawn, notes = spread(args.drawn, digits), spread(args.count, digits)
    few = spread(args.corrupted, digits)
    return [
        *(Trial(part, part, i, args.seed) for part in (Part.WHITE, Part.MODERATE) for i in drawn),
        *(
            Trial(Part.NOTE, conditions[n % len(conditions)], i, args.seed)
            for n, i in enumerate(notes)
        ),
        *(Trial(Part.NUMBER, NUMBERS[n % len(NUMBERS)], n, args.seed) for n in range(args.numbers)),
        *(Trial(Part.CORRUPTED, kind, i, args.seed) for kind in CORRUPTIONS for i in few),
        *(
            Trial(Part.HELD, distances[n % len(distances)], i, args.seed)
            for n, i in enumerate(spread(args.held, digits))
        ),
        *(Trial(Part.AROUND, around[n % len(around)], n, args.seed) for n in range(args.around)),
        *(Trial(Part.SPOILT, SPOILT[n % len(SPOILT)], n, args.seed) for n in range(args.spoilt)),
        *(Trial(Part.CELL, cells[n % len(cells)], n, args.seed) for n in range(args.cells)),
        *(Trial(Part.PAGE, pages[n % len(pages)], n, args.seed) for n in range(args.pages)),
    ]


def spread(count: int, digits: int) -> list[int]:
    """Indices from all over the test digits, whose second half is by other writers."""
    return [n * digits // count if count < digits else n for n in range(count)]


def measure(args: argparse.Namespace, mnist: Mnist) -> list[Result]:
    """Run the trials with a progress bar on stderr."""
    trials = plan(args, len(mnist.test_images))
    if not trials:
        return []
    results = run_trials(trials, args.weights, mnist.test_images, mnist.test_labels, args.workers)
    console = Console(stderr=True)
    return list(track(results, "reading", len(trials), console=console, transient=True))


def show(
    console: Console, straight: Straight, results: Sequence[Result], marks: Sequence[Mark]
) -> None:
    """Print the tables."""
    console.print(
        f"MNIST's {len(straight.labels)} test digits, straight: error {straight.error:.2%} "
        f"({straight.error_at_sight:.2%} at first sight); "
        f"{straight.coverage:.2%} answered at 99.9 % right"
    )
    if drawn := [r for r in results if r.trial.part in (Part.WHITE, Part.MODERATE)]:
        console.print(tally_table("Drawn on paper and found again", by_kind(drawn)))
    for part, title in TITLES.items():
        if some := select(results, part):
            console.print(tally_table(title, {**by_kind(some), "all": Tally.of(some)}))
    if numbers := select(results, Part.NUMBER):
        rows = {**by_kind(numbers), **split_touching(numbers), "all": Tally.of(numbers)}
        console.print(tally_table("Numbers in a line", rows))
    if corrupted := select(results, Part.CORRUPTED):
        rows = {**by_kind(corrupted), "mean": Tally.of(corrupted)}
        console.print(tally_table("Corrupted, 28×28", rows))
    console.print(mark_table(marks))


def tally_table(title: str, rows: dict[str, Tally]) -> Table:
    """One row for each kind; "error" is what would be wrong if nothing were refused."""
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for name in ("count", "right", "misread", "refused", "error"):
        table.add_column(name, justify="right")
    for name, tally in rows.items():
        shares = (tally.right, tally.misread, tally.refused, tally.error)
        table.add_row(name, str(tally.count), *(f"{share:.2%}" for share in shares))
    return table


def mark_table(marks: Sequence[Mark]) -> Table:
    """What was measured beside what was set."""
    table = Table(title="Marks", title_justify="left")
    table.add_column("")
    for name in ("found", "mark", "reached"):
        table.add_column(name, justify="right")
    for mark in marks:
        limit = f"{'≤' if mark.is_most else '≥'} {mark.limit:.2%}"
        table.add_row(mark.name, f"{mark.found:.2%}", limit, "yes" if mark.is_reached else "no")
    return table


def draw(out: Path, straight: Straight, results: Sequence[Result], mnist: Mnist) -> None:
    """Draw what was measured, and what went wrong."""
    from tools import accuracy_figures as figures  # matplotlib loads slowly

    curves = {"MNIST test digits, straight": (straight.doubts, straight.rights)}
    notes = select(results, Part.NOTE)
    if notes:
        rights = np.array([result.guess == result.label for result in notes])
        curves["notes"] = (np.array([1 - result.confidence for result in notes]), rights)
        figures.draw_tallies(out / "conditions.png", by_kind(notes), "Notes of one digit")
        figures.draw_reliability(out / "calibration.png", calibration(notes))
    figures.draw_coverage(out / "coverage.png", curves)
    if numbers := select(results, Part.NUMBER):
        figures.draw_tallies(out / "numbers.png", by_kind(numbers), "Numbers in a line")
    if corrupted := select(results, Part.CORRUPTED):
        figures.draw_tallies(out / "corruptions.png", by_kind(corrupted), "Corrupted, 28×28")
    for part in Part:
        figures.draw_failures(out, part, select(results, part), mnist)


def as_json(
    args: argparse.Namespace,
    straight: Straight,
    results: Sequence[Result],
    marks: Sequence[Mark],
) -> dict[str, object]:
    """All that was measured."""
    parts = {}
    for part in Part:
        if some := select(results, part):
            kinds = {kind: tally.as_json() for kind, tally in by_kind(some).items()}
            parts[part.value] = {**Tally.of(some).as_json(), "kinds": kinds}
    return {
        "weights": str(args.weights),
        "seed": args.seed,
        "straight": {
            "count": len(straight.labels),
            "error": round(straight.error, 5),
            "error_at_sight": round(straight.error_at_sight, 5),
            "coverage": round(straight.coverage, 5),
        },
        "parts": parts,
        "marks": {
            mark.name: {
                "found": round(mark.found, 5),
                "limit": mark.limit,
                "reached": mark.is_reached,
            }
            for mark in marks
        },
    }
