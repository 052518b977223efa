"""See a number level that stands in a slanting line, as on a note that is turned."""

from dataclasses import replace

import numpy as np

from device.preparation import Writing
from device.preparation.gather import line_of, line_through
from device.preparation.view import View
from device.reading import Frame

LEAST = 0.1
"""Where digits stand in a line that slopes by less than this, the network reads them as level…"""

STEEPEST = 0.7
"""…and where they seem to stand in a steeper one, it is none."""


def find_level_view(frame: Frame, writing: Writing) -> View | None:
    """Find how to see a frame so that its digits stand in a level line; None where they do.

    Parameters
    ----------
    frame : (rows, columns) uint8.
    writing : what was found on it.
    """
    if len(writing.digits) < 2:
        return None
    slope = line_through(writing.digits, line_of(writing.digits)).slope
    if not LEAST <= abs(slope) <= STEEPEST:
        return None
    along = np.array([1.0, slope]) / np.hypot(1.0, slope)
    down = np.array([-along[1], along[0]])
    whole = View.whole(frame)
    left, right = (whole.corners @ along).min(), (whole.corners @ along).max()
    top, bottom = (whole.corners @ down).min(), (whole.corners @ down).max()
    sides = [(left, top), (right, top), (right, bottom), (left, bottom)]
    corners = np.array([place * along + depth * down for place, depth in sides])
    return replace(whole, corners=corners)
