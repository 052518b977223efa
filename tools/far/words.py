"""What the far side tells the desk: lines that begin with `inkling:`, whatever a login prints."""

import os
import sys


class Failed(Exception):
    """The deploy went no further: one line that says what was wrong, and where."""


def tell(name: str, value: str) -> None:
    """Tell one line. That nobody listens any more doesn't keep a deploy from its end."""
    line = f"inkling:{name}={' '.join(value.split())}\n"
    try:
        os.write(sys.stdout.fileno(), line.encode(errors="backslashreplace"))
    except OSError:
        silence()


def silence() -> None:
    """Send what is still said nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def say(words: str) -> None:
    """Tell what the user should know when it is over, too."""
    tell("say", words)
