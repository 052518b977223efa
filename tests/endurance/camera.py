"""A camera that does what can be done to an appliance, in the place of picamera2's class."""

import threading
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from device.reading import Frame


class Act(StrEnum):
    """What a camera does when a frame is wanted of it."""

    NOTE = "shows the note"
    SLOW = "shows the note, late"
    BLACK = "is black"
    WHITE = "is white"
    NOISE = "is noise"
    HALF = "shows half of the note"
    SHORT = "gives too few rows"
    NARROW = "gives too few columns"
    FLAT = "gives one row of bytes"
    EMPTY = "gives an empty array"
    NOTHING = "gives nothing"
    THROWS = "throws"
    THROWS_LATE = "throws while it is waited for"
    LATE = "gives no frame in time, and says so"
    HANGS = "hangs, and comes back much later"
    HANGS_FOR_EVER = "hangs for ever"
    GONE = "is unplugged"


IS_READ = {Act.NOTE, Act.SLOW, Act.BLACK, Act.WHITE, Act.NOISE, Act.HALF}
"""After these there is a reading; after all others the camera is lost."""

HANGS = {Act.HANGS, Act.HANGS_FOR_EVER, Act.SLOW}
"""In these the camera waits to be let go."""


class Sensor:
    """What stands before the camera, and what the camera will do next."""

    def __init__(self, rng: np.random.Generator) -> None:
        self._rng = rng
        self.scene: Frame = np.zeros((480, 640), np.uint8)
        self.acts: list[Act] = []
        self.open_acts: list[Act] = []
        self.hangs = threading.Event()
        """Somebody waits for the camera just now."""
        self._held: list[threading.Event] = []
        self._for_ever: list[threading.Event] = []

    def let_go(self) -> None:
        """Let come back what hangs, but for what hangs for ever."""
        self.hangs.clear()
        while self._held:
            self._held.pop().set()

    def end(self) -> None:
        """The process has ended, and with it whatever hung."""
        self.let_go()
        while self._for_ever:
            self._for_ever.pop().set()

    def hang(self, act: Act) -> None:
        """Hang until let go."""
        held = threading.Event()
        (self._for_ever if act is Act.HANGS_FOR_EVER else self._held).append(held)
        self.hangs.set()
        held.wait()

    def photograph(self, act: Act, size: tuple[int, int]) -> Any:
        """Make what `capture_array` gives: luma, padded, and the colour planes below it."""
        width, height = size
        luma = self._scene(act)
        buffer = np.full((height * 3 // 2, -(-width // 64) * 64), 128, np.uint8)
        buffer[:height, :width] = luma
        cut: dict[Act, Any] = {
            Act.SHORT: buffer[: height // 3],
            Act.NARROW: buffer[:, : width // 2],
            Act.FLAT: buffer.ravel()[:1000],
            Act.EMPTY: np.empty((0, 0), np.uint8),
            Act.NOTHING: None,
        }
        return cut.get(act, buffer)

    def _scene(self, act: Act) -> NDArray[np.uint8]:
        if act is Act.BLACK:
            return np.zeros_like(self.scene)
        if act is Act.WHITE:
            return np.full_like(self.scene, 255)
        if act is Act.NOISE:
            return self._rng.integers(0, 256, self.scene.shape, np.uint8)
        if act is Act.HALF:
            return np.where(np.arange(480)[:, None] < 240, self.scene, 0).astype(np.uint8)
        return self.scene


class Picamera2:
    """Behaves like picamera2's class of this name, as far as the appliance uses it."""

    sensor: ClassVar[Sensor]

    def __init__(self) -> None:
        self._size = (0, 0)
        act = self._next(self.sensor.open_acts)
        if act is Act.THROWS:
            raise RuntimeError("Failed to acquire camera: Device or resource busy")
        if act in HANGS:
            self.sensor.hang(act)

    @classmethod
    def global_camera_info(cls) -> list[dict[str, Any]]:
        acts = cls.sensor.open_acts
        if acts and acts[0] is Act.GONE:
            acts.pop(0)
            return []
        return [{"Model": "imx219", "Num": 0}]

    @staticmethod
    def _next(acts: list[Act]) -> Act:
        return acts.pop(0) if acts else Act.NOTE

    def create_preview_configuration(self, main: dict[str, Any], **_: Any) -> dict[str, Any]:
        return main

    def configure(self, config: dict[str, Any]) -> None:
        self._size = config["size"]

    def start(self) -> None:
        pass

    def set_controls(self, controls: dict[str, Any]) -> None:
        pass

    def capture_array(self, name: str, wait: bool) -> Act:
        act = self._next(self.sensor.acts)
        if act is Act.THROWS:
            raise RuntimeError("Camera frontend has timed out!")
        return act

    def capture_metadata(self, wait: bool) -> None:
        return None

    def wait(self, job: Act | None, timeout: float | None = None) -> Any:
        if job is None:
            return {"ExposureTime": 20_000, "AnalogueGain": 1.0}
        if job is Act.LATE:
            raise TimeoutError
        if job in (Act.THROWS_LATE, Act.GONE):
            raise OSError(19, "No such device")
        if job in HANGS:
            self.sensor.hang(job)
        return self.sensor.photograph(job, self._size)

    def cancel_all_and_flush(self) -> None:
        pass

    def close(self) -> None:
        pass
