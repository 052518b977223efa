"""How a program inside the machine tells the host what it has proved: a line on the console."""

import sys
from collections.abc import Callable, Iterator

from tests.pi.guest.header import Unseen

PROVED, FAILED, DONE = "PROVED: ", "FAILED: ", "DONE"


def tell(prove: Callable[[], Iterator[str]]) -> None:
    """Tell each thing that is proved, and at the end that it was the end."""
    try:
        for words in prove():
            print(PROVED + words, flush=True)
    except (Unseen, OSError) as error:
        print(f"{FAILED}{error}", flush=True)
        sys.exit(1)
    print(DONE, flush=True)
