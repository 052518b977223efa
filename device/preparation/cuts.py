"""Cut strokes into pieces where digits may touch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from device.preparation.components import Component, components
from device.preparation.gather import Line, Strokes, sides

CUTS = 5.0
"""As many cuts are made, at most, in strokes as wide as the line is tall…"""

SPACED = 0.1
"""…none nearer to another, halfway down, than this share of the line's height…"""

FRESH = 0.5
"""…and with more ink between them than this many squares of the pen's width."""

STUNTED = 0.5
"""On both sides of a cut there is ink over this share of the line's height."""

PALE = 4.0
"""What a cut pays for ink falls with this power of its darkness: where digits touch it is paler."""

EDGE = 1.2
"""What a cut pays for entering a stroke and for leaving it, as a share of the pen's width…"""

ASIDE = np.float32(0.25)
"""…and for a step aside, in full pixels of ink."""

SCRAP = 0.06
"""What is cut off with a digit and has less than this share of its ink is its neighbour's."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """Strokes cut into pieces, from left to right.

    `numbers` is (rows, columns): the number of the piece that each pixel belongs
    to, -1 for paper; its corner lies at (top, left).
    """

    count: int
    numbers: NDArray[np.int16]
    top: int
    left: int

    def strokes(self, first: int, end: int) -> Strokes:
        """The pieces from `first` up to `end` (exclusive) together, without scraps."""
        found = components((self.numbers >= first) & (self.numbers < end))
        least = SCRAP * sum(stroke.area for stroke in found)
        return [self._placed(stroke) for stroke in found if stroke.area >= least]

    def _placed(self, stroke: Component) -> Component:
        return Component(
            stroke.top + self.top,
            stroke.left + self.left,
            stroke.bottom + self.top,
            stroke.right + self.left,
            stroke.area,
            stroke.runs + np.array([self.top, self.left, self.left]),
        )


def cut(strokes: Strokes, flat: NDArray[np.uint8], line: Line) -> Pieces:
    """Cut strokes wherever two digits may touch: rather too often than too seldom.

    A cut is the cheapest way down through the strokes, as water would find it:
    straight where nothing is in the way, round a stroke where that costs less
    than going through it. Digits touch at one place, where the ink is thin and
    pale, and a loop is crossed at two. Of all ways down the cheapest are taken.

    Parameters
    ----------
    strokes : what may be several digits that touch.
    flat : the flattened canvas that they lie on.
    line : the line that they stand in; it is set level before it is cut.
    """
    top, left, bottom, right = sides(strokes)
    ink = np.zeros((bottom - top, right - left), dtype=bool)
    for stroke in strokes:
        stroke.paint(ink, top, left)
    rows, columns = np.nonzero(ink)
    level_rows, level_columns = _set_level(rows, columns, ink.shape, line.slope)
    darkness = flat[rows + top, columns + left].astype(np.float32)
    dark = np.zeros((level_rows.max() + 2, level_columns.max() + 2), dtype=np.float32)
    dark[level_rows, level_columns] = np.maximum(darkness / np.percentile(darkness, 75), 0.05)
    ways = _cheapest_ways(dark, line.tall)
    numbers = np.full(ink.shape, -1, dtype=np.int16)
    numbers[rows, columns] = (ways[level_rows] <= level_columns[:, None]).sum(axis=1)
    return Pieces(ways.shape[1] + 1, numbers, top, left)


def _set_level(
    rows: NDArray[np.intp], columns: NDArray[np.intp], shape: tuple[int, ...], slope: float
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Turn pixels by two shears, which leaves no holes; there is paper above and below them."""
    columns = columns + np.round(slope * (rows - shape[0] / 2)).astype(np.intp)
    rows = rows - np.round(slope * (columns - shape[1] / 2)).astype(np.intp)
    return rows - rows.min() + 1, columns - columns.min()


def _cheapest_ways(dark: NDArray[np.float32], tall: float) -> NDArray[np.intp]:
    """Return the column of each cut in each row: (rows, cuts), from left to right."""
    inked = dark > 0
    pen = _pen(inked)
    toll = np.minimum(dark, 1.0) ** np.float32(PALE)
    cost, ways = _ways_down(toll, np.float32(EDGE * pen))
    total = np.zeros((len(dark), dark.shape[1] + 1), dtype=np.intp)
    total[:, 1:] = inked.cumsum(axis=1)
    before = np.take_along_axis(total, ways, axis=1)
    after = total[:, -1:] - before
    parts = np.minimum(_heights(before), _heights(after)) >= STUNTED * tall
    ink = before.sum(axis=0)
    fresh = FRESH * pen**2
    most = max(1, round(CUTS * dark.shape[1] / tall))
    chosen: list[int] = []
    for column in np.argsort(cost, kind="stable").tolist():
        if (
            len(chosen) < most
            and parts[column]
            and all(
                abs(column - other) >= SPACED * tall and abs(ink[column] - ink[other]) >= fresh
                for other in chosen
            )
        ):
            chosen.append(column)
    return np.sort(ways[:, chosen], axis=1)


def _ways_down(
    toll: NDArray[np.float32], edge: np.float32
) -> tuple[NDArray[np.float32], NDArray[np.intp]]:
    """The cheapest way from top to bottom through each column of the middle row.

    Returns
    -------
    (columns,), what each costs, and (rows, columns), the column that each is in.
    """
    rows, columns = toll.shape
    middle = rows // 2
    above, up = _cheapest_from_top(toll[: middle + 1], edge)
    below, down = _cheapest_from_top(toll[: middle - 1 : -1], edge)
    ways = np.empty(toll.shape, dtype=np.intp)
    ways[middle] = np.arange(columns)
    for row in range(middle, 0, -1):
        ways[row - 1] = ways[row] + up[row][ways[row]]
    for row in range(middle, rows - 1):
        ways[row + 1] = ways[row] + down[rows - 1 - row][ways[row]]
    return above + below - toll[middle], ways


def _cheapest_from_top(
    toll: NDArray[np.float32], edge: np.float32
) -> tuple[NDArray[np.float32], NDArray[np.int8]]:
    """What the cheapest way to each pixel of the last row costs; every pixel's step back up."""
    steps = np.zeros(toll.shape, dtype=np.int8)
    cost = toll[0]
    for row in range(1, len(toll)):
        now, was = toll[row], toll[row - 1]
        best = cost + edge * np.abs(now - was)
        for step, here, there in ((-1, np.s_[1:], np.s_[:-1]), (1, np.s_[:-1], np.s_[1:])):
            aside = cost[there] + ASIDE + edge * np.abs(now[here] - was[there])
            cheaper = aside < best[here]
            best[here][cheaper] = aside[cheaper]
            steps[row, here][cheaper] = step
        cost = best + now
    return cost, steps


def _heights(ink: NDArray[np.intp]) -> NDArray[np.intp]:
    """From the first row with ink to the last, for each column: (columns,)."""
    has = ink > 0
    heights: NDArray[np.intp] = len(has) - has[::-1].argmax(axis=0) - has.argmax(axis=0)
    return np.where(has.any(axis=0), heights, 0)


def _pen(inked: NDArray[np.bool_]) -> float:
    """How wide the strokes are: twice the area over the length of the outline."""
    outline = np.count_nonzero(inked[1:] != inked[:-1])
    outline += np.count_nonzero(inked[:, 1:] != inked[:, :-1])
    return 2 * np.count_nonzero(inked) / max(1.0, outline * np.pi / 4)
