"""Gather strokes to digits, and digits to a line."""

from typing import NamedTuple

import numpy as np

from device.preparation.bars import columns_along, lies_level, rows_along, slope_of
from device.preparation.components import Component

Strokes = list[Component]

Sides = tuple[int, int, int, int]
"""Top, left, bottom and right; the last two exclusive."""

LOOSE = 0.5
"""A stroke lower than this share of the tallest may be a part of its neighbour (a flag, a dot)."""

OVERLAP = 0.5
"""Strokes that share this much of the narrower one's columns are one digit's."""

BELOW = 0.8
"""Digits that stand more below than beside each other, by this share of their height or more,
are in several lines."""

ASUNDER = (1.75, 2.5)
"""Between two numbers lies at least this many times the digits' height, the second where there
are but two digits…"""

UNEVEN = 0.5
"""…and no more than this share of it between some two digits: cells of a form are spaced evenly."""

UPRIGHT = 0.75
"""Two strokes of which both are taller than this share of the tallest are two slanted digits…"""

OVERLAP_UPRIGHT = 0.85
"""…unless they share this much of the narrower one's columns."""

BAR = 0.2
"""What is flatter than this is a bar: of a 7, of a 4; or a line under the number…"""

LONG_BAR = 1.2
"""…when it is longer than this many times the height of the digits, or juts out below one."""

APART = 0.25
"""…unless this much of the tallest stroke's height lies between them."""

BESIDE = 0.12
"""A loose stroke belongs to a digit that is no further to its side than this."""

FLAT = 0.75
"""The flag of a 5 that doesn't meet it is lower than this share of its length…"""

LOW = 0.66
"""…and than this share of what it belongs to;"""

UP = 0.2
"""…its middle lies no further below the upper edge of that than this share of its height…"""

OVER = 0.3
"""…its lower edge no further above it than this;"""

FROM = 0.25
"""…and it begins over it, or beside what ink it has in this upper share of it…"""

STRETCH = 0.27
"""…by no more than this share of the tallest."""

BROKEN = 0.1
"""Between the parts of a broken digit lies no more than this share of its height…"""

HIGH = 2.0
"""…which is no more than this many times its width: so high are two digits in a column."""

SMALLEST = 0.35
"""What is smaller than this share of the tallest is a speck, a comma, a scrap…"""

SMALLEST_AT_BORDER = 0.6
"""…and at the border, where other things peep in, what is smaller than this."""

SMALLEST_PX = 10
"""What has fewer rows and columns than this shows no digit: it may as well be the paper's grain."""

CAMERA_FRAME = 300
"""A canvas no longer than this was cut out of a larger picture, around a whole digit."""

UNPROVEN = 3.0
"""A line's slope is believed as far as the line is long against this many times its height."""


class Line(NamedTuple):
    """The line that digits stand in: its slope, rows down for each column, and its height."""

    slope: float
    tall: float


def gather(strokes: Strokes, shape: tuple[int, ...]) -> list[Strokes]:
    """Gather the strokes that make up one digit each, from left to right.

    Parameters
    ----------
    strokes : as found, in any order.
    shape : (rows, columns) of the frame that they lie on.
    """
    if not strokes:
        return []
    bars = [stroke for stroke in strokes if lies_level(stroke, BAR)]
    if len(bars) < len(strokes):
        others = [stroke for stroke in strokes if stroke not in bars]
        tallest = max(max(s.height, 0.6 * s.width) for s in others)
        lines = [bar for bar in bars if _is_line(bar, others, tallest, shape)]
        strokes = [stroke for stroke in strokes if stroke not in lines]
    tallest = max(max(s.height, 0.6 * s.width) for s in strokes)
    groups: list[Strokes] = []
    for stroke in sorted(strokes, key=lambda s: -s.area):
        near = [group for group in groups if _belongs(stroke, group, tallest)]
        if near:
            min(near, key=lambda group: _gap(stroke, group)).append(stroke)
        else:
            groups.append([stroke])
    groups = [group for group in groups if _is_large(group, tallest, shape)]
    return sorted(groups, key=lambda group: sum(sides(group)[1::2]))


