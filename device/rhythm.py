"""Something that changes with time and starts over: a blink pattern, a number digit by digit.

It keeps no thread and no clock. Whoever asks says how long it has been running, so that
one loop can drive every lamp, and a test can walk through it without waiting.
"""

import math
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rhythm(Generic[T]):
    """Steps of (what, for how many seconds), over and over; a step may last for ever."""

    steps: tuple[tuple[T, float], ...]

    def at(self, elapsed_s: float) -> tuple[T, float]:
        """Tell the step at a time, and for how many seconds it will still hold.

        >>> Rhythm((("tick", 0.5), ("tock", 1.5))).at(2.25)
        ('tick', 0.25)
        """
        if math.isinf(self.steps[-1][1]):
            left_s = elapsed_s
        else:
            left_s = elapsed_s % sum(seconds for _, seconds in self.steps)
        for what, seconds in self.steps:
            if left_s < seconds:
                return what, seconds - left_s
            left_s -= seconds
        return self.steps[0][0], self.steps[0][1]  # a rounding error past the end


def steady(what: T) -> Rhythm[T]:
    """Hold one step for ever."""
    return Rhythm(((what, math.inf),))
