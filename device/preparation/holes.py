"""Holes in the paper, of a punch or a spiral: as dark as ink, and nothing that is written."""

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from device.preparation.components import Component
from device.preparation.gather import SMALLEST, Strokes, is_at_border, pen_of, sides

ROUND = 1.4
"""A punched hole is no longer than this many times its breadth…"""

FULL = 0.7
"""…and fills this share of the box around it…"""

PUNCHED = 2.4
"""…and is this many times as broad as the pen, as no dot is…"""

APART = 4.0
"""…or there are two, one above the other, so many times their size from each other…"""

UPRIGHT = 0.3
"""…and by no more than this share of that to the side…"""

MOST = 4
"""…for a punch makes at most so many, and paper may be dotted all over."""

ROW = 5
"""Of a spiral there are at least so many in a row, and fewer elsewhere…"""

ALIKE = 1.5
"""…none more than this many times as high or wide as another…"""

STRAIGHT = 0.6
"""…nor by more than this share of their size off the row, which no digit stands in."""


def find_holes(
    strokes: Sequence[Component], left_out: Sequence[Component], shape: tuple[int, ...]
) -> Strokes:
    """Find the holes among what may be writing, and what was left out.

    Parameters
    ----------
    shape : (rows, columns) of the canvas that all of it lies on.
    """
    tall = max((stroke.height for stroke in strokes if not _is_disc(stroke)), default=0)
    written: Strokes = []
    scraps = list(left_out)
    for stroke in strokes:
        is_large = stroke.height >= SMALLEST * tall and not _is_disc(stroke)
        (written if is_large else scraps).append(stroke)
    if not written:
        return []
    discs = [hole for hole in scraps if _is_disc(hole) and not is_at_border([hole], shape)]
    top, left, bottom, right = sides(written)
    before = [hole for hole in discs if hole.right <= left]
    behind = [hole for hole in discs if hole.left >= right]
    broad, low = PUNCHED * pen_of(written), SMALLEST * tall
    punched = [
        hole
        for beside in (before, behind)
        for hole in beside
        if (broad <= min(hole.height, hole.width) and hole.height < low)
        or (len(discs) <= MOST and any(_are_punched(hole, other) for other in beside))
    ]
    corners = np.array([(top, left), (top, right), (bottom, left), (bottom, right)])
    return punched + _find_row(scraps, corners)


def _is_disc(scrap: Component) -> bool:
    short, long = sorted((scrap.height, scrap.width))
    return long <= ROUND * short and scrap.area >= FULL * short * long


def _are_punched(one: Component, other: Component) -> bool:
    """Tell whether two holes are alike, and one stands above the other."""
    middles, sizes = _measure([one, other])
    down, across = np.abs(middles[0] - middles[1])
    is_above = down >= APART * sizes[0].max() and across <= UPRIGHT * down
    return bool(is_above and _are_alike(sizes, sizes[0]).all())


def _find_row(scraps: Sequence[Component], corners: NDArray[np.intp]) -> Strokes:
    """Find a row of what is alike, at one side of which lie all corners of the number."""
    if len(scraps) < ROW:
        return []
    middles, sizes = _measure(scraps)
    # So few may stand elsewhere that one of the first belongs to a row, and one of the last.
    firsts, lasts = range(ROW), range(len(scraps) - ROW, len(scraps))
    for first, last in product(firsts, lasts):
        down, across = middles[last] - middles[first]
        normal = np.array([across, -down]) / max(np.hypot(down, across), 1.0)
        off = np.abs((middles - middles[first]) @ normal)
        is_in = (off <= STRAIGHT * sizes[first].max()) & _are_alike(sizes, sizes[first])
        where = (corners - middles[first]) @ normal
        is_beside = where.min() > 0 or where.max() < 0
        if is_beside and is_in.sum() >= ROW > (~is_in).sum():
            return [scraps[place] for place in np.flatnonzero(is_in).tolist()]
    return []


def _measure(scraps: Sequence[Component]) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return the row and column of each middle, and each height and width: (scraps, 2) both."""
    boxes = np.array([sides([scrap]) for scrap in scraps])
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]


def _are_alike(sizes: NDArray[np.intp], size: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell which are about as high and as wide as one: (sizes,)."""
    smaller, larger = np.minimum(sizes, size), np.maximum(sizes, size)
    is_alike: NDArray[np.bool_] = np.all(larger <= ALIKE * smaller, axis=1)
    return is_alike
