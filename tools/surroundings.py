"""Notes with more on them than digits: what stands around a number, or spoils it.

The first is to be read as if nothing were around it. With a sign beside its
digits it is another number, or none: 3.5 isn't 35, nor 5V 511. Struck out it isn't meant,
a column is several numbers, and nobody sees what stands out of view. A reader of
digits has to refuse them all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from device.notes import draw_strokes
from device.photographs import Conditions, Ink
from device.strokes import Stroke, draw_shape
from tools.digit_notes import BOX, Image28, Rng, rewrite
from tools.shapes import LETTERS, choose_strike, draw_line, draw_strike

GAPS = (0.4, 0.6)
"""Between digits, in units of their height: a sign has room there…"""

NARROW = (0.2, 0.6)
"""…and where it stands at their foot it needs less."""

ASUNDER = (2.6, 3.5)
"""Between two numbers beside each other, in the same units."""

MARGIN = (0.2, 0.5)
"""Between a number and what is around it, in the same units."""

UNSTEADY = 0.008
"""Standard deviation of how far a line that is drawn by hand strays, in the same units."""

PRINTED_PX = (1.5, 4.0)
"""How thick printed lines are."""

PUNCHED_PX = (18.0, 32.0)
"""How broad the holes of a punch are…"""

SPIRAL_PX = (8.0, 18.0)
"""…and those of a spiral…"""

AT_SIDE = (20.0, 50.0)
"""…and how far their middles are from the sheet's left side."""

UNITS = [letter for letter in LETTERS if len(letter) == 1]
"""Letters of the alphabet, as a number's unit may be…"""

LOW = "acemnruvwx"
"""…of which these have nothing that rises above the others."""


@dataclass(frozen=True, slots=True)
class _Number:
    """Where a number stands on the sheet, in pixels: `bounds` is top, left, bottom, right."""

    tall: float
    pen_px: float
    bounds: tuple[float, float, float, float]
    gaps: NDArray[np.float64]
    """Where a digit ends and where the next begins: (digits - 1, 2)."""
    sheet: tuple[int, int]
    """Its height and width."""

    @property
    def middles(self) -> NDArray[np.float64]:
        """The column at the middle of each gap: (digits - 1,)."""
        return (self.gaps[:, 0] + self.gaps[:, 1]) / 2


Draw = Callable[[_Number, Rng], list[Stroke]]


def _corners(number: _Number, rng: Rng) -> NDArray[np.float64]:
    """The corners of a box around a number, the first one twice: (5, 2) of row and column."""
    top, left, bottom, right = number.bounds
    margin = rng.uniform(*MARGIN) * number.tall
    top, left, bottom, right = top - margin, left - margin, bottom + margin, right + margin
    return np.array([(top, left), (top, right), (bottom, right), (bottom, left), (top, left)])


def _unsteady(points: NDArray[np.float64], number: _Number, rng: Rng) -> Stroke:
    """Draw a line through the points by hand."""
    return draw_line(points, UNSTEADY * number.tall, rng)


def _box(number: _Number, rng: Rng) -> list[Stroke]:
    return [_unsteady(_corners(number, rng), number, rng)]


def _open_box(number: _Number, rng: Rng) -> list[Stroke]:
    """Draw four sides, each of which begins a little off the end of the last."""
    corners = _corners(number, rng)
    off = 0.8 * number.pen_px + 1 + rng.uniform(0.02, 0.06) * number.tall
    steps = [(a, b, off * (b - a) / np.linalg.norm(b - a)) for a, b in pairwise(corners)]
    return [_unsteady(np.stack([a + step, b - step]), number, rng) for a, b, step in steps]


def _cells(number: _Number, rng: Rng) -> list[Stroke]:
    """Draw a printed box with a wall between any two digits."""
    corners = _corners(number, rng)
    top, bottom = corners[0, 0], corners[2, 0]
    walls = [np.array([(top, column), (bottom, column)]) for column in number.middles]
    return [corners, *walls]


