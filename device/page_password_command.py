"""`inkling page-password`: make the line that goes into the configuration."""

import argparse
import getpass
import sys

from device.errors import DeviceError
from device.output import say
from device.page.password import LONGEST, make_hash

SHORTEST = 8


class BadPassword(DeviceError, ValueError):
    """A password that keeps nobody out."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `inkling page-password` takes: the password from the terminal, or a line."""


def main(_args: argparse.Namespace) -> int:
    """Ask for a password, and print what stands for it in [page].

    Raises
    ------
    BadPassword
        When it is too short or too long, or the second time another.
    """
    password = ask()
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadPassword(
            f"the password has {len(password)} characters; allowed: {SHORTEST} to {LONGEST}"
        )
    say(f'password_hash = "{make_hash(password)}"')
    return 0


def ask() -> str:
    """Take the password without showing it, twice; from a pipe its first line."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("password for the page: ")
    if getpass.getpass("once more: ") != password:
        raise BadPassword("the two differ: try again")
    return password
