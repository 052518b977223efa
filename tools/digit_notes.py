"""MNIST's digits written on notes, alone or in a line, with a pen of any width."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import distance_transform_edt, label, maximum_filter

from device.photographs import Conditions, Ink

Image28 = NDArray[np.uint8]
"""One of MNIST's digits: (28, 28), ink high."""

Rng = np.random.Generator

BOX = 20
"""MNIST's digits are this tall or this wide, whichever is more."""

RIDGE = 0.6
"""Along a stroke's middle no neighbour is further from the stroke's edge than by this."""

FULL = 64
"""MNIST's grey edge is ink from this level on."""

BUMP = 0.5
"""A stroke is at least so deep, as a share of the deepest that is right beside it."""

FINEST = 0.4
"""A stroke is written at least so broad, as a share of the others."""

GAP = 0.4
"""Grey is ink from this share of the darkest that is near it on…"""

NEAR = 1.5
"""…and near is what is no further, in pixels of MNIST's."""

USUAL = "usual"
TOUCHING = "touching"

SPACINGS: dict[str, tuple[float, float]] = {
    "wide": (0.35, 0.8),
    USUAL: (0.15, 0.35),
    "tight": (0.06, 0.15),
    TOUCHING: (0.0, 0.1),
}
"""Gaps between digits, in units of their height; where digits touch, some gaps are closed."""


def write_digit(image: Image28, rng: Rng, conditions: Conditions, size: tuple[int, int]) -> Ink:
    """Write a digit somewhere around the middle of a sheet: (rows, columns) float32, 0 to 1.

    It is a quarter to three quarters as tall as the sheet's shorter side, as
    somebody holds up a note to have it read.
    """
    tall = min(size) * rng.uniform(0.25, 0.75)
    ink = rewrite(image, tall / BOX, conditions.pen * tall)
    return _on_sheet(ink, rng, size)


def write_number(
    images: Sequence[Image28],
    rng: Rng,
    conditions: Conditions,
    size: tuple[int, int],
    spacing: str,
) -> Ink:
    """Write digits in a line, so large that the line fits when it is turned.

    Parameters
    ----------
    spacing : one of `SPACINGS`; where it is "touching", at least two digits touch.
    """
    crops = [_crop(image) for image in images]
    gaps = rng.uniform(*SPACINGS[spacing], len(images) - 1)
    length = sum(crop.shape[1] for crop in crops) / BOX + gaps.sum()
    tall = _tallest(length, conditions.lean_deg, size) * rng.uniform(0.6, 1.0)
    inks = [rewrite(image, tall / BOX, conditions.pen * tall) for image in images]
    close = np.zeros(len(gaps), dtype=bool)
    if spacing == TOUCHING:
        close = rng.random(len(gaps)) < 0.5
        close[rng.integers(len(gaps))] = True
    line = inks[0]
    for ink, gap, touch in zip(inks[1:], (gaps * tall).round().astype(int), close, strict=True):
        line = set_beside(line, ink, gap, touch, rng.normal(0.0, 0.03) * tall)
    return _on_sheet(line, rng, size)


def rewrite(image: Image28, k: float, pen_px: float) -> Ink:
    """Write a digit anew, `k` times enlarged, with a round pen: its ink alone, 0 to 1.

    The strokes are thinned or thickened by as much as the pen is off from what
    they were written with, but a fine pen still follows the middle of each, and
    a loop that has run full of ink stays full. A pen that would break a stroke,
    or close a gap, is exchanged for one nearer to the first.
    """
    crop = np.pad(_crop(image), 2)
    size = max(3, round(crop.shape[1] * k)), max(3, round(crop.shape[0] * k))
    large = np.asarray(Image.fromarray(crop).resize(size, Image.Resampling.BICUBIC))
    written = np.pad(_is_ink(large, k), int(pen_px) + 2)
    depth = distance_transform_edt(written)
    inside = depth - distance_transform_edt(~written)
    middle, half = _middle(depth)
    from_middle, nearest = distance_transform_edt(~middle, return_indices=True)
    # Strokes that were fine beside the others stay so: a speck doesn't become a dot.
    fineness = (depth[tuple(nearest)] / half).clip(FINEST, 1)
    for pen in (pen_px / 2, (pen_px / 2 + half) / 2, half):
        ink = (np.maximum(inside + pen - half, pen * fineness - from_middle) + 0.5).clip(0, 1)
        if _is_same_writing(ink > 0.5, written, k, may_fill=pen > half):
            break
    cut: Ink = _crop(ink.astype(np.float32))
    return cut


