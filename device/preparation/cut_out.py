"""Writing that is cut out of its paper along its strokes, so that it touches the frame's sides."""

from collections.abc import Sequence

import numpy as np
from PIL import Image

from device.reading import Digit, Frame

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

FILLED = 0.03
"""Writing that is cut out along its strokes comes this near to two opposite sides, as a share."""


def is_cut_out(frame: Frame) -> bool:
    """Tell whether writing is cut out of its paper so closely that it touches opposite sides.

    On these there is both paper and ink, no side has ink alone, and two corners
    at least are paper.
    """
    step = max(1, round(max(frame.shape) / COARSE_PX))
    small = np.asarray(Image.fromarray(frame).reduce(step)).astype(np.int16)
    low, high = np.percentile(small, [2, 98])
    sides = [small[0], small[-1], small[:, 0], small[:, -1]]
    paper = np.median(np.concatenate(sides))
    ink = [np.abs(side - paper) / max(high - low, 1) for side in sides]
    corners = sum(int(side[end] > 0.5) for side in ink[:2] for end in (0, -1))
    away = np.abs(small - paper) / max(high - low, 1)
    grey = np.mean(np.abs(small - (low + high) / 2) < (high - low) / 4)
    touches = [side.max() > 0.25 for side in ink]
    return bool(
        high - low >= LEAST_LEVELS
        and grey <= MOST_GREY
        and (all(touches[:2]) or all(touches[2:]))
        and all((side > 0.5).mean() <= MOST_ALONG for side in ink)
        and corners <= 2
        and (away > 0.5).mean(axis=0).max() < LONGEST_DOWN
    )


def fills(digits: Sequence[Digit], frame: Frame) -> bool:
    """Tell whether the digits together reach from side to side, one way at least."""
    boxes = np.array([(d.box.top, d.box.left, d.box.height, d.box.width) for d in digits])
    first, end = boxes[:, :2].min(axis=0), (boxes[:, :2] + boxes[:, 2:]).max(axis=0)
    return bool((np.maximum(first, frame.shape - end) <= FILLED * np.array(frame.shape)).any())
