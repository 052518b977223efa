"""Debian's packages on an ARM1176, the Zero's processor, read what this machine reads."""

from collections.abc import Iterator

from tests.pi.stage import Unproven

NEEDS: dict[str, str] = {}
NEEDS_ROOT = True


def prove() -> Iterator[str]:
    """Not written yet."""
    raise Unproven("not written yet")
