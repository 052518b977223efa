"""Follow the log of the service on a Pi, or on several at once."""

import argparse
import shlex

from tools import deploy_fleet
from tools.deploy_fleet import Lines
from tools.deploy_pi import Pi


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `inkling-desk logs`."""
    deploy_fleet.add_arguments(parser)
    parser.add_argument("--lines", type=int, default=20, help="how many old lines to begin with")
    parser.add_argument("--no-follow", action="store_true", help="end after those")


def main(args: argparse.Namespace) -> int:
    """Print the log until interrupted."""
    words = ["journalctl", "--no-pager", "--unit=inkling.service", f"--lines={args.lines}"]
    if not args.no_follow:
        words.append("--follow")

    def follow(pi: Pi, lines: Lines) -> str:
        # The first user of a Pi may read the journal; another needs root for it.
        sudo = ["sudo", "-n"] if pi.nature.root == "sudo" else []
        command = shlex.join([*sudo, *words])
        pi.connection.follow(command, lambda line: lines.say(pi.target, line))
        return "end of the log"

    return deploy_fleet.on_each(args, follow)
