"""Tell writing from paper: thresholds, ruled lines, borders and specks."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device.preparation.components import Component, components
from device.preparation.lines import without_lines

FAINTEST = 10
"""Ink must be at least this much darker than the paper, of 255; less is the paper's own grain."""

NOISE_MARGIN = 4.5
"""…and this many times the paper's grain (its scaled median absolute deviation)."""

STROKE_LEVEL = 0.40
"""A stroke ends where its darkness falls to this share of the darkest writing's."""

SMALLEST_SHARE = 0.06
"""A stroke shorter than this share of the frame's shorter side is a speck, not writing."""

BORDER_BAND = 0.16
"""What touches the border and stays within this share of the frame beside it is not writing."""

SKIRTING = 0.08
"""What stays within this share of the border is no writing even if it doesn't touch it."""

LARGEST_FILL = 0.5
"""Writing covers less than this share of its frame."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The strokes found in a frame.

    `strokes` are the components that may be writing; `darkness` is the level of
    the darkest of them and `level` the one where a stroke ends, both in the
    units of the flattened frame (0 to 255).
    """

    strokes: list[Component]
    darkness: int
    level: int


def find_ink(flat: NDArray[np.uint8]) -> Ink:
    """Find the strokes in a flattened frame.

    Two thresholds: a low one above the paper's grain tells what could be ink
    at all, then one at `STROKE_LEVEL` of the darkest writing leaves out
    smudges, print-through and rubbed-out pencil.
    """
    floor = _floor(flat)
    faint = without_lines(flat > floor)
    candidates = [stroke for stroke in components(faint) if _may_be_writing(stroke, flat.shape)]
    if not candidates:
        return Ink([], 0, floor)
    darkness = max(_weight(stroke, flat, floor) for stroke in candidates)[1]
    level = max(floor, round(_paper(flat) + STROKE_LEVEL * (darkness - _paper(flat))))
    mask = np.zeros_like(faint)
    for stroke in candidates:
        stroke.paint(mask)
    mask &= flat > level
    strokes = [stroke for stroke in components(mask) if _may_be_stroke(stroke, flat.shape)]
    return Ink(strokes, darkness, level)


def _paper(flat: NDArray[np.uint8]) -> int:
    return int(np.median(flat[::4, ::4]))


def _floor(flat: NDArray[np.uint8]) -> int:
    sample = flat[::2, ::2].astype(np.int16)
    middle = np.median(sample)
    grain = 1.4826 * float(np.median(np.abs(sample - middle)))
    return min(254, round(float(middle) + max(FAINTEST, NOISE_MARGIN * grain)))


def _weight(stroke: Component, flat: NDArray[np.uint8], floor: int) -> tuple[float, int]:
    """How much a stroke stands out (for choosing the darkest writing), and its own darkness."""
    values = levels(stroke, flat)
    core = int(np.percentile(values, 75))
    return (core - floor) * stroke.area**0.5, core


def levels(stroke: Component, flat: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the darkness of each of the stroke's pixels: (area,) uint8."""
    return np.concatenate([flat[row, first:end] for row, first, end in stroke.runs.tolist()])


def _may_be_writing(stroke: Component, shape: tuple[int, ...]) -> bool:
    rows, columns = shape
    if max(stroke.height, stroke.width) < SMALLEST_SHARE * min(shape) or stroke.area < 6:
        return False
    if stroke.area > LARGEST_FILL * rows * columns:
        return False
    return not _along_border(stroke, rows, columns)


def _along_border(stroke: Component, rows: int, columns: int) -> bool:
    """Is it the remains of a frame, a table's edge or a shadow: at the border and not far in?"""
    ways_in = (
        (stroke.top, stroke.bottom, rows),
        (rows - stroke.bottom, rows - stroke.top, rows),
        (stroke.left, stroke.right, columns),
        (columns - stroke.right, columns - stroke.left, columns),
    )
    touched = sum(near <= 1 for near, _, _ in ways_in)
    beside = any(near <= 1 and far < BORDER_BAND * side for near, far, side in ways_in)
    skirting = any(far < SKIRTING * side for _, far, side in ways_in)
    return touched >= 3 or beside or skirting


def _may_be_stroke(stroke: Component, shape: tuple[int, ...]) -> bool:
    smallest = SMALLEST_SHARE * min(shape) / 2
    if max(stroke.height, stroke.width) < smallest or stroke.area < 4:
        return False
    return not _along_border(stroke, shape[0], shape[1])
