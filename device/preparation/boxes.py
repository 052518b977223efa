"""Find what is printed or drawn around writing: the boxes of a form, a ring."""

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.preparation.bars import (
    columns_along,
    lean_of,
    lies_level,
    rows_along,
    slope_of,
    stands_upright,
)
from device.preparation.components import Component, components
from device.preparation.gather import sides

SMALLEST_PX = 20
"""Nothing fits into a box with a side shorter than this: a page of specks is soon gone through."""

HOLLOW = 0.35
"""A box covers less than this share of its bounds…"""

CONTENT = 0.25
"""…and has something inside that is at least this share as high, or less if it is a wide one…"""

CLOSED = 0.95
"""…which meets it to the left and right, above and below, along this share of each side."""

ANGULAR = 0.88
"""What fills this share of the smallest level or leaning rectangle around it has four corners."""

LEANS_DEG = np.arange(-24, 25, 3)
"""As many directions are tried for such a rectangle."""

NARROWEST = 0.8
"""A ring that is narrower than this share of its height is a 0…"""

LARGE = (0.35, 0.5)
"""…but for something in it that is as high as this share of it, and as wide of its own height…"""

ZERO = 0.7
"""…and so is any ring beside something this share as high that is in no box itself."""

EDGE = 0.2
"""A box's upper and lower side keep within this share of its shorter side…"""

PART = 0.35
"""…and what is this share as high as the writing between them…"""

THICKEST = 0.25
"""…but doesn't join them, or is thicker than this share of that height, is no wall…"""

UNEVEN = 0.06
"""…nor is what varies in width by more than this: something touches it there."""

BAR = 0.25
"""A side of a box that has come apart is narrower than this share of its length…"""

APART = 0.1
"""…and ends no further from the next than this share of the shorter one's length."""

MOST_BARS = 8
"""Where there are more bars than this, upright or level, they are a pattern."""

INKED = 64
"""A pixel of a turned stroke is ink from this level on: fine walls stay whole."""


@dataclass(frozen=True, slots=True)
class _Enclosure:
    """What stands around something: how far it is turned, and whether it has four corners.

    Its `parts` are itself, or the four sides of a box that don't meet.
    """

    stroke: Component
    parts: list[Component]
    contents: list[Component]
    lean_deg: float
    is_angular: bool

    @property
    def is_zero(self) -> bool:
        """Whether it may be a 0 with a bar or a dot in it."""
        high, wide = LARGE
        is_narrow = self.stroke.width < NARROWEST * self.stroke.height
        return is_narrow and not any(
            each.height >= high * self.stroke.height and each.width >= wide * each.height
            for each in self.contents
        )


def find_boxes(strokes: list[Component]) -> list[Component]:
    """Return those strokes in which another one stands: boxes, of one cell or several, and rings.

    They would be taken for a 0 or for 1s, or for a part of the digit inside.
    What is touched by something that stands in it is one stroke with it, and no box.
    """
    tall = [each for each in strokes if each.height >= CONTENT * SMALLEST_PX]
    whole = [(each, [each], _contents(each, tall)) for each in strokes if _is_hollow(each)]
    open_boxes = [(_join(bars), bars, _between(bars, tall)) for bars in _open_boxes(strokes)]
    around = [
        _Enclosure(each, parts, inside, *_measure(each))
        for each, parts, inside in whole + open_boxes
        if inside
    ]
    held = {stroke for each in around for stroke in each.parts + each.contents}
    highest = max((each.height for each in tall if each not in held), default=0)
    return [
        part
        for each in around
        if (each.is_angular or (not each.is_zero and highest < ZERO * each.stroke.height))
        and _is_bare(each)
        for part in each.parts
    ]


def _open_boxes(strokes: list[Component]) -> list[list[Component]]:
    """Find four bars that nearly meet at their ends."""
    long = [each for each in strokes if max(each.height, each.width) >= SMALLEST_PX]
    walls = sorted((s for s in long if stands_upright(s, BAR)), key=lambda s: s.left)
    level = sorted((s for s in long if lies_level(s, BAR)), key=lambda s: s.top)
    if max(len(walls), len(level)) > MOST_BARS:
        return []
    boxes = []
    for upper, lower in combinations(level, 2):
        met = [wall for wall in walls if _nearly_meet(upper, wall) and _nearly_meet(lower, wall)]
        if len(met) > 1 and _are_apart(upper, lower):
            # What stands between the outermost may be a 1 that is nearly as high.
            boxes.append([upper, lower, met[0], met[-1]])
    return boxes


def _are_apart(upper: Component, lower: Component) -> bool:
    slope = slope_of(upper)
    return rows_along(upper, slope)[1] < rows_along(lower, slope)[0]


