"""The last readings, and those that were kept."""

import base64
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import numpy as np
from PIL import Image

from device.reading import Box, Digit, Frame, Reading, Refusal

MOST_BYTES = 16 * 1024 * 1024
"""The frames that history holds, together: 20 of 640×480 are 6 MB. The last is always held."""

NAME = re.compile(r"([0-9]{6,9})-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Correction:
    """What a reading should have said; None for what is no number."""

    number: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One reading of history.

    Attributes
    ----------
    name : sorts by age, and no other reading ever has it, not after a restart either.
    at : seconds since 1970, by a clock that may be wrong.
    frame : what was read; None where it lies on the shelf alone, or is gone.
    """

    name: str
    at: float
    title: str
    reading: Reading
    frame: Frame | None
    size: tuple[int, int]
    correction: Correction | None = None
    is_kept: bool = False


class History:
    """Entries by name, bounded; those that are kept stay as long as they are."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: dict[str, Entry] = {}
        self._next = 1

    def __iter__(self) -> Iterator[Entry]:
        """The newest first."""
        return iter([self._entries[name] for name in sorted(self._entries, reverse=True)])

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, name: str) -> Entry:
        """Give an entry; KeyError where there is none of this name."""
        return self._entries[name]

    def add(self, reading: Reading, frame: Frame, at: float, title: str) -> tuple[Entry, list[str]]:
        """Remember a reading; return it, and the names of those that were forgotten for it."""
        name = f"{self._next:06d}-{secrets.token_hex(4)}"
        self._next += 1
        size = (frame.shape[1], frame.shape[0])
        entry = self._entries[name] = Entry(name, at, title, reading, frame, size)
        return entry, self._forget(name)

    def restore(self, entry: Entry) -> None:
        """Take in what the shelf had from before."""
        self._entries[entry.name] = entry
        match = NAME.fullmatch(entry.name)
        if match:
            self._next = max(self._next, int(match[1]) + 1)

    def change(self, name: str, **changes: Any) -> Entry:
        """Change an entry; KeyError where there is none of this name."""
        self._entries[name] = entry = replace(self._entries[name], **changes)
        return entry

    def remove(self, name: str) -> None:
        """Forget an entry."""
        self._entries.pop(name, None)

    def _forget(self, newest: str) -> list[str]:
        """Forget the oldest that aren't kept, and the frames of the oldest that are."""
        forgotten = []
        loose = sorted(name for name, entry in self._entries.items() if not entry.is_kept)
        for name in loose[: -self._most]:
            del self._entries[name]
            forgotten.append(name)
        held = 0
        for name in sorted(self._entries, reverse=True):
            entry = self._entries[name]
            held += 0 if entry.frame is None else entry.frame.nbytes
            if entry.frame is None or name == newest or held <= MOST_BYTES:
                continue
            if entry.is_kept:
                self._entries[name] = replace(entry, frame=None)
            else:
                del self._entries[name]
                forgotten.append(name)
        return forgotten


def encode_png(frame: Frame) -> bytes:
    """Encode a frame without loss; quickly rather than as small as can be."""
    file = BytesIO()
    Image.fromarray(frame).save(file, "PNG", compress_level=2)
    return file.getvalue()


def to_story(entry: Entry) -> dict[str, Any]:
    """Write an entry, but for its frame, as what JSON can hold."""
    reading, correction = entry.reading, entry.correction
    return {
        "format": 1,
        "at": entry.at,
        "title": entry.title,
        "size": list(entry.size),
        "number": reading.number,
        "refusal": reading.refusal,
        "candidates": list(reading.candidates),
        "seconds": reading.seconds,
        "digits": [
            {
                "digit": digit.digit,
                "confidence": digit.confidence,
                "runner_up": digit.runner_up,
                "box": list(digit.box),
                "outputs": list(digit.outputs),
                "glyph": base64.b64encode(digit.glyph.tobytes()).decode("ascii"),
            }
            for digit in reading.digits
        ],
        "correction": None if correction is None else {"number": correction.number},
    }


def from_story(name: str, story: dict[str, Any]) -> Entry:
    """Make an entry of a story; ValueError where it tells none."""
    try:
        correction = story["correction"]
        digits = tuple(
            Digit(
                digit["digit"],
                float(digit["confidence"]),
                digit["runner_up"],
                Box(*digit["box"]),
                tuple(map(float, digit["outputs"])),
                np.frombuffer(base64.b64decode(digit["glyph"]), np.uint8).reshape(28, 28),
            )
            for digit in story["digits"]
        )
        refusal = None if story["refusal"] is None else Refusal(story["refusal"])
        candidates = tuple(story["candidates"])
        reading = Reading(story["number"], refusal, digits, float(story["seconds"]), candidates)
        width, height = story["size"]
        return Entry(
            name,
            float(story["at"]),
            str(story["title"]),
            reading,
            None,
            (int(width), int(height)),
            None if correction is None else Correction(correction["number"]),
            is_kept=True,
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"no story of a reading: {error}") from error
