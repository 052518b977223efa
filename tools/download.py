"""MNIST from its public mirrors, kept in the user's cache folder.

A file is taken as good only when its *uncompressed* bytes have the published
SHA-256: mirrors pack them differently. That check also guards resuming, so a
server may ignore the range asked for, or change the file in between: what
doesn't fit together is thrown away and fetched whole.
"""

import argparse
import gzip
import hashlib
import http.client
import os
import ssl
import sys
import time
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import certifi
import platformdirs
from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TaskID,
    TextColumn,
    TransferSpeedColumn,
)

from tools.errors import DownloadFailed, NotWritten

MIRRORS = (
    "https://storage.googleapis.com/cvdf-datasets/mnist/",
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
)
STALL_S = 20.0
"""A connection that brings less than `STALL_BYTES` in this time is given up."""
STALL_BYTES = 2048
ATTEMPTS = 6
"""How often one mirror is asked for one file, as long as each answer brings more of it."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A gzip file on the mirrors: its name there, and its uncompressed size and SHA-256."""

    name: str
    size: int
    sha256: str

    @property
    def largest(self) -> int:
        """No packing of it may be larger than this; more is something else."""
        return self.size + self.size // 100 + 1024


FILES = (
    RemoteFile(
        "train-images-idx3-ubyte.gz",
        47_040_016,
        "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    ),
    RemoteFile(
        "train-labels-idx1-ubyte.gz",
        60_008,
        "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    ),
    RemoteFile(
        "t10k-images-idx3-ubyte.gz",
        7_840_016,
        "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    ),
    RemoteFile(
        "t10k-labels-idx1-ubyte.gz",
        10_008,
        "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
    ),
)

Report = Callable[[int, int | None], None]
"""Told the bytes had so far and, where the server says it, how many there are."""


class _Cut(Exception):
    """The connection ended or stalled before the file did."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inkling-desk download`."""
    parser.add_argument("--to", type=Path, help="folder to keep it in (default: the user's cache)")


def main(args: argparse.Namespace) -> int:
    """Fetch what is missing and print the folder it is in."""
    print(fetch_mnist(args.to))
    return 0


def fetch_mnist(
    folder: Path | None = None,
    *,
    mirrors: Sequence[str] = MIRRORS,
    files: Sequence[RemoteFile] = FILES,
    stall_s: float = STALL_S,
) -> Path:
    """The folder with MNIST's files, downloaded where they are missing or damaged.

    Raises
    ------
    DownloadFailed
        No mirror gave one of the files; the line says what each did.
    """
    folder = folder or platformdirs.user_cache_path("inkling") / "mnist"
    folder.mkdir(parents=True, exist_ok=True)
    missing = [file for file in files if not _is_cached(folder / file.name, file)]
    if missing:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        with Progress(*columns, TransferSpeedColumn(), console=Console(stderr=True)) as progress:
            for file in missing:
                task = progress.add_task(file.name, total=None)
                report = partial(_show, progress, task)
                _fetch(folder / file.name, file, mirrors, stall_s, report)
    return folder


def _show(progress: Progress, task: TaskID, done: int, total: int | None) -> None:
    progress.update(task, completed=done, total=total)


def _is_cached(path: Path, file: RemoteFile) -> bool:
    """Whether the file is there and whole; a damaged one is deleted."""
    if not path.exists():
        return False
    defect = find_defect(path, file)
    if defect:
        path.unlink()
        print(f"{path}: {defect}; deleted, and fetched again", file=sys.stderr)
    return defect is None


def find_defect(path: Path, file: RemoteFile) -> str | None:
    """What is wrong with the file's uncompressed bytes, or None.

    No more is unpacked than the file may hold, so that a few packed kilobytes
    can't grow without bound.
    """
    digest, size = hashlib.sha256(), 0
    try:
        with gzip.open(path) as unpacked:
            while block := unpacked.read(1 << 18):
                digest.update(block)
                size += len(block)
                if size > file.size:
                    return f"unpacks to more than {file.size} bytes"
    except (gzip.BadGzipFile, EOFError, zlib.error):
        return "is not a whole gzip file"
    if digest.hexdigest() != file.sha256:
        return f"has SHA-256 {digest.hexdigest()[:8]}… unpacked, should be {file.sha256[:8]}…"
    return None


def _fetch(
    path: Path, file: RemoteFile, mirrors: Sequence[str], stall_s: float, report: Report
) -> None:
    """Bring one file to `path` from the first mirror that has it whole."""
    part = path.with_name(path.name + ".part")
    problems = []
    for mirror in mirrors:
        try:
            _fetch_from(mirror + file.name, part, file, stall_s, report)
        except DownloadFailed as error:
            problems.append(str(error))
            continue
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise NotWritten(f"{part}: cannot be written: {reason}") from error
        part.replace(path)
        return
    raise DownloadFailed(
        f"{file.name}: no mirror gave it ({'; '.join(problems)}); "
        "try again later, or give a folder that has it with --mnist"
    )


def _fetch_from(url: str, part: Path, file: RemoteFile, stall_s: float, report: Report) -> None:
    """Bring a verified copy of `url` to `part`, resuming while each attempt brings more of it."""
    for _ in range(ATTEMPTS):
        had = part.stat().st_size if part.exists() else 0
        try:
            _receive(url, part, had, file.largest, stall_s, report)
        except _Cut as cut:
            if part.exists() and part.stat().st_size > had:
                continue
            raise DownloadFailed(f"{url}: {cut}") from cut
        defect = find_defect(part, file)
        if defect is None:
            return
        part.unlink()
        if not had:
            raise DownloadFailed(f"{url}: {defect}; deleted")
        # Perhaps only the two halves don't belong together: once more, whole.
    raise DownloadFailed(f"{url}: cut {ATTEMPTS} times")


def _receive(url: str, part: Path, had: int, largest: int, stall_s: float, report: Report) -> None:
    """Append what `part` still lacks of `url`, or write it anew where the server starts over."""
    with _open(url, had, stall_s) as response:
        done = _starts_at(response, url, part, had)
        length = response.headers["Content-Length"]
        total = done + int(length) if length and length.isdecimal() else None
        if max(done, total or 0) > largest:
            part.unlink(missing_ok=True)
            raise DownloadFailed(f"{url}: offers {total or done} bytes, too many for this file")
        with part.open("ab" if done else "wb") as out:
            for block in _blocks(response, stall_s):
                done += len(block)
                if done > largest:
                    part.unlink()
                    raise DownloadFailed(f"{url}: sends more than {largest} bytes; deleted")
                out.write(block)
                report(done, total)
            out.flush()
            os.fsync(out.fileno())
    if total is not None and done < total:
        raise _Cut(f"the connection ended after {done} of {total} bytes")


def _open(url: str, had: int, stall_s: float) -> http.client.HTTPResponse:
    """Ask for the file, or for what follows the bytes had."""
    # Only our own https mirrors come here, and what they send is checked by its hash.
    request = urllib.request.Request(url, headers={"User-Agent": "inkling-desk"})  # noqa: S310
    if had:
        request.add_header("Range", f"bytes={had}-")
    try:
        response = urllib.request.urlopen(request, timeout=stall_s, context=_tls())  # noqa: S310
    except urllib.error.HTTPError as error:
        error.close()
        if error.code == http.HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and had:
            return _open(url, 0, stall_s)  # we have it all, or it has shrunk: start over
        raise DownloadFailed(f"{url}: the server says {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise _Cut(_why(error, stall_s)) from error
    assert isinstance(response, http.client.HTTPResponse)
    return response


def _starts_at(response: http.client.HTTPResponse, url: str, part: Path, had: int) -> int:
    """The offset in the file of the answer's first byte: what we had, or 0."""
    if response.status != http.HTTPStatus.PARTIAL_CONTENT:
        return 0
    if not (response.headers["Content-Range"] or "").startswith(f"bytes {had}-"):
        part.unlink(missing_ok=True)
        raise DownloadFailed(f"{url}: the server answered with another range than asked for")
    return had


def _blocks(response: http.client.HTTPResponse, stall_s: float) -> Iterator[bytes]:
    """What arrives, as it arrives; a connection that brings too little for too long is cut."""
    since, arrived = time.monotonic(), 0
    while True:
        try:
            # read1, not read: read waits for a whole block and would never notice a trickle.
            block = response.read1(1 << 16)
        except (OSError, http.client.HTTPException) as error:
            raise _Cut(_why(error, stall_s)) from error
        if not block:
            return
        yield block
        arrived += len(block)
        if time.monotonic() - since > stall_s:
            if arrived < STALL_BYTES:
                raise _Cut(f"stalled: {arrived} bytes in {stall_s:g} s")
            since, arrived = time.monotonic(), 0


def _why(error: Exception, stall_s: float) -> str:
    """A network error in words."""
    reason = getattr(error, "reason", error)
    if isinstance(reason, TimeoutError):
        return f"stalled: nothing in {stall_s:g} s"
    if isinstance(reason, http.client.IncompleteRead):
        return "the connection ended early"
    return " ".join(str(reason).split()) or type(reason).__name__


@cache
def _tls() -> ssl.SSLContext:
    """The system's certificates and certifi's: some Pythons come without any."""
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return context
