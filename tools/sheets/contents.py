"""What is written in the boxes of a sheet, as the appliance would read it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from device.preparation import find_writing
from device.preparation.ink import levels
from device.reader import Reader
from device.reading import Frame
from tools.sheets.layout import Box, boxes
from tools.sheets.straighten import straighten

FAINT = 0.35
"""What is paler than this share of the sheet's usual ink is a shadow's edge or a smudge."""


class Verdict(StrEnum):
    """What became of a box."""

    RIGHT = "read right"
    OTHERWISE = "read otherwise"
    REFUSED = "not read"
    EMPTY = "empty"
    SEVERAL = "with several things"


@dataclass(frozen=True, slots=True)
class Cell:
    """A box with what stands in it; `notes` say what the reader made of it."""

    box: Box
    picture: Frame
    verdict: Verdict
    notes: str

    @property
    def is_kept(self) -> bool:
        """Whether it is an example to learn from: a misread one teaches most."""
        return self.verdict not in (Verdict.EMPTY, Verdict.SEVERAL)


def read_sheet(frame: Frame, reader: Reader) -> list[Cell]:
    """Read every box of a photographed sheet, row by row.

    Raises
    ------
    BadSheet
        The photograph can't be straightened; the line says why.
    """
    sheet = straighten(frame)
    places = list(boxes())
    pictures = [sheet.cut(frame, box) for box in places]
    found = [_look(picture) for picture in pictures]
    written = [darkness for count, darkness in found if count]
    faintest = FAINT * float(np.median(written)) if written else 0.0
    return [
        _cell(box, picture, count if darkness >= faintest else 0, reader)
        for box, picture, (count, darkness) in zip(places, pictures, found, strict=True)
    ]


def _look(picture: Frame) -> tuple[int, float]:
    """How many digits are found in a box, and how dark the darkest of them is."""
    writing = find_writing(picture)
    darkness = [
        float(np.percentile(levels(stroke, writing.flat), 75))
        for strokes in writing.digits
        for stroke in strokes
    ]
    return len(writing.digits), max(darkness, default=0.0)


def _cell(box: Box, picture: Frame, count: int, reader: Reader) -> Cell:
    if count == 0:
        return Cell(box, picture, Verdict.EMPTY, "")
    if count > 1:
        return Cell(box, picture, Verdict.SEVERAL, f"{count} things found")
    reading = reader.read(picture)
    if reading.number is None:
        return Cell(box, picture, Verdict.REFUSED, f"not read: {reading.reason}")
    right = reading.number == str(box.digit)
    sure = min(digit.confidence for digit in reading.digits)
    return Cell(
        box,
        picture,
        Verdict.RIGHT if right else Verdict.OTHERWISE,
        f"read as {reading.number} ({sure:.0%} sure)",
    )


def describe(cells: Sequence[Cell]) -> str:
    """How many boxes became what, in words."""
    counts = {verdict: sum(cell.verdict is verdict for cell in cells) for verdict in Verdict}
    told = [f"{count} {verdict.value}" for verdict, count in counts.items() if count]
    kept = sum(cell.is_kept for cell in cells)
    return f"{kept} digits kept of {len(cells)} boxes: {', '.join(told)}"
