"""What is kept on the card: refused and corrected readings, one PNG each.

A reading and its picture are one file, the reading as JSON in a text chunk of the PNG (PNG
specification, 11.3.4.3), so that a power cut can't part them. Each is written aside, synced
and renamed, and the folder synced: it is there whole, or as it was before.

The shelf is bounded. For a new one the oldest that nobody has corrected goes; what somebody
has corrected is never thrown away by itself.
"""

import json
import logging
import os
import shutil
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from device.errors import DeviceError

log = logging.getLogger(__name__)

SIGNATURE = b"\x89PNG\r\n\x1a\n"
END = b"\x00\x00\x00\x00IEND\xaeB`\x82"
KEYWORD = b"inkling"
LARGEST_STORY = 256 * 1024
"""Bytes of JSON in a file: eight digits with their glyphs are 20 KB."""

TORN = "torn"
"""The folder for what is no whole file."""

LEAVE_FREE = 16 * 1024 * 1024
"""Bytes that are left free on the card: a full card stops more than this page."""


class ShelfFull(DeviceError, OSError):
    """There is no room; what is kept stays."""


class NotKept(DeviceError, OSError):
    """The card doesn't take it; what is kept stays."""


class Kept(NamedTuple):
    """A file on the shelf."""

    size: int
    corrected: bool


