"""`inkling read`: read picture files exactly as the daemon reads frames."""

import argparse
import io
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from device.errors import BadPicture
from device.output import say

# numpy and Pillow are imported where they are needed: on a Zero they take seconds,
# and this module is imported whenever the command line is parsed.
if TYPE_CHECKING:
    from device.explain import Explanations
    from device.reading import Frame, Reading

INTERRUPTED = 130
"""128 + SIGINT, as a shell says it."""


class Reads(Protocol):
    """What reads a frame: a `device.reader.Reader`."""

    def read(self, frame: "Frame") -> "Reading":
        """Answer one frame, or refuse it."""
        ...


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `inkling read` takes."""
    parser.add_argument(
        "pictures", nargs="+", metavar="PICTURE", help="a picture of a number on paper"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line")
    parser.add_argument(
        "--explain",
        type=Path,
        metavar="FOLDER",
        help="draw what was found in each picture, one PNG a picture",
    )
    parser.add_argument(
        "--weights", type=Path, metavar="FILE", help="read with these weights, not the shipped ones"
    )


def main(args: argparse.Namespace, reader: Reads | None = None) -> int:
    """Read the pictures and print a line for each, in the order given.

    Parameters
    ----------
    args
        What `add_arguments` declares.
    reader
        What reads the frames; by default a `Reader` with the weights that `args` names.

    Returns
    -------
    int
        0, also where readings were refused; 1 when a picture couldn't be opened or the
        output not be written; 130 when interrupted.

    Raises
    ------
    DeviceError, nn.errors.NetworkError
        When the weights can't be loaded, or the output or an explanation not be written.
    """
    if isinstance(sys.stdout, io.TextIOWrapper):  # a name may not fit the terminal's encoding
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        return _read_all(args, reader)
    except KeyboardInterrupt:
        return INTERRUPTED


def _read_all(args: argparse.Namespace, reader: Reads | None) -> int:
    explanations = _explanations(args.explain)
    reader = reader or _load_reader(args.weights)
    say_error, say_reading = (_json_error, _json_reading) if args.json else (_error, _line)
    failures = 0
    for picture in args.pictures:
        try:
            frame = _open(picture)
        except BadPicture as error:
            failures += 1
            say_error(picture, error)
            continue
        reading = reader.read(frame)
        say_reading(picture, reading)
        if explanations is not None:
            explanations.write(picture, frame, reading)
    return 1 if failures else 0


def _load_reader(weights: Path | None) -> Reads:
    import nn
    from device.reader import Reader

    network = nn.load(nn.SHIPPED_WEIGHTS if weights is None else weights)
    network.self_test()
    return Reader(network)


def _explanations(folder: Path | None) -> "Explanations | None":
    if folder is None:
        return None
    from device.explain import Explanations

    return Explanations(folder)


def _open(picture: str) -> "Frame":
    from device.picture import open_picture

    return open_picture(picture)


def _json_reading(picture: str, reading: "Reading") -> None:
    say(json.dumps({"picture": picture, **reading.as_json()}))


def _json_error(picture: str, error: BadPicture) -> None:
    say(json.dumps({"picture": picture, "error": str(error)}))


def _line(picture: str, reading: "Reading") -> None:
    """Print number and least confidence, or a dash and the reason, in columns."""
    from device.picture import printable

    least = min((digit.confidence for digit in reading.digits), default=0.0)
    grounds = f"{least:.3f}" if reading.reason is None else reading.reason
    say(f"{reading.number or '—':<8}  {grounds:<14}  {printable(picture)}")


def _error(_picture: str, error: BadPicture) -> None:
    print(error, file=sys.stderr)
