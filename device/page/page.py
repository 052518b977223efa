"""The page as the appliance knows it: told of every change, asked for nothing, never waited for.

It costs nothing until the appliance is ready; then it loads tornado and serves, in a thread of
its own. What the appliance tells goes to that thread's loop, which takes it when it can.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from device.config import Config
from device.errors import DeviceError
from device.snapshot import Snapshot, State
from device.weights import Reads

if TYPE_CHECKING:  # these load numpy, or tornado
    import asyncio

    from device.page.forms import Lamps
    from device.page.room import Room
    from device.reading import Frame
    from device.simulation import Pile

log = logging.getLogger(__name__)

BACKLOG = 32
SWITCH_S = 0.001

CLOSE_S = 0.5
"""How long the page's thread may take to end, of the second that SIGTERM leaves."""


class NoPage(DeviceError, OSError):
    """The page can't be served."""


@dataclass(frozen=True, slots=True)
class Controls:
    """What the page may do with the appliance, each from any thread and without waiting.

    `press` is told whether it is meant to be a hold; `release` follows after `press_s` or
    `hold_s`, and matters where the button is one of simulated pins.
    `pile` is what lies under a simulated camera, None where the camera is real.
    """

    press: Callable[[bool], None]
    release: Callable[[], None]
    look: Callable[[], None]
    watch: Callable[[int], None]
    reader: Callable[[], Reads | None]
    lamps: Callable[[], Lamps]
    press_s: float
    hold_s: float
    pile: Pile | None = None


class Page:
    """The page of one appliance.

    Parameters
    ----------
    config
        Of the whole appliance; `config.page` says where to listen and whom to answer.

    Raises
    ------
    NoPage
        When the address can't be had.
    """

    def __init__(self, config: Config) -> None:
        self.config = config
        self.socket = listen(config.page.address, config.page.port)
        self.connect: Callable[[], Controls] | None = None
        """Makes the controls, in the page's thread: it loads what the page alone needs."""
        self.controls: Controls | None = None
        self._lock = threading.Lock()
        self._last: tuple[Snapshot, str] | None = None
        self._room: Room | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self.served: Callable[[str], None] = lambda _address: None
        """Called with the page's address once it is served, in the page's thread."""

    @property
    def address(self) -> str:
        """Where to find the page, for a browser on this machine."""
        return web_address(self.config.page.address, self.socket.getsockname()[1])

    # Called by the appliance's loop: nothing here may take long.

    def observe(self, snapshot: Snapshot) -> None:
        """Take in how things stand."""
        controls = self.controls
        title = controls.pile.title if controls is not None and controls.pile is not None else ""
        with self._lock:
            self._last = (snapshot, title)
            room, loop = self._room, self._loop
        if room is not None and loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has ended
                loop.call_soon_threadsafe(room.take, snapshot, title)
        elif self._thread is None and snapshot.state in (State.READY, State.FAULT):
            self._thread = threading.Thread(target=self._work, name="page", daemon=True)
            self._thread.start()

    def see(self, frame: Frame) -> None:
        """Take a frame that the page asked for."""
        room, loop = self._room, self._loop
        if room is not None and loop is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(room.eye.take, frame)

    def close(self) -> None:
        """Serve no more; closing twice is no mistake."""
        room, loop = self._room, self._loop
        if room is not None and loop is not None:
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(room.end)
        if self._thread is not None:
            self._thread.join(CLOSE_S)
        self.socket.close()

    # The page's own thread.

    def _work(self) -> None:
        try:
            self._serve()
        except Exception:  # told with its traceback; the appliance reads on without its page
            log.exception("the page has ended")
        finally:
            self.socket.close()  # a browser is refused, and doesn't wait for ever

    def _serve(self) -> None:
        try:
            from device.page.server import serve

            self.controls = None if self.connect is None else self.connect()
        except ImportError as error:
            name = error.name or "tornado"
            log.error("no page: %s is not installed: sudo apt install python3-%s", name, name)
            return
        import asyncio
        import sys

        # A thread that computes keeps another waiting for so long: 5 ms are much for a press.
        sys.setswitchinterval(SWITCH_S)
        asyncio.run(serve(self))

    def open_for(self, room: Room, loop: asyncio.AbstractEventLoop) -> None:
        """Begin to pass on what the appliance tells."""
        with self._lock:
            self._room, self._loop = room, loop
            last = self._last
        if last is not None:
            room.take(*last)
        self.served(self.address)


def listen(address: str, port: int) -> socket.socket:
    """Take the port.

    Raises
    ------
    NoPage
        When another program has it, or the address isn't this machine's.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((address, port))
        listening.listen(BACKLOG)
        listening.setblocking(False)
    except OSError as error:
        listening.close()
        reason = (error.strerror or str(error)).lower()
        raise NoPage(
            f"{web_address(address, port)}: {reason}: end the program that has the port, or "
            "choose another with --set page.port=8001"
        ) from error
    return listening


def web_address(address: str, port: int) -> str:
    """Write the address as a browser on this machine wants it."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(  # noqa: S104 - it is only compared
        address, f"[{address}]" if ":" in address else address
    )
    return f"http://{host}:{port}/"
