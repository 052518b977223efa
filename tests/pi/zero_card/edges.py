"""Goes to the end of lgpio on the emulated Zero.

QEMU raises no interrupt at an edge, so the kernel never hears of one; here a thread looks
for them, and tells of them as lgpio would.
"""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lgpio import gpio_read

LOOK_S = 0.02


class Watch(threading.Thread):
    """One line, until cancelled."""

    def __init__(self, chip: int, gpio: int, tell: Callable[[int, int, int, int], None]) -> None:
        super().__init__(daemon=True)
        self._chip, self._gpio, self._tell = chip, gpio, tell
        self._cancelled = threading.Event()

    def run(self) -> None:
        level = gpio_read(self._chip, self._gpio)
        while not self._cancelled.wait(LOOK_S):
            before, level = level, gpio_read(self._chip, self._gpio)
            if level != before:
                self._tell(self._chip, self._gpio, level, time.monotonic_ns())

    def cancel(self) -> None:
        self._cancelled.set()


def callback(chip: int, gpio: int, edge: int, func: Callable[[int, int, int, int], None]) -> Watch:
    """Begin to watch a line; stands in for lgpio's own."""
    watch = Watch(chip, gpio, func)
    watch.start()
    return watch
