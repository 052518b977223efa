"""Stands in for lgpio where there are no pins: a board on which nothing is pressed.

As far as gpiozero uses it. Each pin that is claimed is asked of the kernel, as by the real
one, so that whoever watches the process sees when; the kernel says that there is none.
"""

import contextlib
import fcntl
import sys
from collections.abc import Callable

RISING_EDGE, FALLING_EDGE, BOTH_EDGES = 1, 2, 3
SET_PULL_UP, SET_PULL_DOWN, SET_PULL_NONE = 1 << 5, 1 << 6, 1 << 7
IS_OUTPUT = 1 << 1
GET_LINE = 0xC250B407

modes: dict[int, int] = {}
levels: dict[int, int] = {}


class error(Exception):  # noqa: N801 - lgpio's name
    """What lgpio raises."""


def gpiochip_open(_chip: int) -> int:
    """Open the chip."""
    return 0


def gpiochip_close(_handle: int) -> int:
    """Close the chip."""
    return 0


def gpio_claim_input(_handle: int, gpio: int, flags: int = 0) -> int:
    """Take a pin as an input."""
    return _claim(gpio, flags)


def gpio_claim_output(_handle: int, gpio: int, level: int = 0, flags: int = 0) -> int:
    """Take a pin as an output."""
    levels[gpio] = level
    return _claim(gpio, flags | IS_OUTPUT)


def gpio_claim_alert(_handle: int, gpio: int, _edges: int, flags: int = 0) -> int:
    """Take a pin as an input that tells its edges."""
    return _claim(gpio, flags)


def _claim(gpio: int, mode: int) -> int:
    modes[gpio] = mode
    with contextlib.suppress(OSError):
        fcntl.ioctl(sys.stderr, GET_LINE)
    return 0


def gpio_free(_handle: int, _gpio: int) -> int:
    """Let go of a pin."""
    return 0


def gpio_get_mode(_handle: int, gpio: int) -> int:
    """Tell what a pin was taken as."""
    return modes.get(gpio, 0)


def gpio_read(_handle: int, gpio: int) -> int:
    """Tell a pin's level: inputs are pulled up."""
    return levels.get(gpio, 1)


def gpio_write(_handle: int, gpio: int, level: int) -> int:
    """Set an output."""
    levels[gpio] = level
    return 0


def gpio_set_debounce_micros(_handle: int, _gpio: int, _micros: int) -> int:
    """Let the kernel debounce a pin."""
    return 0


class callback:  # noqa: N801 - lgpio's name
    """Would be told of edges."""

    def __init__(self, handle: int, gpio: int, edge: int, func: Callable[..., None]) -> None:
        pass

    def cancel(self) -> None:
        """Be told no more."""
