"""Signs beside digits: a point, a comma, a colon, a minus. What they make of a number is none.

Each is too small or too flat for a digit, and would go unseen. It is no dirt
either: it is as dark as the digits, as broad as their strokes, and where such
a sign is written. So are the dot of an i or of an exclamation mark, and what the
frame shows of a digit that is hardly in it.
"""

from collections.abc import Sequence
from typing import NamedTuple

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

COMMA = 0.6
"""…and a comma that hangs out of the line no higher than this…"""

LOW = 0.7
"""…its middle lies at least this share of that height below the upper edge of the line…"""

LOWEST = 1.45
"""…and at most this…"""

RAISED = 0.4
"""…while a round one, which may be a raised point, lies between digits at least this low…"""

FIRST = (0.75, 1.2)
"""…and before the first one so low…"""

BEFORE = (0.1, 0.6)
"""…and so far from it: what is nearer is the end of a stroke, what is further dirt…"""

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
"""What hangs over a digit by no more than this share of itself is beside it…"""

UNDER = 0.4
"""…as is a minus by no more than this: a 7 that leans has it under its top…"""

FOOT = 0.85
"""…and so is a comma, of which the middle is this share of the digit's height down."""

BLUNT = 2.0
"""…unless it may be the rest of a stroke, whose end is no broader than this many pens."""

FLAG = 0.1
"""The flag of a 5 is no minus: it begins no further below its upper edge than this share."""


def find_marks(writing: Writing, line: Line) -> list[Component]:
    """Find what is no digit, nor a part of one, and was written with the same pen.

    Parameters
    ----------
    writing : at least one digit.
    line : the line in which they stand.
    """
    strokes = [stroke for digit in writing.digits for stroke in digit]
    pen = pen_of(strokes)
    least = DARK * darkness_of(strokes, writing.flat)
    scraps = writing.too_small + writing.left_out
    for digit in writing.digits:
        # One digit alone has no line: what its ink says is how it leans.
        scraps = scraps + _loose(digit, line if len(writing.digits) > 1 else line._replace(slope=0))
    return [
        scrap
        for scrap in scraps
        if max(scrap.height, scrap.width) >= max(BROAD * pen, LEAST_PX)
        and _breadth(scrap) >= THIN * pen
        and darkness_of([scrap], writing.flat) >= least
    ]


def has_sign(marks: Sequence[Component], writing: Writing, line: Line) -> bool:
    """Tell whether some mark is a sign between the digits, or a point or a minus beside them.

    Parameters
    ----------
    marks : those that were found in the writing.
    line : the line in which they stand.
    """
    # A mark that was gathered with a digit stands beside the rest of it.
    digits = [[stroke for stroke in digit if stroke not in marks] for digit in writing.digits]
    boxes = np.array([sides(digit) for digit in digits])
    dots, elsewhere, is_point = [], 0, False
    for mark in marks:
        place = _place(mark, digits, boxes, line)
        is_near = place.gap <= NEAR * line.tall and not is_at_border([mark], writing.flat.shape)
        is_sign = _is_dash(mark, line) or _is_cross(mark, line)
        if is_near and is_sign and MIDDLE[0] <= place.low <= MIDDLE[1]:
            return True
        if max(mark.height, mark.width) > (COMMA if place.hangs else DOT) * line.tall:
            continue
        is_dot = _is_round(mark)
        if is_near and place.is_between and 0 <= place.low <= LOWEST:
            dots.append(place)
            is_point |= place.low >= (RAISED if is_dot else LOW)
        elif is_near and place.is_before and is_dot and FIRST[0] <= place.low <= FIRST[1]:
            is_point = True
        else:
            elsewhere += 1
    is_colon = any(_is_colon(one, other, line.tall) for one in dots for other in dots)
    return elsewhere < DOTTED and (is_point or is_colon)


class _Place(NamedTuple):
    """Where a mark lies: its middle, and that as a share of the line's height below its edge.

    `gap` is how far the nearest digit is to its side, less than 0 where it lies over or below it.
    """

    row: float
    column: float
    low: float
    gap: float
    hangs: bool
    is_between: bool
    is_before: bool


