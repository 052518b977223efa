"""Where frames come from."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:  # numpy is not loaded before the "starting" light is on
    from device.reading import Frame


class Camera(Protocol):
    """What the service asks of a camera."""

    def capture(self, timeout_s: float) -> Frame:
        """Take a frame: (rows, columns), uint8.

        Raises
        ------
        CameraHung
            No frame came within `timeout_s` seconds.
        CameraError
            The camera is lost.
        """

    def close(self) -> None:
        """Let go of the camera; closing twice is no mistake."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...
