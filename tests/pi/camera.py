"""The daemon's camera module with the real picamera2: frames of our notes are read right.

Real are picamera2, libcamera and its buffers; the sensor is libcamera's virtual camera, which
lacks raw frames and one-plane buffers: tests/pi/guest/virtual_camera.py.
"""

from collections.abc import Iterator

from tests.pi.uml import PROGRAMS, proofs

NEEDS = PROGRAMS
NEEDS_ROOT = True


def prove() -> Iterator[str]:
    """Photograph and read, in a machine of its own."""
    yield from proofs("sh", "/mnt/tests/pi/guest/alone.sh", "tests.pi.guest.camera", timeout_s=900)
