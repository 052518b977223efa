"""Tell paper from a room: how plain the ground is that strokes stand on.

A network that is asked for a digit finds one in a blade of grass, in the edge
of a lampshade, in the grain of a table: each is as good a 1 as many a hand
writes. What they lie on is no paper, though.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.preparation import Writing
from device.preparation.components import Component, paint_all
from device.preparation.gather import Strokes, sides
from device.preparation.glyph import thicken
from device.preparation.rims import contrast
from device.reading import Box

AROUND = 0.3
"""The ground is looked at this far around the writing, as a share of its height."""

HALF_INKED = 0.33
"""Ground that is darker than this share of the strokes, and yet no ink, is shaded."""

MOST_SHADED = 0.15
"""Paper isn't shaded over this share of the ground…"""

MOST_SCRAPS = 50
"""…and hasn't so many scraps of ink there…"""

FAINTEST_ONE = 0.2
"""…and a 1 is darker than both its sides by more than this (see `contrast`). Shares add up."""


def is_plain(writing: Writing, *, are_ones: bool) -> bool:
    """Tell whether what strokes stand on is as plain as paper, ruled or not, lit or shadowed.

    Parameters
    ----------
    writing : at least one digit. The boxes that it stands in are no ground.
    are_ones : whether all that was read is 1s in ink, which a rim, a fold or a gap is as well.
    """
    window = _window(writing.digits)
    top, left, height, width = window
    seen = np.s_[top : top + height, left : left + width]
    boxed = paint_all(writing.boxes, writing.flat.shape)
    unrest = shaded_share(writing.flat[seen], writing.level, boxed[seen]) / MOST_SHADED
    unrest += sum(_reaches_into(scrap, window) for scrap in writing.left_out) / MOST_SCRAPS
    if are_ones:
        strokes = [stroke for digit in writing.digits for stroke in digit]
        unrest += FAINTEST_ONE / max(contrast(writing.canvas, strokes), 0.01)
    return unrest <= 1


def shaded_share(flat: NDArray[np.uint8], level: int, boxed: NDArray[np.bool_]) -> float:
    """Measure which share of the ground is neither bare nor inked.

    Grain is no shade, though it makes all of the paper look darker than its
    lightest spots: bare is what is as light as a fifth of the ground.

    Parameters
    ----------
    flat : (rows, columns) uint8, the writing and the ground around it.
    level : the darkness where a stroke ends.
    boxed : (rows, columns), where the boxes run that the writing stands in.
    """
    mean = _mean(flat)
    inked = mean > level
    ground = mean[~thicken(inked | (_mean(boxed * np.uint8(255)) > 0))]
    if not inked.any() or not ground.size:
        return 0.0
    full = float(np.percentile(mean[inked], 70))
    bare = float(np.percentile(ground, 20))
    return float((ground > bare + HALF_INKED * (full - bare)).mean())


def _mean(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Return the means of 3 by 3 pixels."""
    return np.asarray(Image.fromarray(picture).reduce(3))


def _window(digits: list[Strokes]) -> Box:
    """Find the part of the canvas that the writing takes with the ground around it."""
    boxes = np.array([sides(strokes) for strokes in digits])
    reach = round(AROUND * int((boxes[:, 2] - boxes[:, 0]).max()))
    top, left = np.maximum(boxes[:, :2].min(axis=0) - reach, 0).tolist()
    bottom, right = (boxes[:, 2:].max(axis=0) + reach).tolist()
    return Box(top, left, bottom - top, right - left)


def _reaches_into(scrap: Component, window: Box) -> bool:
    top, left, height, width = window
    across = scrap.right > left and scrap.left < left + width
    return across and scrap.bottom > top and scrap.top < top + height
