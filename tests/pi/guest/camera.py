"""Inside the machine: the daemon's own camera module, and what its frames are read as."""

import gc
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from device.camera import PiCamera
from device.config import CameraConfig
from device.errors import CameraError
from device.run_command import make_reader
from tests.pi.guest import note
from tests.pi.guest.header import PATIENCE_S, Unseen
from tests.pi.guest.told import tell

NUMBERS = (*"0123456789", "1743", "60", None)
GREYS = 2.0
"""How far a frame may be from the note, on average: between them lie JPEG and its colours."""


def prove() -> Iterator[str]:
    """Photograph notes, with the camera in several moods."""
    note.install()
    yield prove_streams()
    yield prove_readings()
    yield prove_controls()
    yield prove_errors()
    yield prove_closing()


def prove_streams() -> str:
    """Compare the frames of both streams with the note."""
    from picamera2 import Picamera2

    laid = note.show("1743")
    for stream in ("main", "lores"):
        frame = photograph(CameraConfig(stream=stream))
        off = float(np.abs(frame.astype(int) - laid).mean())
        if frame.shape != laid.shape or frame.dtype != np.uint8 or off > GREYS:
            raise Unseen(f"the frame of {stream} is {frame.shape}, off by {off:.1f} grey levels")
    (camera,) = Picamera2.global_camera_info()
    return (
        f"picamera2 gives the note of {camera['Model']} to {off:.1f} grey levels, by main and lores"
    )


def photograph(config: CameraConfig) -> "np.ndarray[tuple[int, int], np.dtype[np.uint8]]":
    """Open the camera and take a frame."""
    with PiCamera(config) as camera:
        return camera.capture(PATIENCE_S)


def prove_readings() -> str:
    """Read what was photographed."""
    reader = make_reader("")
    for number in NUMBERS:
        note.show(number)
        reading = reader.read(photograph(CameraConfig()))
        if reading.number != number:
            raise Unseen(f"the note says {number}, the reader {reading.number}")
    return f"{len(NUMBERS)} notes, a bare sheet among them: the reader says what is written there"


def prove_controls() -> str:
    """Open a camera that offers no controls at all."""
    from picamera2 import Picamera2

    class Bare(Picamera2):  # type: ignore[misc]  # it has no types
        def start(self) -> None:
            super().start()
            self.camera_ctrl_info.clear()

    with PiCamera(CameraConfig(), Bare) as camera:
        if camera.capture(PATIENCE_S).shape != note.SIZE[::-1]:
            raise Unseen("no frame without controls")
        try:
            camera._camera.set_controls({"FrameDurationLimits": (200_000, 200_000)})
        except RuntimeError as error:
            return f"controls that aren't advertised cost nothing (picamera2: {error})"
    raise Unseen("picamera2 took a control that isn't advertised")


def prove_errors() -> str:
    """Ask for what can't be had; each is one line."""
    said = []
    for config in (CameraConfig(width=800, height=600), CameraConfig()):
        try:
            photograph(config)
        except CameraError as error:
            said.append(str(error))
        note.unplug()
    note.plug_in()
    photograph(CameraConfig())
    if len(said) != 2 or "gives 640x480 pixels" not in said[0] or "no camera found" not in said[1]:
        raise Unseen(f"errors of the camera: {said}")
    return f"a size it hasn't, and no camera: {said[1]!r}; there again, it is found"


def prove_closing() -> str:
    """Open and close; what is left open would be found in the end by a daemon that retries."""
    counts = []
    for _ in range(6):
        photograph(CameraConfig())
        gc.collect()  # picamera2's objects hold each other
        counts.append(len(list(Path("/proc/self/fd").iterdir())))
    if counts[-1] > counts[0]:
        raise Unseen(f"open descriptors after each of six openings: {counts}")
    return "opened and closed six times, nothing stays open"


if __name__ == "__main__":
    tell(prove)
