"""Sheets that the program prints and fills in itself, to show what becomes of one."""

from collections.abc import Mapping
from functools import cache

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.typing import NDArray
from PIL import Image

from device.notes import draw_strokes
from device.reading import Frame
from device.strokes import draw_digit
from tools.sheets.layout import Box, boxes, origin
from tools.sheets.printing import MM_PER_INCH, draw_sheet

PRINT_PX_PER_MM = 8
GAP_MM = 2.0
"""Between two digits in one box."""


@cache
def printed(paper: str = "a4") -> Frame:
    """The sheet as it leaves the printer, 8 pixels a millimetre."""
    figure = draw_sheet(paper)
    figure.set_dpi(PRINT_PX_PER_MM * MM_PER_INCH)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib's gap
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]  # as above
    # Toner and ink are not quite black.
    grey = np.asarray(Image.fromarray(pixels).convert("L"))
    return (25 + grey * (230 / 255)).astype(np.uint8)


def filled(
    rng: np.random.Generator,
    paper: str = "a4",
    *,
    otherwise: Mapping[tuple[int, int], str] | None = None,
    ink: float = 0.8,
    pen_mm: float = 0.7,
) -> Frame:
    """A printed sheet with a digit of our strokes in every box.

    Parameters
    ----------
    rng : decides the hand.
    paper : "a4" or "letter".
    otherwise : what stands in some boxes, by (digit, number), instead of their digit:
        nothing (""), another digit, or several.
    ink : the share of the paper's light that a stroke swallows.
    pen_mm : how wide a stroke is.
    """
    page = printed(paper).astype(np.float32)
    start, other = origin(paper), otherwise or {}
    for box in boxes():
        text = other.get((box.digit, box.number), str(box.digit))
        drawn = draw_in_box(box, text, rng, pen_mm)
        row, column = (
            round((before + place) * PRINT_PX_PER_MM)
            for before, place in zip(start, (box.top, box.left), strict=True)
        )
        page[row : row + drawn.shape[0], column : column + drawn.shape[1]] *= 1 - ink * drawn
    return page.astype(np.uint8)


def draw_in_box(
    box: Box, text: str, rng: np.random.Generator, pen_mm: float
) -> NDArray[np.float32]:
    """The ink of digits side by side, about in the middle of a box: 0 to 1."""
    height, width = np.ptp(box.corners, axis=0)
    hands = [draw_digit(digit, rng) for digit in text]
    reaches = [np.max([stroke.max(axis=0) for stroke in hand], axis=0) for hand in hands]
    wide = sum(float(reach[1]) for reach in reaches)
    room = 0.75 * width - GAP_MM * max(0, len(text) - 1)
    tall = min(rng.uniform(9, 13), room / max(wide, 0.1))
    left = (width - tall * wide - GAP_MM * (len(text) - 1)) / 2 + rng.uniform(-1, 1)
    placed = []
    for hand, (down, across) in zip(hands, reaches, strict=True):
        top = (height - tall * down) / 2 + rng.uniform(-1, 1)
        placed += [(stroke * tall + (top, left)) * PRINT_PX_PER_MM for stroke in hand]
        left += tall * across + GAP_MM
    size = round(width * PRINT_PX_PER_MM), round(height * PRINT_PX_PER_MM)
    return draw_strokes(placed, pen_mm * PRINT_PX_PER_MM, size)
