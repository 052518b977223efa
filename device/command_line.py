"""The command line: `inkling run`, `inkling read`, `inkling check` and others."""

import argparse
import contextlib
import importlib
import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from device import __version__
from device.errors import DeviceError
from device.signals import obeying_signals

if TYPE_CHECKING:
    from device.first_light import FirstLight

COMMANDS = {
    "run": "wait for the button and read what is held up to the camera",
    "read": "read pictures",
    "check": "say what is there, what is missing and how to get it",
    "page-password": "make the line that lets the page be opened to the network",
}


def run(words: Sequence[str], first_light: "FirstLight | None") -> int:
    """Run one command; 0 when done, 1 on failure, 2 on wrong usage."""
    # A daemon may be told to end while its modules still load, which takes a Zero seconds.
    is_daemon = words[:1] == ["run"]
    with obeying_signals(lambda: None) if is_daemon else contextlib.nullcontext():
        args = _parse(words)
        args.first_light = first_light
        return _call(args)


def _parse(words: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="inkling", description="Reads handwritten numbers that are held up to a camera."
    )
    parser.add_argument("--version", action="version", version=f"inkling {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, words_for in COMMANDS.items():
        command = commands.add_parser(
            name, help=words_for, description=f"{words_for}.".capitalize()
        )
        if name in words:
            # Each command's module is imported only when it is asked for.
            _module(name).add_arguments(command)
    return parser.parse_args(words)


def _module(command: str) -> Any:
    return importlib.import_module(f"device.{command.replace('-', '_')}_command")


def _call(args: argparse.Namespace) -> int:
    try:
        status: int = _module(args.command).main(args)
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if not _is_meant(error):
            raise
        if os.environ.get("DEBUG") == "1":
            import traceback

            traceback.print_exc()
        print(f"inkling: {error}", file=sys.stderr)
        return 1
    return status


def _is_meant(error: Exception) -> bool:
    """Tell the errors that are raised on purpose, in one line, from mistakes in the program."""
    network = sys.modules.get("nn.errors")  # without importing numpy for it
    return isinstance(error, DeviceError) or (
        network is not None and isinstance(error, network.NetworkError)
    )
