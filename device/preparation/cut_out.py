"""Writing that is cut out of its paper along its strokes, so that it touches the frame's sides."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.preparation import Writing
from device.preparation.cells import lines_at_sides
from device.preparation.components import Component, paint_all
from device.preparation.gather import sides
from device.preparation.ink import BORDER_BAND, LARGEST_FILL
from device.preparation.light import border_of, flatten
from device.reading import Frame

COARSE_PX = 112
"""A frame is reduced to about this length before its sides are looked at…"""

LEAST_LEVELS = 40
"""…and must have this much between dark and light…"""

MOST_GREY = 0.35
"""…and no larger share in the middle half of it: light that falls off leaves most there…"""

MOST_ALONG = 0.6
"""…and no more ink than this along any side: more is a printed line, or a shadow."""

LONGEST_DOWN = 0.97
"""What runs straight down over this share of the frame is a printed line too."""

NEAR = 0.04
"""Ink this near to opposite sides, as a share, is worth a look…"""

FILLED = 0.03
"""…and writing that is cut out along its strokes comes so near to them."""

STILL_DARK = 0.7
"""So much of it is dark, too, where the light may go on falling beyond the frame…"""

MOST_LINES = 0.6
"""…and no more of it are straight lines along the frame's sides."""


def is_cut_out(frame: Frame) -> bool:
    """Tell whether writing is cut out of its paper so closely that it fills it.

    It comes as near to opposite sides as `NEAR` says, no side has ink alone, two
    corners at least are paper, and so is most of the frame.
    """
    step = max(1, round(max(frame.shape) / COARSE_PX))
    small = np.asarray(Image.fromarray(frame).reduce(step)).astype(np.int16)
    low, high = np.percentile(small, [2, 98])
    ink = np.abs(small - np.median(border_of(small))) > (high - low) / 2
    grey = np.abs(small - (low + high) / 2) < (high - low) / 4
    top, bottom, left, right = (
        float(side.mean()) for side in (ink[0], ink[-1], ink[:, 0], ink[:, -1])
    )
    down, across = (max(1, round(NEAR * side)) for side in ink.shape)
    is_tall = ink[:down].any() and ink[-down:].any()
    is_wide = ink[:, :across].any() and ink[:, -across:].any()
    return bool(
        high - low >= LEAST_LEVELS
        and grey.mean() <= MOST_GREY
        and (is_tall or is_wide)
        and ink.mean() <= LARGEST_FILL
        and max(top, bottom, left, right) <= MOST_ALONG
        and ink[[0, 0, -1, -1], [0, -1, 0, -1]].sum() <= 2
        and ink.mean(axis=0).max() < LONGEST_DOWN
    )


def fills(writing: Writing) -> bool:
    """Tell whether writing reaches from side to side, one way at least, and through the middle.

    What is left of a printed frame reaches as far, but stays beside the frame's sides.
    """
    margin, shape = writing.margin, np.array(writing.flat.shape) - 2 * writing.margin
    boxes = np.array([sides(strokes) for strokes in writing.digits]) - margin
    first, end = boxes[:, :2].min(axis=0), boxes[:, 2:].max(axis=0)
    reaches = (np.maximum(first, shape - end) <= FILLED * shape).any()
    return bool(reaches) and all(_comes_in(strokes, shape, margin) for strokes in writing.digits)


def is_ink(writing: Writing) -> bool:
    """Tell writing that is cut out along its strokes from what is left of a bare cell.

    That is the corner of a shadow or a spot of light, and two of the cell's lines.
    """
    inner = (slice(writing.margin, -writing.margin),) * 2
    strokes = [stroke for digit in writing.digits for stroke in digit]
    ink = paint_all(strokes, writing.flat.shape)[inner]
    dark = flatten(writing.canvas[inner])[ink] > writing.level
    lines = lines_at_sides(ink).mask
    return bool(dark.mean() >= STILL_DARK and lines.sum() <= MOST_LINES * ink.sum())


def _comes_in(strokes: list[Component], shape: NDArray[np.intp], margin: int) -> bool:
    """Tell whether any of a digit lies further in than `BORDER_BAND` from all sides."""
    band = BORDER_BAND * shape
    row, first, end = np.concatenate([stroke.runs for stroke in strokes]).T - margin
    level = (row >= band[0]) & (row < shape[0] - band[0])
    return bool((level & (end > band[1]) & (first < shape[1] - band[1])).any())
