"""Bring the strokes of one digit to the 28×28 inverted greyscale form that MNIST has."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.preparation.components import Component
from device.preparation.gather import sides

SIDE = 28
BOX = 20
"""MNIST's digits are boxed to 20×20 and centred by mass in 28×28 (LeCun et al., 1998)."""

EASEL = 80
"""Strokes are evened out at four times the final size."""

THINNEST_STROKE = 6.5
"""On the easel; thinner strokes are thickened to this, else a fine pen fades to grey."""


def draw_glyph(flat: NDArray[np.uint8], strokes: list[Component], level: int) -> NDArray[np.uint8]:
    """Draw the strokes as the network wants them: (28, 28) uint8, ink high.

    `level` is the darkness, in units of `flat`, where a stroke ends.
    """
    ink = _cut_out(flat, strokes, level)
    easel = _on_easel(ink)
    return _centre(_box(easel))


def _cut_out(flat: NDArray[np.uint8], strokes: list[Component], level: int) -> Image.Image:
    """The strokes alone, from 0 (paper) to 255 (full stroke), soft edges kept."""
    top, left, bottom, right = sides(strokes)
    # A pixel more all round, for the strokes' soft edges.
    top, left = max(0, top - 1), max(0, left - 1)
    part = flat[top : bottom + 1, left : right + 1]
    mask = np.zeros(part.shape, dtype=bool)
    for stroke in strokes:
        stroke.paint(mask, top, left)
    full = max(float(np.percentile(part[mask], 70)), level + 1.0)
    foot = level * 0.5
    soft = ((np.arange(256) - foot) / (full - foot)).clip(0, 1) * 255
    return Image.fromarray(soft.astype(np.uint8)[part] * thicken(mask))


def _on_easel(ink: Image.Image) -> Image.Image:
    """Scaled so that the longer side is `EASEL`, thin strokes thickened."""
    longer = max(ink.size)
    width = stroke_width(np.asarray(ink)) * EASEL / longer
    lack = max(0.0, THINNEST_STROKE - width)
    steps = math.ceil(lack / 2)
    scale = (EASEL - 2 * steps) / longer
    size = max(1, round(ink.width * scale)), max(1, round(ink.height * scale))
    method = Image.Resampling.BICUBIC if scale > 1 else Image.Resampling.BILINEAR
    # Whole greys would be rounded with each scaling, and then stretched.
    drawn = np.asarray(ink.convert("F").resize(size, method)).clip(0, 255)
    pixels = np.pad(drawn, steps)
    for _ in range(steps):
        pixels = thicken(pixels)
    return Image.fromarray(pixels)


def thicken(picture: NDArray[Any]) -> NDArray[Any]:
    """Give every pixel the highest value of its eight neighbours and its own."""
    for _ in range(2):
        picture = picture.T.copy()
        grown = picture.copy()
        np.maximum(grown[1:], picture[:-1], out=grown[1:])
        np.maximum(grown[:-1], picture[1:], out=grown[:-1])
        picture = grown
    return picture


def stroke_width(ink: NDArray[np.uint8]) -> float:
    """Mean width of the strokes in pixels: twice the area over the length of the outline.

    The outline is measured along rows and columns, which overstates a curve by
    4/π on average (Cauchy–Crofton).
    """
    fenced = np.pad(ink, 1).astype(np.int16)
    outline = np.abs(np.diff(fenced, axis=0)).sum() + np.abs(np.diff(fenced, axis=1)).sum()
    if not outline:
        return 0.0
    return float(2 * ink.sum(dtype=np.int64) / (outline * math.pi / 4))


def _box(easel: Image.Image) -> NDArray[np.uint8]:
    scale = BOX / max(easel.size)
    size = max(1, round(easel.width * scale)), max(1, round(easel.height * scale))
    boxed = np.asarray(easel.resize(size, Image.Resampling.BOX))
    strong = np.percentile(boxed[boxed > 0], 90) if boxed.any() else 255
    return (boxed * (255 / max(strong, 1))).clip(0, 255).astype(np.uint8)


def _centre(boxed: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Put the centre of mass where MNIST has it, between the four middle pixels."""
    rows, columns = boxed.shape
    weight = boxed.astype(np.float64)
    mass = max(weight.sum(), 1.0)
    middle_row = (weight.sum(axis=1) * (np.arange(rows) + 0.5)).sum() / mass
    middle_column = (weight.sum(axis=0) * (np.arange(columns) + 0.5)).sum() / mass
    top = min(max(round(SIDE / 2 - middle_row), 0), SIDE - rows)
    left = min(max(round(SIDE / 2 - middle_column), 0), SIDE - columns)
    glyph = np.zeros((SIDE, SIDE), dtype=np.uint8)
    glyph[top : top + rows, left : left + columns] = boxed
    return glyph
