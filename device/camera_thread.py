"""A camera in a thread of its own, so that one that hangs takes nothing else with it.

libcamera may hang in any call, opening and closing included, and a thread that hangs in C
hears no signal. The loop gives orders and gets answers through its inbox; when none comes
in time it turns away from the thread, and the light, the watchdog and SIGTERM go on.
"""

from __future__ import annotations

import logging
import math
import threading
import time
from collections.abc import Callable
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, runtime_checkable

from device.camera import Camera
from device.config import CameraConfig
from device.errors import CameraError, CameraHung

if TYPE_CHECKING:  # numpy is not loaded before the "starting" light is on
    from device.reading import Frame

log = logging.getLogger(__name__)

MARGIN_S = 1.0
"""How much longer than it was given a camera may take before it counts as hung."""

LET_GO_S = 5.0
"""How long the thread before may take to let go of the camera."""

MOST_HANGING = 3
"""So many threads may hang before the process is given up: only a new one is rid of them."""


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


CameraEvent = CameraOpened | FrameTaken | CameraFailed


class Order(NamedTuple):
    """A frame is wanted; `look` when nobody has pressed and somebody only looks."""

    timeout_s: float
    look: bool


@runtime_checkable
class Looks(Protocol):
    """A camera to which looking is something else than taking a frame, as to a pile of notes."""

    def look(self, timeout_s: float) -> Frame:
        """Give a frame of what the camera sees, and change nothing by it."""


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
    looks
        Whether the camera, once open, tells looking from taking a frame.
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
        self._orders: SimpleQueue[Order | None] = SimpleQueue()
        self.orders = 0
        self.looks = False
        self._closing = False
        # A daemon: a camera that hangs must not keep the process from ending.
        self._thread = threading.Thread(target=self._run, name="camera", daemon=True)
        self._thread.start()

    def capture(self, timeout_s: float, *, look: bool = False) -> None:
        """Order a frame."""
        self.orders += 1
        self._orders.put(Order(timeout_s, look))

    def close(self, wait_s: float = 0.0) -> bool:
        """Order the camera closed, and wait a while for it; tell whether it has."""
        self._closing = True
        self._orders.put(None)
        self._thread.join(wait_s)
        return not self.is_alive

    @property
    def is_alive(self) -> bool:
        """Whether it has the camera still, or hangs with it."""
        return self._thread.is_alive()

    def _run(self) -> None:
        if self._after is not None:
            self._after.close(LET_GO_S)
            self._after = None
        if self._closing:
            return  # given up while it waited: the camera is for the one that comes after
        try:
            with self._open_camera() as camera:
                self.looks = isinstance(camera, Looks)
                self._inbox.put(CameraOpened(self))
                self._serve(camera)
        except CameraError as error:
            self._inbox.put(CameraFailed(self, error))
        except Exception as error:  # a thread that dies in silence looks like a hang
            log.debug("the camera's thread died", exc_info=True)
            self._inbox.put(CameraFailed(self, CameraError(f"{type(error).__name__}: {error}")))

    def _serve(self, camera: Camera) -> None:
        number = 0
        while (order := self._orders.get()) is not None:
            number += 1
            take = camera.look if order.look and isinstance(camera, Looks) else camera.capture
            self._inbox.put(FrameTaken(self, number, take(order.timeout_s)))


class CameraLink:
    """The loop's end of the camera: what was ordered, and until when it has to come.

    Parameters
    ----------
    factory
        Opens the camera; called in the camera's thread.
    inbox
        Where its answers come in, for the loop to bring them to `take`.

    Attributes
    ----------
    is_open
        Whether frames can be ordered.
    deadline_s
        When what was ordered is overdue, by the monotonic clock; infinite while nothing is.
    """

    def __init__(self, factory: Callable[[CameraConfig], Camera], inbox: SimpleQueue[Any]) -> None:
        self._factory = factory
        self._inbox = inbox
        self._thread: CameraThread | None = None
        self._before: CameraThread | None = None
        self._given_up: list[CameraThread] = []
        self._timeout_s = 0.0
        self._looking = False
        self.is_open = False
        self.deadline_s = math.inf

    def open(self, config: CameraConfig) -> None:
        """Order the camera opened, in a new thread, and the one before closed.

        Raises
        ------
        CameraHung
            Too many threads hang with it already.
        """
        self._let_go()
        self._given_up = [thread for thread in self._given_up if thread.is_alive]
        if len(self._given_up) > MOST_HANGING:
            raise CameraHung(
                f"the camera has hung {len(self._given_up)} times and never came back: "
                "check the ribbon cable"
            )
        wait_s = config.open_timeout_s
        if self._before is not None and self._before.is_alive:
            wait_s += LET_GO_S
        self._thread = CameraThread(lambda: self._factory(config), self._inbox, self._before)
        self._timeout_s = config.capture_timeout_s
        self.deadline_s = time.monotonic() + wait_s

    def capture(self) -> None:
        """Order a frame.

        One that is on its way for somebody who looks is as good, and sooner here.
        """
        looking, self._looking = self._looking, False
        if self._thread is not None and not (looking and not self._thread.looks):
            self._order(look=False)

    def look(self) -> None:
        """Order a frame for somebody who only looks."""
        self._looking = self.is_open
        self._order(look=True)

    def _order(self, *, look: bool) -> None:
        if self.is_open and self._thread is not None:
            self._thread.capture(self._timeout_s, look=look)
            self.deadline_s = time.monotonic() + self._timeout_s + MARGIN_S

    def take(self, event: CameraEvent) -> Frame | None:
        """Take in an answer; return the frame that was ordered last, if it is that.

        Raises
        ------
        CameraError
            The camera is lost, and wants to be opened again.
        """
        if event.source is not self._thread:
            return None  # a camera that was given up may still answer; nobody waits for it
        if isinstance(event, CameraFailed):
            self._let_go()
            raise event.error
        if isinstance(event, CameraOpened):
            self.is_open = True
        elif event.order != event.source.orders:
            return None  # live mode ordered it and has ended since
        self.deadline_s = math.inf
        self._looking = False
        return event.frame if isinstance(event, FrameTaken) else None

    def check(self, now_s: float) -> None:
        """Give up a camera that is overdue.

        Raises
        ------
        CameraHung
            If it is.
        """
        if now_s < self.deadline_s:
            return
        doing = f"gives no frame in {self._timeout_s:g} s" if self.is_open else "doesn't open"
        self._let_go()
        raise CameraHung(f"the camera {doing}: check the ribbon cable")

    def close(self, wait_s: float) -> bool:
        """Order the camera closed, and wait a while for it; tell whether no thread hangs."""
        self._let_go()
        if self._before is not None:
            self._before.close(wait_s)
        return not any(thread.is_alive for thread in self._given_up)

    def _let_go(self) -> None:
        """Turn away from the thread: whatever it still says, nobody listens."""
        self.is_open = self._looking = False
        self.deadline_s = math.inf
        if self._thread is None:
            return
        if not self._thread.close():
            self._given_up.append(self._thread)
        self._before, self._thread = self._thread, None
