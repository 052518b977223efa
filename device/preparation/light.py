"""Even out the light: from a frame to how dark each pixel is beside the paper around it."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.reading import Frame

PAPER_GRID = 160
"""The paper's brightness is found on a grid of about this many cells along the longer side."""

DARK_BOARD = 110
"""A board's grey level is below this."""

STROKE_SHARE = 0.25
"""Anything dark and narrower than this share of the shorter side may be ink, not shadow."""


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
    paper = paper_brightness(frame)
    share = np.float32(255.0) / np.arange(1, 257, dtype=np.float32)
    lit = frame * share[np.maximum(paper, 1) - 1]
    flat: NDArray[np.uint8] = (255.0 - np.minimum(lit, 255.0)).astype(np.uint8)
    return flat


def is_light_on_dark(frame: Frame) -> bool:
    """Tell chalk on a board from ink on paper.

    A board is mostly dark and what differs from it is lighter; and it is dark
    all round, which a sheet that lies half in the shadow is not.
    """
    low, middle, high = np.percentile(frame[::4, ::4], [0.5, 50, 99.5])
    if middle > DARK_BOARD or middle - low > 0.5 * (high - middle):
        return False
    border = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
    return bool(np.percentile(border, 90) < (middle + high) / 2)


def paper_brightness(frame: Frame) -> NDArray[np.uint8]:
    """How bright the bare paper would be at each pixel: (rows, columns) uint8."""
    rows, columns = frame.shape
    coarse, window = _coarse(frame)
    closed = _closing(coarse, window).clip(1, 255).astype(np.uint8)
    step = _step(frame)
    if step == 1:
        return closed
    # reduce() rounds the size up; its last cells reach beyond the frame.
    reach = (0, 0, columns / step, rows / step)
    grown = Image.fromarray(closed).resize((columns, rows), Image.Resampling.BILINEAR, reach)
    return np.asarray(grown)


def _coarse(frame: Frame) -> tuple[NDArray[np.int16], int]:
    """Return the frame on the paper's grid, and how wide a stroke can be there."""
    coarse = np.asarray(Image.fromarray(frame).reduce(_step(frame))).astype(np.int16)
    return coarse, max(3, int(min(coarse.shape) * STROKE_SHARE))


def _step(frame: Frame) -> int:
    longer: int = max(frame.shape)
    return max(1, round(longer / PAPER_GRID))


def _closing(values: NDArray[np.int16], window: int) -> NDArray[np.int16]:
    padded = _continue_outwards(values, window)
    brightest = _running_maximum(_running_maximum(padded, window, 0), window, 1)
    closed = -_running_maximum(_running_maximum(-brightest, window, 0), window, 1)
    margin = (closed.shape[0] - values.shape[0]) // 2, (closed.shape[1] - values.shape[1]) // 2
    return closed[margin[0] : margin[0] + values.shape[0], margin[1] : margin[1] + values.shape[1]]


def _continue_outwards(values: NDArray[np.int16], margin: int) -> NDArray[np.int16]:
    """Carry the fall of the light on beyond the border, else every dark corner looks like ink.

    The mirrored slope may only go down: a stroke near the border must not
    come back as a light that isn't there.
    """
    slope: NDArray[np.int16] = np.pad(values, margin, mode="reflect", reflect_type="odd")
    edge = np.pad(values, margin, mode="edge")
    return np.minimum(slope, edge)


def _running_maximum(values: NDArray[np.int16], window: int, axis: int) -> NDArray[np.int16]:
    """Take the maximum over `window` neighbours by doubling: log2(window) passes, not window."""
    values = values.swapaxes(0, axis)
    reached = 1
    while reached < window:
        step = min(reached, window - reached)
        values = np.maximum(values[:-step], values[step:])
        reached += step
    return values.swapaxes(0, axis)
