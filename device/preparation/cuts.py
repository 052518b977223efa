"""Cut apart digits that touch."""

import numpy as np
from numpy.typing import NDArray

from device.preparation.components import Component
from device.preparation.gather import Strokes, sides

LEANS = (0.0, 0.3, -0.2)
"""Cuts lean as handwriting does: columns to the right per row up."""

MOST_CUTS = 3
"""Cuts tried for each lean, the thinnest places first."""

SIDE = 0.15
"""No cut is nearer to the side than this share of the height…"""

SPACED = 0.2
"""…nor to another cut than this."""


def cuts(strokes: Strokes) -> list[tuple[Strokes, Strokes]]:
    """Propose ways to cut one digit's strokes into a left and a right digit, the likeliest first.

    A digit is cut where little ink is in the way, along a straight line that
    leans with the hand, never so near the side that a sliver is left.
    """
    top, _, bottom, _ = sides(strokes)
    runs = np.concatenate([s.runs for s in strokes])
    middle = (top + bottom) / 2
    proposals = []
    for lean in LEANS:
        shift = np.round(lean * (runs[:, 0] - middle)).astype(np.intp)
        first, end = runs[:, 1] + shift, runs[:, 2] + shift
        left, right = int(first.min()), int(end.max())
        # Ink in each leaning column: what the runs begin, less what they end.
        profile = np.cumsum(
            np.bincount(first - left, minlength=right - left + 1)
            - np.bincount(end - left, minlength=right - left + 1)
        )
        for cut in _thinnest(profile[:-1], bottom - top):
            halves = _split(strokes, left + cut, lean, middle)
            proposals.append((int(profile[cut]), halves))
    proposals.sort(key=lambda proposal: proposal[0])
    return [halves for _, halves in proposals if all(halves)]


def _thinnest(profile: NDArray[np.intp], height: int) -> list[int]:
    """The columns with the least ink, none too near to another."""
    margin = max(2, round(SIDE * height))
    spaced = max(2, round(SPACED * height))
    inner = range(margin, len(profile) - margin)
    # Of equally thin columns the one nearest to the middle.
    middle = len(profile) / 2
    order = sorted(inner, key=lambda column: (profile[column], abs(column - middle)))
    chosen: list[int] = []
    for column in order:
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
