"""What a number may lack, however sure each digit of it is: a digit, or a part of one."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from device.preparation import Writing
from device.preparation.components import Component, components, paint_all
from device.preparation.gather import (
    Line,
    Strokes,
    is_at_border,
    pen_of,
    reach_across,
    shows_camera_frame,
    sides,
)
from device.preparation.glyph import thicken
from device.preparation.ink import comes_in, is_aside, is_upright_bar, levels
from device.preparation.signs import BROAD, LEAST_PX, darkness_of

PART = 0.35
"""A part of a digit that is worth a doubt is this share as high as the line…"""

LEAST_ROWS = 3.0
"""…and has this many rows, or nothing can be said of its edges…"""

CROOKED = 0.12
"""…and its edges stray further than this share of the line's height from a straight bar's…"""

STANDING = 0.6
"""…unless it stands in the line by itself and is so high: that may be a digit."""

NEAR = 1.3
"""…if it is no further from its neighbour than this many times the digits are from each other."""

REST_OF_ANOTHER = {
    0: ("top", "left", "right"),
    1: ("top", "bottom"),
    2: ("bottom",),
    3: ("left",),
    4: ("top",),
    5: ("top", "left"),
    7: ("top", "left", "bottom"),
}
"""At which sides of a frame a digit may be what is left of another one: a 1 of a 7, a 4 of a 9."""

FULL = 0.85
"""A stroke runs out of the frame if it is as dark as this share of the others' at the border."""

EDGE = 0.12
"""At the upper and lower edge of the line, for this share of its height, a frame may cross it."""

ON_CELL = 0.2
"""What is too small for a digit and hangs on a cell's line is worth a doubt from this share on."""

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


def may_be_rest(digit: int, strokes: Strokes, flat: NDArray[np.uint8]) -> bool:
    """Tell whether a digit may be what the frame's border has left of another one.

    Parameters
    ----------
    digit : what it was read as.
    flat : the canvas that its strokes lie on, as dark as the ink is.
    """
    if not shows_camera_frame(flat.shape) or not is_at_border(strokes, flat.shape):
        return False
    mask = paint_all(strokes, flat.shape)
    full = float(np.percentile(flat[mask], 75))
    inked = np.where(mask, flat, 0)
    borders = {"top": inked[0], "left": inked[:, 0], "bottom": inked[-1], "right": inked[:, -1]}
    return any(borders[side].max() >= FULL * full for side in REST_OF_ANOTHER.get(digit, ()))


def hangs_on_cell(
    too_small: Sequence[Component],
    digits: Sequence[Strokes],
    cell: NDArray[np.bool_],
    line: Line,
) -> bool:
    """Tell whether what is too small for a digit may be one that lost a stroke with a cell's line.

    Parameters
    ----------
    too_small : strokes that belong to no digit; those above and below the digits don't count.
    digits : at least one.
    cell : (rows, columns), a mask of the lines of the cell that the digits stand in.
    """
    top, _, bottom, _ = sides([stroke for strokes in digits for stroke in strokes])
    large = [
        stroke
        for stroke in too_small
        if max(stroke.height, stroke.width) >= ON_CELL * line.tall
        and stroke.bottom > top
        and stroke.top < bottom
    ]
    if not large:
        return False
    beside = thicken(thicken(cell))
    return any(levels(stroke, beside).any() for stroke in large)


def is_digit_missing(
    left_out: Sequence[Component], digits: Sequence[Strokes], line: Line, shape: tuple[int, ...]
) -> bool:
    """Tell whether ink in the line that was left out may be a digit, or a part of one.

    Writing that touches a printed frame or a shadow's edge goes with it. Of
    such things only what is straight runs through the line, at the frame's sides.

    Parameters
    ----------
    shape : (rows, columns) of the canvas that all of it lies on.
    """
    boxes = np.array([sides(strokes) for strokes in digits])
    for stroke in left_out:
        if _is_high(stroke, line):
            reach = _reach(stroke, boxes, line)
            if (
                _stands_as_digit(stroke, reach, line, shape)
                or _may_be_one(stroke, reach, boxes, line, shape)
                or _has_part_of_digit(stroke, reach, boxes, line)
            ):
                return True
    return False


def goes_on(writing: Writing, line: Line) -> bool:
    """Tell whether a number goes on where the frame ends, and shows a scrap of its next digit.

    Parameters
    ----------
    writing : at least one digit.
    line : the line in which they stand.
    """
    shape = writing.flat.shape
    strokes = [stroke for digit in writing.digits for stroke in digit]
    pen, least = pen_of(strokes), DARK_SCRAP * darkness_of(strokes, writing.flat)
    for scrap in writing.too_small + writing.left_out:
        is_beside = _gap_to(writing.digits, scrap) >= 0 and _is_at_side(scrap, shape)
        is_large = scrap.width >= LEAST_PX and max(scrap.height, scrap.width) >= BROAD * pen
        is_fine = scrap.area < FAINT * pen * max(scrap.height, scrap.width)
        is_thumb = scrap.area > SOLID * pen * (scrap.height + scrap.width)
        is_stroke = is_large and not is_fine and not is_thumb
        is_next = is_beside and is_stroke and is_in_line(scrap, writing.digits, line)
        if is_next and darkness_of([scrap], writing.flat) >= least:
            return True
    return False


