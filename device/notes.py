"""Notes that the program writes and photographs itself, for trying it without a camera.

The same hand and the same photographer make the notes that the network is
trained and measured on, so nothing here needs more than numpy and pillow.
"""

import numpy as np
from PIL import Image, ImageDraw

from device.photographs import Conditions, Ink, draw_conditions, photograph
from device.reading import Frame
from device.strokes import Stroke, draw_digit

SUPERSAMPLING = 3


def write_note(
    number: str, rng: np.random.Generator, *, size: tuple[int, int] = (640, 480)
) -> Frame:
    """Write a number on a note and photograph it.

    Parameters
    ----------
    number : one to eight digits.
    rng : decides hand, paper, light and lens.
    size : (width, height) of the photograph in pixels.

    Returns
    -------
    (rows, columns) uint8.
    """
    conditions = draw_conditions(rng)
    return photograph(write_digits(number, rng, conditions, size), rng, conditions)


def write_digits(
    number: str, rng: np.random.Generator, conditions: Conditions, size: tuple[int, int]
) -> Ink:
    """Write the digits in a line in the middle of a sheet that fills the frame."""
    width, height = size
    hands = [draw_digit(digit, rng) for digit in number]
    widths = [max(float(s[:, 1].max()) for s in hand) for hand in hands]
    gap = rng.uniform(0.18, 0.4)
    length = sum(widths) + gap * (len(number) - 1)
    tall = min(0.8 * height, 0.85 * width / max(length, 0.5)) * rng.uniform(0.5, 1.0)
    tall = max(tall, min(0.1 * height, 0.85 * width / max(length, 0.5)))
    free = width - length * tall
    left = free / 2 + rng.uniform(-0.3, 0.3) * max(0.0, free - 0.1 * width)
    top = (height - tall) * (0.5 + rng.uniform(-0.25, 0.25))
    strokes: list[Stroke] = []
    for hand, wide in zip(hands, widths, strict=True):
        rise = rng.normal(0.0, 0.03)
        strokes += [stroke * tall + (top + rise * tall, left) for stroke in hand]
        left += (wide + gap) * tall
    return draw_strokes(strokes, conditions.pen * tall, size)


def draw_strokes(strokes: list[Stroke], pen_px: float, size: tuple[int, int]) -> Ink:
    """Draw strokes in pixels with a round pen: (rows, columns) float32, 0 to 1."""
    k = SUPERSAMPLING
    sheet = Image.new("L", (size[0] * k, size[1] * k))
    draw = ImageDraw.Draw(sheet)
    wide = max(1, round(pen_px * k))
    for stroke in strokes:
        path = [(float(column) * k, float(row) * k) for row, column in stroke]
        draw.line(path, fill=255, width=wide, joint="curve")
        for column, row in (path[0], path[-1]):
            reach = wide / 2
            draw.ellipse((column - reach, row - reach, column + reach, row + reach), fill=255)
    return np.asarray(sheet.reduce(k), dtype=np.float32) / np.float32(255)
