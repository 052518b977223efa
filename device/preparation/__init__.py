"""From a frame to the 28×28 pictures that the network was trained on.

The network is trained through this very code, so whatever changes a glyph
changes `VERSION`, and weights made through another version are known by it.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.preparation.components import Component
from device.preparation.gather import gather, shows_camera_frame, sides
from device.preparation.glyph import draw_glyph
from device.preparation.hands import without_hands
from device.preparation.holes import find_holes
from device.preparation.ink import find_ink
from device.preparation.light import border_of, flatten, is_light_on_dark
from device.preparation.rims import find_rims
from device.reading import Box, Frame

VERSION = 1

LONGEST = 360
"""Larger frames are reduced by the whole number that brings their longer side nearest to this."""

SHORTEST = 112
"""Smaller frames are enlarged until their longer side has at least this many pixels."""

CLOSE = 64
"""Frames no larger than this have a single digit on them, and little around it."""


@dataclass(frozen=True, slots=True)
class Glyph:
    """One digit as the network wants it.

    `pixels` is (28, 28) uint8, ink high; `box` is in the frame's own pixels.
    """

    pixels: NDArray[np.uint8]
    box: Box


@dataclass(frozen=True, slots=True)
class Writing:
    """What was found on a frame: the strokes of each digit, from left to right.

    `too_small` was gathered to no digit, `boxes` stand around writing, and
    `left_out` is the other ink that was taken for none, but for the rims of
    things, which are no ink at all, and for the lines of a `cell` around the
    writing, which are a mask of the canvas. The strokes lie on the
    `canvas`, which is `flat` once the light is evened out, and `level` is the
    darkness there where a stroke ends. A canvas pixel is `1 / scale` pixels of
    the frame, which has this `shape`, and the canvas has a `margin` of its own
    around it. `hands` is a mask of the canvas, where hands were taken out of it, or lie over
    the writing. On a board the strokes are chalk, and the canvas is the negative.
    """

    digits: list[list[Component]]
    too_small: list[Component]
    boxes: list[Component]
    left_out: list[Component]
    cell: NDArray[np.bool_] | None
    canvas: Frame
    flat: NDArray[np.uint8]
    level: int
    hands: NDArray[np.bool_] | None
    scale: float
    margin: int
    shape: tuple[int, ...]
    is_chalk: bool

    def draw(self, strokes: list[Component]) -> Glyph:
        """Draw the strokes of one digit as the network wants them."""
        top, left, bottom, right = sides(strokes)
        top_px, height = self._in_frame(top, bottom, self.shape[0])
        left_px, width = self._in_frame(left, right, self.shape[1])
        box = Box(top_px, left_px, height, width)
        return Glyph(draw_glyph(self.flat, strokes, self.level), box)

    def _in_frame(self, first: int, end: int, side: int) -> tuple[int, int]:
        """Bring a stretch of the canvas to the frame: its first pixel and its length."""
        start = min(max(round((first - self.margin) / self.scale), 0), side - 1)
        stop = min(max(round((end - self.margin) / self.scale), start + 1), side)
        return start, stop - start


def find_writing(frame: Frame, *, is_cut_out: bool = False, is_note: bool = False) -> Writing:
    """Find the digits on a frame, dark on light or light on dark.

    Parameters
    ----------
    frame : (rows, columns) uint8, from 28×28 to 12 megapixels.
    is_cut_out : whether digits are cut out of their paper so closely that they
        touch the frame's sides.
    is_note : whether the frame is a note to its edges, cut out of what a camera saw.
    """
    canvas, scale, margin = _to_canvas(frame, is_cut_out)
    may_be_held = is_note or (shows_camera_frame(canvas.shape) and not is_cut_out)
    hands = None
    if may_be_held and (found := without_hands(canvas, is_note=is_note)):
        canvas, hands = found
    is_chalk = is_light_on_dark(canvas, is_close=is_cut_out or max(frame.shape) <= CLOSE)
    if is_chalk:
        canvas = 255 - canvas
    flat = flatten(canvas)
    ink = find_ink(flat)
    rims = find_rims(canvas, ink.strokes) if may_be_held else []
    strokes = [stroke for stroke in ink.strokes if stroke not in rims]
    holes = find_holes(strokes, ink.left_out, flat.shape)
    strokes = [stroke for stroke in strokes if stroke not in holes]
    digits = gather(strokes, flat.shape)
    gathered = {stroke for digit in digits for stroke in digit}
    return Writing(
        digits,
        [stroke for stroke in strokes if stroke not in gathered],
        ink.boxes,
        [stroke for stroke in ink.left_out if stroke not in holes],
        ink.cell,
        canvas,
        flat,
        ink.level,
        hands,
        scale,
        margin,
        frame.shape,
        is_chalk,
    )


def prepare(frame: Frame) -> list[Glyph]:
    """Find the digits on a frame and draw each as the network wants it."""
    writing = find_writing(frame)
    return [writing.draw(strokes) for strokes in writing.digits]


def _to_canvas(frame: Frame, is_cut_out: bool) -> tuple[Frame, float, int]:
    """Bring a frame to a workable size: the canvas, its scale, and the margin around it."""
    rows, columns = frame.shape
    longer = max(frame.shape)
    picture = Image.fromarray(frame)
    scale = 1.0
    if longer >= 1.5 * LONGEST:
        step = round(longer / LONGEST)
        scale = 1 / step
        picture = picture.reduce(step)
    elif longer < SHORTEST:
        scale = -(-SHORTEST // longer)
        picture = picture.resize((columns * scale, rows * scale), Image.Resampling.BICUBIC)
    canvas = np.asarray(picture)
    if not is_cut_out:
        return canvas, scale, 0
    margin = round(0.15 * max(canvas.shape))
    ground = int(np.median(border_of(canvas)))
    return np.pad(canvas, margin, constant_values=ground), scale, margin
