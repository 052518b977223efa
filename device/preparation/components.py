"""Connected components of a mask, found run by run."""

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MOST_RUNS = 12_000
"""A mask with more runs than this is texture, not writing; labelling it would only cost time."""


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """Pixels that hang together; `bottom` and `right` are exclusive. Equal only to itself.

    `runs` is (n, 3) int: row, first column, end column (exclusive) of each run.
    """

    top: int
    left: int
    bottom: int
    right: int
    area: int
    runs: NDArray[np.intp]

    @property
    def height(self) -> int:
        """Rows from the first to the last."""
        return self.bottom - self.top

    @property
    def width(self) -> int:
        """Columns from the first to the last."""
        return self.right - self.left

    def paint(self, mask: NDArray[np.bool_], top: int = 0, left: int = 0) -> None:
        """Set the component's pixels in a mask whose corner lies at (top, left)."""
        for row, first, end in (self.runs - (top, left, left)).tolist():
            mask[row, first:end] = True

    def cut_out(self) -> NDArray[np.bool_]:
        """Return the component's mask, (height, width)."""
        mask = np.zeros((self.height, self.width), dtype=bool)
        self.paint(mask, self.top, self.left)
        return mask

    def outline(self) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.intp]]:
        """Return the rows, and where each begins and ends (exclusive): (height,) all three."""
        row, first, end = self.runs.T
        starts = np.flatnonzero(np.diff(row, prepend=-1))
        return row[starts], np.minimum.reduceat(first, starts), np.maximum.reduceat(end, starts)


def paint_all(parts: Iterable[Component], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return a mask of that shape on which the components are set."""
    mask = np.zeros(shape, dtype=bool)
    for part in parts:
        part.paint(mask)
    return mask


def components(mask: NDArray[np.bool_]) -> list[Component]:
    """Find what hangs together, diagonals included, in the order of their first pixels.

    Runs of neighbouring rows are joined by union-find (Rosenfeld and Pfaltz,
    1966): the work grows with the number of runs, which in writing is small,
    and not with the number of pixels.

    Returns an empty list where the mask has more than `MOST_RUNS` runs.
    """
    found = runs(mask)
    if len(found) > MOST_RUNS:
        return []
    return _gather(found, _roots(len(found), _touching(found, mask.shape[1])))


def runs(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the horizontal runs of a mask: (n, 3) of row, first column, end column."""
    rows, columns = mask.shape
    pitch = columns + 1
    # An empty pixel before the first row and after every row: no run leaves its row.
    fenced = np.zeros(rows * pitch + 1, dtype=bool)
    fenced[1:].reshape(rows, pitch)[:, :columns] = mask
    change = np.flatnonzero(fenced[1:] != fenced[:-1])
    first, end = change[0::2], change[1::2]
    row = first // pitch
    return np.stack([row, first - row * pitch, end - row * pitch], axis=1)


def _touching(runs: NDArray[np.intp], columns: int) -> list[tuple[int, int]]:
    """Pairs of runs in neighbouring rows that touch, corners included."""
    pitch = columns + 2
    row, first, end = runs.T
    lower = np.searchsorted(row * pitch + end, (row + 1) * pitch + first, side="left")
    upper = np.searchsorted(row * pitch + first, (row + 1) * pitch + end, side="right")
    count = np.maximum(upper - lower, 0)
    above = np.repeat(np.arange(len(runs)), count)
    skipped = np.repeat(np.cumsum(count) - count, count)
    below = np.arange(len(above)) - skipped + np.repeat(lower, count)
    return list(zip(above.tolist(), below.tolist(), strict=True))


def _roots(count: int, pairs: list[tuple[int, int]]) -> list[int]:
    parent = list(range(count))

    def root(run: int) -> int:
        while parent[run] != run:
            parent[run] = parent[parent[run]]
            run = parent[run]
        return run

    for above, below in pairs:
        one, other = root(above), root(below)
        # The smaller index wins, so that a component's root is its first run.
        if one < other:
            parent[other] = one
        elif other < one:
            parent[one] = other
    return [root(run) for run in range(count)]


def _gather(runs: NDArray[np.intp], roots: list[int]) -> list[Component]:
    if not roots:
        return []
    order = np.argsort(roots, kind="stable")
    cuts = np.flatnonzero(np.diff(np.asarray(roots)[order])) + 1
    starts = np.concatenate([[0], cuts])
    runs = runs[order]
    row, first, end = runs.T
    tops = np.minimum.reduceat(row, starts).tolist()
    bottoms = (np.maximum.reduceat(row, starts) + 1).tolist()
    lefts = np.minimum.reduceat(first, starts).tolist()
    rights = np.maximum.reduceat(end, starts).tolist()
    areas = np.add.reduceat(end - first, starts).tolist()
    pieces = np.split(runs, cuts)
    return [
        Component(*edges) for edges in zip(tops, lefts, bottoms, rights, areas, pieces, strict=True)
    ]
