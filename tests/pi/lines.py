"""The daemon on real GPIO lines: edges, a bouncing button, every display, read from the lines.

Real are the kernel's GPIO character device, lgpio and gpiozero; gpio-sim stands for the chip.
"""

from collections.abc import Iterator

from tests.pi.uml import PROGRAMS, proofs

NEEDS = PROGRAMS
NEEDS_ROOT = True


def prove() -> Iterator[str]:
    """Press and look, in a machine of its own."""
    yield from proofs("sh", "/mnt/tests/pi/guest/alone.sh", "tests.pi.guest.lines", timeout_s=900)
