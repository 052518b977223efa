"""The packages that the emulated Zero runs, the same for every stage that needs one."""

import sys
from pathlib import Path

from tests.pi.stage import run
from tools.cache import kept
from tools.zero.debian import debian_root

PACKAGES = (
    "python3-numpy",
    "python3-pil",
    # What makes a machine of them, for the stage zero.
    *("linux-image-rpi", "busybox-static", "systemd-sysv", "udev", "kmod"),
    # What lgpio is built with.
    "libpython3-dev",
)

GPIOZERO = ("gpiozero==2.0.1", "colorzero==2.0")


def armel() -> Path:
    """Debian for the Zero's own processor."""
    return debian_root("armel", PACKAGES)


def gpiozero() -> Path:
    """The gpiozero of Raspberry Pi OS: Debian's is older than what the appliance needs."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-compile"]
    return kept(
        "gpiozero",
        GPIOZERO,
        lambda folder: run([*command, "--target", folder, *GPIOZERO], timeout_s=600),
        takes="a few seconds",
    )
