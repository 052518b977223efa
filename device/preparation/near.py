"""Find writing that is small in a large picture, to look at it from nearer."""

from collections.abc import Sequence

from device.preparation import find_writing
from device.preparation.components import Component, components
from device.preparation.gather import sides
from device.preparation.ink import comes_in
from device.preparation.view import LONGEST_PX, View
from device.reading import Box, Frame

REDUCED = 0.4
"""What was reduced to this scale or further has more to show than was looked at."""

SMALL = 0.1
"""Writing is small where all of it is lower and narrower than this share of the shorter side…"""

SMALLEST_PX = 24
"""…but it has so many of the picture's own pixels…"""

ALIKE = 0.5
"""…what has fewer than this share of the tallest's is dust…"""

HIGHEST = 3.0
"""…and all of it is no higher than this many times the tallest: more is strewn about."""

MARGIN = 1.2
"""So much of the paper around it is looked at with it, in shares of the tallest."""


def find_near_view(frame: Frame, note: View | None, digits: Sequence[Box] = ()) -> View | None:
    """Find where to look from nearer; None where nothing small may be written, or not all is.

    Parameters
    ----------
    frame : (rows, columns) uint8.
    note : what was looked at; None is all of the frame.
    digits : where digits were found already, in the frame's pixels.
    """
    if max(frame.shape) * REDUCED < LONGEST_PX:  # a camera's, most often
        return None
    view = note or View.whole(frame)
    largest = SMALL * min(view.size) / view.scale
    if view.scale > REDUCED or any(max(box.height, box.width) >= largest for box in digits):
        return None
    writing = find_writing(view.straighten(frame))
    shape = writing.flat.shape
    small = [
        each
        for each in components(writing.flat > writing.level)
        if comes_in(each, *shape) and _extent(each) < SMALL * min(shape)
    ]
    tallest = max(map(_extent, small), default=0)
    if tallest < SMALLEST_PX * view.scale:
        return None
    top, left, bottom, right = sides([each for each in small if _extent(each) >= ALIKE * tallest])
    if bottom - top > HIGHEST * tallest:
        return None
    margin = round(MARGIN * tallest)
    box = Box(top - margin, left - margin, bottom - top + 2 * margin, right - left + 2 * margin)
    near = view.part(box)
    return near if all(_contains(near, digit) for digit in digits) else None


def _contains(view: View, digit: Box) -> bool:
    """Tell whether a view shows the whole of a digit, as far as upright boxes tell."""
    (left, top), (right, bottom) = view.corners.min(axis=0), view.corners.max(axis=0)
    is_across = left <= digit.left and digit.left + digit.width <= right
    return bool(is_across and top <= digit.top and digit.top + digit.height <= bottom)


def _extent(stroke: Component) -> int:
    return max(stroke.height, stroke.width)
