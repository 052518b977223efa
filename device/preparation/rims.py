"""Tell strokes from rims: the edge of a thumb, a fold, a blade of grass.

A stroke of ink is darker than the paper on both its sides. A rim is dark, too,
but on one side of it is what it is the rim of, which is hardly lighter.
"""

import numpy as np
from numpy.typing import NDArray

from device.preparation.components import Component, runs
from device.preparation.gather import Strokes, is_at_border
from device.reading import Frame

BESIDE_PX = 4
"""How far from a stroke its two sides are looked for, in pixels of the canvas: the lightest is."""

RIM = 0.25
"""A rim is darker than its two sides by less than this share of what the strokes are…"""

ENDS = 0.2
"""…but for no more than this share of its length…"""

ENDS_PX = 6
"""…and so many pixels: more is writing that touches it."""


def contrast(canvas: Frame, strokes: Strokes) -> float:
    """Measure how much darker strokes are than the darker one of their two sides.

    A rim is little darker than what it is the rim of; ink along the edge of a
    shadow is darker than the shadow. Only the outer sides are looked at: within
    a digit's loop there is little paper. A stroke that lies has its sides above
    and below.

    Returns
    -------
    The ratio's natural logarithm: the median over the strokes' rows, or columns.
    """
    return float(np.median(np.concatenate([_contrasts(canvas, stroke) for stroke in strokes])))


def find_rims(canvas: Frame, strokes: Strokes) -> list[Component]:
    """Find what is no stroke of a pen among what was taken for strokes: those far less distinct.

    What reaches the canvas's border is none: what is beyond its edge isn't seen.
    Nor is what a rim is a part of only: a digit may touch a thumb.

    Parameters
    ----------
    canvas : (rows, columns) uint8, that they lie on.
    strokes : what may be writing, of any size.
    """
    contrasts = [_contrasts(canvas, stroke) for stroke in strokes]
    least = RIM * max((float(np.median(each)) for each in contrasts), default=0.0)
    return [
        stroke
        for stroke, own in zip(strokes, contrasts, strict=True)
        if (own >= least).sum() <= min(ENDS * len(own), ENDS_PX)
        and not is_at_border([stroke], canvas.shape)
    ]


def _contrasts(canvas: Frame, stroke: Component) -> NDArray[np.float64]:
    """Return the logarithms row by row, or where the stroke lies column by column."""
    found = stroke.runs
    if stroke.width > stroke.height:
        found = runs(stroke.cut_out().T) + np.array([stroke.left, stroke.top, stroke.top])
        canvas = canvas.T
    row, first, end = found.T
    starts = np.flatnonzero(np.diff(row, prepend=-1))
    ink = np.minimum.reduceat(canvas[row, (first + end) // 2], starts)
    row, first, end = row[starts], first[starts], np.maximum.reduceat(end, starts)
    away = np.arange(1, BESIDE_PX + 1)[:, None]
    before = canvas[row, np.maximum(first - away, 0)].max(axis=0)
    behind = canvas[row, np.minimum(end - 1 + away, canvas.shape[1] - 1)].max(axis=0)
    # Near black, the sensor's noise alone makes large ratios.
    ratios: NDArray[np.float64] = np.log((np.minimum(before, behind) + 8.0) / (ink + 8.0))
    return ratios