def _is_ink(large: NDArray[np.uint8], k: float) -> NDArray[np.bool_]:
    """Where there is ink: grey as of an edge, but not the grey between two strokes."""
    around = maximum_filter(large, 2 * round(NEAR * k) + 1)
    is_ink: NDArray[np.bool_] = large > np.maximum(FULL, GAP * around)
    return is_ink


def _middle(depth: NDArray[np.float64]) -> tuple[NDArray[np.bool_], float]:
    """Where the middle of the strokes runs, and half the width of a usual stroke."""
    middle = (depth > 0) & (depth > maximum_filter(depth, 3) - RIDGE)
    half = float(np.median(depth[middle]))
    # What is a ridge close beside a far deeper one is a bump on that stroke's edge.
    middle &= depth > BUMP * maximum_filter(depth, 2 * round(half) + 1)
    return middle, half


def _is_same_writing(
    ink: NDArray[np.bool_], written: NDArray[np.bool_], k: float, *, may_fill: bool
) -> bool:
    """Tell whether there are as many pieces and holes; a broad pen may fill some of the holes."""
    (pieces, holes), (old_pieces, old_holes) = _topology(ink, k), _topology(written, k)
    return pieces == old_pieces and (holes == old_holes or (holes < old_holes and may_fill))


def _topology(ink: NDArray[np.bool_], k: float) -> tuple[int, int]:
    """How many pieces the ink has, and how many holes larger than half a pixel of MNIST's."""
    _, pieces = label(ink, np.ones((3, 3)))
    blank, _ = label(~np.pad(ink, 1))
    holes = (np.bincount(blank.ravel())[1:] > k * k / 2).sum() - 1
    return int(pieces), int(holes)


def _crop(image: NDArray[Any]) -> NDArray[Any]:
    rows, columns = np.flatnonzero(image.any(axis=1)), np.flatnonzero(image.any(axis=0))
    return image[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def _tallest(length: float, lean_deg: float, size: tuple[int, int]) -> float:
    """How tall digits may be for a line of that length, in units of their height, to fit."""
    width, height = size
    lean = np.radians(abs(lean_deg))
    across = length * np.cos(lean) + np.sin(lean)
    down = length * np.sin(lean) + np.cos(lean)
    return float(min(0.88 * width / across, 0.8 * height / down, 0.6 * height))


def set_beside(line: Ink, ink: Ink, gap: int, touch: bool, rise: float) -> Ink:
    """Write a digit to the right of a line, middle beside middle but for its rise."""
    rows = max(len(line), len(ink)) + 2 * round(abs(rise))
    left, right = _in_rows(line, rows, 0), _in_rows(ink, rows, round(rise))
    start = line.shape[1] + (-_nearest(left, right) if touch else gap)
    both = np.zeros((rows, max(line.shape[1], start + ink.shape[1])), dtype=np.float32)
    both[:, : line.shape[1]] = left
    view = both[:, start : start + ink.shape[1]]
    np.maximum(view, right, out=view)
    return both


def _in_rows(ink: Ink, rows: int, rise: int) -> Ink:
    above = (rows - len(ink)) // 2 - rise
    return np.pad(ink, ((above, rows - len(ink) - above), (0, 0)))


def _nearest(left: Ink, right: Ink) -> int:
    """How far the right one can be pushed over the left one's box until their ink just overlaps."""
    shared = (left > 0.5).any(axis=1) & (right > 0.5).any(axis=1)
    if not shared.any():
        return 0
    free = (left[shared, ::-1] > 0.5).argmax(axis=1) + (right[shared] > 0.5).argmax(axis=1)
    return int(min(free.min() + 2, left.shape[1] - 1))


def _on_sheet(ink: Ink, rng: Rng, size: tuple[int, int]) -> Ink:
    """Put the writing on a sheet, off the middle by up to half of the room that there is."""
    width, height = size
    spare = np.array([height - ink.shape[0], width - ink.shape[1]])
    top, left = (spare * rng.uniform(0.3, 0.7, 2)).astype(int)
    sheet = np.zeros((height, width), dtype=np.float32)
    sheet[top : top + ink.shape[0], left : left + ink.shape[1]] = ink
    return sheet
