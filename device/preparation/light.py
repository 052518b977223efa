"""Even out the light: from a frame to how dark each pixel is beside the paper around it."""

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

STROKE_SHARE = 0.25
"""Anything dark and narrower than this share of the shorter side may be ink, not shadow…"""

STROKE_HEIGHT = 0.2
"""…or than this share of the height: a narrow frame may be filled by a broad 1."""


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
    coarse, window = _coarse(frame)
    paper = _closing(coarse, window)
    # A cell half in the shadow counts as dark, else the shadow's edge would look like a stroke.
    around = np.pad(paper, 1, mode="edge")
    darkest = -_running_maximum(_running_maximum(-around, 3, 0), 3, 1)
    bleached = paper > BLEACHED * darkest
    paper = darkest.clip(1, 255).astype(np.float32)
    step = _step(frame)
    # reduce() rounds the size up; its last cells reach beyond the frame.
    reach = (0, 0, columns / step, rows / step)
    gain = Image.fromarray(np.float32(255) / paper)
    lit = np.asarray(gain.resize((columns, rows), Image.Resampling.NEAREST, reach)) * frame
    np.minimum(lit, 255, out=lit)
    np.subtract(255, lit, out=lit)
    flat = lit.astype(np.uint8)
    if bleached.any():
        _bridge(flat, bleached, step)
    return flat


def _bridge(flat: NDArray[np.uint8], bleached: NDArray[np.bool_], step: int) -> None:
    """Lead strokes across the lit side of a shadow's edge, where the darker paper bleached them."""
    rows, columns = flat.shape
    cells = np.repeat(np.repeat(bleached, step, axis=0), step, axis=1)[:rows, :columns]
    around = np.pad(flat, step)
    grown = _running_maximum(_running_maximum(around, 2 * step + 1, 0), 2 * step + 1, 1)
    np.copyto(flat, grown, where=cells)


def is_light_on_dark(frame: Frame, *, cut_out: bool = False) -> bool:
    """Tell chalk on a board from ink on paper.

    A board is mostly dark and what differs from it is lighter; it is dark all
    round, which a sheet that lies half in the shadow is not; and the light
    things on it are thin, which a lamp's reflection is not. Around a digit that
    is cut out already there is nothing but its ground.
    """
    low, middle, high = np.percentile(frame[::4, ::4], [0.5, 50, 99.5])
    if cut_out:
        return bool(high - frame[0, 0] > frame[0, 0] - low)
    if middle > DARK_BOARD or middle - low > 0.5 * (high - middle):
        return False
    bright = (middle + high) / 2
    border = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
    edge = np.percentile(border, 90)
    if edge >= bright:
        return False
    if edge <= BLACK:
        return True
    coarse, window = _coarse(frame)
    broad = -_closing(-coarse, max(2, window // 3))
    return bool((broad > bright).sum() < 0.5 * (coarse > bright).sum())


def _coarse(frame: Frame) -> tuple[NDArray[np.int16], int]:
    """Return the frame on the paper's grid, and how wide a stroke can be there."""
    coarse = np.asarray(Image.fromarray(frame).reduce(_step(frame))).astype(np.int16)
    rows, columns = coarse.shape
    return coarse, max(3, int(min(rows, columns) * STROKE_SHARE), int(rows * STROKE_HEIGHT))


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
