"""Signs beside digits: a point, a comma, a colon, a minus. What they make of a number is none.

Each is too small or too flat for a digit, and would go unseen. It is no dirt
either: it is as dark as the digits, as broad as their strokes, and where such
a sign is written. So are the dot of an i or of an exclamation mark, and what the
frame shows of a digit that is hardly in it.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from device.preparation import Writing
from device.preparation.bars import columns_along, lies_level
from device.preparation.components import Component
from device.preparation.gather import (
    Line,
    Strokes,
    is_at_border,
    pen_of,
    reach_across,
    sides,
)
from device.preparation.ink import levels

DARK = 0.5
"""A sign is this share as dark as the digits…"""

BROAD = 0.6
"""…and at least this share as broad as their strokes, one way…"""

THIN = 0.4
"""…and this share the other way…"""

LEAST_PX = 2
"""…and no speck of grain."""

DOT = 0.4
"""A point or a comma is no larger than this share of the line's height…"""

LOW = 0.7
"""…its middle lies at least this share of that height below the upper edge of the line…"""

LOWEST = 1.45
"""…and at most this…"""

COLON = (0.2, 0.8)
"""…or there are two, one so far above the other, in shares of the line's height."""

DOTTED = 4
"""Where there are so many dots elsewhere, they are the paper's."""

LONG = (0.2, 1.3)
"""A minus is so long, in shares of the line's height…"""

FLAT = 1.6
"""…this many times longer than it is high…"""

CROSS = (0.2, 0.6)
"""…or, as a plus, so long either way…"""

MIDDLE = (0.2, 0.8)
"""…between these shares of the line's height below its upper edge…"""

NEAR = 0.9
"""…and no further from a digit than this share."""

ROUND = 2.0
"""The dot of an i or a question mark is no longer than this many times its breadth…"""

OVER = (0.04, 0.45)
"""…and so far above or below what it belongs to, in shares of its height…"""

ASTRAY = 0.2
"""…and no further to its side than this share."""

ASKING = (1, 2, 3, 7, 9)
"""What an exclamation mark or a question mark is taken for without its dot."""

WITHIN = 0.2
"""A dot that lies further than this share in a digit's columns is a part of the digit."""

BESIDE = 0.2
"""What hangs over a digit by no more than this share of itself is beside it."""

FLAG = 0.1
"""The flag of a 5 is no minus: it begins no further below its upper edge than this share."""

AT_SIDE = 0.03
"""A scrap of a digit that is out of view comes so near to the frame's side, as a share of it…"""

STRAY = 0.2
"""…reaches out of the line by no more than this share of its height…"""

NEXT = 1.3
"""…is no further from the next digit than this many times that height…"""

DARK_SCRAP = 0.6
"""…is this share as dark as the digits, as what is left of a printed frame is not…"""

FAINT = 0.25
"""…no finer than this share of the pen, along its length: that is an edge of a printed line…"""

SOLID = 1.5
"""…and no fuller than this many times a stroke along its height and width: that is a thumb."""


def find_marks(writing: Writing, line: Line) -> list[Component]:
    """Find what is no digit, nor a part of one, and was written with the same pen.

    Parameters
    ----------
    writing : at least one digit.
    line : the line in which they stand.
    """
    strokes = [stroke for digit in writing.digits for stroke in digit]
    pen = pen_of(strokes)
    least = DARK * _darkness(strokes, writing.flat)
    scraps = writing.too_small + writing.left_out
    for digit in writing.digits:
        # One digit alone has no line: what its ink says is how it leans.
        scraps = scraps + _loose(digit, line if len(writing.digits) > 1 else line._replace(slope=0))
    return [
        scrap
        for scrap in scraps
        if max(scrap.height, scrap.width) >= max(BROAD * pen, LEAST_PX)
        and _breadth(scrap) >= THIN * pen
        and _darkness([scrap], writing.flat) >= least
    ]


def has_sign(marks: Sequence[Component], writing: Writing, line: Line) -> bool:
    """Tell whether some mark is a sign between the digits, or a minus beside them.

    Parameters
    ----------
    marks : those that were found in the writing.
    line : the line in which they stand.
    """
    # A mark that was gathered with a digit stands beside the rest of it.
    boxes = np.array([sides([s for s in digit if s not in marks]) for digit in writing.digits])
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    dots, elsewhere = [], 0
    for mark in marks:
        row, column = (mark.top + mark.bottom) / 2, (mark.left + mark.right) / 2
        nearest = int(np.abs(column - middles).argmin())
        top, bottom = boxes[nearest, [0, 2]] + line.slope * (column - middles[nearest])
        low = (row - top) / (bottom - top)
        gap = np.maximum(boxes[:, 1] - mark.right, mark.left - boxes[:, 3]).min()
        is_near = gap <= NEAR * line.tall and not is_at_border([mark], writing.flat.shape)
        is_sign = _is_dash(mark, line) or _is_cross(mark, line)
        if is_near and is_sign and MIDDLE[0] <= low <= MIDDLE[1]:
            return True
        is_between = is_near and gap >= -WITHIN * line.tall and middles[0] < column < middles[-1]
        if max(mark.height, mark.width) > DOT * line.tall:
            continue
        if is_between and 0 <= low <= LOWEST:
            dots.append((row, column, low))
        else:
            elsewhere += 1
    return elsewhere < DOTTED and (
        any(low >= LOW for *_, low in dots)
        or any(_is_colon(one, other, line.tall) for one in dots for other in dots)
    )