def _nearly_meet(side: Component, wall: Component) -> bool:
    reach = APART * min(side.width, wall.height)
    slope, lean = slope_of(side), lean_of([wall])
    across = _gap(columns_along(side, lean), columns_along(wall, lean))
    down = _gap(rows_along(side, slope), rows_along(wall, slope))
    return max(across, down) <= reach


def _gap(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Return how far two stretches are from each other; below 0 they overlap."""
    return max(one[0] - other[1], other[0] - one[1])


def _join(parts: list[Component]) -> Component:
    runs = np.concatenate([part.runs for part in parts])
    in_rows = runs[np.argsort(runs[:, 0], kind="stable")]
    return Component(*sides(parts), sum(part.area for part in parts), in_rows)


def _is_hollow(stroke: Component) -> bool:
    is_large = min(stroke.height, stroke.width) >= SMALLEST_PX
    return is_large and stroke.area < HOLLOW * stroke.height * stroke.width


def _between(bars: list[Component], others: list[Component]) -> list[Component]:
    """Return what stands between an upper, a lower, a left and a right bar, as high as writing."""
    upper, lower, left, right = bars
    slope, lean = slope_of(upper), lean_of([left])
    top, bottom = rows_along(upper, slope)[1], rows_along(lower, slope)[0]
    start, stop = columns_along(left, lean)[1], columns_along(right, lean)[0]
    return [
        other
        for other in others
        if other.height >= CONTENT * (bottom - top)
        and _is_within(rows_along(other, slope), top, bottom)
        and _is_within(columns_along(other, lean), start, stop)
    ]


def _is_within(stretch: tuple[float, float], start: float, stop: float) -> bool:
    return start <= stretch[0] and stretch[1] <= stop


def _contents(box: Component, others: list[Component]) -> list[Component]:
    """Return what stands in the box, and is high enough to be writing."""
    # A long number is low in a ring that goes round it.
    lowest = CONTENT * box.height * min(1.0, box.height / box.width)
    within = [
        other
        for other in others
        if other.height >= lowest
        and box.top < other.top
        and other.bottom < box.bottom
        and box.left < other.left
        and other.right < box.right
    ]
    if not within:
        return []
    drawn = box.cut_out()
    return [other for other in within if _is_surrounded(other, drawn, box)]


def _is_surrounded(content: Component, drawn: NDArray[np.bool_], box: Component) -> bool:
    top, bottom = content.top - box.top, content.bottom - box.top
    left, right = content.left - box.left, content.right - box.left
    beside, along = drawn[top:bottom], drawn[:, left:right]
    met = (
        beside[:, :left].any(axis=1),
        beside[:, right:].any(axis=1),
        along[:top].any(axis=0),
        along[bottom:].any(axis=0),
    )
    return all(side.mean() >= CLOSED for side in met)


def _measure(stroke: Component) -> tuple[float, bool]:
    """By how many degrees a stroke is turned, and whether its outline has four right corners."""
    rows, lefts, rights = stroke.outline()
    column, row = np.concatenate([lefts, rights]), np.tile(rows + 0.5, 2)
    lean = np.radians(LEANS_DEG)[:, None]
    across = np.cos(lean) * column + np.sin(lean) * row
    down = np.cos(lean) * row - np.sin(lean) * column
    areas = np.ptp(across, axis=1) * (np.ptp(down, axis=1) + 1)
    is_angular = bool((rights - lefts).sum() >= ANGULAR * areas.min())
    return float(LEANS_DEG[areas.argmin()]), is_angular


def _is_bare(box: _Enclosure) -> bool:
    """Tell whether there are only walls between a box's upper and lower side."""
    tall = max(content.height for content in box.contents)
    drawn = _levelled(box.stroke, box.lean_deg)
    edge = round(EDGE * min(drawn.shape))
    between = drawn[edge:-edge]
    parts = [part for part in components(between) if part.height >= PART * tall]
    is_wall = _is_wall if box.is_angular else _is_arc
    return all(part.height >= CLOSED * len(between) and is_wall(part, tall) for part in parts)


def _levelled(stroke: Component, lean_deg: float) -> NDArray[np.bool_]:
    """Draw a stroke, turned back by its lean, and cut it out."""
    picture = Image.fromarray(stroke.cut_out().astype(np.uint8) * 255)
    turned = picture.rotate(lean_deg, Image.Resampling.BILINEAR, expand=True)
    return np.asarray(turned.crop(turned.getbbox())) > INKED


def _is_wall(part: Component, tall: float) -> bool:
    _, lefts, rights = part.outline()
    narrow, wide = np.percentile(rights - lefts, [15, 85])
    return bool(wide <= THICKEST * tall and wide - narrow <= max(2, UNEVEN * tall))


def _is_arc(part: Component, tall: float) -> bool:
    """Tell whether a part of a ring is one line; its ends may run beside each other."""
    runs_in_row = np.unique(part.runs[:, 0], return_counts=True)[1]
    return int(np.count_nonzero(runs_in_row > 1)) < PART * tall
