"""The daemon with real GPIO lines, in User Mode Linux."""

from collections.abc import Iterator

from tests.pi.stage import Unproven

NEEDS: dict[str, str] = {}
NEEDS_ROOT = True


def prove() -> Iterator[str]:
    """Not written yet."""
    raise Unproven("not written yet")
