"""Files of the desk: written so that a cut leaves the old one whole, and read with suspicion."""

import os
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from tools.errors import NotWritten


@contextmanager
def written_aside(path: Path) -> Iterator[IO[bytes]]:
    """A binary file that takes `path`'s place only once it is wholly on the disk.

    It is written beside `path`, synced, and renamed over it; when writing
    fails, the part written is removed and what stood at `path` stays.

    Raises
    ------
    NotWritten
        The folder can't be written to, or the disk is full.
    """
    try:
        with _synced(path) as file:
            yield file
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise NotWritten(f"{path}: cannot be written: {reason}") from error


@contextmanager
def _synced(path: Path) -> Iterator[IO[bytes]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    aside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        aside.chmod(0o666 & ~_umask())  # mkstemp lets only the owner read
        aside.replace(path)
    except BaseException:
        with suppress(OSError):
            aside.unlink()
        raise


def read_arrays(path: Path) -> dict[str, NDArray[Any]]:
    """The arrays of an .npz file by name.

    Raises
    ------
    ValueError
        It is torn, or something else.
    """
    # Opened here, because numpy forgets to close a file that it can't read.
    with path.open("rb") as file:
        try:
            with np.load(file, allow_pickle=False) as archive:
                return {name: archive[name] for name in archive.files}
        except (EOFError, zipfile.BadZipFile, zlib.error, TypeError, AttributeError) as error:
            raise ValueError(f"{path}: no .npz file, or torn") from error


def _umask() -> int:
    """The process's umask, which can only be read by setting it."""
    mask = os.umask(0o022)
    os.umask(mask)
    return mask