def _ring(number: _Number, rng: Rng) -> list[Stroke]:
    top, left, bottom, right = number.bounds
    middle = np.array([(top + bottom) / 2, (left + right) / 2])
    reach = np.array([bottom - top, right - left]) / 2 + 0.3 * number.tall
    reach = np.maximum(reach * rng.uniform(1.1, 1.3), 0.75 * reach.max())
    begin = rng.uniform(0, 2 * np.pi)
    turn = np.linspace(begin, begin + 2 * np.pi + rng.uniform(0.0, 0.3), 40)
    around = middle + reach * np.stack([np.sin(turn), np.cos(turn)], axis=1)
    drift = np.linspace(1.0, rng.uniform(0.95, 1.05), 40)[:, None]
    return [middle + (around - middle) * drift]


def _underline(number: _Number, rng: Rng) -> list[Stroke]:
    _, left, bottom, right = number.bounds
    row = bottom + rng.uniform(0.15, 0.35) * number.tall
    over = rng.uniform(0.0, 0.3) * number.tall
    ends = np.array([(row, left - over), (row + rng.normal(0, 0.05) * number.tall, right + over)])
    return [_unsteady(ends, number, rng)]


def _punched(number: _Number, rng: Rng) -> list[Stroke]:
    column, row = rng.uniform(*AT_SIDE), number.sheet[0] / 2 + rng.uniform(-80, 80)
    return [_dot(row + away, column) for away in (-80, 80)]


def _spiral(number: _Number, rng: Rng) -> list[Stroke]:
    column, step = rng.uniform(*AT_SIDE) / 2, rng.uniform(22, 32)
    return [_dot(row, column) for row in np.arange(step, number.sheet[0] - step / 2, step).tolist()]


def _dot(row: float, column: float) -> Stroke:
    return np.array([(row, column), (row + 0.5, column + 0.5)])


def _point(number: _Number, rng: Rng) -> list[Stroke]:
    """Draw a point between two digits, in one of three raised, in one before the first digit."""
    top, left, bottom, _ = number.bounds
    row, column = bottom - rng.uniform(-0.05, 0.08) * number.tall, rng.choice(number.middles)
    way = rng.integers(3)
    if way == 1:
        row = (top + bottom) / 2
    elif way == 2:
        column = left - rng.uniform(0.15, 0.4) * number.tall
    return [_dot(row, column)]


def _comma(number: _Number, rng: Rng) -> list[Stroke]:
    """Draw a comma behind a digit, at its foot or below."""
    end, begin = rng.choice(number.gaps)
    row = number.bounds[2] + rng.uniform(-0.1, 0.05) * number.tall
    column = rng.uniform(end, (end + begin) / 2)
    tail = np.array([(0.0, 0.04), (0.1, 0.04), (0.22, -0.04)]) * number.tall
    return [tail + np.array((row, column))]


def _colon(number: _Number, rng: Rng) -> list[Stroke]:
    top, _, bottom, _ = number.bounds
    column = float(rng.choice(number.middles))
    upper, lower = rng.uniform(0.15, 0.35), rng.uniform(0.65, 0.9)
    return [_dot(top + share * (bottom - top), column) for share in (upper, lower)]


def _minus(number: _Number, rng: Rng) -> list[Stroke]:
    """Draw a minus before the number, or between two of its digits."""
    top, left, bottom, _ = number.bounds
    half = rng.uniform(0.1, 0.16) * number.tall
    before = left - half - rng.uniform(0.2, 0.4) * number.tall
    column = float(rng.choice([before, *number.middles]))
    row = (top + bottom) / 2 + rng.normal(0, 0.05) * number.tall
    return [_unsteady(np.array([(row, column - half), (row, column + half)]), number, rng)]


def _plus(number: _Number, rng: Rng) -> list[Stroke]:
    """Draw a plus before the number, or between two of its digits; in one of three, a times."""
    top, left, bottom, _ = number.bounds
    half = rng.uniform(0.12, 0.17) * number.tall
    before = left - half - rng.uniform(0.2, 0.4) * number.tall
    middle = np.array([(top + bottom) / 2, rng.choice([before, *number.middles])])
    turn = np.pi / 4 if rng.random() < 1 / 3 else 0.0
    ends = half * np.array([(np.sin(turn), np.cos(turn)), (np.cos(turn), -np.sin(turn))])
    return [_unsteady(np.stack([middle - end, middle + end]), number, rng) for end in ends]


