"""What runs on the Pi: for `make status`, which needs no rights there."""

import fcntl
from pathlib import Path

from tools.far.machine import Service
from tools.far.releases import Releases
from tools.far.words import tell


def told_status(root: Path, lock: Path) -> None:
    """Tell the release, how the service does, and what else is kept."""
    releases, found = Releases(root), Service(root).show()
    current = releases.current
    tell("release", current.name if current else "")
    tell("weights", str(current.manifest.get("weights", "")) if current else "")
    tell("changed", " ".join(current.changed()) if current else "")
    tell("kept", " ".join(release.name for release in releases.history[:-1]))
    tell("state", found.get("ActiveState", ""))
    tell("status", found.get("StatusText", ""))
    tell("since", found.get("ActiveEnterTimestamp", ""))
    tell("restarts", found.get("NRestarts", ""))
    tell("deploying", "yes" if is_held(lock) else "")


def is_held(lock: Path) -> bool:
    """Whether a deploy is under way."""
    try:
        with lock.open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False
