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

SOFTEST_EDGE = 0.11
"""An edge that takes more than this share of the digit's height to rise is blurred."""


def is_dark(frame: Frame) -> bool:
    """Tell whether there is too little light."""
    return bool(np.percentile(frame[::4, ::4], 95) < DARKEST)


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
    part = flat[max(0, top - 2) : bottom + 2, max(0, left - 2) : right + 2].astype(np.int16)
    if min(part.shape) < 2:
        return False
    slopes = np.abs(np.diff(part, axis=1))
    steepest = max(1.0, float(np.percentile(slopes[slopes > 0], 95)) if slopes.any() else 1.0)
    step = float(np.percentile(part, 95) - np.percentile(part, 5))
    return step / steepest > SOFTEST_EDGE * max(bottom - top, right - left)
