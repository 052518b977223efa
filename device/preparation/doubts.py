"""Doubts about a line of writing as a whole, however sure each digit of it is."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from device.preparation.components import Component, components, paint_all
from device.preparation.gather import (
    Line,
    Strokes,
    height_across,
    is_at_border,
    reach_across,
    shows_camera_frame,
    sides,
)
from device.preparation.ink import POST, is_aside, is_upright_bar

LOWEST_ONE = 0.7
"""A 1 lower than this share of the other digits may be an apostrophe, a fold, a stray mark…"""

TALLEST_ONE = 1.4
"""…and one taller than this may be a printed line…"""

SLENDER = 0.3
"""…as may be one at the border that is narrower than this share of its own height."""

BEYOND = 0.08
"""A 1 is written as high as the rest, and doesn't reach this share beyond it above and below."""

LEANING = 0.2
"""A 1 that leans to the right by this share of its height or more may be a slash…"""

LEVEL = 0.06
"""…if it reaches so far beyond one side only, and ends no further than this short of the other."""

BENT = 0.05
"""Of two brackets each is bent away from the other by this share of its height…"""

BENT_ALONE = 0.08
"""…and one alone by this, if it reaches beyond what it stands beside, too."""

RINGED = (0.35, 0.7)
"""A bar in a 0 that is as high as this share of it, and meets it nowhere, may be a ringed 1."""

STUNTED = 0.55
"""A digit lower than this share of the others is a degree, an exponent, a footnote."""

PART = 0.35
"""A part of a digit that is worth a doubt is this share as high as the line…"""

LEAST_ROWS = 3.0
"""…and has this many rows, or nothing can be said of its edges…"""

CROOKED = 0.12
"""…and its edges stray further than this share of the line's height from a straight bar's…"""

STANDING = 0.6
"""…unless it stands in the line by itself and is so high: that may be a 1."""

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


def may_be_mark(
    one: Strokes, others: Sequence[Strokes], slope: float, shape: tuple[int, ...]
) -> bool:
    """Tell whether what looks like a 1 among other digits may be no digit at all.

    People write their 1s as tall as the rest; a stray mark or a printed line
    is as good a 1 by itself, so no look at it alone can tell.

    Parameters
    ----------
    one : the strokes of what was taken for a 1.
    others : those of the other digits, at least one.
    slope : that of their line.
    shape : (rows, columns) of the canvas that they lie on.
    """
    if not LOWEST_ONE <= _height_beside(one, others, slope) <= TALLEST_ONE:
        return True
    top, left, bottom, right = sides(one)
    return right - left < SLENDER * (bottom - top) and is_at_border(one, shape)


def reach_beyond(ones: Sequence[Strokes], others: Sequence[Strokes], slope: float) -> bool:
    """Tell whether 1s reach above and below all of the others: brackets, a slash, a wall.

    Parameters
    ----------
    ones : the strokes of each.
    others : those of the digits that they stand around or between, at least one.
    slope : that of their line.
    """
    return all(_reaches(one, others, slope)[0] >= BEYOND for one in ones)


def may_be_slash(one: Strokes, others: Sequence[Strokes], slope: float) -> bool:
    """Tell whether what looks like a leaning 1 between two digits may be a slash: 1/2 isn't 112.

    Parameters
    ----------
    one : the strokes of what was taken for a 1.
    others : those of the digits on both sides of it.
    slope : that of their line.
    """
    less, more = _reaches(one, others, slope)
    return more >= BEYOND and less >= -LEVEL and _lean(one) - slope >= LEANING


def _lean(strokes: Strokes) -> float:
    """Measure how many columns strokes move to the right for each row up (least squares)."""
    runs = np.concatenate([stroke.runs for stroke in strokes]).astype(np.float64)
    up = runs[:, 0].mean() - runs[:, 0]
    across = (runs[:, 1] + runs[:, 2]) / 2
    return float(up @ across / max(up @ up, 1.0))


def are_brackets(first: Strokes, last: Strokes) -> bool:
    """Tell whether what looks like two 1s around other digits is bent like brackets."""
    return _bend(first) <= -BENT and _bend(last) >= BENT


