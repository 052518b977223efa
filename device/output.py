"""Standard output, which somebody reads along, or has left, or keeps on a full disk."""

import os
import sys

from device.errors import DeviceError

PIPE_CLOSED = 141
"""128 + SIGPIPE: whoever read the output has gone."""


class OutputLost(DeviceError, OSError):
    """Lines can't be written where they were sent."""


def say(line: str) -> None:
    """Print a line at once, so that whoever reads along sees it as it comes.

    Raises
    ------
    OutputLost
        When it can't be written.
    SystemExit
        With `PIPE_CLOSED`, when nobody reads along any more.
    """
    try:
        print(line, flush=True)
    except OSError as error:
        _drop_output()
        if isinstance(error, BrokenPipeError):
            raise SystemExit(PIPE_CLOSED) from error
        reason = (error.strerror or str(error)).lower()
        raise OutputLost(f"standard output: {reason}; send it to another file") from error


def _drop_output() -> None:
    """Send what is still buffered nowhere, or Python complains once more on its way out."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)
