"""Let a Pi run the release that it ran before."""

import argparse

from tools import deploy_fleet
from tools.deploy import Errand
from tools.deploy_fleet import Lines
from tools.deploy_pi import Pi


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `inkling-desk rollback`."""
    deploy_fleet.add_arguments(parser)
    parser.add_argument("--dry-run", action="store_true", help="say every step and take none")


def main(args: argparse.Namespace) -> int:
    """Go back; a release that doesn't become ready is left again, as after a deploy."""

    def go_back(pi: Pi, lines: Lines) -> str:
        errand = Errand(pi, lines, dry_run=args.dry_run)
        errand.run(["rollback", *(["--dry-run"] if args.dry_run else [])], {})
        return errand.ending

    return deploy_fleet.on_each(args, go_back)
