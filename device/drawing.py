"""What the simulated board draws, as arrays of pixels and lines of text.

A terminal cell is about twice as tall as it is wide, so the half block `▀`
makes two square pixels of it: its colour is the upper one, its background the
lower. A picture of `rows` lines and `columns` characters is therefore
(2 * rows, columns) pixels. Nothing here knows of a terminal library.
"""

from collections.abc import Collection, Iterable, Sequence
from math import ceil, floor

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.reading import Box, Digit, Frame

Pixels = NDArray[np.uint8]
"""A picture in colour: (rows, columns, 3), red, green, blue."""

Colour = tuple[int, int, int]

SEGMENTS = "abcdefg"

GLYPH_PX = 28
SMALLEST_GLYPH_PX = 5
GAP_PX = 2

SEGMENT_MAP = """
.aaaaaaaa.
f.aaaaaa.b
ff......bb
ff......bb
ff......bb
ff......bb
ff......bb
f........b
.gggggggg.
.gggggggg.
e........c
ee......cc
ee......cc
ee......cc
ee......cc
ee......cc
e.dddddd.c
.dddddddd.
"""
"""Which segment each pixel of the digit belongs to; a dot is between them."""

EIGHTHS = " ▏▎▍▌▋▊▉"


def grey(pixels: NDArray[np.uint8]) -> Pixels:
    """Give a greyscale picture its three equal colours."""
    return np.repeat(pixels[..., np.newaxis], 3, axis=2)


def fit(shape: tuple[int, int], columns: int, rows: int) -> tuple[int, int]:
    """Say how large a picture is drawn in `rows` lines of `columns` characters.

    Parameters
    ----------
    shape : tuple of int
        (rows, columns) of the picture.
    columns, rows : int
        Characters to draw it in.

    Returns
    -------
    tuple of int
        (height, width) in half blocks, the height even, the aspect kept, never empty.
    """
    scale = min(2 * rows / shape[0], columns / shape[1])
    height = max(2, 2 * round(shape[0] * scale / 2))
    return height, max(1, round(shape[1] * scale))


def shrink(pixels: NDArray[np.uint8], height: int, width: int) -> NDArray[np.uint8]:
    """Bring a greyscale picture to (height, width), each pixel the mean of what it covers."""
    picture = Image.fromarray(pixels)
    return np.asarray(picture.resize((width, height), Image.Resampling.BOX, reducing_gap=4.0))


def outline(pixels: Pixels, boxes: Iterable[Box], shape: tuple[int, int], colour: Colour) -> Pixels:
    """Draw boxes of a frame of `shape` on its shrunken picture."""
    drawn = pixels.copy()
    height, width = pixels.shape[:2]
    down, across = height / shape[0], width / shape[1]
    for box in boxes:
        top = _within(floor(box.top * down) - 1, height)
        left = _within(floor(box.left * across) - 1, width)
        bottom = _within(floor((box.top + box.height) * down) + 1, height)
        right = _within(floor((box.left + box.width) * across) + 1, width)
        drawn[[top, bottom], left : right + 1] = colour
        drawn[top : bottom + 1, [left, right]] = colour
    return drawn


def _within(position: int, length: int) -> int:
    return min(max(position, 0), length - 1)


def draw_frame(
    frame: Frame, digits: Sequence[Digit], columns: int, rows: int, colour: Colour
) -> Pixels:
    """Draw what the camera sees, a box in `colour` around each digit found."""
    height, width = fit((frame.shape[0], frame.shape[1]), columns, rows)
    pixels = grey(shrink(frame, height, width))
    return outline(pixels, (d.box for d in digits), (frame.shape[0], frame.shape[1]), colour)


def draw_segments(lit: Collection[str], on: Colour, off: Colour, ground: Colour) -> Pixels:
    """Draw a seven-segment digit, (18, 10) pixels; `lit` holds the letters a to g that glow."""
    colours = {".": ground} | {s: on if s in lit else off for s in SEGMENTS}
    lines = SEGMENT_MAP.split()
    return np.array([[colours[letter] for letter in line] for line in lines], dtype=np.uint8)


def draw_glyphs(
    glyphs: Sequence[NDArray[np.uint8]],
    chosen: int,
    columns: int,
    rows: int,
    colour: Colour,
    ground: Colour,
) -> Pixels:
    """Draw glyphs side by side, as large as they fit, the chosen one of several underlined.

    Where there is no room for all, the chosen one is drawn alone.

    Returns
    -------
    Pixels
        (2 * rows, columns, 3); all `ground` without glyphs.
    """
    canvas = np.full((2 * rows, columns, 3), ground, dtype=np.uint8)
    if not glyphs:
        return canvas
    across, side = tiles(len(glyphs), columns, 2 * rows)
    if side < SMALLEST_GLYPH_PX and len(glyphs) > 1:
        return draw_glyphs([glyphs[chosen]], 0, columns, rows, colour, ground)
    down = ceil(len(glyphs) / across)
    top0 = (2 * rows - down * (side + GAP_PX) + GAP_PX) // 2
    left0 = (columns - across * (side + GAP_PX) + GAP_PX) // 2
    for index, glyph in enumerate(glyphs):
        row, column = divmod(index, across)
        top, left = top0 + row * (side + GAP_PX), left0 + column * (side + GAP_PX)
        canvas[top : top + side, left : left + side] = grey(shrink(glyph, side, side))
        if index == chosen and len(glyphs) > 1:
            canvas[top + side : top + side + 1, left : left + side] = colour
    return canvas


def tiles(count: int, columns: int, rows: int) -> tuple[int, int]:
    """Say how to lay `count` squares in columns x rows pixels: how many abreast, which side.

    A glyph is never drawn larger than it is; where there is more than one, a gap is
    left below each for the line that marks the chosen one.
    """
    if count == 1:
        return 1, min(GLYPH_PX, columns, rows)

    def side(across: int) -> int:
        wide = (columns + GAP_PX) // across - GAP_PX
        return min(GLYPH_PX, wide, rows // ceil(count / across) - GAP_PX)

    across = max(range(1, count + 1), key=side)
    return across, side(across)


def bar(value: float, width: int) -> str:
    """Draw a value from 0 to 1 as a bar of at most `width` characters, in eighths of one."""
    eighths = round(min(1.0, max(0.0, value)) * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + EIGHTHS[rest]).rstrip().ljust(width)


def likelihood(confidence: float) -> str:
    """Write a confidence as people say it, never rounded up to certainty.

    >>> likelihood(0.99996)
    '99.9 %'
    """
    return f"{min(99.9, floor(1000 * confidence) / 10):.1f} %"


def least_sure(digits: Sequence[Digit]) -> int:
    """Find the digit that a reading is least sure of; 0 where there is none."""
    return min(range(len(digits)), key=lambda index: digits[index].confidence, default=0)
