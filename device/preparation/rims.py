"""Tell strokes from rims: the edge of a thumb, a fold, a blade of grass.

A stroke of ink is darker than the paper on both its sides. A rim is dark, too,
but on one side of it is what it is the rim of, which is hardly lighter.
"""

import numpy as np

from device.preparation.components import Component
from device.preparation.gather import Strokes, is_at_border
from device.reading import Frame

BESIDE_PX = 4
"""How far from a stroke its two sides are compared, in pixels of the canvas."""

RIM = 0.25
"""A rim is darker than its two sides by less than this share of what the strokes are."""


def contrast(canvas: Frame, strokes: Strokes) -> float:
    """Measure how much darker strokes are than the darker one of their two sides.

    A rim is little darker than what it is the rim of; ink along the edge of a
    shadow is darker than the shadow. Only the outer sides are looked at: within
    a digit's loop there is little paper.

    Returns
    -------
    The ratio's natural logarithm: the median over the strokes' rows.
    """
    row, first, end = np.concatenate([stroke.outline() for stroke in strokes], axis=1)
    before = canvas[row, np.maximum(first - BESIDE_PX, 0)]
    behind = canvas[row, np.minimum(end + BESIDE_PX, canvas.shape[1]) - 1]
    # Near black, the sensor's noise alone makes large ratios.
    darker = float(np.median(np.minimum(before, behind))) + 8
    row, first, end = np.concatenate([stroke.runs for stroke in strokes]).T
    return float(np.log(darker / (np.median(canvas[row, (first + end) // 2]) + 8)))


def find_rims(canvas: Frame, strokes: Strokes) -> list[Component]:
    """Find what is no stroke of a pen among what was taken for strokes: those far less distinct.

    What reaches the canvas's border is none: what is beyond its edge isn't seen.

    Parameters
    ----------
    canvas : (rows, columns) uint8, that they lie on.
    strokes : what may be writing, of any size.
    """
    contrasts = [contrast(canvas, [stroke]) for stroke in strokes]
    least = RIM * max(contrasts, default=0.0)
    return [
        stroke
        for stroke, own in zip(strokes, contrasts, strict=True)
        if own < least and not is_at_border([stroke], canvas.shape)
    ]