def in_several_lines(digits: list[Strokes]) -> bool:
    """Tell whether some digit stands below another instead of beside it."""
    top, left, bottom, right = np.array([sides(strokes) for strokes in digits]).T
    down, across = (np.abs(np.subtract.outer(s, s)) / 2 for s in (top + bottom, left + right))
    usual = np.add.outer(bottom - top, bottom - top) / 2
    return bool(((down >= BELOW * usual) & (down > across)).any())


def are_several_numbers(digits: list[Strokes], line: Line) -> bool:
    """Tell whether digits in a line stand so far asunder that they are more numbers than one."""
    _, left, _, right = np.array([sides(strokes) for strokes in digits]).T
    gaps = np.sort(left[1:] - right[:-1])
    if len(gaps) < 2:
        return bool((gaps >= ASUNDER[1] * line.tall).any())
    return bool(gaps[-1] >= ASUNDER[0] * line.tall and gaps[0] <= UNEVEN * gaps[-1])


def line_of(digits: list[Strokes]) -> Line:
    """Measure the line in which the digits stand, touching or not.

    The slope is that of the straight line through their ink (least squares);
    that of one or two digits is drawn towards level, for it says little.
    """
    runs = np.concatenate([stroke.runs for strokes in digits for stroke in strokes])
    weight = (runs[:, 2] - runs[:, 1]).astype(np.float64)
    column = (runs[:, 1] + runs[:, 2]) / 2
    across = column - np.average(column, weights=weight)
    down = runs[:, 0] - np.average(runs[:, 0], weights=weight)
    wide, high, both = (
        float(np.average(product, weights=weight))
        for product in (across**2, down**2, across * down)
    )
    slope, spread = 0.0, high
    for _ in range(3):
        slope = both / max(wide + UNPROVEN * spread, 1.0)
        spread = max(high - 2 * slope * both + slope**2 * wide, 0.0)
    return Line(slope, float(np.median([height_across(strokes, slope) for strokes in digits])))


def line_through(digits: list[Strokes], line: Line) -> Line:
    """Return the line with the slope of that through the digits' middles (least squares).

    Where a note is turned it is nearer to what two or three digits really stand in.
    """
    top, left, bottom, right = np.array([sides(strokes) for strokes in digits]).T
    row, column = (top + bottom) / 2, (left + right) / 2
    across = column - column.mean()
    return line._replace(slope=float(across @ row / max(across @ across, 1.0)))


def height_across(strokes: Strokes, slope: float) -> float:
    """Measure how tall the strokes are across a line of that slope."""
    upper, lower = reach_across(strokes, slope)
    return lower - upper + 1


def reach_across(strokes: Strokes, slope: float) -> tuple[float, float]:
    """Find the first and the last row that strokes reach, were a line of that slope level."""
    runs = np.concatenate([stroke.runs for stroke in strokes])
    rows = runs[:, 0] - slope * (runs[:, 1] + runs[:, 2]) / 2
    return float(rows.min()), float(rows.max())


def pen_of(strokes: Strokes) -> float:
    """Measure how broad the pen was: most runs go across a stroke, and not along it."""
    runs = np.concatenate([stroke.runs for stroke in strokes])
    return float(np.percentile(runs[:, 2] - runs[:, 1], 25))


def sides(strokes: Strokes) -> Sides:
    """Return the top, left, bottom and right of the strokes together."""
    return (
        min(s.top for s in strokes),
        min(s.left for s in strokes),
        max(s.bottom for s in strokes),
        max(s.right for s in strokes),
    )


def shows_camera_frame(shape: tuple[int, ...]) -> bool:
    """Tell whether a canvas of that shape shows what a camera saw, and where its view ended."""
    return max(shape) > CAMERA_FRAME


def is_at_border(strokes: Strokes, shape: tuple[int, ...]) -> bool:
    """Tell whether the strokes reach the border of a canvas of that shape."""
    return any(reach_borders(strokes, shape))


