"""Leave out ruled and graph lines."""

import numpy as np
from numpy.typing import NDArray

from device.preparation.components import runs

SPAN = 0.7
"""A printed line covers at least this share of the frame's width (or height)."""

PIECE = 0.06
"""Straight pieces of at least this share of the frame are looked at (a tilted line is steps)."""

DEPTH = 0.12
"""The steps of a tilted line spread over at most this share of the frame."""

AT_BORDER = 0.012
"""A line reaches the border when it ends within this share of the frame from it."""


def without_lines(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the mask without ruled lines, the strokes that cross them kept whole.

    A long straight stroke is a line when it runs from border to border, or
    when there is another like it: a tall 1 in a tight picture is neither.
    """
    mask = mask & ~_level_lines(mask)
    return mask & ~_level_lines(mask.T).T


def _level_lines(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    rows, columns = mask.shape
    pieces = _long_runs(mask, max(8, round(PIECE * columns)))
    found = np.zeros_like(mask)
    bands = [
        (first, last)
        for first, last in _bands(np.flatnonzero(pieces.any(axis=1)), gap=max(2, rows // 60))
        if last - first <= DEPTH * rows and pieces[first : last + 1].any(axis=0).mean() >= SPAN
    ]
    for first, last in bands:
        covered = np.flatnonzero(pieces[first : last + 1].any(axis=0))
        margin = AT_BORDER * columns
        if len(bands) > 1 or (covered[0] <= margin and covered[-1] >= columns - 1 - margin):
            found[first : last + 1] = mask[first : last + 1] & ~_crossed(mask, first, last)
    return found


def _bands(ink_rows: NDArray[np.intp], gap: int) -> list[tuple[int, int]]:
    """First and last row of each group of rows with no more than `gap` empty rows inside."""
    if not len(ink_rows):
        return []
    cuts = np.flatnonzero(np.diff(ink_rows) > gap) + 1
    return [(int(part[0]), int(part[-1])) for part in np.split(ink_rows, cuts)]


def _crossed(mask: NDArray[np.bool_], first: int, last: int) -> NDArray[np.bool_]:
    """The columns where a stroke runs on above or below the band of rows: (columns,) bool."""
    reach = max(2, (last - first + 1) // 2)
    above = mask[max(0, first - reach) : first]
    below = mask[last + 1 : last + 1 + reach]
    crossed = np.zeros(mask.shape[1], dtype=bool)
    for beside in (above, below):
        if len(beside):
            crossed |= beside.all(axis=0)
    return crossed


def _long_runs(mask: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """Keep the horizontal runs of at least `length`: an opening by a level line."""
    opened = np.zeros_like(mask)
    row, first, end = runs(mask).T
    long = end - first >= length
    for level, start, stop in zip(row[long].tolist(), first[long].tolist(), end[long].tolist(), strict=True):
        opened[level, start:stop] = True
    return opened
