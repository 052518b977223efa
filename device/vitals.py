"""What the Pi says of itself: heat and supply."""

import os
import shutil
import subprocess
from pathlib import Path

from device.supply import HELD_BACK, throttled_bits

HOT_C = 80.0
"""Degrees Celsius from which a Pi slows itself down."""

THROTTLED = {
    **HELD_BACK,
    16: "the supply's voltage has been too low since the start",
    17: "the processor has been held back since the start",
    18: "the processor has been throttled since the start",
    19: "the processor has been near its highest temperature since the start",
}
"""All bits of the firmware's get_throttled."""


def temperature_c(root: Path = Path("/")) -> float | None:
    """Tell how hot the processor is; None where nothing measures it."""
    try:
        return int((root / "sys/class/thermal/thermal_zone0/temp").read_text()) / 1000
    except (OSError, ValueError):
        return None


def power_warnings(root: Path = Path("/")) -> list[str] | None:
    """Tell what the firmware says about supply and throttling; None where it says nothing."""
    bits = _throttled(root)
    if bits is None:
        return None
    return [words for bit, words in THROTTLED.items() if bits >> bit & 1]


def memory_mb(root: Path = Path("/")) -> float | None:
    """Tell how much memory this process has in use; None where the kernel doesn't say."""
    try:
        pages = int((root / "proc/self/statm").read_text().split()[1])
    except (OSError, ValueError, IndexError):
        return None
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def _throttled(root: Path) -> int | None:
    bits = throttled_bits(root)
    if bits is not None:
        return bits
    if root != Path("/") or shutil.which("vcgencmd") is None:
        return None
    answer = subprocess.run(["vcgencmd", "get_throttled"], capture_output=True, text=True)
    try:
        return int(answer.stdout.partition("=")[2], 16)
    except ValueError:
        return None