def _place(
    mark: Component, digits: Sequence[Strokes], boxes: NDArray[np.intp], line: Line
) -> _Place:
    middles = (boxes[:, 1] + boxes[:, 3]) / 2
    row, column = (mark.top + mark.bottom) / 2, (mark.left + mark.right) / 2
    nearest = int(np.abs(column - middles).argmin())
    top, bottom = boxes[nearest, [0, 2]] + line.slope * (column - middles[nearest])
    low = float((row - top) / (bottom - top))
    gap = np.maximum(boxes[:, 1] - mark.right, mark.left - boxes[:, 3]).min()
    hangs = low >= FOOT and bool(mark.bottom > bottom)
    is_aside = gap >= -WITHIN * line.tall or (hangs and _is_comma(mark, digits[nearest]))
    is_between = bool(is_aside and middles[0] < column < middles[-1])
    before = (boxes[:, 1].min() - mark.right) / line.tall
    is_before = bool(BEFORE[0] <= before <= BEFORE[1])
    return _Place(row, column, low, float(gap), hangs, is_between, is_before)


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
        if _is_round(mark)
        and max(mark.height, mark.width) <= DOT * line.tall
        and not is_at_border([mark], shape)
    ]
    return len(dots) < DOTTED and any(
        _is_dot_of(digit, strokes, dot) for digit, strokes in digits for dot in dots
    )


def darkness_of(strokes: Strokes, flat: NDArray[np.uint8]) -> float:
    """Measure how dark strokes are: three quarters of their pixels are no darker."""
    return float(np.percentile(np.concatenate([levels(each, flat) for each in strokes]), 75))


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


def _is_round(scrap: Component) -> bool:
    return max(scrap.height, scrap.width) <= ROUND * _breadth(scrap)


def _is_colon(upper: _Place, lower: _Place, tall: float) -> bool:
    is_below = COLON[0] * tall <= lower.row - upper.row <= COLON[1] * tall
    return is_below and abs(lower.column - upper.column) <= COLON[0] * tall


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
        is_minus = _is_flat(each) and each.bottom <= main.top + MIDDLE[1] * main.height
        most = UNDER if is_minus else BESIDE
        overlap = min(end, right) - max(first, left)
        low = ((each.top + each.bottom) / 2 - main.top) / main.height
        is_beside = overlap <= most * (end - first) or (low >= FOOT and _is_comma(each, [main]))
        is_up = reach_across([each], line.slope)[0] <= upper + FLAG * main.height
        if each.height <= CROSS[1] * line.tall and is_beside and not (_is_flat(each) and is_up):
            loose.append(each)
    return loose


def _is_comma(scrap: Component, digit: Strokes) -> bool:
    """Tell whether a scrap at the foot of a digit may be a comma: neither flat nor a broken end."""
    return scrap.width <= scrap.height and not any(_goes_on(stroke, scrap) for stroke in digit)


def _goes_on(stroke: Component, scrap: Component) -> bool:
    """Tell whether a scrap may be the rest of a stroke: it begins below its end, or beside it."""
    pen, away = pen_of([stroke]), scrap.top - stroke.bottom
    _, first, end = stroke.runs[stroke.runs[:, 0] >= stroke.bottom - max(1, pen / 2)].T
    _, left, right = scrap.runs[scrap.runs[:, 0].argmin()]
    is_end = end.max() - first.min() < BLUNT * pen
    is_below = first.min() - away - pen <= (left + right) / 2 <= end.max() + pen / 2
    return bool(away >= 0 and is_end and is_below)


def _is_dash(scrap: Component, line: Line) -> bool:
    is_long = LONG[0] * line.tall <= scrap.width <= LONG[1] * line.tall
    return is_long and _is_flat(scrap)


def _is_cross(scrap: Component, line: Line) -> bool:
    """Tell whether a scrap is as large as a plus or a times sign, either way."""
    low, high = (share * line.tall for share in CROSS)
    return low <= _breadth(scrap) and max(scrap.height, scrap.width) <= high


def _is_flat(scrap: Component) -> bool:
    return lies_level(scrap, 1 / FLAT)
