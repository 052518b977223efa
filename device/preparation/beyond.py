"""Look beyond the edge of a note: what is taken for it may be the edge of a shadow on paper."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from device.preparation import find_writing
from device.preparation.components import Component
from device.preparation.gather import is_at_border
from device.preparation.rims import contrast
from device.preparation.view import View
from device.reading import Box, Frame

SMALL_PX = 112
"""What is looked at is reduced to about this length, which is enough to see a digit."""

SHADED = 0.25
"""A shadow leaves paper more than this share of its light; what is darker is no paper."""

NEXT = 1.3
"""The next digit is no further from the last one than this many times its height…"""

HIGH = (0.5, 1.25)
"""…is so high, as a share of it; higher is a printed line…"""

DISTINCT = 0.5
"""…as distinct from both its sides as this share of what the last one is…"""

STRAY = 0.6
"""…and reaches out of its rows by less than this share of its height."""


def goes_on_beyond(frame: Frame, note: View, digits: Sequence[Box]) -> bool:
    """Tell whether a number on a note goes on beyond the note's edges, or a digit of it does.

    Parameters
    ----------
    frame : (rows, columns) uint8.
    digits : where its digits stand on the straightened note, at least one, from left to right.
    """
    return (
        any(_is_at_edge(digit, *note.size) for digit in digits)
        or _has_next(frame, note, digits[0], is_left=True)
        or _has_next(frame, note, digits[-1], is_left=False)
    )


def _is_at_edge(digit: Box, width: int, height: int) -> bool:
    right, bottom = digit.left + digit.width, digit.top + digit.height
    return min(digit.top, digit.left) <= 1 or right >= width - 1 or bottom >= height - 1


def _has_next(frame: Frame, note: View, last: Box, *, is_left: bool) -> bool:
    """Tell whether what may be one more digit stands beyond the edge, next to the last one."""
    width, _ = note.size
    near, stray = round(NEXT * last.height), round(STRAY * last.height)
    top, height = last.top - stray, last.height + 2 * stray
    left = last.left - near if is_left else last.left
    seen = Box(top, left, height, last.width + near)
    if left >= 0 and left + seen.width <= width:
        return False
    # What the camera didn't see is dark, and so hangs together with the view's border.
    view = replace(note.part(seen), paper=0).straighten(frame, SMALL_PX)
    share = float((0 if is_left else width) - left) / seen.width
    sides = np.split(view, [round(share * view.shape[1])], axis=1)
    beyond, within = sides if is_left else sides[::-1]
    if not beyond.size or np.median(beyond) < SHADED * np.median(within):
        return False
    writing = find_writing(view, is_note=True)
    columns = writing.canvas.shape[1]
    strokes = [stroke for digit in writing.digits for stroke in digit]
    strokes += writing.too_small + writing.left_out
    lowest, tallest = (times * last.height * columns / seen.width for times in HIGH)
    high = [stroke for stroke in strokes if lowest <= stroke.height <= tallest]

    def is_beyond(stroke: Component) -> bool:
        is_before = (stroke.left + stroke.right) / 2 < share * columns
        return is_before if is_left else not is_before

    least = DISTINCT * max(
        (contrast(writing.canvas, [stroke]) for stroke in high if not is_beyond(stroke)),
        default=float("inf"),
    )
    return any(
        is_beyond(stroke)
        and not is_at_border([stroke], writing.canvas.shape)
        and contrast(writing.canvas, [stroke]) >= least
        for stroke in high
    )
