"""The daemon's camera module with picamera2 on libcamera's virtual camera."""

from collections.abc import Iterator

from tests.pi.stage import Unproven

NEEDS: dict[str, str] = {}
NEEDS_ROOT = True


def prove() -> Iterator[str]:
    """Not written yet."""
    raise Unproven("not written yet")