def has_dot(
    marks: Sequence[Component],
    digits: Sequence[tuple[int, Strokes]],
    line: Line,
    shape: tuple[int, ...],
) -> bool:
    """Tell whether a dot makes an i, a j, an exclamation or a question mark of a digit.

    Parameters
    ----------
    marks : those that were found in the writing.
    digits : what each was taken for, and its strokes.
    line : the line in which they stand.
    shape : (rows, columns) of the canvas that all of it lies on.
    """
    dots = [
        mark
        for mark in marks
        if max(mark.height, mark.width) <= min(DOT * line.tall, ROUND * _breadth(mark))
        and not is_at_border([mark], shape)
    ]
    return len(dots) < DOTTED and any(
        _is_dot_of(digit, strokes, dot) for digit, strokes in digits for dot in dots
    )


def goes_on(writing: Writing, line: Line) -> bool:
    """Tell whether a number goes on where the frame ends, and shows a scrap of its next digit.

    Parameters
    ----------
    writing : at least one digit.
    line : the line in which they stand.
    """
    shape = writing.flat.shape
    strokes = [stroke for digit in writing.digits for stroke in digit]
    pen, least = pen_of(strokes), DARK_SCRAP * _darkness(strokes, writing.flat)
    for scrap in writing.too_small + writing.left_out:
        is_beside = _gap_to(writing.digits, scrap) >= 0 and _is_at_side(scrap, shape)
        is_large = scrap.width >= LEAST_PX and max(scrap.height, scrap.width) >= BROAD * pen
        is_fine = scrap.area < FAINT * pen * max(scrap.height, scrap.width)
        is_thumb = scrap.area > SOLID * pen * (scrap.height + scrap.width)
        is_stroke = is_large and not is_fine and not is_thumb
        is_next = is_beside and is_stroke and is_in_line(scrap, writing.digits, line)
        if is_next and _darkness([scrap], writing.flat) >= least:
            return True
    return False


def is_in_line(scrap: Component, digits: Sequence[Strokes], line: Line) -> bool:
    """Tell whether a scrap stands where digits of the number do, or the next one would."""
    upper, lower = reach_across([stroke for digit in digits for stroke in digit], line.slope)
    top, bottom = reach_across([scrap], line.slope)
    is_level = top >= upper - STRAY * line.tall and bottom <= lower + STRAY * line.tall
    return is_level and _gap_to(digits, scrap) <= NEXT * line.tall


def _gap_to(digits: Sequence[Strokes], scrap: Component) -> int:
    """Measure how far beside a number a scrap is; below 0 it is above, below or between it."""
    _, first, _, _ = sides(digits[0])
    _, _, _, end = sides(digits[-1])
    return max(first - scrap.right, scrap.left - end)


def _is_at_side(scrap: Component, shape: tuple[int, ...]) -> bool:
    """Tell whether a scrap is at the left or right of a frame, and in no corner."""
    down, across = (max(1.0, AT_SIDE * side) for side in shape)
    is_above_or_below = min(scrap.top, shape[0] - scrap.bottom) <= down
    return min(scrap.left, shape[1] - scrap.right) <= across and not is_above_or_below


def _is_dot_of(digit: int, strokes: Strokes, dot: Component) -> bool:
    top, left, bottom, right = sides(strokes)
    tall, column = bottom - top, (dot.left + dot.right) / 2
    if not left - ASTRAY * tall <= column <= right + ASTRAY * tall:
        return False
    over, under = (
        OVER[0] * tall <= away <= OVER[1] * tall for away in (top - dot.bottom, dot.top - bottom)
    )
    return (digit == 1 and over) or (digit in ASKING and under)


def _breadth(scrap: Component) -> int:
    return min(scrap.height, scrap.width)


def _is_colon(
    upper: tuple[float, float, float], lower: tuple[float, float, float], tall: float
) -> bool:
    (row, column, _), (other_row, other_column, _) = upper, lower
    is_below = COLON[0] * tall <= other_row - row <= COLON[1] * tall
    return is_below and abs(other_column - column) <= COLON[0] * tall


def _darkness(strokes: Strokes, flat: NDArray[np.uint8]) -> float:
    return float(np.percentile(np.concatenate([levels(each, flat) for each in strokes]), 75))


def _loose(digit: Strokes, line: Line) -> list[Component]:
    """Find what was gathered with a digit, but is as low as a sign, and beside the rest."""
    main = max(digit, key=lambda stroke: stroke.area)
    left, right = columns_along(main, line.slope)
    upper, _ = reach_across([main], line.slope)
    loose = []
    for each in digit:
        if each is main:
            continue
        first, end = columns_along(each, line.slope)
        is_beside = min(end, right) - max(first, left) <= BESIDE * (end - first)
        is_up = reach_across([each], line.slope)[0] <= upper + FLAG * main.height
        if each.height <= CROSS[1] * line.tall and is_beside and not (_is_flat(each) and is_up):
            loose.append(each)
    return loose


def _is_dash(scrap: Component, line: Line) -> bool:
    is_long = LONG[0] * line.tall <= scrap.width <= LONG[1] * line.tall
    return is_long and _is_flat(scrap)


def _is_cross(scrap: Component, line: Line) -> bool:
    """Tell whether a scrap is as large as a plus or a times sign, either way."""
    low, high = (share * line.tall for share in CROSS)
    return low <= _breadth(scrap) and max(scrap.height, scrap.width) <= high


def _is_flat(scrap: Component) -> bool:
    return lies_level(scrap, 1 / FLAT)
