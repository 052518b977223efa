"""Several Pis at once: a line for each, and none that waits for another or fails with it."""

import argparse
import contextlib
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TextIO

from tools import deploy_release
from tools.deploy_pi import Pi, asking, check_target
from tools.errors import DeployFailed, DeskError
from tools.ssh import Connection


class Lines:
    """A line for each Pi that shows what it does now; above them, what should stay to be read.

    Where nobody watches, as in a file, every step is a line of its own.
    """

    def __init__(self, targets: Sequence[str], out: TextIO | None = None) -> None:
        self._out = sys.stdout if out is None else out
        self._now = dict.fromkeys(targets, "waiting")
        self._drawn = 0

    def show(self, target: str, words: str) -> None:
        """Show what a Pi does now."""
        if not self._out.isatty():
            self.say(target, words)
            return
        with asking:
            self._now[target] = words
            self._draw("")

    def say(self, target: str, words: str) -> None:
        """Say something that stays."""
        with asking:
            self._draw(f"{target}: {words}\n")

    def end(self, target: str, words: str) -> None:
        """Say how it ended, in place of the Pi's line."""
        with asking:
            self._now.pop(target, None)
            self._draw(f"{target}: {words}\n")

    def _draw(self, above: str) -> None:
        if not self._out.isatty():
            self._out.write(above)
        else:
            up = f"\x1b[{self._drawn}F" if self._drawn else ""
            rows = [f"{target}: {words}"[:79] + "\n" for target, words in self._now.items()]
            self._out.write(f"{up}\x1b[J{above}{''.join(rows)}")
            self._drawn = len(rows)
        self._out.flush()


Job = Callable[[Pi, Lines], str]
"""What is done with one Pi; gives back how it ended."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe which Pis, and how to reach them."""
    parser.add_argument("pi", nargs="+", metavar="user@host", help="a Pi, as ssh knows it")
    parser.add_argument("--port", type=int, help="ssh's port, if not 22")
    parser.add_argument("--identity", type=Path, metavar="FILE", help="the private key to use")


def targets(args: argparse.Namespace) -> list[str]:
    """The Pis that were named, in one word or in several, each once."""
    named = list(dict.fromkeys(" ".join(args.pi).split()))
    if not named:
        check_target("")
    for target in named:
        check_target(target)
    return named


def on_each(args: argparse.Namespace, job: Job) -> int:
    """Do a job with each Pi, all at once; 0 where every one succeeded.

    Raises
    ------
    DeployFailed
        After all have ended: what was wrong with the one Pi, or which of several failed.
    """
    named = targets(args)
    lines = Lines(named)
    packages = deploy_release.pi_packages(deploy_release.ROOT)

    def do(target: str) -> DeskError | None:
        try:
            with contextlib.ExitStack() as stack:
                with asking:  # ssh may want a password
                    connection = Connection(target, port=args.port, identity=args.identity)
                    stack.enter_context(connection)
                lines.end(target, job(Pi.probe(connection, packages, deploy_release.ROOT), lines))
        except DeskError as error:
            if len(named) == 1:
                raise
            lines.end(target, f"FAILED: {str(error).removeprefix(f'{target}: ')}")
            return error
        return None

    with ThreadPoolExecutor(len(named)) as pool:
        errors = list(pool.map(do, named))
    failed = [target for target, error in zip(named, errors, strict=True) if error]
    if failed:
        raise DeployFailed(f"{len(failed)} of {len(named)} failed: {', '.join(failed)}")
    return 0
