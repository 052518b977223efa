"""From a pin's edges to presses and holds: our own debouncing, with the time handed in."""

from enum import StrEnum
from typing import NamedTuple


class Edge(NamedTuple):
    """What the button's pin did, and when by the monotonic clock."""

    pressed: bool
    at_s: float


class Gesture(StrEnum):
    """What a finger meant."""

    PRESS = "press"
    HOLD = "hold"


POLL_S = 0.05
"""How often to look at the pin while the button is believed down, for releases that got lost."""


class Button:
    """Turn edges into gestures: one press of a bouncing button is one press.

    The first edge of a press counts at once, so a press that is over before anybody looks
    is still a press. A release counts when the pin has been up for `bounce_s`, so that
    neither bounce nor a worn contact that opens for a moment makes a second press.

    The kernel looks at the pin a little after each edge, so the first bounce of a release may
    be told as one more way down. That is taken for a new press, after a release that got
    lost, only when the pin then stays down for `bounce_s`.

    Where holding means something (`hold_s` is given) a press is known to be no hold only
    when the button comes up, and is told then; else it is told when it goes down.

    Parameters
    ----------
    bounce_s
        How long a contact may bounce.
    hold_s
        How long down makes a hold; None where holding means nothing.
    """

    def __init__(self, bounce_s: float, hold_s: float | None = None) -> None:
        self._bounce_s = bounce_s
        self._hold_s = hold_s
        self._down_s: float | None = None  # since when a press is on, None while there is none
        self._up_s: float | None = None  # during a press: since when the pin is up again
        self._again_s: float | None = None  # during a press: when it went down a second time
        self._last_edge_s = float("-inf")
        self._told = False

    def edge(self, edge: Edge) -> list[Gesture]:
        """Take in an edge, in the order they came; return what has become of it."""
        gestures = self._settle(edge.at_s)
        late = edge.at_s - self._last_edge_s >= self._bounce_s
        self._last_edge_s = edge.at_s
        if self._down_s is None:
            return gestures + (self._press(edge.at_s) if edge.pressed else [])
        if not edge.pressed:
            self._go_up(edge.at_s)
        elif self._up_s is not None:
            self._up_s = None
        elif late and self._again_s is None:
            self._again_s = edge.at_s
        return gestures

    def tick(self, now_s: float, pressed: bool) -> list[Gesture]:
        """Let time pass; `pressed` is what the pin says now, whatever edges came or got lost."""
        if self._down_s is not None:
            if pressed:
                self._up_s = None
            else:
                self._go_up(now_s)
        return self._settle(now_s)

    def next_tick_s(self) -> float | None:
        """Tell in how many seconds a tick is due; None while nothing is pressed."""
        return None if self._down_s is None else min(POLL_S, self._bounce_s)

    def _settle(self, now_s: float) -> list[Gesture]:
        """Tell a hold that has lasted, or end a press whose pin has stayed up."""
        if self._down_s is None:
            return []
        if self._up_s is not None:
            return self._release() if now_s - self._up_s >= self._bounce_s else []
        if self._again_s is not None and now_s - self._again_s >= self._bounce_s:
            return [*self._release(), *self._press(self._again_s)]
        if not self._told and self._hold_s is not None and now_s - self._down_s >= self._hold_s:
            self._told = True
            return [Gesture.HOLD]
        return []

    def _press(self, at_s: float) -> list[Gesture]:
        self._down_s, self._up_s, self._again_s = at_s, None, None
        self._told = self._hold_s is None
        return [Gesture.PRESS] if self._told else []

    def _go_up(self, at_s: float) -> None:
        if self._up_s is None:
            self._up_s, self._again_s = at_s, None

    def _release(self) -> list[Gesture]:
        gestures = [] if self._told else [Gesture.PRESS]
        self._down_s = self._up_s = None
        return gestures
