"""The digits that were misread, the surest first: those are the ones to learn from."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import nn
from device.errors import BadPicture
from device.picture import open_picture
from device.reader import Reader
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
    outputs = network.query(nn.scale_inputs(glyphs.reshape(len(glyphs), -1)))[:, :10]
    answers = outputs.argmax(axis=1)
    # The talk's ten sigmoids each say how sure they are; only softmax sums to 1 by itself.
    sureness = outputs.max(axis=1) / np.maximum(outputs.sum(axis=1), 1e-12)
    found = [
        Misread(glyphs[i], int(labels[i]), int(answers[i]), float(sureness[i]), f"test digit {i}")
        for i in np.flatnonzero(answers != labels)
    ]
    return Score(_surest_first(found), len(labels))


def misread_pictures(network: nn.LoadedNetwork, folder: Path) -> Score:
    """Read every picture of a single digit in labelled folders, as `inkling read` does.

    A picture with the wrong number of digits found, or none, counts as refused: there
    is no glyph that could be said to have been taken for another.
    """
    reader, found, tested, refused = Reader(network), [], 0, 0
    pictures = [picture for each in find_folders(folder) for picture in each.pictures]
    for picture in pictures:
        if len(picture.label) != 1:
            continue
        tested += 1
        try:
            reading = reader.read(open_picture(picture.path))
        except BadPicture:
            refused += 1
            continue
        if reading.number is None or len(reading.digits) != 1:
            refused += 1
            continue
        digit = reading.digits[0]
        if reading.number != picture.label:
            label, where = int(picture.label), picture.path.relative_to(folder).as_posix()
            found.append(Misread(digit.glyph, label, digit.digit, digit.confidence, where))
    return Score(_surest_first(found), tested, refused)


def _surest_first(found: list[Misread]) -> list[Misread]:
    return sorted(found, key=lambda each: -each.confidence)
