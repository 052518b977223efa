"""From a frame to the 28×28 pictures that the network was trained on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.preparation.gather import gather
from device.preparation.glyph import draw_glyph
from device.preparation.ink import find_ink
from device.preparation.light import flatten
from device.reading import Box, Frame

VERSION = 1
LONGEST = 640
SHORTEST = 112


@dataclass(frozen=True, slots=True)
class Glyph:
    pixels: NDArray[np.uint8]
    box: Box
    touches_border: bool


def prepare(frame: Frame) -> list[Glyph]:
    canvas, scale, margin = _to_canvas(frame)
    if _light_on_dark(canvas):
        canvas = 255 - canvas
    flat = flatten(canvas)
    ink = find_ink(flat)
    glyphs = []
    for group in gather(ink.strokes):
        top, left = min(s.top for s in group), min(s.left for s in group)
        bottom, right = max(s.bottom for s in group), max(s.right for s in group)
        box = Box(*(round(v) for v in ((top - margin) / scale, (left - margin) / scale, (bottom - top) / scale, (right - left) / scale)))
        border = top <= 1 or left <= 1 or bottom >= flat.shape[0] - 1 or right >= flat.shape[1] - 1
        glyphs.append(Glyph(draw_glyph(flat, group, ink.floor), box, border))
    return glyphs


def _to_canvas(frame: Frame):
    longer = max(frame.shape)
    picture = Image.fromarray(frame)
    scale, margin = 1.0, 0
    if longer > LONGEST:
        scale = LONGEST / longer
        picture = picture.resize((max(1, round(frame.shape[1] * scale)), max(1, round(frame.shape[0] * scale))), Image.Resampling.BOX, reducing_gap=2.0)
    elif longer < SHORTEST:
        scale = -(-SHORTEST // longer)
        picture = picture.resize((frame.shape[1] * scale, frame.shape[0] * scale), Image.Resampling.BICUBIC)
    canvas = np.asarray(picture)
    if longer <= 64:
        margin = round(0.15 * max(canvas.shape))
        edge = np.concatenate([canvas[0], canvas[-1], canvas[:, 0], canvas[:, -1]])
        canvas = np.pad(canvas, margin, constant_values=int(np.median(edge)))
    return canvas, scale, margin


def _light_on_dark(canvas) -> bool:
    small = canvas[::4, ::4]
    low, middle, high = np.percentile(small, [0.5, 50, 99.5])
    return middle - low < 0.5 * (high - middle) and middle < 110
