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

    A long straight stroke is a line when it runs from border to border; across
    the frame also when there is another like it, which no digit has beside it.
    Several tall 1s stand side by side, so upright lines must reach the border.
    """
    # Both are looked for on the whole mask: a line may end at another.
    lines = _level_lines(mask, alone=False) | _level_lines(mask.T, alone=True).T
    return mask & ~lines


def _level_lines(mask: NDArray[np.bool_], *, alone: bool) -> NDArray[np.bool_]:
    rows, columns = mask.shape
    found = np.zeros_like(mask)
    if mask.any(axis=0).mean() < SPAN:
        return found
    pieces = _long_runs(mask, max(8, round(PIECE * columns)))
    bands = [
        (first, last)
        for first, last in _bands(np.flatnonzero(pieces.any(axis=1)), gap=max(2, rows // 60))
        if last - first <= DEPTH * rows and pieces[first : last + 1].any(axis=0).mean() >= SPAN
    ]
    for first, last in bands:
        row, column = np.nonzero(pieces[first : last + 1])
        margin = AT_BORDER * columns
        reaches = column.min() <= margin and column.max() >= columns - 1 - margin
        if reaches or (len(bands) > 1 and not alone):
            found |= trace(mask, first + row, column)
    return found


def trace(
    mask: NDArray[np.bool_], row: NDArray[np.intp], column: NDArray[np.intp]
) -> NDArray[np.bool_]:
    """Follow a line through the points of its pieces: its pixels, but for strokes across it.

    Paper bends, so the line may too: a parabola is fitted, and again without
    the points that lie off it, which are a digit's.
    """
    rows, columns = mask.shape
    near = np.ones(len(row), dtype=bool)
    for _ in range(3):
        bend = np.polynomial.Polynomial.fit(column[near], row[near], 2)
        off = np.abs(row - bend(column))
        near = off <= max(1.5, 2 * float(np.median(off[near])))
    centre = bend(np.arange(columns))
    half = float(np.percentile(off[near], 90)) + 1.0
    lower = (centre - half).round().astype(np.intp)
    upper = (centre + half).round().astype(np.intp)
    every = np.arange(columns)
    crossed = (
        mask[(lower - 1).clip(0, rows - 1), every] & mask[(lower - 2).clip(0, rows - 1), every]
    ) | (mask[(upper + 1).clip(0, rows - 1), every] & mask[(upper + 2).clip(0, rows - 1), every])
    traced = np.zeros_like(mask)
    for offset in range(int(2 * half) + 2):
        line = lower + offset
        inside = (line <= upper) & (line >= 0) & (line < rows) & ~crossed
        traced[line[inside], every[inside]] = True
    return traced


def _bands(ink_rows: NDArray[np.intp], gap: int) -> list[tuple[int, int]]:
    """First and last row of each group of rows with no more than `gap` empty rows inside."""
    if not len(ink_rows):
        return []
    cuts = np.flatnonzero(np.diff(ink_rows) > gap) + 1
    return [(int(part[0]), int(part[-1])) for part in np.split(ink_rows, cuts)]


def _long_runs(mask: NDArray[np.bool_], length: int) -> NDArray[np.bool_]:
    """Keep the horizontal runs of at least `length`: an opening by a level line."""
    opened = np.zeros_like(mask)
    found = runs(mask)
    for row, first, end in found[found[:, 2] - found[:, 1] >= length].tolist():
        opened[row, first:end] = True
    return opened