def is_in_line(scrap: Component, digits: Sequence[Strokes], line: Line) -> bool:
    """Tell whether a scrap stands where digits of the number do, or the next one would."""
    upper, lower = reach_across([stroke for digit in digits for stroke in digit], line.slope)
    top, bottom = reach_across([scrap], line.slope)
    is_level = top >= upper - STRAY * line.tall and bottom <= lower + STRAY * line.tall
    return is_level and _gap_to(digits, scrap) <= NEXT * line.tall


def _is_high(stroke: Component, line: Line) -> bool:
    return stroke.height >= max(LEAST_ROWS, PART * line.tall)


def _reach(stroke: Component, boxes: NDArray[np.intp], line: Line) -> tuple[float, float]:
    """Find from which row to which the line reaches where the stroke stands."""
    away = (stroke.left + stroke.right) / 2 - (boxes[:, 1] + boxes[:, 3]) / 2
    nearest = np.abs(away).argmin()
    top, bottom = boxes[nearest, [0, 2]] + line.slope * away[nearest]
    return float(top), float(bottom)


def _stands_as_digit(
    stroke: Component, reach: tuple[float, float], line: Line, shape: tuple[int, ...]
) -> bool:
    """Tell whether a stroke stands in the line as high as a digit that touches the frame's sides.

    Bars, and what stays beside the frame's sides, are printed lines.
    """
    top, bottom = reach
    is_high = min(stroke.bottom, bottom) - max(stroke.top, top) >= STANDING * line.tall
    return is_high and comes_in(stroke, *shape) and not is_upright_bar(stroke)


def _may_be_one(
    stroke: Component,
    reach: tuple[float, float],
    boxes: NDArray[np.intp],
    line: Line,
    shape: tuple[int, ...],
) -> bool:
    """Tell whether a stroke stands in the line as a digit does, or runs through it as a tall 1.

    A bar that runs out of the frame, or stands at its side, is a printed line.
    """
    (top, bottom), edge = reach, EDGE * line.tall
    if stroke.top >= top - edge and stroke.bottom <= bottom + edge:
        return stroke.height >= STANDING * line.tall and _stands_near(stroke, boxes, edge)
    through = stroke.top <= top + edge and stroke.bottom >= bottom - edge
    is_printed = is_aside(stroke, shape[1]) or is_at_border([stroke], shape)
    return through and is_upright_bar(stroke) and not is_printed


def _has_part_of_digit(
    stroke: Component, reach: tuple[float, float], boxes: NDArray[np.intp], line: Line
) -> bool:
    """Tell whether something in the line hangs on a stroke: crooked, or beside a bar."""
    (top, bottom), edge = reach, EDGE * line.tall
    inside = components(_between(stroke, top + edge, bottom - edge))
    parts = [part for part in inside if _is_high(part, line)]
    before = sum(stroke.left + part.right <= boxes[0, 1] for part in parts)
    behind = sum(stroke.left + part.left >= boxes[-1, 3] for part in parts)
    return max(before, behind) > 1 or any(_is_crooked(part, line.tall) for part in parts)


def _stands_near(stroke: Component, boxes: NDArray[np.intp], edge: float) -> bool:
    """Tell whether a stroke stands as near to the digits as these do to each other."""
    gaps = boxes[1:, 1] - boxes[:-1, 3]
    gap = np.maximum(boxes[:, 1] - stroke.right, stroke.left - boxes[:, 3]).min()
    return bool(len(gaps) and gap <= NEAR * gaps.max() + edge)


def _between(stroke: Component, top: float, bottom: float) -> NDArray[np.bool_]:
    """Cut a stroke's mask out between two rows."""
    mask = stroke.cut_out()
    first, end = (min(max(round(row) - stroke.top, 0), stroke.height) for row in (top, bottom))
    return mask[first:end]


def _is_crooked(part: Component, tall: float) -> bool:
    """Tell whether a part is no straight bar, but bent or of uneven width."""
    down, *edges = part.outline()
    bends = [
        np.percentile(np.abs(edge - np.polynomial.Polynomial.fit(down, edge, 1)(down)), 95)
        for edge in edges
    ]
    narrow, wide = np.percentile(edges[1] - edges[0], [10, 90])
    return bool(max(*bends, wide - narrow) >= CROOKED * tall)


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
