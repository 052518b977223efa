"""Where everything stands on the sheet, in millimetres.

The origin is the centre of the top left corner mark, so that places are the same
on A4 and on US Letter. Places are (down, across), as (row, column).

The corner marks are the faces of a die, one to four dots clockwise from the top
left: a photograph of any one of them tells which corner it is, and which way is
up. Between them a small mark ends every row and every column of boxes: where a
fold or a curl has moved those, it has moved the boxes.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Place = NDArray[np.float64]
"""One place, (2,), or many, (n, 2): down and across."""


class Box(NamedTuple):
    """The box for the `number`th writing of a digit, both from 0; its inside in millimetres."""

    digit: int
    number: int
    top: float
    left: float

    @property
    def corners(self) -> Place:
        """Top left, top right, bottom right and bottom left: (4, 2)."""
        low, high = self.top + BOX_HEIGHT, self.left + BOX_WIDTH
        return np.array(
            [(self.top, self.left), (self.top, high), (low, high), (low, self.left)],
            dtype=np.float64,
        )


PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
"""(width, height) of the paper."""

WIDTH, HEIGHT = 182.0, 236.0
"""From one corner mark's centre to the next."""

CORNERS: dict[str, tuple[float, float]] = {
    "top left": (0.0, 0.0),
    "top right": (0.0, WIDTH),
    "bottom right": (HEIGHT, WIDTH),
    "bottom left": (HEIGHT, 0.0),
}
"""In the order of their dots: 1, 2, 3 and 4."""

MARK = 12.0
"""Side of a corner mark."""
DOT = 2.9
"""Diameter of its dots…"""
DOTS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((0.0, 0.0),),
    ((-2.7, -2.7), (2.7, 2.7)),
    ((-3.1, -3.1), (0.0, 0.0), (3.1, 3.1)),
    ((-2.7, -2.7), (-2.7, 2.7), (2.7, -2.7), (2.7, 2.7)),
)
"""…and their centres, from the mark's."""

TICK = 3.0
"""Side of the marks that end rows and columns."""

ROWS, COLUMNS = 10, 10
TOP, LEFT = 27.0, 15.0
"""Of the first box."""
PITCH_DOWN, PITCH_ACROSS = 20.0, 15.8
BOX_HEIGHT, BOX_WIDTH = 18.6, 14.6


def origin(paper: str) -> tuple[float, float]:
    """How far (down, across) the page the first corner mark's centre is, in millimetres."""
    width, height = PAPERS[paper]
    return (height - HEIGHT) / 2, (width - WIDTH) / 2


def boxes() -> Iterator[Box]:
    """Every box, row by row: a row for each digit."""
    for digit in range(ROWS):
        for number in range(COLUMNS):
            yield Box(digit, number, TOP + digit * PITCH_DOWN, LEFT + number * PITCH_ACROSS)


def row_ticks() -> Place:
    """How far down the marks of the rows are: (10,); they stand at both sides."""
    return TOP + BOX_HEIGHT / 2 + PITCH_DOWN * np.arange(ROWS, dtype=np.float64)


def column_ticks() -> Place:
    """How far across the marks of the columns are: (10,); they stand at top and bottom."""
    return LEFT + BOX_WIDTH / 2 + PITCH_ACROSS * np.arange(COLUMNS, dtype=np.float64)
