"""A camera in a thread of its own, so that one that hangs takes nothing else with it.

libcamera may hang in any call, opening and closing included, and a thread that hangs in C
hears no signal. The loop gives orders and gets answers through its inbox; when none comes
in time it turns away from the thread, and the light, the watchdog and SIGTERM go on.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple

from device.camera import Camera
from device.errors import CameraError

if TYPE_CHECKING:  # numpy is not loaded before the "starting" light is on
    from device.reading import Frame

log = logging.getLogger(__name__)

LET_GO_S = 5.0
"""How long the thread before may take to let go of the camera."""


class CameraOpened(NamedTuple):
    """The camera is there and its exposure has settled."""

    source: CameraThread


class FrameTaken(NamedTuple):
    """A frame, and the how-manieth order it was taken to."""

    source: CameraThread
    order: int
    frame: Frame


class CameraFailed(NamedTuple):
    """The camera couldn't be opened or gave no frame; its thread has closed it."""

    source: CameraThread
    error: CameraError


class CameraThread:
    """Opens a camera and takes frames to order; each answer goes to `inbox`.

    Parameters
    ----------
    open_camera
        Opens the camera, in this thread.
    inbox
        Where the answers go.
    after
        The thread that had the camera before: it is given a while to let go of it.

    Attributes
    ----------
    orders
        How many frames have been ordered.
    """

    def __init__(
        self,
        open_camera: Callable[[], Camera],
        inbox: SimpleQueue[Any],
        after: CameraThread | None = None,
    ) -> None:
        self._open_camera = open_camera
        self._inbox = inbox
        self._after = after
        self._timeouts: SimpleQueue[float | None] = SimpleQueue()
        self.orders = 0
        # A daemon: a camera that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def capture(self, timeout_s: float) -> None:
        """Order a frame."""
        self.orders += 1
        self._timeouts.put(timeout_s)

    def close(self, wait_s: float = 0.0) -> bool:
        """Order the camera closed, and wait a while for it; tell whether it has."""
        self._timeouts.put(None)
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        if self._after is not None:
            self._after.close(LET_GO_S)
            self._after = None
        try:
            with self._open_camera() as camera:
                self._inbox.put(CameraOpened(self))
                self._serve(camera)
        except CameraError as error:
            self._inbox.put(CameraFailed(self, error))
        except Exception as error:  # a thread that dies in silence looks like a hang
            log.debug("the camera's thread died", exc_info=True)
            self._inbox.put(CameraFailed(self, CameraError(f"{type(error).__name__}: {error}")))

    def _serve(self, camera: Camera) -> None:
        order = 0
        while (timeout_s := self._timeouts.get()) is not None:
            order += 1
            self._inbox.put(FrameTaken(self, order, camera.capture(timeout_s)))