def opens_or_closes(one: Strokes, beside: Strokes, slope: float) -> bool:
    """Tell whether what looks like a 1 beside a digit may be a bracket: 1) isn't 11.

    Parameters
    ----------
    one : the strokes of what was taken for the first or the last digit.
    beside : those of the digit next to it.
    slope : that of their line.
    """
    is_first = sides(one)[1] < sides(beside)[1]
    away = -_bend(one) if is_first else _bend(one)
    return away >= BENT_ALONE and _reaches(one, [beside], slope)[1] >= BEYOND


def _reaches(one: Strokes, others: Sequence[Strokes], slope: float) -> tuple[float, float]:
    """Return how far a stroke reaches beyond others above and below, the lesser first.

    Both are shares of what the others reach over; below 0 it ends short of them.
    """
    reaches = [reach_across(other, slope) for other in others]
    upper, lower = min(reach[0] for reach in reaches), max(reach[1] for reach in reaches)
    top, bottom = reach_across(one, slope)
    less, more = sorted((upper - top, bottom - lower))
    return less / (lower - upper), more / (lower - upper)


def _bend(strokes: Strokes) -> float:
    """Measure how far a stroke's middle lies to the right of its ends, as a share of its height."""
    runs = np.concatenate([stroke.runs for stroke in strokes])
    top, _, bottom, _ = sides(strokes)
    down = (runs[:, 0] - top) / (bottom - top)
    across = (runs[:, 1] + runs[:, 2]) / 2
    middle = across[np.abs(down - 0.5) <= 0.1]
    ends = across[down <= 0.15], across[down >= 0.85]
    if not len(middle) or not all(map(len, ends)):
        return 0.0
    return float(np.mean(middle) - np.mean([np.mean(end) for end in ends])) / (bottom - top)


def may_be_ringed(zero: Strokes) -> bool:
    """Tell whether what looks like a 0 with a bar in it may be a 1 with a ring around it."""
    ring = max(zero, key=lambda stroke: stroke.height)
    low, high = RINGED
    return any(
        low * ring.height <= bar.height <= high * ring.height
        and ring.top < bar.top
        and bar.bottom < ring.bottom
        and ring.left < bar.left
        and bar.right < ring.right
        for bar in zero
    )


def is_stunted(digit: Strokes, others: Sequence[Strokes], slope: float) -> bool:
    """Tell whether a digit is so much smaller than the others that it is no part of their number.

    A degree is as good a 0 by itself, and an exponent is a digit, but not the next one.
    """
    return _height_beside(digit, others, slope) < STUNTED


def _height_beside(strokes: Strokes, others: Sequence[Strokes], slope: float) -> float:
    """Return how high strokes are against the median of others, across their line."""
    usual = float(np.median([height_across(other, slope) for other in others]))
    return height_across(strokes, slope) / usual


def may_be_line(one: Strokes, shape: tuple[int, ...]) -> bool:
    """Tell whether what looks like a 1 by itself may be a printed line: up and down the frame.

    Parameters
    ----------
    shape : (rows, columns) of the canvas that it lies on.
    """
    top, left, bottom, right = sides(one)
    is_slender = right - left < SLENDER * (bottom - top)
    return is_slender and bottom - top >= POST * shape[0] and is_at_border(one, shape)


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
            if _may_be_one(stroke, reach, boxes, line, shape):
                return True
            if _has_part_of_digit(stroke, reach, boxes, line):
                return True
    return False


def _is_high(stroke: Component, line: Line) -> bool:
    return stroke.height >= max(LEAST_ROWS, PART * line.tall)


def _reach(stroke: Component, boxes: NDArray[np.intp], line: Line) -> tuple[float, float]:
    """Find from which row to which the line reaches where the stroke stands."""
    away = (stroke.left + stroke.right) / 2 - (boxes[:, 1] + boxes[:, 3]) / 2
    nearest = np.abs(away).argmin()
    top, bottom = boxes[nearest, [0, 2]] + line.slope * away[nearest]
    return float(top), float(bottom)


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
