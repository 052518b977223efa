"""`python -m tests.pi [STAGE...]`: the real stack, without a Pi.

Runs the stages named, or all, and goes on after one that fails; 1 when one did.
"""

import argparse
import importlib
import os
import signal
import sys
import time
from collections.abc import Sequence
from typing import cast

from tests.pi.stage import Stage, Unproven, missing_packages
from tools.errors import DeskError

STAGES = ("arm", "zero", "lines", "camera", "appliance", "deploy")


def main(argv: Sequence[str] | None = None) -> int:
    """Run, list, or say what is missing."""
    args = parse(argv)
    # A stage that is stopped ends what it began.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    if args.list:
        for name in args.stages:
            print(f"{name:<10} {purpose(load(name))}")
        return 0
    if args.missing:
        packages = {package for name in args.stages for package in missing_packages(load(name))}
        print(*sorted(packages), sep="\n", end="\n" if packages else "")
        return 0
    failed = {name: error for name in args.stages if (error := attempt(name, load(name)))}
    for name, error in failed.items():  # once more, where the end of a long log is all one sees
        print(f"pi-test: {name} failed: {error}", file=sys.stderr)
    return 1 if failed else 0


def parse(argv: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line; no stage means all of them, each runs once, in our order."""
    parser = argparse.ArgumentParser(prog="python -m tests.pi", description=__doc__)
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=", ".join(STAGES))
    parser.add_argument("--list", action="store_true", help="say what each stage proves")
    parser.add_argument(
        "--missing", action="store_true", help="name the Debian packages that are missing"
    )
    args = parser.parse_args(argv)
    unknown = [name for name in args.stages if name not in STAGES]
    if unknown:
        parser.error(f"no stage {unknown[0]!r}; there are {', '.join(STAGES)}")
    args.stages = [name for name in STAGES if name in (args.stages or STAGES)]
    return args


def load(name: str) -> Stage:
    """Import a stage's module."""
    return cast(Stage, importlib.import_module(f"tests.pi.{name}"))


def purpose(stage: Stage) -> str:
    """The first line of a stage's docstring."""
    return (stage.__doc__ or "").partition("\n")[0]


def attempt(name: str, stage: Stage) -> Exception | None:
    """Run a stage, say line by line what it proves, and return what kept it from its end."""
    began_s = time.monotonic()

    def say(words: str) -> None:
        print(f"{name:<10} {time.monotonic() - began_s:6.1f} s  {words}", flush=True)

    try:
        check_needs(name, stage)
        for words in stage.prove():
            say(words)
    except (Unproven, DeskError) as error:
        say(f"FAILED: {error}")
        return error
    say("proved")
    return None


def check_needs(name: str, stage: Stage) -> None:
    """Raise Unproven where a program is missing, or rights are."""
    if packages := " ".join(missing_packages(stage)):
        raise Unproven(f"missing here: {packages}; sudo apt install {packages}")
    if stage.NEEDS_ROOT and os.geteuid() != 0:
        raise Unproven(f"needs root: sudo make pi-test STAGE={name}")


if __name__ == "__main__":
    sys.exit(main())
