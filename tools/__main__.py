"""`inkling-desk`: the desk companion's command line."""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence

from device.errors import DeviceError

COMMANDS = {
    "train": "train a network and write its weights",
    "evaluate": "measure a network on MNIST or on folders of labelled pictures",
    "accuracy": "measure a network on MNIST's test digits as notes, in lines and corrupted",
    "download": "fetch MNIST into the user's cache folder and print where it is",
    "bench": "compare costs within one run",
    "cost": "count what a reading costs on a Pi Zero's processor, emulated",
    "lesson": "take a lesson, from a machine that learns one number to one that reads",
    "experiment": "measure how accuracy hangs on learning rate, epochs, hidden nodes and more",
    "mind": "look inside a network: what it imagines, what it mixes up",
    "report": "write all that the mind shows as one page to pass on",
    "sheet": "print a sheet for your own digits, and cut up photographs of filled ones",
    "deploy": "bring code, units, configuration and weights to a Pi over ssh",
    "deploy-weights": "bring weights alone to a Pi, without a restart",
    "rollback": "let a Pi run the release that it ran before",
    "status": "say what runs on a Pi, and how it does",
    "logs": "follow the log of a Pi",
}
"""Each is the module of that name in this package, with `add_arguments(parser)` and
`main(args) -> int`, imported only when it is asked for: drawing and downloading
libraries take seconds to load."""


def build_parser(chosen: str | None) -> argparse.ArgumentParser:
    """The parser of all commands, with the arguments of the `chosen` one only."""
    parser = argparse.ArgumentParser(
        prog="inkling-desk",
        description="The desk companion of inkling: train, evaluate, deploy.",
    )
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, summary in COMMANDS.items():
        sentence = f"{summary[0].upper()}{summary[1:]}."
        command = commands.add_parser(name, help=summary, description=sentence)
        if name == chosen:
            module = importlib.import_module(f"tools.{name.replace('-', '_')}")
            module.add_arguments(command)
            command.set_defaults(main=module.main)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; 0 when done, 1 with one line on failure, 2 on wrong usage."""
    words = sys.argv[1:] if argv is None else list(argv)
    # Our matrices are small: shared among threads they took four times as long (measured).
    # It must be said before numpy is imported, and worker processes inherit it.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    chosen = next((word for word in words if not word.startswith("-")), None)
    try:
        args = build_parser(chosen).parse_args(words)
        return int(args.main(args))
    except KeyboardInterrupt:
        print("inkling-desk: interrupted", file=sys.stderr)
        return 130
    except Exception as error:
        if os.environ.get("DEBUG") == "1":
            raise
        print(f"inkling-desk: {one_line(error)}", file=sys.stderr)
        return 1


def one_line(error: Exception) -> str:
    """The error in one line; one that we didn't foresee is named as such."""
    from nn.errors import NetworkError
    from tools.errors import DeskError

    text = " ".join(str(error).split())
    if isinstance(error, (DeskError, DeviceError, NetworkError)):
        return text
    if isinstance(error, OSError) and error.strerror:
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{error.strerror.lower()}"
    if isinstance(error, ImportError):
        return f"{text}: make setup installs what the desk needs"
    return f"unexpected {type(error).__name__}: {text} (DEBUG=1 shows where)"


if __name__ == "__main__":
    sys.exit(main())
