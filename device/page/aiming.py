"""What a person who holds a note should change, in plain words, from one frame.

Cheap enough for every frame that is looked at: it samples, and finds no digits.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from device.preparation.held_note import find_held_note
from device.preparation.quality import BLINDING, has_glare, is_dark
from device.reading import Frame, Refusal

PATCH = 64
"""The sharpness is measured in squares of this side, each with an edge of its own."""

LEAST_STEP = 40
"""Grey levels between ink and paper; a square with less holds no edge to measure."""

SOFTEST_PX = 6.5
"""An edge that takes more pixels than this, in a frame of some 640, is blurred."""

WHITEST = 252
"""A frame whose middle grey is this or above has lost pale ink, wherever the light comes from."""

FAINTEST = 16
"""A frame whose grey levels lie closer together than this shows nothing."""

ROWS = ("top", "middle", "bottom")
COLUMNS = ("left", "centre", "right")


class Advice(NamedTuple):
    """What is wrong with a picture, or "ok", and what to do about it."""

    kind: str
    words: str


FINE = Advice("ok", "sharp and bright enough")

REMEDIES = {
    Refusal.NOTHING_WRITTEN: "write larger or with a darker pen, and hold the note in the picture",
    Refusal.TOO_DARK: "more light, from the side",
    Refusal.GLARE: "tilt the note, or move the lamp aside",
    Refusal.BLURRED: "hold the note further away, 30–50 cm, and still",
    Refusal.CUT_OFF: "hold the note further away, or more to the middle",
    Refusal.NO_PAPER: "write on plain paper, and let it fill the picture",
    Refusal.NOT_A_DIGIT: "cover what is no digit",
    Refusal.NOT_WHOLE: "write it without a point, comma, colon or minus",
    Refusal.UNSURE: "write it more plainly: cross the 7, close the 4, 6, 8 and 9",
    Refusal.TOO_MANY: "at most eight digits at a time: cover the rest",
    Refusal.SEVERAL_LINES: "one line at a time: cover the rest",
    Refusal.SEVERAL_NUMBERS: "one number at a time: cover the rest",
}
"""What to do about each refusal."""


def advise(frame: Frame) -> list[Advice]:
    """Say what is wrong with a picture, the most pressing first; `FINE` alone where nothing is.

    Where a note is held up before a room, the note alone is looked at, as it is for a reading.

    Parameters
    ----------
    frame : (rows, columns) uint8, from 28×28 to 12 megapixels.
    """
    found = []
    softest_px = SOFTEST_PX
    note = find_held_note(frame)
    if note is not None:
        frame = note.straighten(frame)
        softest_px *= note.scale
    some = frame[::4, ::4]
    if is_dark(frame):
        found.append(Advice("too dark", "too dark: more light, from the side"))
    elif np.median(some) >= WHITEST:
        found.append(Advice("too bright", "too bright: less light, or the lamp further away"))
    elif np.percentile(some, 99) - np.percentile(some, 1) < FAINTEST:
        words = "nothing to see: is the lens free, and the note in the picture?"
        found.append(Advice("low contrast", words))
    if has_glare(frame):
        place = where(frame >= BLINDING)
        found.append(Advice("glare", f"glare at {place}: tilt the note, or move the lamp aside"))
    step = max(1, max(frame.shape) // 640)
    width_px = edge_width_px(frame[::step, ::step])
    if width_px is not None and width_px > softest_px:
        words = "blurred: hold the note further away, 30–50 cm, and still"
        found.append(Advice("blurred", words))
    return found or [FINE]


def edge_width_px(frame: Frame) -> float | None:
    """Measure how many pixels the sharper edges take from paper to ink; None without edges.

    The width of an edge is its step over its steepest slope. In each square that holds a
    step it is measured for itself, so that a shadow elsewhere doesn't count, and then the
    squares with the strongest steps decide.
    """
    rows, columns = (side // PATCH * PATCH for side in frame.shape)
    if not rows or not columns:
        return None
    part = frame[:rows, :columns].astype(np.int16)
    steps = np.ptp(_patches(part), axis=(1, 3))
    across = np.abs(np.diff(part, axis=1, append=part[:, -1:]))
    down = np.abs(np.diff(part, axis=0, append=part[-1:]))
    slopes = _patches(np.maximum(across, down)).max(axis=(1, 3))
    strong = steps >= max(LEAST_STEP, 0.6 * float(steps.max()))
    if not strong.any():
        return None
    return float(np.median(steps[strong] / np.maximum(slopes[strong], 1)))


def where(spot: NDArray[np.bool_]) -> str:
    """Say where in the picture most of a spot lies: "top left", "the centre"."""
    rows, columns = np.nonzero(spot)
    if not len(rows):
        return "the centre"
    row = min(2, int(3 * np.median(rows) / spot.shape[0]))
    column = min(2, int(3 * np.median(columns) / spot.shape[1]))
    if row == column == 1:
        return "the centre"
    if row == 1:
        return f"the {COLUMNS[column]}"
    return f"the {ROWS[row]}" if column == 1 else f"{ROWS[row]} {COLUMNS[column]}"


def _patches(picture: NDArray[np.int16]) -> NDArray[np.int16]:
    """Cut a picture into squares: (squares down, rows, squares across, columns)."""
    rows, columns = picture.shape
    return picture.reshape(rows // PATCH, PATCH, columns // PATCH, PATCH)
