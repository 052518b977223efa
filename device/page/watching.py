"""How things stand: asked for once, or heard as it changes, and the live picture."""

import asyncio
import json
import time

from tornado.iostream import StreamClosedError

from device.page.asking import STUCK_S, Asking, Refused
from device.page.hub import Watcher

MOST_WATCHERS = 32

HEARTBEAT_S = 10.0
"""A sign of life on a stream that has nothing to say, so that a gone watcher is noticed."""

RETRY_MS = 1000
"""How soon a browser that lost the stream tries again."""


class Now(Asking):
    """How things stand."""

    def get(self) -> None:
        """Send it."""
        self.answer(self.room.hello())


class Events(Asking):
    """The stream of events."""

    _watcher: Watcher | None = None

    async def get(self) -> None:
        """Send events until the watcher goes, or its session ends."""
        hub = self.room.hub
        if len(hub.watchers) >= MOST_WATCHERS:
            raise Refused(429, "too many watch already", 10.0)
        self.set_header("Content-Type", "text/event-stream; charset=utf-8")
        self.set_header("X-Accel-Buffering", "no")
        watcher = self._watcher = Watcher(self.address, self.token, time.monotonic())
        hub.join(watcher)
        try:
            self.write(f"retry: {RETRY_MS}\n")
            await self._send(
                [("hello", json.dumps(self.room.hello(watcher), separators=(",", ":")))]
            )
            while self.is_let_in and not self.room.ended.is_set():
                await self._send(await watcher.take(HEARTBEAT_S))
        except (StreamClosedError, TimeoutError):
            self.connection.stream.close()
        finally:
            hub.leave(watcher)
            self._watcher = None

    def on_connection_close(self) -> None:
        """Wake the stream's loop, so that it finds out."""
        super().on_connection_close()
        if self._watcher is not None:
            self._watcher.tell("bye", "{}")

    async def _send(self, events: list[tuple[str, str]]) -> None:
        for kind, text in events:
            self._number += 1
            number = f"{self.room.instance}.{self._number}"
            self.write(f"id: {number}\nevent: {kind}\ndata: {text}\n\n")
        if not events:
            self.write(": still here\n\n")
        await asyncio.wait_for(self.flush(), STUCK_S)

    _number = 0


class Picture(Asking):
    """The latest frame."""

    async def get(self) -> None:
        """Send it, encoded once for all who ask."""
        self.whole_number("number")
        self.room.hub.glance(self.address, self.token)
        await self.room.stand_back()
        self.send(await self.room.eye.jpeg(), "image/jpeg")


class Health(Asking):
    """How the appliance is."""

    def get(self) -> None:
        """Send it."""
        self.answer(self.room.health())