def _brackets(number: _Number, rng: Rng) -> list[Stroke]:
    top, left, bottom, right = number.bounds
    over, bend = rng.uniform(0.0, 0.15), rng.uniform(0.08, 0.16)
    turn = np.linspace(-1, 1, 15)
    arc = np.stack([turn * (0.5 + over), bend * (1 - turn**2)], axis=1) * number.tall
    middle, away = (top + bottom) / 2, rng.uniform(0.2, 0.4) * number.tall
    ends = np.array((middle, left - away)), np.array((middle, right + away))
    return [ends[0] + arc * (1, -1), ends[1] + arc]


def _slash(number: _Number, rng: Rng) -> list[Stroke]:
    top, _, bottom, _ = number.bounds
    column, half = float(rng.choice(number.middles)), rng.uniform(0.13, 0.2) * number.tall
    over, under = rng.uniform(-0.05, 0.2, 2) * number.tall
    ends = np.array([(top - over, column + half), (bottom + under, column - half)])
    return [_unsteady(ends, number, rng)]


def _question_mark(number: _Number, rng: Rng) -> list[Stroke]:
    top, _, bottom, right = number.bounds
    left = right + rng.uniform(0.3, 0.5) * number.tall
    hook = np.array([(0.2, 0), (0.04, 0.1), (0, 0.25), (0.15, 0.4), (0.4, 0.25), (0.72, 0.22)])
    dot = _dot(bottom + 0.02 * number.tall, left + 0.22 * number.tall)
    return [hook * (bottom - top) + (top, left), dot]


def _letter(number: _Number, rng: Rng) -> list[Stroke]:
    """Write a letter behind the number, as a unit stands there."""
    _, _, bottom, right = number.bounds
    letter = str(rng.choice(UNITS))
    tall = rng.uniform(0.6, 0.8) if letter in LOW else rng.uniform(0.85, 1.05)
    left = right + rng.uniform(0.2, 0.4) * number.tall
    strokes = [stroke * tall * number.tall for stroke in draw_shape(LETTERS[letter], rng)]
    lowest = max(stroke[:, 0].max() for stroke in strokes)
    place = np.array([bottom - lowest, left])
    return [stroke + place for stroke in strokes]


def _strike(number: _Number, rng: Rng) -> list[Stroke]:
    top, left, bottom, right = number.bounds
    strike = draw_strike(choose_strike(rng), (right - left) / (bottom - top), rng)
    return [line * (bottom - top) + (top, left) for line in strike]


AROUND: dict[str, Draw] = {
    "box": _box,
    "open box": _open_box,
    "cells": _cells,
    "ring": _ring,
    "underlined": _underline,
    "punched": _punched,
    "spiral": _spiral,
}
"""What may stand around a number."""

WIDTHS = {"cells": PRINTED_PX, "punched": PUNCHED_PX, "spiral": SPIRAL_PX}
"""How broad the strokes are of what is not written by a hand."""

STRUCK_OUT = "struck out"

AT_FOOT: dict[str, Draw] = {"point": _point, "comma": _comma}
"""What needs little room beside its digits…"""

SIGNS: dict[str, Draw] = {
    **AT_FOOT,
    "colon": _colon,
    "minus": _minus,
}
"""…and all that may stand there."""

LIKE_DIGITS: dict[str, Draw] = {
    "plus": _plus,
    "brackets": _brackets,
    "slash": _slash,
    "question mark": _question_mark,
    "letter": _letter,
}
"""What looks like one of them, and is none."""

COLUMN = "column"
"""One digit stands right above another."""

BETWEEN_LINES = (0.05, 0.4)
"""So far, in units of their height."""

TWO_NUMBERS = "two numbers"
"""Some of its digits stand far from the others."""

OUT_OF_VIEW = "out of view"
"""Its first or last digit is so for the most part."""

SHOWN = (0.1, 0.6)
"""This share of that digit's width is seen."""

COVERED = "under a thumb"
"""The thumb of the hand that holds it lies on it: nothing that is written; see `tools.rooms`."""

SPOILT = (*SIGNS, *LIKE_DIGITS, COLUMN, TWO_NUMBERS, STRUCK_OUT, OUT_OF_VIEW, COVERED)
"""What makes it no number to be read."""


