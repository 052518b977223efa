"""The shipped unit under systemd, with button, camera and displays: read, fail, come back.

Real are systemd, the unit with all its hardening, gpiozero on lgpio, and picamera2; the chip
of the pins and the sensor are stand-ins, as in the stages lines and camera.
"""

from collections.abc import Iterator

from tests.pi.uml import PROGRAMS, proofs

NEEDS = PROGRAMS
NEEDS_ROOT = True


def prove() -> Iterator[str]:
    """Boot the appliance, and look at it from outside."""
    yield from proofs("sh", "/mnt/tests/pi/guest/appliance.sh", timeout_s=1800)
