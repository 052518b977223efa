"""Who watches, and events on their way: the newest of each kind; nobody waits for anybody."""

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MOST_WAITING = 32
"""Events of the kinds that must not overtake each other, waiting for one slow watcher."""

GATHER_S = 0.03
"""How long to wait for what comes along with an event, so that it is sent as one."""

GLANCE_S = 5.0
"""Who fetches pictures without listening to events counts as watching for so long."""

IN_ORDER = ("reading", "removed")
"""Of these each one counts; of the others only the last."""


@dataclass(eq=False)
class Watcher:
    """Somebody who watches; `address` and `since_s` say who and since when."""

    address: str
    token: str | None
    since_s: float
    number: int = 0
    """Tells apart who watches from one address; given by the hub."""
    _newest: dict[str, str] = field(default_factory=dict)
    _in_order: deque[tuple[str, str]] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    _some: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, kind: str, text: str) -> None:
        """Lay an event out for this watcher."""
        if kind in IN_ORDER:
            self._in_order.append((kind, text))
        else:
            self._newest[kind] = text
        self._some.set()

    async def take(self, patience_s: float) -> list[tuple[str, str]]:
        """Wait for events and take them; an empty list when none came in time."""
        try:
            await asyncio.wait_for(self._some.wait(), patience_s)
        except TimeoutError:
            return []
        await asyncio.sleep(GATHER_S)
        self._some.clear()
        events = [*self._in_order, *self._newest.items()]
        self._in_order.clear()
        self._newest.clear()
        return events


class Hub:
    """All who watch.

    Parameters
    ----------
    changed
        Called when somebody came or went.
    """

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._joined = 0
        self._glances: dict[tuple[str, str | None], float] = {}
        self.watchers: list[Watcher] = []
        self.arrived = asyncio.Event()
        self.events = 0
        """How many events have been told, each once however many heard it."""

    def join(self, watcher: Watcher) -> None:
        """Take in a watcher."""
        self._joined += 1
        watcher.number = self._joined
        self.watchers.append(watcher)
        self.arrived.set()
        self._changed()

    def leave(self, watcher: Watcher) -> None:
        """Let a watcher go."""
        self.watchers.remove(watcher)
        if not self.watchers:
            self.arrived.clear()
        self._changed()

    def glance(self, address: str, token: str | None) -> None:
        """Note that somebody fetched a picture; without a stream that too is watching."""
        if not any((w.address, w.token) == (address, token) for w in self.watchers):
            self._glances[(address, token)] = time.monotonic()
            self._changed()

    def forget_glances(self) -> None:
        """Let go of those whose glance was long ago."""
        now_s = time.monotonic()
        old = [who for who, at_s in self._glances.items() if now_s > at_s + GLANCE_S]
        for who in old:
            del self._glances[who]
        if old:
            self._changed()

    def form(self) -> dict[str, Any]:
        """Write who watches."""
        now_s = time.monotonic()
        who = [
            {
                "id": watcher.number,
                "address": watcher.address,
                "since_s": round(now_s - watcher.since_s, 1),
            }
            for watcher in self.watchers
        ]
        who += [{"id": None, "address": address, "since_s": 0.0} for address, _ in self._glances]
        return {"number": len(who), "watchers": who}

    def tell(self, kind: str, form: dict[str, Any]) -> None:
        """Tell everybody."""
        self.events += 1
        if self.watchers:
            text = json.dumps(form, separators=(",", ":"))
            for watcher in self.watchers:
                watcher.tell(kind, text)
