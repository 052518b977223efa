"""Find the boxes that are printed around writing, as on a form."""

import numpy as np

from device.preparation.components import Component

SMALLEST_PX = 20
"""Nothing fits into a box with a side shorter than this: a page of specks is soon gone through."""

BAND = 0.12
"""A box keeps within this share of its shorter side along its four sides, tilted or not…"""

CLOSED = 0.9
"""…runs along this share of each of them…"""

HOLLOW = 0.35
"""…covers less than this share of what it encloses…"""

CONTENT = 0.25
"""…and has something inside that is at least this share as high."""


def find_boxes(strokes: list[Component]) -> list[Component]:
    """Return those strokes that are boxes in which another one stands.

    Their upright sides would be taken for 1s, or for a part of the digit inside.
    A box that is touched by what stands in it is one stroke with it, and no box.
    """
    large = [each for each in strokes if min(each.height, each.width) >= SMALLEST_PX]
    tall = [each for each in strokes if each.height >= CONTENT * SMALLEST_PX]
    return [each for each in large if _encloses_some(each, tall) and _is_box(each)]


def _encloses_some(box: Component, others: list[Component]) -> bool:
    return box.area < HOLLOW * box.height * box.width and any(
        other.height >= CONTENT * box.height
        and box.top < other.top
        and other.bottom < box.bottom
        and box.left < other.left
        and other.right < box.right
        for other in others
    )


def _is_box(stroke: Component) -> bool:
    """Tell whether a stroke is four sides and nothing between them."""
    band = round(BAND * min(stroke.height, stroke.width))
    drawn = np.zeros((stroke.height, stroke.width), dtype=bool)
    stroke.paint(drawn, stroke.top, stroke.left)
    if drawn[band:-band, band:-band].any():
        return False
    level = [side.any(axis=0) for side in (drawn[:band], drawn[-band:])]
    upright = [side.any(axis=1) for side in (drawn[:, :band], drawn[:, -band:])]
    return all(side.mean() >= CLOSED for side in level + upright)
