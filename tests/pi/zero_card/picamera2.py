"""Stands in for picamera2 and the camera, which the emulated Zero hasn't got: it sees one note."""

import time
from typing import Any

import numpy as np

NOTE = "/usr/local/share/note.npy"


class Picamera2:
    """As much of the real one as the appliance asks for."""

    @staticmethod
    def global_camera_info() -> list[dict[str, str]]:
        return [{"Model": "a note that lies on the card"}]

    def create_preview_configuration(self, **wanted: Any) -> dict[str, Any]:
        return wanted

    def configure(self, configuration: dict[str, Any]) -> None:
        luma = np.load(NOTE, allow_pickle=False)
        rows, columns = luma.shape
        # The colour planes lie below the luma, and rows are padded.
        self._frame = np.full((rows * 3 // 2, columns + 64), 128, np.uint8)
        self._frame[:rows, :columns] = luma

    def start(self) -> None:
        pass

    def capture_metadata(self, wait: bool) -> dict[str, Any]:
        return {"AeLocked": True}

    def capture_array(self, name: str, wait: bool) -> Any:
        return self._frame.copy()

    def wait(self, job: Any, timeout: float) -> Any:
        time.sleep(0.1)
        return job

    def set_controls(self, controls: dict[str, Any]) -> None:
        pass

    def cancel_all_and_flush(self) -> None:
        pass

    def close(self) -> None:
        pass
