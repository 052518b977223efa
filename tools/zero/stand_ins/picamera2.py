"""Stands in for picamera2 where there is no camera: bare paper, at once, whenever asked."""

from concurrent.futures import Future
from typing import Any


class Picamera2:
    """As far as the appliance uses it."""

    def __init__(self) -> None:
        self._size = (0, 0)

    @staticmethod
    def global_camera_info() -> list[dict[str, str]]:
        """Name the cameras."""
        return [{"Model": "paper"}]

    def create_preview_configuration(self, main: dict[str, Any], **_: object) -> dict[str, Any]:
        """Make a configuration."""
        return main

    def configure(self, configuration: dict[str, Any]) -> None:
        """Take a configuration."""
        self._size = configuration["size"]

    def start(self) -> None:
        """Begin to give frames."""

    def set_controls(self, controls: dict[str, object]) -> None:
        """Set what there is not."""

    def capture_metadata(self, *, wait: bool) -> "Future[dict[str, object]]":
        """Tell about the next frame: nothing."""
        return _done({})

    def capture_array(self, stream: str, *, wait: bool) -> "Future[Any]":
        """Give the next frame."""
        import numpy as np

        width, height = self._size
        return _done(np.full((height * 3 // 2, width), 200, np.uint8))

    def wait(self, job: "Future[Any]", timeout: float) -> object:
        """Wait for what was asked."""
        return job.result(timeout)

    def cancel_all_and_flush(self) -> None:
        """Forget what was asked."""

    def close(self) -> None:
        """Let go of the camera."""


def _done(result: object) -> "Future[Any]":
    job: Future[Any] = Future()
    job.set_result(result)
    return job
