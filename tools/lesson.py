"""`inkling-desk lesson`: take one of the lessons, or all, on the terminal and as pictures."""

import argparse
import importlib
import inspect
from pathlib import Path

from rich.console import Console

from tools.errors import BadOption
from tools.lessons import LESSONS

ALL = "all"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inkling-desk lesson`."""
    parser.add_argument(
        "name", nargs="?", choices=(*LESSONS, ALL), help=f"{', '.join(LESSONS)}, or {ALL}"
    )
    parser.add_argument("--list", action="store_true", help="list the lessons and end")
    parser.add_argument(
        "--out", type=Path, default=Path("out/lessons"), metavar="FOLDER",
        help="where pictures go (default: out/lessons)",
    )  # fmt: skip
    parser.add_argument("--mnist", type=Path, metavar="FOLDER", help="default: downloaded")
    parser.add_argument("--epochs", type=int, default=5, help="of the lesson mnist (default: 5)")
    parser.add_argument("--quick", action="store_true", help="mnist: few examples, in seconds")


def main(args: argparse.Namespace) -> int:
    """Teach what was asked for."""
    if args.list or args.name is None:
        for name, title in LESSONS.items():
            print(f"{name:<9} {title}")
        return 0
    if not 1 <= args.epochs <= 100:
        raise BadOption(f"--epochs {args.epochs}: give 1 to 100")
    for name in LESSONS if args.name == ALL else (args.name,):
        take(name, args)
    return 0


def take(name: str, args: argparse.Namespace) -> None:
    """One lesson: its words, its numbers, its picture."""
    from tools.lessons.desk import Desk
    from tools.lessons.drawing import save_picture

    lesson = importlib.import_module(f"tools.lessons.{name}")
    desk = Desk(Console(), args.out, args.mnist, args.epochs, args.quick)
    desk.say(f"{inspect.getdoc(lesson)}\n")
    figure = lesson.teach(desk)
    path = args.out / f"{name}.png"
    save_picture(path, figure)
    desk.say(f"\ndrawn as {path}\n")
