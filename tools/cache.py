"""What takes minutes to download or build, made once and kept in the user's cache folder.

A thing is made beside its place and renamed there once it is wholly on the disk, so
whatever stands in its place is whole. Its name ends in a hash of what it is made from:
when that changes, another is made.
"""

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import platformdirs

from tools.errors import DeskError

UNUSED_S = 30 * 24 * 3600.0
"""What is of another hash, and wasn't used for so long, is removed when a new one is made."""


class StillMounted(DeskError, OSError):
    """What a killed run left can't be removed: something is mounted there."""


def cache_folder() -> Path:
    """The folder for what an emulated Pi is made of."""
    return platformdirs.user_cache_path("inkling") / "zero"


def kept(
    name: str,
    made_from: Iterable[str | Path],
    make: Callable[[Path], object],
    *,
    takes: str,
    folder: Path | None = None,
) -> Path:
    """Return the file or folder of that name, made on first use.

    Parameters
    ----------
    name
        What it is, in letters that a file's name may have.
    made_from
        All that decides what comes out: words, such as versions and options, and the
        paths of files whose content counts.
    make
        Makes it at the path that it is given, where nothing stands yet. When it raises,
        or the process is killed, nothing is kept and the next run begins anew.
    takes
        How long that takes, in words; said before it begins.
    folder
        Where to keep it; by default the user's cache.
    """
    folder = folder or cache_folder()
    place = folder / f"{name}-{fingerprint(made_from)}"
    if not place.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder / f".{place.name}.lock", name):
            if not place.exists():  # another run may have made it meanwhile
                print(f"making {name}, once: {takes}", file=sys.stderr, flush=True)
                _make(place, make)
                _forget_unused(folder, name)
    os.utime(place)  # when it was last used
    return place


def fingerprint(made_from: Iterable[str | Path]) -> str:
    """Hash words and the content of files, in their order."""
    content = hashlib.sha256()
    for part in made_from:
        piece = part.read_bytes() if isinstance(part, Path) else part.encode()
        content.update(f"{len(piece)}\0".encode() + piece)
    return content.hexdigest()[:12]


def _make(place: Path, make: Callable[[Path], object]) -> None:
    for left in place.parent.glob(f".{place.name}.part*"):
        _remove(left)  # by a run that was killed
    # A name of its own: what the killed run had started may still be writing to the other.
    part = place.with_name(f".{place.name}.part{os.getpid()}")
    try:
        make(part)
    except BaseException:
        _remove(part)
        raise
    os.sync()  # a folder of thousands of files: one by one would take longer
    part.rename(place)


@contextmanager
def _alone(lock: Path, name: str) -> Iterator[None]:
    """Keep others from making the same; the lock goes with the process, however that ends."""
    with lock.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"waiting for another run to make {name}", file=sys.stderr, flush=True)
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _forget_unused(folder: Path, name: str) -> None:
    digits = "[0-9a-f]" * 12
    # With what runs that were killed had begun of it.
    for old in [*folder.glob(f"{name}-{digits}"), *folder.glob(f".{name}-{digits}.part*")]:
        if time.time() - old.stat().st_mtime > UNUSED_S:
            _remove(old)


def _remove(path: Path) -> None:
    for mounted in _mounts_within(path):  # by a killed run: never to be emptied
        done = subprocess.run(["umount", "--lazy", mounted], capture_output=True, text=True)
        if done.returncode:
            raise StillMounted(f"{mounted}: left by a run that was killed: {done.stderr.strip()}")
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _mounts_within(path: Path) -> list[Path]:
    """What is mounted there, the innermost first."""
    table = Path("/proc/self/mountinfo")
    lines = table.read_bytes().splitlines() if table.exists() else []
    octal = re.compile(rb"\\([0-7]{3})")
    places = [octal.sub(lambda m: bytes([int(m[1], 8)]), line.split()[4]) for line in lines]
    mounts = [Path(os.fsdecode(place)) for place in places]
    return [mount for mount in reversed(mounts) if mount.is_relative_to(path.resolve())]
