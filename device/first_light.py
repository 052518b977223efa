"""The status light, lit before all that takes long to load.

What drives the pins afterwards takes a Zero half a second to import, and reading the
configuration a quarter. So this asks the kernel itself for the one pin, and finds out
which with next to nothing: it takes the configuration's word only where the line is
beyond doubt. Wherever it isn't, or the pin can't be had, nothing happens: the board
lights the lamp a little later, and says what is wrong.
"""

import os
from fcntl import ioctl

CHIP = "/dev/gpiochip0"
CONFIGURATION = "/etc/inkling/config.toml"
LIGHT, ACTIVE_HIGH = 27, True
"""The configuration's defaults; importing them from where they stand takes too long."""

PINS = tuple(str(gpio) for gpio in (*range(4, 14), *range(16, 28)))
"""What a configuration may name."""

CHIPS = (b"pinctrl-bcm2835", b"pinctrl-bcm2711")
"""How the kernel names the pins of the header: never is a line of another chip lit."""

# From Linux' uapi/linux/gpio.h.
GET_CHIPINFO, CHIPINFO_BYTES = 0x8044B401, 68
GET_LINE = 0xC250B407
ACTIVE_LOW, OUTPUT = 1 << 1, 1 << 3
OUTPUT_VALUES = 2


class FirstLight:
    """A lamp that is lit as long as its line is held, or none."""

    def __init__(self, chip: str = CHIP, configuration: str = CONFIGURATION) -> None:
        self._line: int | None = None
        try:
            pin = find_pin(read(configuration))
            if pin is not None:
                self._line = _light(chip, *pin)
        except OSError:  # the board tries it again, and tells
            pass

    def let_go(self) -> None:
        """Leave the pin to the board, which takes it at once; twice is no mistake."""
        line, self._line = self._line, None
        if line is not None:
            os.close(line)


def find_pin(text: str) -> tuple[int, bool] | None:
    """Tell the light's pin and whether high lights it, or None where a parser has to.

    No configuration that the program takes ever means another pin than this tells.
    """
    if any(sign in text for sign in ('"""', "'''", "\\")):
        return None  # a text of several lines, or a name that is written in escapes
    found = {"light": str(LIGHT), "active_high": "true"}
    section, rest = "", ""
    for line in text.split("\n"):
        line = line.partition("#")[0].strip()
        name, equals, value = (part.strip() for part in line.partition("="))
        if equals and section == "[board]" and name in found:
            found[name] = value
        elif line == "[board]":
            section = line
        else:
            section = line if line.startswith("[") else section
            rest += line
    if any(word in rest for word in ("board", *found)):
        return None  # written in another way that TOML has
    if found["light"] not in PINS or found["active_high"] not in ("true", "false"):
        return None
    return int(found["light"]), found["active_high"] == "true"


def read(configuration: str) -> str:
    """Read the configuration; where there is none, the program has its defaults."""
    try:
        with open(configuration, "rb") as file:  # noqa: PTH123 - pathlib takes longer than all this
            return file.read(65536).decode("latin-1")
    except FileNotFoundError:
        return ""


def _light(chip: str, gpio: int, active_high: bool) -> int | None:
    """Take the pin as an output that is lit; return its line, closing which lets go of it."""
    handle = os.open(chip, os.O_RDWR | os.O_CLOEXEC)
    try:
        about = bytearray(CHIPINFO_BYTES)  # name, label, number of lines
        ioctl(handle, GET_CHIPINFO, about)
        if about[32:64].rstrip(b"\0") not in CHIPS:
            return None
        request = line_request(gpio, active_high)
        ioctl(handle, GET_LINE, request)
        return int.from_bytes(request[-4:], "little", signed=True)
    finally:
        os.close(handle)


def line_request(gpio: int, active_high: bool) -> bytearray:
    """Build the kernel's `struct gpio_v2_line_request` for a line that begins lit."""
    flags = OUTPUT if active_high else OUTPUT | ACTIVE_LOW
    parts = (
        (4 * 64, gpio),  # offsets
        (32, int.from_bytes(b"inkling", "little")),  # consumer
        (8, flags),
        (4 + 20, 1),  # one attribute, padding
        (8, OUTPUT_VALUES),
        (8, 1),  # the value
        (8, 1),  # of the first line
        (9 * 24, 0),  # nine more attributes
        (4, 1),  # lines
        (4 + 20, 0),  # event buffer, padding
        (4, 0),  # the kernel puts the line's file here
    )
    return bytearray().join(value.to_bytes(size, "little") for size, value in parts)
