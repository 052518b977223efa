"""Bring new weights to a Pi whose program is this one, and let the service take them up.

The service goes on running, and keeps the weights it has where it can't take the new ones.
"""

import argparse

from tools.deploy import add_arguments_of_any, deploy


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `inkling-desk deploy-weights`."""
    add_arguments_of_any(parser)


def main(args: argparse.Namespace) -> int:
    """Deploy; the far side refuses where more than the weights would change."""
    return deploy(args, words=["--weights-only"])
