"""The status light: one LED that says what the appliance is doing, and what is wrong with it."""

from collections.abc import Callable
from typing import NamedTuple

from device.faults import Fault
from device.rhythm import Rhythm, steady


class Pattern(NamedTuple):
    """How the light goes, in words and in time."""

    words: str
    rhythm: Rhythm[bool]


def _blinks(*seconds: float) -> Rhythm[bool]:
    """Make a rhythm of on, off, on, off ... seconds."""
    return Rhythm(tuple((step % 2 == 0, length) for step, length in enumerate(seconds)))


def _code(count: int) -> Rhythm[bool]:
    return _blinks(*([0.2, 0.3] * (count - 1)), 0.2, 1.5)


PATTERNS: dict[str, Pattern] = {
    "starting": Pattern("on without a break", steady(True)),
    "ready": Pattern("a short wink every two seconds", _blinks(0.06, 1.94)),
    "watched": Pattern(
        "three short winks every two seconds", _blinks(0.06, 0.14, 0.06, 0.14, 0.06, 1.54)
    ),
    "busy": Pattern("fast flicker, five times a second", _blinks(0.1, 0.1)),
    "answered": Pattern("on, with a short break every second", _blinks(0.9, 0.1)),
    "refused": Pattern("slow and even, half a second on, half a second off", _blinks(0.5, 0.5)),
    "live": Pattern("two short winks every second", _blinks(0.06, 0.14, 0.06, 0.74)),
    "stopping": Pattern("off", steady(False)),
    Fault.NO_CAMERA: Pattern("2 blinks, pause: no camera", _code(2)),
    Fault.CAMERA_HUNG: Pattern("3 blinks, pause: the camera gives no frames", _code(3)),
    Fault.WEIGHTS_BAD: Pattern(
        "4 blinks, pause: the configured weights are missing or bad; the shipped ones, or those "
        "in use before, read on",
        _code(4),
    ),
    Fault.DISPLAY_GONE: Pattern("5 blinks, pause: a display does not answer", _code(5)),
    Fault.PINS_BUSY: Pattern(
        "6 blinks, pause: another program has a pin; where that is the light's own pin it stays "
        "dark and the journal says so",
        _code(6),
    ),
    Fault.HELD_BACK: Pattern(
        "7 blinks, pause: the supply's voltage is too low or the processor too hot; it reads on, "
        "slower",
        _code(7),
    ),
}
"""Every pattern by name; a fault's name is its `Fault`."""


class StatusLight:
    """Drives a lamp through the patterns, without a thread: whoever owns it ticks it."""

    def __init__(self, set_lamp: Callable[[bool], None]) -> None:
        self._set_lamp = set_lamp
        self._lit: bool | None = None
        self._since_s = 0.0
        self.pattern = "stopping"

    def show(self, pattern: str, now_s: float) -> None:
        """Begin a pattern from `PATTERNS`; the one that is on goes on undisturbed."""
        if pattern != self.pattern:
            self.pattern = pattern
            self._since_s = now_s
        self.tick(now_s)

    def tick(self, now_s: float) -> float:
        """Set the lamp as the pattern has it now; return the seconds until it changes."""
        lit, left_s = PATTERNS[self.pattern].rhythm.at(now_s - self._since_s)
        if lit is not self._lit:
            self._set_lamp(lit)
            self._lit = lit
        return left_s
