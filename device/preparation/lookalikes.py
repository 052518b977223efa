"""What is as good a digit as any by itself, and may be none beside others.

A mark, a slash, a bracket, an exponent, a printed line: no look at it alone can tell. Two look
like a digit to the network that their strokes alone can tell from one: a ringed 1 and a D.
"""

from collections.abc import Sequence

import numpy as np

from device.preparation.bars import columns_along, lean_of
from device.preparation.gather import (
    Strokes,
    height_across,
    is_at_border,
    reach_across,
    reach_borders,
    sides,
)
from device.preparation.glyph import stroke_width
from device.preparation.ink import POST, is_aside

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

STRAIGHT = 0.1
"""A 0 alone whose left side is straight, up to this share of its width, may be a D…"""

ROUNDED = 0.05
"""…whose corners may be rounded by this share of its height above and below…"""

LEANS = np.linspace(-0.6, 0.6, 25)
"""…and which leans by any of these shares of it."""

PLAIN = 0.3
"""A 1 that is a bar is no broader than this share of its height, were it upright…"""

FLAGGED = 0.45
"""…and one with a flag at least this. A hand writes its 1s one way, and many a 7 so, too."""

STUNTED = 0.55
"""A digit lower than this share of the others is a degree, an exponent, a footnote."""

FINER = 0.7
"""A number is written with one pen: strokes of less than this share of its width are another's."""


def may_be_mark(
    one: Strokes, others: Sequence[Strokes], slope: float, shape: tuple[int, ...]
) -> bool:
    """Tell whether what looks like a 1 among other digits may be no digit at all.

    People write their 1s as tall as the rest.

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
    return more >= BEYOND and less >= -LEVEL and lean_of(one) - slope >= LEANING


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
    tall = max(lower - upper, 1.0)
    return less / tall, more / tall


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


def may_be_d(zero: Strokes) -> bool:
    """Tell whether what looks like a 0 may be a D: its left side is straight, however it leans."""
    row, first, end = np.concatenate([stroke.runs for stroke in zero]).T
    row = row - row.min()
    rows = np.arange(row.max() + 1)
    left, right = np.full(len(rows), np.inf), np.full(len(rows), -np.inf)
    np.minimum.at(left, row, first)
    np.maximum.at(right, row, end)
    corner = round(ROUNDED * len(rows))
    upright = left + np.outer(LEANS, rows)
    bends = np.ptp(upright[:, corner : len(rows) - corner], axis=1)
    best = int(bends.argmin())
    width = (right + LEANS[best] * rows).max() - upright[best].min()
    return bool(bends[best] < STRAIGHT * width)


def find_sevens(ones: Sequence[Strokes]) -> list[int]:
    """Find those of a number's 1s that may be 7s: with a flag, where another is a mere bar.

    Parameters
    ----------
    ones : the strokes of each.

    Returns
    -------
    Their places among the 1s.
    """
    breadths = [_breadth(one) for one in ones]
    if min(breadths, default=1.0) > PLAIN:
        return []
    return [place for place, breadth in enumerate(breadths) if breadth >= FLAGGED]


def is_stunted(digit: Strokes, others: Sequence[Strokes], slope: float) -> bool:
    """Tell whether a digit is so much smaller than the others that it is no part of their number.

    A degree is as good a 0 by itself, and an exponent is a digit, but not the next one.
    """
    return _height_beside(digit, others, slope) < STUNTED


def is_of_finer_pen(one: Strokes, others: Sequence[Strokes]) -> bool:
    """Tell whether something is written with a finer pen than the digits that it stands with."""
    return _pen_width(one) < FINER * float(np.median([_pen_width(other) for other in others]))


def _pen_width(strokes: Strokes) -> float:
    top, left, bottom, right = sides(strokes)
    mask = np.zeros((bottom - top, right - left), dtype=bool)
    for stroke in strokes:
        stroke.paint(mask, top, left)
    return stroke_width(mask.astype(np.uint8))


def _breadth(strokes: Strokes) -> float:
    """Return how broad strokes are, were they upright, as a share of their height."""
    lean = lean_of(strokes)
    firsts, ends = zip(*(columns_along(stroke, lean) for stroke in strokes), strict=True)
    top, _, bottom, _ = sides(strokes)
    return float(max(ends) - min(firsts)) / (bottom - top)


def _height_beside(strokes: Strokes, others: Sequence[Strokes], slope: float) -> float:
    """Return how high strokes are against the median of others, across their line."""
    usual = float(np.median([height_across(other, slope) for other in others]))
    return height_across(strokes, slope) / usual


def may_be_line(one: Strokes, shape: tuple[int, ...]) -> bool:
    """Tell whether what looks like a 1 by itself may be a printed line.

    That runs up and down the frame, along its left or right side, or askew out of it there.

    Parameters
    ----------
    shape : (rows, columns) of the canvas that it lies on.
    """
    top, left, bottom, right = sides(one)
    if right - left >= SLENDER * (bottom - top):
        return False
    reached = reach_borders(one, shape)
    is_long = bottom - top >= POST * shape[0] and any(reached)
    runs_askew = all(reached)
    return is_long or runs_askew or all(is_aside(stroke, shape[1]) for stroke in one)
