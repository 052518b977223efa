"""The kinds of keys that the configuration has, and what each allows.

Each function declares a key of a dataclass with its default.
"""

import re
from collections.abc import Callable
from dataclasses import field
from typing import Any, NamedTuple

RESERVED_PINS = {
    0: "the HAT's identification",
    1: "the HAT's identification",
    2: "I2C",
    3: "I2C, and wakes the Pi from halt",
    14: "the console",
    15: "the console",
}
FREE_PINS = tuple(gpio for gpio in range(28) if gpio not in RESERVED_PINS)
_PIN_WORDS = "4 to 13 and 16 to 27 (GPIO numbers; the others are I2C, the console and the HAT's)"

HOST_NAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?", re.IGNORECASE | re.ASCII)


class Allowed(NamedTuple):
    """What a key allows: in words for the error, and as a test of one value."""

    words: str
    fits: Callable[[Any], bool]


def key(default: Any, words: str, fits: Callable[[Any], bool]) -> Any:
    """Give a key its default and what it allows."""
    return field(default=default, metadata={"allowed": Allowed(words, fits)})


def _is_whole(value: object) -> bool:
    """True and False are ints to Python, but no number anybody meant to write."""
    return isinstance(value, int) and not isinstance(value, bool)


def whole(default: int, low: int, high: int, *, even: bool = False) -> Any:
    """A whole number."""
    kind = "an even whole number" if even else "a whole number"
    return key(
        default,
        f"{kind} from {low} to {high}",
        lambda value: _is_whole(value) and low <= value <= high and not (even and value % 2),
    )


def number(default: float, low: float, high: float) -> Any:
    """A number with or without a fraction."""
    return key(
        default,
        f"a number from {low:g} to {high:g}",
        lambda value: (_is_whole(value) or isinstance(value, float)) and low <= value <= high,
    )


def choice(default: str | int, choices: tuple[str | int, ...]) -> Any:
    """One of several words, or of several whole numbers."""
    words = ", ".join(f'"{each}"' if isinstance(each, str) else str(each) for each in choices)
    return key(
        default,
        f"one of {words}",
        # To Python 50.0 is in (50, 60), and so is False in (0, 50).
        lambda value: type(value) is type(default) and value in choices,
    )


def flag(default: bool) -> Any:
    """True or false."""
    return key(default, "true or false", lambda value: isinstance(value, bool))


def _is_free_pin(value: object) -> bool:
    return _is_whole(value) and value in FREE_PINS


def pin(default: int) -> Any:
    """One pin."""
    return key(default, f"a pin: {_PIN_WORDS}", _is_free_pin)


def pins(*default: int) -> Any:
    """So many pins as there are defaults."""
    count = len(default)
    return key(
        default,
        f"a list of {count} pins: {_PIN_WORDS}",
        lambda value: (
            isinstance(value, list) and len(value) == count and all(map(_is_free_pin, value))
        ),
    )


def names(default: tuple[str, ...], choices: tuple[str, ...]) -> Any:
    """Some of several words."""
    return key(
        default,
        "a list of " + ", ".join(f'"{choice}"' for choice in choices) + ", each at most once",
        lambda value: (
            isinstance(value, list)
            and all(isinstance(name, str) and name in choices for name in value)
            and len(set(value)) == len(value)
        ),
    )


def text(default: str, words: str) -> Any:
    """Any text, within reason."""
    return key(
        default,
        words,
        lambda value: isinstance(value, str) and len(value) <= 4096 and "\0" not in value,
    )


def address(default: str) -> Any:
    """An IP address."""
    return key(default, "an IP address of this machine", _is_address)


def _is_address(value: object) -> bool:
    from ipaddress import ip_address  # only a page needs it

    try:
        return isinstance(value, str) and bool(ip_address(value))
    except ValueError:
        return False


def password_hash() -> Any:
    """A password that nobody can read back, or none."""
    return key("", 'what `inkling page-password` prints, or "" for none', _is_password_hash)


def _is_password_hash(value: object) -> bool:
    from device.page.password import is_hash  # only a page needs it

    return isinstance(value, str) and (not value or is_hash(value))


def host_names() -> Any:
    """Names of machines."""
    return key(
        (),
        'a list of names that this machine is called by, such as "reader.example"',
        lambda value: (
            isinstance(value, list)
            and all(isinstance(name, str) and HOST_NAME.fullmatch(name) for name in value)
        ),
    )


def command(*default: str) -> Any:
    """A program and its arguments."""
    return key(
        default,
        "a list of a program and its arguments",
        lambda value: (
            isinstance(value, list)
            and bool(value)
            and all(isinstance(word, str) and word and "\0" not in word for word in value)
        ),
    )
