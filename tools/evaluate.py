"""`inkling-desk evaluate`: how well a network reads, and what it gets wrong."""

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import nn
from tools.labels import Kind, LabelledFolder, find_folders
from tools.marks import query_straight
from tools.mnist import load_mnist
from tools.reading import read_pictures
from tools.scoring import (
    PICTURE_ANSWERS,
    PICTURE_LABELS,
    Answer,
    Confusion,
    Outcome,
    Score,
    confusion_text,
    digit_confusion,
    picture_confusion,
)

DIGITS = tuple("0123456789")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inkling-desk evaluate`."""
    parser.add_argument(
        "folder", type=Path, help="MNIST, or pictures with a labels.csv, or a tree of such folders"
    )
    parser.add_argument(
        "--weights", type=Path, default=nn.SHIPPED_WEIGHTS, help="default: the shipped weights"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object, and the tables to stderr"
    )
    parser.add_argument("--list", action="store_true", help="list what was not read right")
    parser.add_argument("--out", type=Path, help="folder for the picture of the confusion matrix")
    parser.add_argument(
        "--workers", type=int, default=1, metavar="N", help="read in N processes (default: 1)"
    )


def main(args: argparse.Namespace) -> int:
    """Evaluate as asked."""
    console = Console(stderr=args.json, soft_wrap=True, highlight=False)
    if is_mnist(args.folder):
        summary = evaluate_mnist(args, console)
    else:
        summary = evaluate_pictures(args, console)
    if args.json:
        print(json.dumps(summary), flush=True)
    return 0


def is_mnist(folder: Path) -> bool:
    """Whether MNIST's test digits lie in this folder, as IDX or as CSV."""
    names = ("t10k-images*", "mnist_test*.csv*")
    return any(True for name in names for _ in folder.glob(name))


def evaluate_mnist(args: argparse.Namespace, console: Console) -> dict[str, object]:
    """Query the test digits as they are, without any preparation."""
    straight = query_straight(nn.load(args.weights), load_mnist(args.folder))
    count, labels, at_sight = len(straight.labels), straight.labels, straight.at_sight
    console.print(
        f"MNIST test digits: {count}, error {straight.error_at_sight:.2%}; after second looks "
        f"at those that weren't sure, as the appliance takes them, {straight.error:.2%}"
    )
    counts = digit_confusion(labels, at_sight)
    show_confusion(console, counts, DIGITS, DIGITS, args.out, "MNIST test digits")
    if args.list:
        for index in np.flatnonzero(at_sight != labels):
            console.print(f"digit {index}: {labels[index]} read as {at_sight[index]}")
    return {
        "kind": "mnist",
        "count": count,
        "error": round(straight.error_at_sight, 6),
        "error_after_second_looks": round(straight.error, 6),
    }


def evaluate_pictures(args: argparse.Namespace, console: Console) -> dict[str, object]:
    """Read every labelled picture exactly as `inkling read` does."""
    folders = find_folders(args.folder)
    answers = read_pictures(folders, args.weights, args.workers)
    show_scores(console, folders, answers)
    everything = [answer for each in answers for answer in each]
    show_confusion(
        console,
        picture_confusion(everything),
        PICTURE_LABELS,
        PICTURE_ANSWERS,
        args.out,
        "Pictures of one digit or none",
    )
    if args.list:
        list_failures(console, everything, args.folder)
    scores = [Score.of(each) for each in answers]
    return {
        "kind": "pictures",
        "folders": [
            {"folder": folder.name, "count": score.count, **score.as_json()}
            for folder, score in zip(folders, scores, strict=True)
        ],
        "mean": Score.mean(scores).as_json(),
    }


def show_scores(
    console: Console, folders: Sequence[LabelledFolder], answers: Sequence[Sequence[Answer]]
) -> None:
    """A table per kind: a row for each folder and the mean over the folders."""
    by_kind: dict[Kind, dict[str, list[Answer]]] = {kind: defaultdict(list) for kind in Kind}
    for folder, each in zip(folders, answers, strict=True):
        for answer in each:
            by_kind[answer.picture.kind][folder.name].append(answer)
    for kind, rows in by_kind.items():
        if rows:
            console.print(score_table(kind, {name: Score.of(row) for name, row in rows.items()}))


def score_table(kind: Kind, scores: dict[str, Score]) -> Table:
    """The scores of one kind of picture."""
    negative = kind in (Kind.NEGATIVES, Kind.CONFUSABLE)
    names = ("refused", "answered", "unreadable") if negative else ("right", "misread", "refused")
    table = Table(title=kind.value.capitalize(), title_justify="left", show_footer=True)
    mean = Score.mean(list(scores.values()))
    table.add_column("folder", footer="mean over folders")
    table.add_column("pictures", justify="right", footer=str(mean.count))
    for name, share in zip(names, (mean.right, mean.misread, mean.refused), strict=True):
        table.add_column(name, justify="right", footer=f"{share:.1%}")
    for folder, score in scores.items():
        shares = (score.right, score.misread, score.refused)
        table.add_row(folder, str(score.count), *(f"{share:.1%}" for share in shares))
    return table


def show_confusion(
    console: Console,
    counts: Confusion,
    rows: Sequence[str],
    columns: Sequence[str],
    folder: Path | None,
    title: str,
) -> None:
    """Print the matrix, labels down and answers across, and draw it where a folder is given."""
    if not counts.any():
        return
    console.print(f"\n{title}: labels down, answers across")
    console.print(confusion_text(counts, rows, columns), markup=False)
    if folder is not None:
        from tools.figures import draw_confusion

        draw_confusion(folder / "confusion.png", counts, rows, columns, title)
        console.print(f"drawn as {folder / 'confusion.png'}", markup=False)


def list_failures(console: Console, answers: Sequence[Answer], root: Path) -> None:
    """One line for each picture that was not read right."""
    for answer in answers:
        if answer.outcome is not Outcome.RIGHT:
            said = answer.number or answer.error or answer.reason
            path = answer.picture.path.relative_to(root)
            line = f"{answer.outcome.value}: {path}: {answer.picture.label} -> {said}"
            console.print(line, markup=False)
    sys.stdout.flush()
