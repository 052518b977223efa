"""The lines of a form around the cell that a picture shows, turned as much as the form was held.

Digits touch them, and would be lost with them, or read with them as others.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from device.preparation.components import Component, paint_all
from device.preparation.gather import is_at_border, sides
from device.preparation.lines import SPAN, trace

LONG = 0.5
"""What is shorter than this share of the picture is no line of a cell…"""

SOLID = 0.2
"""…and what is thicker than this share of the picture's shorter side is no line at all."""

STEEPEST = 0.2
"""A line is turned by no more than this, the tangent of the angle…"""

STEP = 0.01
"""…and looked for in steps of this…"""

COLUMNS = 64
"""…in about as many columns of the picture."""

ASIDE = 0.2
"""In its middle it is within this share of the picture from the picture's side…"""

SEEN = 0.5
"""…and so much of it is in the picture…"""

END = 0.05
"""…all of it but this share at its ends."""

JUTS = 0.04
"""It juts out on both sides of what hangs on it by this share of its length."""


class CellLines(NamedTuple):
    """Masks of the lines above and below, and of those at the left and right."""

    level: NDArray[np.bool_]
    upright: NDArray[np.bool_]

    @property
    def mask(self) -> NDArray[np.bool_]:
        """All of them."""
        return self.level | self.upright

    @property
    def make_a_corner(self) -> bool:
        """Whether there are both level and upright ones."""
        return bool(self.level.any() and self.upright.any())

    def jut_out(self, stroke: Component, hanging: list[Component]) -> bool:
        """Tell whether the lines in a stroke reach further than what hangs on them.

        The bar of a 7 doesn't, nor the stem of a 4.
        """
        top, left, bottom, right = sides(hanging)
        across = min(left - stroke.left, stroke.right - right) >= JUTS * stroke.width
        down = min(top - stroke.top, stroke.bottom - bottom) >= JUTS * stroke.height
        return (across or not self.level.any()) and (down or not self.upright.any())


def find_cell_lines(stroke: Component, shape: tuple[int, ...]) -> CellLines | None:
    """Find those parts of a stroke that are lines of the cell around a picture of that shape."""
    rows, columns = shape
    is_long = stroke.width >= LONG * columns or stroke.height >= LONG * rows
    is_solid = stroke.area > SOLID * min(shape) * (stroke.width + stroke.height)
    if not is_long or is_solid or not is_at_border([stroke], shape):
        return None
    found = lines_at_sides(paint_all([stroke], shape))
    return found if found.mask.any() else None


def lines_at_sides(mask: NDArray[np.bool_]) -> CellLines:
    """Find the straight lines along the sides of a mask, but for what crosses them."""
    level = _upper_line(mask) | _upper_line(mask[::-1])[::-1]
    upright = _upper_line(mask.T) | _upper_line(mask.T[::-1])[::-1]
    return CellLines(level, upright.T)


def _upper_line(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    rows, columns = mask.shape
    found = np.zeros_like(mask)
    across = np.arange(columns) - (columns - 1) / 2
    deepest = round(ASIDE * rows + STEEPEST * columns / 2)
    some = np.arange(0, columns, max(1, columns // COLUMNS))
    row, column = np.nonzero(mask[:deepest, some])
    best, line = SPAN, None
    for slope in np.arange(-STEEPEST, STEEPEST + STEP / 2, STEP):
        # A line's level is its row in the middle; it may be above the picture there.
        lowest, share = _shares(row, column, slope * across[some])
        aside = share[: max(0, round(ASIDE * rows) - lowest + 1)]
        if aside.max(initial=0.0) > best:
            best, line = float(aside.max()), (slope, lowest, share, int(aside.argmax()))
    if line is None:
        return found
    slope, lowest, share, middle = line
    thin = np.flatnonzero(share < SPAN / 2)
    first, last = thin[thin < middle].max(initial=-1), thin[thin > middle].min(initial=len(share))
    row, column = np.nonzero(mask[:deepest])
    fall = slope * across
    level = row - fall[column] - lowest
    near = (level > first - 0.5) & (level < last + 0.5)
    seen = np.flatnonzero(middle + lowest + fall >= 0)
    ends = column[near].min() - seen[0], seen[-1] - column[near].max()
    is_whole = max(ends) <= END * columns
    return mask & trace(mask, row[near], column[near]) if is_whole else found


def _shares(
    row: NDArray[np.intp], column: NDArray[np.intp], fall: NDArray[np.float64]
) -> tuple[int, NDArray[np.float64]]:
    """Measure how much of each line of a slope is inked: the lowest level, and the shares from it.

    Lines that are hardly in the picture have none.
    """
    lowest = -round(float(fall.max()))
    inked = np.bincount(np.rint(row - fall[column]).astype(np.intp) - lowest, minlength=1)
    levels = np.arange(len(inked)) + lowest
    seen = np.searchsorted(np.sort(-fall), levels, side="right")
    return lowest, np.where(seen >= SEEN * len(fall), inked / np.maximum(seen, 1), 0.0)
