"""The header's pins, made by the kernel's gpio-sim: a finger on the button, eyes on the lamps."""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

LINES = 54
CHIP = Path("/sys/kernel/config/gpio-sim/pi")
REST_S = 0.4
"""How long a finger stays down, and then away."""
BOUNCE_S = 0.2
"""`bounce_s` for the daemon here, where a busy host may stop the machine for longer than 0.03 s."""
PATIENCE_S = 60.0
"""After so long what was waited for has failed; an emulated machine on a busy host is slow."""

SEGMENTS = {
    **dict(zip("0123456789", (
        "abcdef", "bc", "abdeg", "abcdg", "bcfg", "acdfg", "acdefg", "abc", "abcdefg", "abcdfg",
    ), strict=True)),
    "-": "g", " ": "",
}  # fmt: skip
"""Which segments glow for a sign: written down a second time, so that neither copies the other."""


class Unseen(Exception):
    """What was waited for did not come, in one line."""


class Header:
    """A chip of 54 lines that is called what the Zero's is called.

    Whoever has a line as an output drives it; the other lines are at the level that is
    pulled here, as by a button against a pull-up.
    """

    def __init__(self) -> None:
        bank = CHIP / "bank0"
        if not bank.exists():  # else it was made when the machine started
            bank.mkdir(parents=True)
            (bank / "num_lines").write_text(str(LINES))
            (bank / "label").write_text("pinctrl-bcm2835")
            (CHIP / "live").write_text("1")
        device = (CHIP / "dev_name").read_text().strip()
        chip = (bank / "chip_name").read_text().strip()
        self._lines = Path("/sys/devices/platform", device, chip)

    def pull(self, gpio: int, high: bool) -> None:
        """Set the level of a line that nobody drives."""
        (self._lines / f"sim_gpio{gpio}/pull").write_text("pull-up" if high else "pull-down")

    def level(self, gpio: int) -> bool:
        """Read a line as it is, whoever drives it."""
        return (self._lines / f"sim_gpio{gpio}/value").read_text().strip() == "1"

    def levels(self, gpios: Iterable[int]) -> tuple[bool, ...]:
        """Read several lines."""
        return tuple(self.level(gpio) for gpio in gpios)


class Finger:
    """Presses a button that connects its line to ground; worn contacts bounce."""

    def __init__(self, header: Header, gpio: int) -> None:
        self._header = header
        self._gpio = gpio
        header.pull(gpio, high=True)

    def press(self, bounces: int = 0) -> None:
        """Push down and let go, as slowly as a hand."""
        for down in (True, False):
            for _ in range(bounces):
                self._header.pull(self._gpio, high=not down)
                self._header.pull(self._gpio, high=down)
            self._header.pull(self._gpio, high=not down)
            time.sleep(REST_S)


class SevenSegments:
    """A seven-segment digit as an eye reads it."""

    def __init__(self, header: Header, gpios: Iterable[int], *, common_anode: bool = False) -> None:
        self._header = header
        self._gpios = tuple(gpios)
        self._common_anode = common_anode

    @property
    def sign(self) -> str | None:
        """The sign that is lit; None for a pattern that is no sign."""
        levels = self._header.levels(self._gpios)
        lit = "".join(
            letter
            for letter, high in zip("abcdefg", levels, strict=True)
            if high is not self._common_anode
        )
        return next((sign for sign, letters in SEGMENTS.items() if letters == lit), None)


def see_blinks(header: Header, gpio: int, count: int) -> None:
    """See a light flash so often between two pauses, which is how it says what is wrong.

    A busy host may make an eye miss a flash, so it looks several times.
    """
    seen = []
    while count not in seen:
        seen.append(_blinks(header, gpio, pause_s=0.9))
        if len(seen) == 8:
            raise Unseen(f"not {count} blinks and a pause, but one after the other {seen}")


def _blinks(header: Header, gpio: int, pause_s: float) -> int:
    _see_pause(header, gpio, pause_s)
    count = 0
    while True:
        wait_for(lambda: header.level(gpio), "a flash of the light")
        count += 1
        wait_for(lambda: not header.level(gpio), "the end of a flash")
        dark_s = time.monotonic()
        while not header.level(gpio):
            if time.monotonic() - dark_s > pause_s:
                return count
            time.sleep(0.01)


def _see_pause(header: Header, gpio: int, pause_s: float) -> None:
    end_s = time.monotonic() + PATIENCE_S
    dark_s = time.monotonic()
    while time.monotonic() - dark_s < pause_s:
        if header.level(gpio):
            dark_s = time.monotonic()
        if time.monotonic() > end_s:
            raise Unseen(f"GPIO{gpio} made no pause of {pause_s:g} s")
        time.sleep(0.01)


def wait_for(condition: Callable[[], object], what: str, patience_s: float = PATIENCE_S) -> None:
    """Wait until something is so; raise Unseen when it doesn't become so."""
    end_s = time.monotonic() + patience_s
    while not condition():
        if time.monotonic() > end_s:
            raise Unseen(f"{what} did not come within {patience_s:g} s")
        time.sleep(0.01)