class Shelf:
    """A folder of readings.

    Parameters
    ----------
    folder
        Made where it is missing.
    most, most_bytes
        How many files, and how large together.
    leave_free
        How many bytes to leave free on the card.

    Attributes
    ----------
    trouble
        What is wrong with the card, in words; None while nothing is.
    """

    def __init__(
        self, folder: Path, most: int, most_bytes: int, *, leave_free: int = LEAVE_FREE
    ) -> None:
        self.folder = folder
        self._leave_free = leave_free
        self._most = most
        self._most_bytes = most_bytes
        self._kept: dict[str, Kept] = {}
        self.trouble: str | None = None
        self._warned: str | None = None

    @property
    def most(self) -> int:
        """How many are kept at most."""
        return self._most

    @property
    def most_bytes(self) -> int:
        """How many bytes are kept at most."""
        return self._most_bytes

    def __len__(self) -> int:
        return len(self._kept)

    def __contains__(self, name: object) -> bool:
        return name in self._kept

    @property
    def size(self) -> int:
        """Bytes of all files together."""
        return sum(kept.size for kept in self._kept.values())

    @property
    def corrected(self) -> list[str]:
        """The names of those that somebody has corrected, the oldest first."""
        return [name for name, kept in sorted(self._kept.items()) if kept.corrected]

    def open(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """Take stock: yield each name with its story, the oldest first; set aside what is torn."""
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            paths = sorted(self.folder.iterdir())
        except OSError as error:
            self._say(error)
            return
        for path in paths:
            if path.suffix == ".part":  # the power went while it was written
                self._set_aside(path)
            elif path.suffix == ".png" and not path.is_symlink():
                story = read_story(path)
                if story is None:
                    self._set_aside(path)
                    continue
                self._kept[path.stem] = Kept(path.stat().st_size, _is_corrected(story))
                yield path.stem, story

    def put(self, name: str, story: dict[str, Any], png: bytes) -> list[str]:
        """Keep a reading, durably, in place of what has this name.

        Parameters
        ----------
        name
            Names sort by age.
        story
            The reading, ready for JSON; it counts as corrected if its `correction` is not None.
        png
            The picture.

        Returns
        -------
        list of str
            What had to go for it.

        Raises
        ------
        ShelfFull
            The shelf is full of what has been corrected.
        NotKept
            The card is full or broken.
        """
        content = with_story(png, story)
        going = self._make_room(name, len(content), corrected=_is_corrected(story))
        try:
            self._check_space(len(content))
            self._write(name, content)
        except OSError as error:
            self._say(error)
            raise NotKept(self.trouble) from error
        self.trouble = self._warned = None
        self._kept[name] = Kept(len(content), _is_corrected(story))
        for old in going:  # only now: a card that doesn't take the new one loses no old one
            self.remove(old)
        return going

    def read(self, name: str) -> bytes:
        """Give a file; KeyError where it isn't there any more."""
        try:
            return self._path(name).read_bytes()
        except OSError as error:
            raise KeyError(name) from error

    def remove(self, name: str) -> None:
        """Throw a reading away; where it isn't there, nothing happens."""
        if self._kept.pop(name, None) is None:
            return
        try:
            self._path(name).unlink(missing_ok=True)
            _sync_folder(self.folder)
        except OSError as error:
            self._say(error)

    def _make_room(self, name: str, size: int, *, corrected: bool) -> list[str]:
        """Choose what has to go, the oldest first, and never what has been corrected."""
        others = {other: kept for other, kept in self._kept.items() if other != name}
        number, total = len(others) + 1, sum(kept.size for kept in others.values()) + size
        going = []
        for other, kept in sorted(others.items()):
            if number <= self._most and total <= self._most_bytes:
                break
            if not kept.corrected:
                going.append(other)
                number, total = number - 1, total - kept.size
        if number > self._most or total > self._most_bytes:
            what = "this correction" if corrected else "further refusals"
            words = (
                f"{self.folder}: full, with no room for {what}: download the corrections and "
                "delete some, or raise keep_most and keep_mb in [page]"
            )
            self._warn(words)
            raise ShelfFull(words)
        return going

    def _check_space(self, size: int) -> None:
        free = shutil.disk_usage(self.folder).free
        if free < size + self._leave_free:
            raise OSError(
                0, f"the card is full, less than {self._leave_free / 1e6:.0f} MB are left"
            )

    def _write(self, name: str, content: bytes) -> None:
        aside = self.folder / f"{name}.part"
        try:
            with aside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(self._path(name))
        except BaseException:
            aside.unlink(missing_ok=True)
            raise
        _sync_folder(self.folder)

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.png"

    def _set_aside(self, path: Path) -> None:
        torn = self.folder / TORN
        log.warning("%s: not a whole file; set aside in %s", path, torn)
        try:
            torn.mkdir(mode=0o700, exist_ok=True)
            path.replace(torn / path.name)
        except OSError as error:
            self._say(error)

    def _say(self, error: OSError) -> None:
        reason = error.strerror or str(error)
        self.trouble = (
            f"{self.folder}: {reason[:1].lower()}{reason[1:]}; nothing that was kept is lost"
        )
        self._warn(self.trouble)

    def _warn(self, words: str) -> None:
        """Tell the log, but what goes wrong at every reading only once."""
        if words != self._warned:
            log.warning("%s", words)
        self._warned = words


def with_story(png: bytes, story: dict[str, Any]) -> bytes:
    """Put a story into a PNG, right behind its header, in place of one that is there."""
    chunks = [chunk for chunk in _chunks(png) if not _is_story(chunk)]
    text = json.dumps(story, separators=(",", ":")).encode("ascii")
    chunks.insert(1, (b"tEXt", KEYWORD + b"\0" + text))
    return SIGNATURE + b"".join(_pack(kind, content) for kind, content in chunks)


def read_story(path: Path) -> dict[str, Any] | None:
    """Read the story out of a file without reading its picture; None where it isn't whole."""
    try:
        with path.open("rb") as file:
            head = file.read(33 + 8 + LARGEST_STORY + 64)
            file.seek(-len(END), os.SEEK_END)
            if file.read() != END:
                return None
        for chunk in _chunks(head):
            if _is_story(chunk):
                story = json.loads(chunk[1].partition(b"\0")[2])
                return story if isinstance(story, dict) else None
    except (OSError, ValueError, RecursionError):
        pass
    return None


def _chunks(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the chunks of a PNG, each kind with its content, as far as they are there."""
    if not png.startswith(SIGNATURE):
        raise ValueError("no PNG")
    at = len(SIGNATURE)
    while at + 12 <= len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        if at + 12 + length > len(png):
            return
        if struct.unpack_from(">I", png, at + 8 + length)[0] != zlib.crc32(kind + content):
            raise ValueError("a chunk is damaged")
        yield kind, content
        at += 12 + length


def _pack(kind: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + content))
    return struct.pack(">I", len(content)) + kind + content + check


def _is_story(chunk: tuple[bytes, bytes]) -> bool:
    return chunk[0] == b"tEXt" and chunk[1].startswith(KEYWORD + b"\0")


def _is_corrected(story: dict[str, Any]) -> bool:
    return story.get("correction") is not None


def _sync_folder(folder: Path) -> None:
    """Make a rename outlast a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
