"""The packages that the emulated Zero runs, the same for every stage that needs one."""

from pathlib import Path

from tools.zero.debian import debian_root

PACKAGES = (
    "python3-numpy",
    "python3-pil",
    # What makes a machine of them, for the stage zero.
    *("linux-image-rpi", "busybox-static", "systemd-sysv", "udev", "kmod"),
    # What lgpio is built with.
    "libpython3-dev",
)


def armel() -> Path:
    """Debian for the Zero's own processor."""
    return debian_root("armel", PACKAGES)
