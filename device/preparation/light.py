"""Even out the light: from a frame to how dark each pixel is beside the paper around it."""

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.reading import Frame

PAPER_GRID = 160
"""The paper's brightness is found on a grid of about this many cells along the longer side."""

DARK_BOARD = 150
"""A board's grey level is below this; a camera that sees little else makes it a middling grey."""

BLACK = 4
"""A ground no lighter than this all round was drawn so, rather than photographed."""

BLEACHED = 1.15
"""Beside paper that is darker by this factor, ink in the light is divided by the wrong paper."""

DEEPEST = 2.5
"""Paper in the light is no more than this many times lighter than in the shadow, unlike a room."""

STROKE_SHARE = 0.25
"""Anything dark and narrower than this share of the shorter side may be ink, not shadow…"""

STROKE_HEIGHT = 0.2
"""…or than this share of the height: a narrow frame may be filled by a broad 1."""

UPRIGHT, LEVEL, FALLING, RISING = (1, 0), (0, 1), (1, 1), (1, -1)
"""From one neighbour to the next: rows down and columns to the right."""


def flatten(frame: Frame) -> NDArray[np.uint8]:
    """Divide out the light, so that shadows, vignettes and grey paper vanish.

    The paper under the ink is guessed by a grey-level closing (Serra, *Image
    Analysis and Mathematical Morphology*, 1982): unlike a blur it keeps the
    step at the edge of a shadow where it is.

    Parameters
    ----------
    frame : (rows, columns) uint8, dark ink on light paper.

    Returns
    -------
    (rows, columns) uint8: 0 where there is bare paper, 255 where no light comes back.
    """
    rows, columns = frame.shape
    paper, bleached = _find_paper(frame)
    step = step_of(frame)
    # reduce() rounds the size up; its last cells reach beyond the frame.
    reach = (0, 0, columns / step, rows / step)
    gain = Image.fromarray(np.float32(255) / paper)
    lit = np.asarray(gain.resize((columns, rows), Image.Resampling.NEAREST, reach)) * frame
    np.minimum(lit, 255, out=lit)
    np.subtract(255, lit, out=lit)
    flat = lit.astype(np.uint8)
    if bleached.any():
        # Strokes are led across where they are on both sides.
        cells = np.repeat(np.repeat(bleached, step, axis=0), step, axis=1)[:rows, :columns]
        bridged = 255 - widen(255 - widen(flat, step + 1), step + 1)
        np.copyto(flat, bridged, where=cells)
    return flat


def _find_paper(frame: Frame) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Find the paper's brightness on its grid, and the cells where that of a shadow was taken.

    A cell half in the shadow counts as dark, and so do the lit ones beside it,
    else the shadow's edge would look like a stroke.
    """
    coarse, window = on_grid(frame)
    paper = closing(coarse, window)
    darkest = -widen(-paper, 1)
    bleached = paper > BLEACHED * darkest
    if bleached.any():
        # A square pokes its corner out of a slanted shadow into the ink that crosses the
        # edge, and takes it for shadow; one that stands on its corner doesn't. It does so
        # no further than strokes are wide.
        slanted = closing(coarse, window, slanted=True)
        reach = max(2, window // 4)
        too_deep = paper > DEEPEST * -widen(-paper, reach)
        near = widen(bleached, reach) & ~widen(too_deep, reach)
        paper = np.where(near, np.maximum(paper, slanted), paper)
        darkest = -widen(-paper, 1)
        bleached = paper > BLEACHED * darkest
    return darkest.clip(1, 255).astype(np.float32), bleached


def is_light_on_dark(frame: Frame, *, is_close: bool = False) -> bool:
    """Tell chalk on a board from ink on paper.

    A board is mostly dark and what differs from it is lighter; it is dark all
    round, which a sheet that lies half in the shadow is not; and the light
    things on it are thin, which a lamp's reflection is not. Close around a
    digit they needn't be.
    """
    low, middle, high = np.percentile(frame[::4, ::4], [0.5, 50, 99.5])
    if middle > DARK_BOARD or middle - low > 0.5 * (high - middle):
        return False
    bright = (middle + high) / 2
    edge = np.percentile(border_of(frame), 90)
    if edge >= bright:
        return False
    if is_close or edge <= BLACK:
        return True
    coarse, window = on_grid(frame)
    broad = -closing(-coarse, max(2, window // 3))
    return bool((broad > bright).sum() < 0.5 * (coarse > bright).sum())


def border_of(frame: NDArray[Any]) -> NDArray[Any]:
    """Return the pixels along the four sides of a frame: those of the corners twice."""
    return np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])


def on_grid(frame: Frame) -> tuple[NDArray[np.int16], int]:
    """Return the frame on the paper's grid, and how wide a stroke can be there."""
    coarse = np.asarray(Image.fromarray(frame).reduce(step_of(frame))).astype(np.int16)
    rows, columns = coarse.shape
    return coarse, max(3, int(min(rows, columns) * STROKE_SHARE), int(rows * STROKE_HEIGHT))


def step_of(frame: Frame) -> int:
    """Tell how many pixels a cell of the paper's grid has on each side."""
    longer: int = max(frame.shape)
    return max(1, round(longer / PAPER_GRID))


def closing(values: NDArray[np.int16], window: int, *, slanted: bool = False) -> NDArray[np.int16]:
    """Fill what is dark and narrower than a window: a square, or one that stands on its corner."""
    first, second = (FALLING, RISING) if slanted else (UPRIGHT, LEVEL)
    side = window // 2 + 1 if slanted else window
    padded = _continue_outwards(values, window + 2)
    brightest = _running_maximum(_running_maximum(padded, side, first), side, second)
    closed = -_running_maximum(_running_maximum(-brightest, side, first), side, second)
    margin = (closed.shape[0] - values.shape[0]) // 2, (closed.shape[1] - values.shape[1]) // 2
    return closed[margin[0] : margin[0] + values.shape[0], margin[1] : margin[1] + values.shape[1]]


def widen(values: NDArray[Any], reach: int) -> NDArray[Any]:
    """Give every place the highest value that is no further away, along rows and columns."""
    side = 2 * reach + 1
    around = np.pad(values, reach, mode="edge")
    return _running_maximum(_running_maximum(around, side, UPRIGHT), side, LEVEL)


def _continue_outwards(values: NDArray[np.int16], margin: int) -> NDArray[np.int16]:
    """Carry the fall of the light on beyond the border, else every dark corner looks like ink.

    The mirrored slope may only go down: a stroke near the border must not
    come back as a light that isn't there.
    """
    slope: NDArray[np.int16] = np.pad(values, margin, mode="reflect", reflect_type="odd")
    edge = np.pad(values, margin, mode="edge")
    return np.minimum(slope, edge)


def _running_maximum(values: NDArray[Any], window: int, direction: tuple[int, int]) -> NDArray[Any]:
    """Take the maximum over `window` neighbours by doubling: log2(window) passes, not window."""
    reached = 1
    while reached < window:
        step = min(reached, window - reached)
        down, across = (step * each for each in direction)
        rows, columns = values.shape
        ahead = slice(max(across, 0), columns + min(across, 0))
        behind = slice(max(-across, 0), columns - max(across, 0))
        values = np.maximum(values[: rows - down, behind], values[down:, ahead])
        reached += step
    return values
