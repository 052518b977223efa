"""The board: button, displays and status light together.

Each part is opened by itself, so that a pin that another program holds costs the appliance
one part and not all.
"""

import contextlib
import logging
import time
import traceback
from collections.abc import Callable, Iterator
from queue import SimpleQueue
from types import TracebackType
from typing import Any, Self

from device.button import Button, Edge, Gesture
from device.config import BoardConfig
from device.displays import BLANK, NOTHING, Display, announce
from device.errors import BoardError
from device.faults import Fault
from device.light import StatusLight
from device.pins import PinsBusy, as_board_error, lgpio_factory, open_part
from device.rhythm import Rhythm

log = logging.getLogger(__name__)


class Board:
    """Button, displays and status light on their pins.

    Edges of the button come in by gpiozero's threads, which only put them on `inbox`.
    Everything else happens when the owner calls.

    Parameters
    ----------
    config
        The pins and how they behave.
    pin_factory
        gpiozero's pin factory; None opens the Pi's own pins through lgpio.
    clock
        Tells the time in seconds; it never goes back.

    Attributes
    ----------
    inbox
        Where the `Edge` events arrive; the service takes its other events from it too.
    missing
        What could not be opened or has failed since, each part with its error.

    Raises
    ------
    BoardError
        When there are no pins at all.
    """

    def __init__(
        self,
        config: BoardConfig,
        pin_factory: Any = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.config = config
        self._clock = clock
        self.inbox: SimpleQueue[Any] = SimpleQueue()
        self._owns_factory = pin_factory is None
        self.pin_factory = lgpio_factory() if pin_factory is None else pin_factory
        self._parts: dict[str, Any] = {}
        self.missing: dict[str, BoardError] = {}
        self._light = StatusLight(self._set_lamp)
        self._set_up(config)

    def _set_up(self, config: BoardConfig) -> None:
        self.config = config
        holds = config.hold != "nothing"
        self._button = Button(config.bounce_s, config.hold_s if holds else None)
        self._announcement: Rhythm[str] = NOTHING
        self._announced_s = 0.0
        self._sign: str | None = None
        self.open_missing()

    def open_missing(self) -> None:
        """Open every part that isn't open: the light first, for it says how the rest goes."""
        for part in ("light", "button", *self.config.displays):
            if part in self._parts:
                continue
            try:
                self._parts[part] = self._open(part)
            except BoardError as error:
                self._lose(part, error)
            else:
                self.missing.pop(part, None)
        self._sign = None

    def reconfigure(self, config: BoardConfig) -> None:
        """Let go of all pins and take those of another configuration."""
        pattern = self._light.pattern
        self._close_parts()
        self._set_up(config)
        self.show_light(pattern)

    @property
    def light(self) -> str:
        """The name of the pattern that the status light shows."""
        return self._light.pattern

    @property
    def sign(self) -> str:
        """What the displays show at this moment."""
        return self._sign or BLANK

    @property
    def can_be_pressed(self) -> bool:
        """Whether the button is there; without it the board is no use."""
        return "button" in self._parts

    @property
    def faults(self) -> dict[Fault, str]:
        """What is wrong with the board, in words."""
        faults: dict[Fault, list[str]] = {}
        for part, error in self.missing.items():
            gone = part in self.config.displays and not isinstance(error, PinsBusy)
            faults.setdefault(Fault.DISPLAY_GONE if gone else Fault.PINS_BUSY, []).append(
                str(error)
            )
        return {fault: "; ".join(words) for fault, words in faults.items()}

    def show_light(self, pattern: str) -> None:
        """Begin a pattern from `device.light.PATTERNS`, unless it is on already."""
        self._light.show(pattern, self._clock())

    def announce(self, number: str | None, answer: str) -> None:
        """Show an answer until something else is shown.

        Parameters
        ----------
        number
            The digits, or None for a refusal.
        answer
            The same in words, for displays that have room for them.
        """
        self._show(announce(number, self.config.digit_s, self.config.gap_s))
        for part, display in self._displays():
            with self._watching(part):
                display.say(answer)

    def clear(self) -> None:
        """Show nothing."""
        self._show(NOTHING)

    def tick(self) -> float:
        """Set every lamp as it has to be now; return the seconds until something changes."""
        now_s = self._clock()
        sign, left_s = self._announcement.at(now_s - self._announced_s)
        if sign != self._sign:
            for part, display in self._displays():
                with self._watching(part):
                    display.show(sign)
            self._sign = sign
        return min(left_s, self._light.tick(now_s))

    def feel(self, edge: Edge | None = None) -> list[Gesture]:
        """Take in an edge from `inbox`, or look at the button as it is; return what was meant."""
        if edge is not None:
            return self._button.edge(edge)
        if "button" not in self._parts:
            return []
        with self._watching("button"):
            return self._button.tick(self._clock(), self._parts["button"].pressed)
        return []

    def next_feel_s(self) -> float | None:
        """Tell in how many seconds to look at the button; None while nothing presses it."""
        return self._button.next_tick_s()

    def close(self) -> None:
        """Put out all lamps and let go of the pins; closing twice is no mistake."""
        self._close_parts()
        if self._owns_factory and self.pin_factory is not None:
            self.pin_factory.close()
        self._owns_factory = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _show(self, announcement: Rhythm[str]) -> None:
        self._announcement, self._announced_s = announcement, self._clock()
        self._sign = None
        self.tick()

    def _displays(self) -> list[tuple[str, Display]]:
        return [(part, self._parts[part]) for part in self.config.displays if part in self._parts]

    def _open(self, part: str) -> Any:
        return open_part(part, self.config, self.pin_factory, self._feel_edge)

    def _feel_edge(self, pressed: bool) -> None:
        self.inbox.put(Edge(pressed, self._clock()))

    def _set_lamp(self, lit: bool) -> None:
        if "light" in self._parts:
            with self._watching("light"):
                self._parts["light"].value = lit

    @contextlib.contextmanager
    def _watching(self, part: str) -> Iterator[None]:
        """Lose a part that fails, and go on without it."""
        try:
            with as_board_error(part):
                yield
        except BoardError as error:
            self._lose(part, error)

    def _lose(self, part: str, error: BoardError) -> None:
        # The traceback keeps the failed device alive, and with it gpiozero's reservation of the
        # pin: a new error, and the old ones, which Python 3.13 frees late, are let go of it.
        self.missing[part] = type(error)(str(error))
        cause: BaseException | None = error
        while cause is not None:
            traceback.clear_frames(cause.__traceback__)
            cause = cause.__context__
        self._close_part(part)

    def _close_part(self, part: str) -> None:
        lost = self._parts.pop(part, None)
        if lost is not None:
            try:
                with as_board_error(part):
                    lost.close()
            except BoardError as error:
                log.debug("%s", error)

    def _close_parts(self) -> None:
        self.clear()
        self.show_light("stopping")
        for part in list(self._parts):
            self._close_part(part)
        self.missing.clear()