def write_with(
    images: Sequence[Image28], rng: Rng, conditions: Conditions, size: tuple[int, int], kind: str
) -> Ink:
    """Write digits in a line, and something with them.

    Parameters
    ----------
    images : (28, 28) each, ink high; at least two of what is to be spoilt.
    size : (width, height) of the sheet in pixels.
    kind : one of `AROUND`, or of `SPOILT` but for `COVERED`.

    Returns
    -------
    (rows, columns) float32, 0 to 1.
    """
    if kind == COLUMN:
        return _write_column(images[:2], rng, conditions, size)
    gaps = _choose_gaps(kind, len(images) - 1, rng)
    sheet, number = _write(images, gaps, rng, conditions, size)
    if kind == TWO_NUMBERS:
        return sheet
    if kind == OUT_OF_VIEW:
        return _push_out(sheet, number, rng)
    draw = _strike if kind == STRUCK_OUT else (AROUND | SIGNS | LIKE_DIGITS)[kind]
    pen_px = rng.uniform(*WIDTHS[kind]) if kind in WIDTHS else number.pen_px
    return np.maximum(sheet, draw_strokes(draw(number, rng), pen_px, size))


def _choose_gaps(kind: str, count: int, rng: Rng) -> NDArray[np.float64]:
    """Choose how far apart digits stand, in units of their height: (count,)."""
    gaps = rng.uniform(*(NARROW if kind in AT_FOOT else GAPS), count)
    if kind == TWO_NUMBERS:
        gaps[rng.integers(count)] = rng.uniform(*ASUNDER)
    return gaps


def _write_column(
    images: Sequence[Image28], rng: Rng, conditions: Conditions, size: tuple[int, int]
) -> Ink:
    """Write two digits in the middle of a sheet, the second below the first."""
    width, height = size
    tall = 0.4 * height * rng.uniform(0.5, 1.0)
    upper, lower = (rewrite(image, tall / BOX, conditions.pen * tall) for image in images)
    gap, aside = round(rng.uniform(*BETWEEN_LINES) * tall), round(rng.normal(0, 0.05) * tall)
    sheet = np.zeros((height, width), dtype=np.float32)
    top = (height - len(upper) - gap - len(lower)) // 2
    for ink, row, moved in ((upper, top, 0), (lower, top + len(upper) + gap, aside)):
        left = (width - ink.shape[1]) // 2 + moved
        sheet[row : row + len(ink), left : left + ink.shape[1]] = ink
    return sheet


def _push_out(sheet: Ink, number: _Number, rng: Rng) -> Ink:
    """Move a number to the left or right, until most of its first or last digit is out of view."""
    is_left = rng.random() < 0.5
    gap = number.middles[0] if is_left else sheet.shape[1] - number.middles[-1]
    ahead = sheet if is_left else sheet[:, ::-1]
    first, *_, last = np.flatnonzero(ahead[:, : int(gap)].any(axis=0))
    lost = round(last + 1 - rng.uniform(*SHOWN) * (last + 1 - first))
    moved = np.pad(ahead[:, lost:], ((0, 0), (0, lost)))
    return np.ascontiguousarray(moved if is_left else moved[:, ::-1])


def _write(
    images: Sequence[Image28],
    gaps: NDArray[np.float64],
    rng: Rng,
    conditions: Conditions,
    size: tuple[int, int],
) -> tuple[Ink, _Number]:
    """Write the digits in the middle of a sheet, with room around them."""
    width, height = size
    length = len(images) + gaps.sum() + 2 * MARGIN[1]
    tall = min(0.85 * width / length, 0.4 * height) * rng.uniform(0.6, 1.0)
    pen_px = conditions.pen * tall
    inks = [rewrite(image, tall / BOX, pen_px) for image in images]
    ends = np.cumsum([ink.shape[1] for ink in inks])
    lefts = ends - [ink.shape[1] for ink in inks] + np.cumsum([0.0, *gaps]) * tall
    lefts = (lefts + (width - lefts[-1] - inks[-1].shape[1]) / 2).astype(int)
    sheet = np.zeros((height, width), dtype=np.float32)
    for ink, left in zip(inks, lefts.tolist(), strict=True):
        top = (height - ink.shape[0]) // 2
        sheet[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    rows, columns = np.flatnonzero(sheet.any(axis=1)), np.flatnonzero(sheet.any(axis=0))
    bounds = float(rows[0]), float(columns[0]), float(rows[-1]), float(columns[-1])
    rights = lefts + [ink.shape[1] for ink in inks]
    return sheet, _Number(
        tall, pen_px, bounds, np.stack([rights[:-1], lefts[1:]], axis=1), sheet.shape
    )
