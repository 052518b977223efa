"""Files that are old or new, never half, whenever the power goes."""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path


@contextlib.contextmanager
def aside(path: Path) -> Iterator[Path]:
    """A path beside `path` that takes its place at the end; after an error it is gone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    try:
        yield beside
        beside.replace(path)
        sync_folder(path.parent)
    finally:
        beside.unlink(missing_ok=True)


def write(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a file; owner and mode of one that was there before stay."""
    path = path.resolve()  # a link stays one
    with aside(path) as beside:
        with beside.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        beside.chmod(mode)
        if path.exists():
            status = path.stat()
            os.chown(beside, status.st_uid, status.st_gid)
            beside.chmod(status.st_mode & 0o777)


def link(path: Path, target: str) -> None:
    """Let `path` point to `target`, whatever it was before."""
    if path.is_symlink() and str(path.readlink()) == target:
        return
    with aside(path) as beside:
        beside.unlink(missing_ok=True)
        beside.symlink_to(target)


def remove(path: Path) -> None:
    """Remove a file, a link or a folder, if it is there."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