def reach_borders(strokes: Strokes, shape: tuple[int, ...]) -> tuple[bool, bool]:
    """Tell whether the strokes reach the upper or lower border of a canvas, and a side one."""
    top, left, bottom, right = sides(strokes)
    return top <= 1 or bottom >= shape[0] - 1, left <= 1 or right >= shape[1] - 1


def _is_line(bar: Component, others: Strokes, tallest: float, shape: tuple[int, ...]) -> bool:
    # What runs askew out of the frame may be a stroke of something larger.
    runs_askew = bar.height >= BAR * bar.width and is_at_border([bar], shape)
    is_long = bar.width > LONG_BAR * tallest and not runs_askew
    return is_long or _underlines(bar, others)


def _underlines(bar: Component, others: Strokes) -> bool:
    """Tell whether a bar lies below something and juts out on both sides: no digit's foot does."""
    slope = slope_of(bar)
    upper, _ = rows_along(bar, slope)
    left, right = columns_along(bar, slope)
    for other in others:
        first, end = columns_along(other, slope)
        if left < first and end < right and reach_across([other], slope)[1] < upper:
            return True
    return False


def _belongs(stroke: Component, group: Strokes, tallest: float) -> bool:
    box = top, left, bottom, right = sides(group)
    gap = max(stroke.top - bottom, top - stroke.bottom)
    shared = min(right, stroke.right) - max(left, stroke.left)
    # Nothing belongs to what is further from it than a flag may be; most strokes are.
    if max(gap / OVER, -shared / STRETCH) > tallest:
        return False
    own = stroke.top, stroke.left, stroke.bottom, stroke.right
    if _is_flag(own, box, group, tallest) or _is_flag(box, own, [stroke], tallest):
        return True
    if gap > APART * tallest:
        return False
    lower = min(stroke.height, bottom - top)
    if gap >= 0 and lower >= LOOSE * tallest and not _is_broken(own, box):
        return False
    is_upright = gap < 0 and lower > UPRIGHT * tallest
    if shared >= (OVERLAP_UPRIGHT if is_upright else OVERLAP) * min(right - left, stroke.width):
        return True
    return stroke.height < LOOSE * tallest and -shared < BESIDE * tallest


def _is_broken(part: Sides, other: Sides) -> bool:
    """Tell whether one of two parts, above the other, may be the upper part of the same digit."""
    upper, lower = sorted((part, other))
    tall = lower[2] - upper[0]
    # Not of both together: on a turned note the lower one lies to the side.
    wide = max(part[3] - part[1], other[3] - other[1])
    return tall <= HIGH * wide and lower[0] - upper[2] <= BROKEN * tall


def _is_flag(flag: Sides, body: Sides, strokes: Strokes, tallest: float) -> bool:
    """Tell whether something is the flag of a 5, to the upper right of a body of these strokes."""
    top, left, bottom, right = flag
    upper, first, lower, end = body
    tall = lower - upper
    is_low = bottom - top < FLAT * (right - left) and bottom - top <= LOW * tall
    is_up = upper - OVER * tall <= bottom and (top + bottom) / 2 <= upper + UP * tall
    if not (is_low and is_up and first <= left <= end + STRETCH * tallest and right > end):
        return False
    runs = np.concatenate([stroke.runs for stroke in strokes])
    reach = runs[runs[:, 0] <= upper + FROM * tall, 2].max()
    return bool(left <= reach + STRETCH * tallest)


def _gap(stroke: Component, group: Strokes) -> int:
    _, left, _, right = sides(group)
    return max(left - stroke.right, stroke.left - right, 0)


def _is_large(group: Strokes, tallest: float, shape: tuple[int, ...]) -> bool:
    top, left, bottom, right = sides(group)
    if max(bottom - top, right - left) < SMALLEST_PX:
        return False
    rows, columns = shape
    margin = 0.02 * min(rows, columns) + 1
    at_border = min(top, left, rows - bottom, columns - right) <= margin
    smallest = (SMALLEST_AT_BORDER if at_border else SMALLEST) * tallest
    return bottom - top >= smallest or max(bottom - top, right - left) >= 0.8 * tallest
