"""Events on their way to those who watch: the newest of each kind, and nobody waits for anybody."""

import asyncio
import json
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

MOST_WAITING = 32
"""Events of the kinds that must not overtake each other, waiting for one slow watcher."""

GATHER_S = 0.03
"""How long to wait for what comes along with an event, so that it is sent as one."""

IN_ORDER = ("reading", "removed")
"""Of these each one counts; of the others only the last."""


@dataclass(eq=False)
class Watcher:
    """Somebody who watches; `address` and `since_s` say who and since when."""

    address: str
    token: str | None
    since_s: float
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
        self.watchers: list[Watcher] = []
        self.arrived = asyncio.Event()
        self.events = 0
        """How many events have been told, each once however many heard it."""

    def join(self, watcher: Watcher) -> None:
        """Take in a watcher."""
        self.watchers.append(watcher)
        self.arrived.set()
        self._changed()

    def leave(self, watcher: Watcher) -> None:
        """Let a watcher go."""
        self.watchers.remove(watcher)
        if not self.watchers:
            self.arrived.clear()
        self._changed()

    def tell(self, kind: str, form: dict[str, Any]) -> None:
        """Tell everybody."""
        self.events += 1
        if self.watchers:
            text = json.dumps(form, separators=(",", ":"))
            for watcher in self.watchers:
                watcher.tell(kind, text)
