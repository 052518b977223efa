"""Why a picture may be hard to read: what to tell the person who holds the note."""

import numpy as np
from numpy.typing import NDArray

from device.preparation.components import Component
from device.preparation.gather import sides
from device.reading import Frame

DARKEST = 40
"""A frame whose brightest parts stay below this grey level is too dark."""

BLINDING = 250
"""Pixels at this grey level or above have lost what was there."""

MATT_PAPER = 225
"""Paper that is brighter than this all over is white, not glaring."""

GLARING = 0.003
"""A spot of glare takes at least this share of the frame."""

SLOPE_OVER = 0.03
"""Slopes are measured over this share of the digit's height."""

SOFTEST_EDGE = 0.095
"""An edge that takes more than this share of the digit's height to rise is blurred."""


def is_dark(frame: Frame) -> bool:
    """Tell whether there is too little light."""
    return bool(np.percentile(frame[::4, ::4], 99) < DARKEST)


def has_glare(frame: Frame) -> bool:
    """Tell whether a lamp is mirrored: blinding spots on paper that isn't bright itself."""
    some = frame[::4, ::4]
    return bool(np.median(some) < MATT_PAPER and (some >= BLINDING).mean() > GLARING)


def is_blurred(flat: NDArray[np.uint8], strokes: list[Component]) -> bool:
    """Tell whether the strokes' edges are soft, measured against the digit's height.

    The width of an edge is the step's height over its steepest slope.

    Parameters
    ----------
    flat : (rows, columns) uint8, the flattened frame that the strokes lie on.
    strokes : those of one digit.
    """
    top, left, bottom, right = sides(strokes)
    tall = max(bottom - top, right - left)
    # Between neighbours there is more grain than slope.
    reach = max(1, round(SLOPE_OVER * tall))
    part = flat[max(0, top - reach) : bottom + reach, max(0, left - reach) : right + reach]
    values = part.astype(np.int16)
    across = np.abs(values[:, reach:] - values[:, :-reach])
    down = np.abs(values[reach:] - values[:-reach])
    slopes = np.concatenate([across.ravel(), down.ravel(), [reach]]) / reach
    step = float(np.percentile(values, 95) - np.percentile(values, 5))
    return step > SOFTEST_EDGE * tall * max(0.5, float(np.percentile(slopes, 95)))
