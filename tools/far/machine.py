"""The Pi itself: packages, the user, the camera's firmware setting, and systemd's service."""

import contextlib
import os
import re
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.far import files
from tools.far.words import Failed

UNIT = "inkling.service"
SHIPPED = "../../../opt/inkling/current/systemd"
"""From systemd's folder of units."""

READY_S = 150.0
"""Longer than the unit's TimeoutStartSec; a Zero needs ten seconds, and longer beside a boot."""
POLL_S = 0.5

CAMERA_SETTING = re.compile(
    r"^\s*(?:camera_auto_detect\s*=\s*1|dtoverlay\s*=\s*(?:imx\d|ov\d|arducam|irs1125))",
    re.MULTILINE,
)
CAMERA_LINES = "\n[all]\ncamera_auto_detect=1\n"

PROPERTIES = (
    "ActiveState",
    "SubState",
    "StatusText",
    "InvocationID",
    "StateChangeTimestampMonotonic",
    "ActiveEnterTimestamp",
    "NRestarts",
)
BAD_WEIGHTS = "weights bad"
"""What the service's status says while it reads with others than it should."""
ENDED = ("auto-restart", "failed", "dead")

Found = dict[str, str]


def run(
    words: Sequence[str | Path], timeout_s: float | None = None, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end, with nothing to read, and keep what it says."""
    return subprocess.run(
        words,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="backslashreplace",
        cwd="/",
        timeout=timeout_s,
        env={**os.environ, **variables},
    )


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    """Say in a line why a program failed."""
    said = lines(f"{done.stdout}\n{done.stderr}")
    return said[-1] if said else f"exit status {done.returncode}"


def must(words: Sequence[str | Path], failing: str) -> None:
    """Run a program that has to succeed."""
    done = run(words)
    if done.returncode != 0:
        raise Failed(f"{failing}: {last_line(done)}")


# --- packages ---


def install_packages(packages: Sequence[str]) -> None:
    """Bring Debian's packages; the lists of a new card are old or missing."""
    run(["dpkg", "--configure", "-a"])  # what a power cut in an installation left
    if apt_install(packages).returncode == 0:
        return
    lists = run(["apt-get", "-qq", "update"])
    done = apt_install(packages)
    if done.returncode != 0:
        why = last_line(done if lists.returncode == 0 else lists)
        raise Failed(f"could not install {' '.join(packages)}: has the Pi internet? {why}")


def apt_install(packages: Sequence[str]) -> subprocess.CompletedProcess[str]:
    """Install without recommendations, or picamera2 brings a desktop's worth of Qt."""
    options = ["-qq", "-o", "DPkg::Lock::Timeout=120", "-y", "--no-install-recommends"]
    return run(["apt-get", *options, "install", *packages], DEBIAN_FRONTEND="noninteractive")


# --- the user, the camera ---


def make_user(root: Path, shipped: Path) -> None:
    """Make the user, its groups and its right to switch off; what is there is left alone."""
    rules = root / "etc/polkit-1/rules.d/50-inkling.rules"
    files.write(rules, (shipped / "polkit.rules").read_bytes())
    place = root / "etc/sysusers.d/inkling.conf"
    files.write(place, (shipped / "sysusers.conf").read_bytes())
    other_root = [f"--root={root}"] if root != Path("/") else []
    must(["systemd-sysusers", *other_root, place], "systemd-sysusers made no user inkling")


def shut_camera(root: Path) -> Path | None:
    """The firmware's configuration, where it keeps the camera off; else None."""
    config = root / "boot/firmware/config.txt"
    drivers = [path.read_text().strip() for path in root.glob("sys/class/video4linux/*/name")]
    if any(name.startswith(("unicam", "rp1-cfe")) for name in drivers) or not config.exists():
        return None
    text = config.read_text(errors="surrogateescape")
    return None if CAMERA_SETTING.search(text) else config


def enable_camera(config: Path) -> None:
    """Let the firmware look for a camera at the next start; the last setting counts."""
    files.write(config, config.read_bytes() + CAMERA_LINES.encode())


# --- the service ---


class Service:
    """The unit, as systemd knows it."""

    def __init__(self, root: Path) -> None:
        self._units = root / "etc/systemd/system"
        self._drop_in = self._units / f"{UNIT}.d/page.conf"

    @property
    def has_network(self) -> bool:
        """Whether the unit leaves it the network."""
        return self._drop_in.is_symlink() or self._drop_in.exists()

    def place(self) -> None:
        """Start the unit of whichever release `current` names, at each boot.

        Links, so that unit and program change at one stroke.
        """
        files.link(self._units / UNIT, f"{SHIPPED}/{UNIT}")
        files.link(self._units / "multi-user.target.wants" / UNIT, f"../{UNIT}")

    def read_again(self, *, with_network: bool) -> None:
        """Let systemd read the unit, which keeps the network away; only the page needs it."""
        if with_network:
            files.link(self._drop_in, f"../{SHIPPED}/page.conf")
        else:
            files.remove(self._drop_in)
            with contextlib.suppress(OSError):  # it isn't there, or has something else in it
                self._drop_in.parent.rmdir()
        must(["systemctl", "daemon-reload"], "systemd does not read the unit")

    def show(self) -> Found:
        """What systemd says of it."""
        done = run(["systemctl", "show", UNIT, f"--property={','.join(PROPERTIES)}"])
        return {name: value for name, _, value in (x.partition("=") for x in lines(done.stdout))}

    @property
    def is_ready(self) -> bool:
        """Whether it answers presses."""
        return self.show().get("ActiveState") == "active"

    def restart(self) -> str:
        """Restart it and wait until it is ready; else say what keeps it."""
        before = self.show().get("InvocationID", "")
        run(["systemctl", "reset-failed", UNIT])
        must(["systemctl", "--no-block", "restart", UNIT], "systemd does not start the service")
        return self._wait(lambda found: found.get("InvocationID", "") not in ("", before))

    def reload(self) -> str:
        """Let it read weights and configuration again, and wait until it has."""
        before = self.show().get("StateChangeTimestampMonotonic")
        # Not `systemctl reload`, which is over when the signal is sent.
        must(
            ["systemctl", "kill", "--signal=HUP", "--kill-whom=main", UNIT],
            "the service takes no reload",
        )
        wrong = self._wait(lambda found: found.get("StateChangeTimestampMonotonic") != before)
        status = self.show().get("StatusText", "")
        return wrong or (status if BAD_WEIGHTS in status else "")

    def _wait(self, has_changed: Callable[[Found], bool]) -> str:
        """Wait for a change and for ready: the empty text, or what is wrong."""
        deadline_s = time.monotonic() + READY_S
        while True:
            found = self.show()
            if has_changed(found) and found.get("ActiveState") == "active":
                return ""
            ended = has_changed(found) and found.get("SubState") in ENDED
            if ended or time.monotonic() > deadline_s:
                status, said = found.get("StatusText"), self._last_words(found)
                return (
                    said if ended else status
                ) or f"it is {found.get('SubState', 'unknown to systemd')}"
            time.sleep(POLL_S)

    def _last_words(self, found: Found) -> str:
        """The last line that this run of it wrote."""
        match = f"_SYSTEMD_INVOCATION_ID={found.get('InvocationID', '')}"
        done = run(["journalctl", "--no-pager", "--output=cat", "--lines=1", match])
        return "".join(lines(done.stdout)[-1:])


def lines(text: str) -> list[str]:
    """The lines that say something."""
    return [line.strip() for line in text.splitlines() if line.strip()]
