"""Bring code, weights, unit and configuration to a Pi over ssh, and start the service.

Nothing is asked of the Pi but ssh, sh, tar and Python: what runs there is `tools.far`, which
is brought along. A release is a folder of its own, `/opt/inkling/releases/7-0.1.0-1a2b3c4d5e6f`,
and `/opt/inkling/current` points to the one that runs.
"""

import argparse
import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tools import deploy_fleet, deploy_release
from tools.deploy_fleet import Lines
from tools.deploy_page import PageWish
from tools.deploy_pi import Pi
from tools.deploy_release import Files
from tools.errors import ConnectionLost, DeskError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `inkling-desk deploy`."""
    add_arguments_of_any(parser)
    parser.add_argument(
        "--page", action="store_true", help="let the network reach the page, with a password"
    )
    parser.add_argument(
        "--new-page-password", action="store_true", help="the same, with another password"
    )


def add_arguments_of_any(parser: argparse.ArgumentParser) -> None:
    """Describe what a deploy of everything and one of weights have in common."""
    deploy_fleet.add_arguments(parser)
    parser.add_argument("--weights", type=Path, metavar="FILE", help="weights of your own training")
    parser.add_argument("--dry-run", action="store_true", help="say every step and take none")
    parser.add_argument("--force", action="store_true", help="try a system that isn't supported")


def main(args: argparse.Namespace) -> int:
    """Deploy, telling each step; every failure is a `DeployFailed` of one line."""
    return deploy(args, asked_for_page(args))


def asked_for_page(args: argparse.Namespace) -> list[str]:
    """What a page's wish is made of: nothing, or whether another password is wanted."""
    if args.new_page_password:
        return ["another"]
    return ["first"] if args.page else []


def deploy(args: argparse.Namespace, page: Sequence[str] = (), words: Sequence[str] = ()) -> int:
    """Deploy to each of the Pis; further `words` are for the far side."""
    deploy_fleet.targets(args)  # a mistake there is told before anything is read
    files = deploy_release.release_files(deploy_release.ROOT, args.weights)
    name = deploy_release.release_name(files)
    size_mb = sum(map(len, files.values())) / 1e6

    def bring(pi: Pi, lines: Lines) -> str:
        found = pi.nature
        lines.say(pi.target, f"{found.model or 'not a Raspberry Pi'}, {found.system}")
        pi.check(force=args.force)
        lines.show(pi.target, f"bringing inkling {name} ({len(files)} files, {size_mb:.1f} MB)")
        wish = PageWish(another=page[0] == "another") if page else None
        brought = {f"release/{path}": content for path, content in files.items()}
        if wish is not None:
            brought["page"] = wish.brought()
        options = [*words, *(["--dry-run"] if args.dry_run else [])]
        errand = Errand(pi, lines, wish, dry_run=args.dry_run)
        errand.run([*options, "deploy", *found.missing.split()], brought)
        return errand.ending

    return deploy_fleet.on_each(args, bring)


@dataclass
class Errand:
    """One run of the far side's program, and what it told."""

    pi: Pi
    lines: Lines
    wish: PageWish | None = None
    dry_run: bool = False
    told: dict[str, str] = field(default_factory=dict)
    _at: str = "bringing"

    def run(self, words: Sequence[str], files: Files) -> None:
        """Bring the program and these files, run it as root, and take it away again."""
        brought = {**deploy_release.far_side(deploy_release.ROOT), **files}
        with self._folder(brought) as folder:
            try:
                self.pi.run_far_side(folder, words, self._hear, as_root=not self.dry_run)
            except ConnectionLost as error:
                raise ConnectionLost(
                    f"{self.pi.target}: the connection was lost at {self._at}; the Pi comes to an "
                    f"end by itself, or goes back: make status PI={self.pi.target}"
                ) from error
            finally:
                # Also of a service that doesn't start: a password that was taken is told only here.
                self._tell_page()

    @property
    def ending(self) -> str:
        """How it ended, in words."""
        if self.dry_run:
            return "changed nothing"
        return f"running {self.told.get('running', '')}"

    @contextlib.contextmanager
    def _folder(self, brought: Files) -> Iterator[str]:
        folder = self.pi.bring(brought)
        try:
            yield folder
        finally:
            # What went wrong before is what the user wants to know.
            with contextlib.suppress(DeskError):
                self.pi.discard(folder)

    def _hear(self, name: str, value: str) -> None:
        if name == "step":
            self._at = value.partition(":")[0]
            tell = self.lines.say if self.dry_run else self.lines.show
            tell(self.pi.target, value)
        elif name == "say":
            self.lines.say(self.pi.target, value)
        else:
            self.told[name] = value

    def _tell_page(self) -> None:
        if self.wish is not None:
            line = self.wish.told(self.told, self.pi.target, self.pi.nature.address)
            if line:
                self.lines.say(self.pi.target, line)
