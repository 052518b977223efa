"""The digits that were misread, the surest first: those are the ones to learn from."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import nn
from device.errors import BadPicture
from device.picture import open_picture
from device.preparation import prepare
from device.reader import Reader
from device.reading import Frame
from nn.activations import Array
from tools.labels import find_folders


class Misread(NamedTuple):
    """A digit that was taken for another: `where` names it, `glyph` is what the network saw."""

    glyph: NDArray[np.uint8]
    label: int
    answer: int
    confidence: float
    where: str


class Score(NamedTuple):
    """What was misread, the surest first, of how many; `refused` were given no answer."""

    misread: list[Misread]
    tested: int
    refused: int = 0


def misread_digits(
    network: nn.Network, glyphs: NDArray[np.uint8], labels: NDArray[np.uint8]
) -> Score:
    """Query glyphs, (n, 28, 28), as they are."""
    answers, sureness = _query(network, glyphs)
    found = [
        Misread(glyphs[i], int(labels[i]), int(answers[i]), float(sureness[i]), f"test digit {i}")
        for i in np.flatnonzero(answers != labels)
    ]
    return Score(_surest_first(found), len(labels))


def _query(network: nn.Network, glyphs: NDArray[np.uint8]) -> tuple[NDArray[np.int64], Array]:
    """Which digit each glyph is taken for, and how surely."""
    outputs = network.query(nn.scale_inputs(glyphs.reshape(len(glyphs), -1)))[:, :10]
    # The talk's ten sigmoids each say how sure they are; only softmax sums to 1 by itself.
    return outputs.argmax(axis=1), outputs.max(axis=1) / np.maximum(outputs.sum(axis=1), 1e-12)


def misread_pictures(network: nn.LoadedNetwork, folder: Path) -> Score:
    """Look at every picture of a single digit in labelled folders.

    They are read as `inkling read` does it, but for a network of ten outputs, as the
    talk's: it can't say that a thing is no digit, and is asked about the one on each
    picture. A picture with the wrong number of digits found, or none, counts as
    refused: there is no glyph that could be said to have been taken for another.
    """
    look = _asker(network) if network.outputs == 10 else _appliance(network)
    found, tested, refused = [], 0, 0
    pictures = [picture for each in find_folders(folder) for picture in each.pictures]
    for picture in pictures:
        if len(picture.label) != 1:
            continue
        tested += 1
        try:
            seen = look(open_picture(picture.path))
        except BadPicture:
            seen = None
        if seen is None:
            refused += 1
        elif seen.answer != int(picture.label):
            where = picture.path.relative_to(folder).as_posix()
            found.append(Misread(seen.glyph, int(picture.label), seen.answer, seen.sure, where))
    return Score(_surest_first(found), tested, refused)


class Seen(NamedTuple):
    """What the only digit of a picture looks like, and what it is taken for."""

    glyph: NDArray[np.uint8]
    answer: int
    sure: float


def _appliance(network: nn.LoadedNetwork) -> Callable[[Frame], Seen | None]:
    """Read as the appliance does, with all its reasons to refuse."""
    reader = Reader(network)

    def look(frame: Frame) -> Seen | None:
        reading = reader.read(frame)
        if reading.number is None or len(reading.digits) != 1:
            return None
        digit = reading.digits[0]
        return Seen(digit.glyph, digit.digit, digit.confidence)

    return look


def _asker(network: nn.Network) -> Callable[[Frame], Seen | None]:
    """Prepare as the appliance does, and take the strongest answer."""

    def look(frame: Frame) -> Seen | None:
        glyphs = prepare(frame)
        if len(glyphs) != 1:
            return None
        (answer,), (sure,) = _query(network, glyphs[0].pixels[np.newaxis])
        return Seen(glyphs[0].pixels, int(answer), float(sure))

    return look


def _surest_first(found: list[Misread]) -> list[Misread]:
    return sorted(found, key=lambda each: -each.confidence)
