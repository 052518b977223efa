"""What the firmware says of supply and heat, told once when it holds the Pi back."""

from collections.abc import Callable
from pathlib import Path

from device.faults import Fault, Faults

HELD_BACK = {
    0: "the supply's voltage is too low",
    1: "the processor is held back",
    2: "the processor is throttled",
    3: "the processor is near its highest temperature",
}
"""The lowest bits of the firmware's get_throttled, for what is so now (vcgencmd's manual)."""

LOOK_S = 10.0
"""How often to look."""

CALM_S = 600.0
"""After so long without a warning it is over. A weak supply comes and goes with each reading,
and is told once all the same."""


def throttled_bits(root: Path = Path("/")) -> int | None:
    """Tell what the kernel says for the firmware; None where there is no such firmware."""
    try:
        return int((root / "sys/devices/platform/soc/soc:firmware/get_throttled").read_text(), 16)
    except (OSError, ValueError):
        return None


class Supply:
    """Looks from time to time, and notes a fault while something holds the Pi back.

    Parameters
    ----------
    faults
        Where it is noted.
    bits
        Tells the bits of get_throttled; None ends the looking.

    Attributes
    ----------
    due_s
        When to look next, by the monotonic clock.
    """

    def __init__(self, faults: Faults, bits: Callable[[], int | None]) -> None:
        self._faults = faults
        self._bits = bits
        self._seen = 0
        self._seen_s = float("-inf")
        self.due_s = float("-inf")

    def look(self, now_s: float) -> bool:
        """Look, where it is time to; tell whether there is something new to say."""
        if now_s < self.due_s:
            return False
        bits = self._bits()
        self.due_s = float("inf") if bits is None else now_s + LOOK_S
        before, now = self._seen, (bits or 0) & 0b1111
        if now:
            self._seen, self._seen_s = before | now, now_s
        elif now_s - self._seen_s >= CALM_S:
            self._seen = 0
        if self._seen == before:
            return False
        words = [words for bit, words in HELD_BACK.items() if self._seen >> bit & 1]
        found = {Fault.HELD_BACK: ", ".join(words)} if words else {}
        self._faults.replace(found, (Fault.HELD_BACK,))
        return True
