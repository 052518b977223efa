"""Cut apart digits that touch."""

import numpy as np
from numpy.typing import NDArray

from device.preparation.components import Component
from device.preparation.gather import Strokes, sides

LEANS = (0.0, 0.3, -0.2)
"""Cuts lean as handwriting does: columns to the right per row up."""

MOST_CUTS = 4
"""Cuts tried for each lean, the thinnest places first."""

SIDE = 0.12
"""No cut is nearer to the side than this share of the height…"""

SPACED = 0.2
"""…nor to another cut than this."""


def cuts(strokes: Strokes) -> list[tuple[Strokes, Strokes]]:
    """Propose ways to cut one digit's strokes into a left and a right digit, the likeliest first.

    A digit is cut where little ink is in the way and few strokes are crossed
    (digits touch at one place, a loop is crossed at two), along a straight line
    that leans with the hand, never so near the side that a sliver is left.
    """
    top, first_column, bottom, end_column = sides(strokes)
    if end_column - first_column < 2 * SIDE * (bottom - top):
        return []
    runs = np.concatenate([stroke.runs for stroke in strokes])
    pen = float(np.median(runs[:, 2] - runs[:, 1]))
    middle = (top + bottom) / 2
    proposals = []
    for lean in LEANS:
        upright = runs.copy()
        upright[:, 1:] += np.round(lean * (runs[:, :1] - middle)).astype(np.intp)
        left = int(upright[:, 1].min())
        ink = np.zeros((bottom - top, int(upright[:, 2].max()) - left), dtype=bool)
        for row, first, end in (upright - (top, left, left)).tolist():
            ink[row, first:end] = True
        crossed = ink[0] + np.count_nonzero(ink[1:] & ~ink[:-1], axis=0)
        cost = np.count_nonzero(ink, axis=0) + 2 * pen * crossed
        proposals += [
            (float(cost[cut]), _split(strokes, left + cut, lean, middle))
            for cut in _cheapest(cost, bottom - top)
        ]
    proposals.sort(key=lambda proposal: proposal[0])
    return [halves for _, halves in proposals if all(halves)]


def _cheapest(cost: NDArray[np.float64], height: int) -> list[int]:
    """Return the columns that cost least, none too near to another."""
    margin = max(2, round(SIDE * height))
    spaced = max(2, round(SPACED * height))
    # Of equally good columns the one nearest to the middle.
    middle = len(cost) / 2
    inner = range(margin, len(cost) - margin)
    chosen: list[int] = []
    for column in sorted(inner, key=lambda column: (cost[column], abs(column - middle))):
        if all(abs(column - other) >= spaced for other in chosen):
            chosen.append(column)
        if len(chosen) == MOST_CUTS:
            break
    return chosen


def _split(strokes: Strokes, cut: int, lean: float, middle: float) -> tuple[Strokes, Strokes]:
    left: Strokes = []
    right: Strokes = []
    for stroke in strokes:
        row, first, end = stroke.runs.T
        edge = cut - np.round(lean * (row - middle)).astype(np.intp)
        left += _component(row, first, np.minimum(end, edge))
        right += _component(row, np.maximum(first, edge), end)
    return left, right


def _component(row: NDArray[np.intp], first: NDArray[np.intp], end: NDArray[np.intp]) -> Strokes:
    kept = end > first
    if not kept.any():
        return []
    row, first, end = row[kept], first[kept], end[kept]
    return [
        Component(
            int(row.min()),
            int(first.min()),
            int(row.max()) + 1,
            int(end.max()),
            int((end - first).sum()),
            np.stack([row, first, end], axis=1),
        )
    ]
