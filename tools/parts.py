"""Parts of numbers whose digits touch, as the reader cuts them: what it will be asked about.

A digit that was cut off keeps a scrap of its neighbour or lacks a little of its
own; a half of one, or one and a half, is none. Both are learnt from the very
cuts that a reading tries.
"""

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from device.lattice import STUNTED, WIDE, WIDEST
from device.photographs import Conditions, Ink, photograph
from device.preparation import Writing, find_writing
from device.preparation.components import Component
from device.preparation.cuts import cut
from device.preparation.gather import line_of, sides
from tools.digit_notes import set_beside

Rng = np.random.Generator

WHOLE = 0.92
"""A part that holds this share of a digit's ink is that digit…"""

FOREIGN = 0.1
"""…unless more than this share of the part is not its own."""

HALF = 0.6
"""…a part of one digit that holds no more than this of it is none…"""

MIXED = 0.33
"""…and so is a whole digit with this share of another's ink. The rest teaches nothing."""

SLENDER = 0.6
"""What is narrower than this share of its height may look like a 1, and isn't called none."""

DIGITS_SHARE = 0.55
"""Where a digit is among the parts, one is chosen in this share of the cases."""


def draw_part(
    inks: Sequence[Ink], answers: Sequence[int], none: int, rng: Rng, conditions: Conditions
) -> tuple[NDArray[np.uint8], int] | None:
    """Write digits so that they touch, photograph and cut them, and draw one of the parts.

    Parameters
    ----------
    inks, answers : the digits, of about the same height, and what they are.
    none : what to answer for a part that is no digit.

    Returns
    -------
    The glyph (28, 28) and its answer, or None where there is nothing to learn.
    """
    planes = _set_touching(inks, rng)
    # Level, and seen from above: the ink stays where it was written.
    flat = replace(conditions, lean_deg=0.0, perspective=0.0, motion_px=0.0)
    writing = find_writing(photograph(planes.max(axis=0), rng, flat))
    if writing.scale != 1 or not writing.digits:
        return None
    parts = [(part, _name(part, planes, answers, none)) for part in _cut_all(writing)]
    digits = [(part, answer) for part, answer in parts if answer not in (None, none)]
    others = [(part, answer) for part, answer in parts if answer == none]
    chosen = digits if digits and (not others or rng.random() < DIGITS_SHARE) else others
    if not chosen:
        return None
    part, answer = chosen[rng.integers(len(chosen))]
    assert answer is not None
    return writing.draw(part).pixels, answer


def _set_touching(inks: Sequence[Ink], rng: Rng) -> NDArray[np.float32]:
    """Set the digits in a line on a sheet, each on a plane of its own: (digits, rows, columns)."""
    tall = max(len(ink) for ink in inks)
    rises = rng.normal(0.0, 0.03, len(inks)) * tall
    gaps = (rng.uniform(-0.05, 0.04, len(inks)) * tall).astype(int)
    touches = rng.random(len(inks)) < 0.8
    planes = [inks[0]]
    for ink, rise, gap, touch in zip(inks[1:], rises, gaps, touches, strict=False):
        line = np.maximum.reduce(planes)
        gap = max(gap, 1 - line.shape[1])
        both = set_beside(line, ink, int(gap), bool(touch), float(rise))
        above = (len(both) - len(line)) // 2
        below, right = len(both) - len(line) - above, both.shape[1] - line.shape[1]
        planes = [np.pad(plane, ((above, below), (0, right))) for plane in planes]
        planes.append(np.where(both > np.maximum.reduce(planes), both, np.float32(0)))
    margins = (rng.uniform(0.2, 0.6, 4) * tall).astype(int) + 4
    return np.pad(np.stack(planes), ((0, 0), tuple(margins[:2]), tuple(margins[2:])))


def _cut_all(writing: Writing) -> list[list[Component]]:
    """Every run of pieces that has the size of a digit."""
    line = line_of(writing.digits)
    found = []
    for strokes in writing.digits:
        _, left, _, right = sides(strokes)
        if right - left < WIDE * line.tall:
            found.append(strokes)
            continue
        pieces = cut(strokes, writing.flat, line)
        for first, end in combinations(range(pieces.count + 1), 2):
            part = pieces.strokes(first, end)
            if part and _has_size(part, line.tall):
                found.append(part)
    return found


def _has_size(part: list[Component], tall: float) -> bool:
    top, left, bottom, right = sides(part)
    return bottom - top >= STUNTED * tall and right - left <= WIDEST * tall


def _name(
    part: list[Component], planes: NDArray[np.float32], answers: Sequence[int], none: int
) -> int | None:
    """What the part is, by whose ink is in it; None where that can't be said."""
    mask = np.zeros(planes.shape[1:], dtype=bool)
    for stroke in part:
        stroke.paint(mask)
    inked = planes > 0.5
    inside = (inked & mask).sum(axis=(1, 2))
    if not inside.any():
        return None
    most = int(inside.argmax())
    held = inside / np.maximum(inked.sum(axis=(1, 2)), 1)  # one may hide another
    foreign = 1 - inside[most] / inside.sum()
    is_pure = foreign <= FOREIGN
    if held[most] >= WHOLE and is_pure:
        return answers[most]
    if held[most] >= WHOLE:
        # A 1 with a little of its neighbour may be anything else that has an upright.
        return none if foreign >= MIXED and answers[most] != 1 else None
    top, left, bottom, right = sides(part)
    is_wide = right - left >= SLENDER * (bottom - top)
    return none if is_pure and is_wide and held[most] <= HALF else None
