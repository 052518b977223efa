"""What may be asked of the appliance from outside, from any thread or signal handler."""

from enum import Enum
from queue import SimpleQueue
from typing import Any, NamedTuple


class Order(Enum):
    """What the loop is asked for."""

    PRESS = "press"
    HOLD = "hold"
    LOOK = "look"
    RELOAD = "reload"
    STOP = "stop"


class Watched(NamedTuple):
    """So many people are looking through the camera."""

    watchers: int


class TakesOrders:
    """Puts what it is asked for into the inbox of a loop, and waits for nothing."""

    def __init__(self, inbox: SimpleQueue[Any]) -> None:
        self._inbox = inbox

    def press(self) -> None:
        """Press the button without a button."""
        self._inbox.put(Order.PRESS)

    def hold(self) -> None:
        """Hold the button without a button."""
        self._inbox.put(Order.HOLD)

    def look(self) -> None:
        """Ask for a frame for the onlooker; while the appliance has other work there is none."""
        self._inbox.put(Order.LOOK)

    def watch(self, watchers: int) -> None:
        """Tell how many people look through the camera: the status light shows that some do."""
        self._inbox.put(Watched(watchers))

    def reload(self) -> None:
        """Read configuration and weights again."""
        self._inbox.put(Order.RELOAD)

    def stop(self) -> None:
        """End the loop."""
        self._inbox.put(Order.STOP)
