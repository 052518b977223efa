"""What shows the answer: a seven-segment digit, ten LEDs, four LEDs in binary, the console.

These know what a sign looks like. The pins behind them are made in `device.board`; here a
display gets something whose `value` can be set, which is all it needs.
"""

import math
import sys
from typing import Any, Protocol, TextIO

from device.rhythm import Rhythm, steady

REFUSED = "-"
BLANK = " "


SEGMENTS = {
    **dict(zip("0123456789", (
        "abcdef", "bc", "abged", "abgcd", "fgbc", "afgcd", "afgedc", "abc", "abcdefg", "abcdfg",
    ), strict=True)),
    REFUSED: "g",
    BLANK: "",
}  # fmt: skip
"""Which segments of a seven-segment digit glow for a sign."""


class Lamps(Protocol):
    """Some lamps: a gpiozero device, or what stands in for one."""

    value: Any

    def close(self) -> None:
        """Let go of the pins."""


class Display(Protocol):
    """What shows one sign at a time."""

    def show(self, sign: str) -> None:
        """Show "0" to "9", `REFUSED` or `BLANK`."""

    def say(self, answer: str) -> None:
        """Take the whole answer in words, once a reading, where a display can show it."""

    def close(self) -> None:
        """Go dark and let go of the pins; closing twice is no mistake."""


class SevenSegmentDisplay:
    """One digit of seven segments; a refusal is the middle bar."""

    def __init__(self, lamps: Lamps) -> None:
        self._lamps = lamps

    def show(self, sign: str) -> None:
        """Show a sign; the lamps know its segments."""
        self._lamps.value = sign

    def say(self, answer: str) -> None:
        """Show nothing: one digit has no room for words."""

    def close(self) -> None:
        """Let go of the pins."""
        self._lamps.close()


class TenLedsDisplay:
    """Ten LEDs, one a digit; a refusal lights none, and the status light says it."""

    def __init__(self, lamps: Lamps) -> None:
        self._lamps = lamps

    def show(self, sign: str) -> None:
        """Light the digit's LED."""
        self._lamps.value = tuple(sign == str(digit) for digit in range(10))

    def say(self, answer: str) -> None:
        """Show nothing: the LEDs have no words."""

    def close(self) -> None:
        """Let go of the pins."""
        self._lamps.close()


class BinaryDisplay:
    """Four LEDs worth 8, 4, 2 and 1; a refusal lights all, as no digit does.

    Nought lights none, as an idle display does: the status light tells them apart.
    """

    def __init__(self, lamps: Lamps) -> None:
        self._lamps = lamps

    def show(self, sign: str) -> None:
        """Light the LEDs whose worths make up the digit."""
        worth = {REFUSED: 15, BLANK: 0}.get(sign)
        if worth is None:
            worth = int(sign)
        self._lamps.value = tuple(bool(worth & bit) for bit in (8, 4, 2, 1))

    def say(self, answer: str) -> None:
        """Show nothing: the LEDs have no words."""

    def close(self) -> None:
        """Let go of the pins."""
        self._lamps.close()


class ConsoleDisplay:
    """Prints each answer as a line."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream

    def show(self, sign: str) -> None:
        """Show nothing: the line stands there already."""

    def say(self, answer: str) -> None:
        """Print the answer at once, also into a pipe."""
        print(answer, file=self._stream or sys.stdout, flush=True)

    def close(self) -> None:
        """Leave the console alone."""


def announce(number: str | None, digit_s: float, gap_s: float) -> Rhythm[str]:
    """Spread an answer over time for a display that shows one sign.

    A digit stands; a number is shown digit by digit, dark between them so that 44 is two
    signs, and dark for longer before it begins again. None, a refusal, is a dash.

    >>> announce("44", 0.8, 0.2).steps
    (('4', 0.8), (' ', 0.2), ('4', 0.8), (' ', 1.0))
    """
    if number is None:
        return steady(REFUSED)
    if len(number) == 1:
        return steady(number)
    steps: list[tuple[str, float]] = []
    for digit in number:
        steps += [(digit, digit_s), (BLANK, gap_s)]
    steps[-1] = (BLANK, digit_s + gap_s)
    return Rhythm(tuple(steps))


NOTHING: Rhythm[str] = Rhythm(((BLANK, math.inf),))
"""The display of an appliance that has nothing to say."""
