"""A clock that is moved on by hand, and jumps."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

LOOK_S = 2e-5
"""Each look moves it on by so much: who waits for a moment that is all but there gets to it."""


class Clock:
    """The monotonic clock and the one on the wall."""

    def __init__(self) -> None:
        self._monotonic_s = 1000.0
        self._wall_s = time.time()

    def monotonic(self) -> float:
        """Tell the time since whenever; it never goes back."""
        self._monotonic_s += LOOK_S
        return self._monotonic_s

    def wall(self) -> float:
        """Tell the time since 1970, as far as anybody knows."""
        return self._wall_s

    def advance(self, seconds: float) -> None:
        """Let time pass for both."""
        self._monotonic_s += seconds
        self._wall_s += seconds

    def set_wall(self, seconds: float) -> None:
        """Put the wall's clock somewhere else, as a time server does, or an empty battery."""
        self._wall_s = max(0.0, self._wall_s + seconds)

    @contextmanager
    def ruling(self) -> Iterator[None]:
        """Be everybody's clock."""
        real = time.monotonic, time.time
        time.monotonic, time.time = self.monotonic, self.wall
        try:
            yield
        finally:
            time.monotonic, time.time = real
