"""Cells cut out of a photograph of a form, one or two digits in each."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.photographs import Ink, photograph
from device.reading import Frame
from tools.conditions import ordinary
from tools.digit_notes import BOX, Image28, Rng, rewrite, set_beside

ROOM = "room around"
CLOSE = "lines close by"
TOUCHING = "on a line"
UNLINED = "no lines, cut close"
CUT = "cut digit"
BARE = "bare"

MARGINS: dict[str, tuple[float, float]] = {
    ROOM: (0.15, 0.8),
    CLOSE: (0.03, 0.15),
    TOUCHING: (0.1, 0.6),
    UNLINED: (0.0, 0.03),
    CUT: (0.1, 0.6),
    BARE: (0.15, 0.8),
}
"""Between the digits and each of the cell's lines, in units of their height."""

OVER = 0.08
"""A digit that is on a line reaches up to so far over it, in the same units."""

STRAY = (-0.05, 0.08)
"""So far outside of its lines the cell is cut out…"""

LEAST = 0.02
"""…but this far from whole digits."""

LOST = (0.08, 0.3)
"""The share of a digit that is cut off."""

GAPS = (0.12, 0.3)
"""Between two digits, in units of their height."""

THICK = (0.01, 0.06)
"""How thick a line is, in the same units…"""

DARK = (0.4, 1.0)
"""…and how dark, as a share of the digits' ink."""

TURNED = 8.0
"""The form is turned by up to these degrees."""

SHADED = 0.5
"""In this share of the bare cells the edge of a shadow may be seen, too…"""

SHADOW = (0.2, 0.5)
"""…which takes away so much of the light."""

SHEET = 560
TALL = (130.0, 200.0)
"""The side of the photograph and the height of its digits, in pixels…"""

SIDES = (56, 290)
"""…and the longer side of the cell's picture, which is then reduced, or enlarged."""

OUT = np.array((-1, -1, 1, 1))
"""Which way is out at the top, the left, the bottom and the right."""

Bounds = NDArray[np.float64]
"""(4,): top, left, bottom, right."""


def photograph_cell(images: Sequence[Image28], rng: Rng, kind: str) -> Frame:
    """Write a number of MNIST's digits in a cell, photograph the form, and cut the cell out.

    Parameters
    ----------
    images : its one or two digits, (28, 28) each, ink high.
    kind : one of `MARGINS`; in a bare cell there is only room for them.

    Returns
    -------
    (rows, columns) uint8.
    """
    conditions = replace(ordinary(rng), lean_deg=rng.uniform(-TURNED, TURNED))
    tall = rng.uniform(*TALL)
    sheet = _write(images, tall, conditions.pen * tall, rng)
    written, seen = _bounds(sheet, 0.0), _bounds(sheet, conditions.lean_deg)
    margins = rng.uniform(*MARGINS[kind], 4) * tall
    side = int(rng.integers(4))
    if kind == TOUCHING:
        margins[side] = -rng.uniform(0, OVER) * tall
    if kind == BARE:
        sheet = np.zeros_like(sheet)
        if rng.random() < SHADED:
            conditions = replace(conditions, shadow=rng.uniform(*SHADOW))
    if kind != UNLINED and (kind != CUT or rng.random() < 0.5):
        sheet = np.maximum(sheet, _print_lines(written + OUT * margins, tall, rng))
    frame = photograph(sheet, rng, conditions)
    if kind == UNLINED:
        cell = seen + OUT * margins * (rng.random(4) < 0.5)
    else:
        cell = seen + OUT * (margins + rng.uniform(*STRAY, 4) * tall)
        cell = seen + OUT * np.maximum(OUT * (cell - seen), LEAST * tall)
    if kind == CUT:
        broad = (seen[2:] - seen[:2]) / (1, len(images))
        cell[side] = seen[side] - OUT[side] * rng.uniform(*LOST) * broad[side % 2]
    return _cut_out(frame, cell, rng)


def _write(images: Sequence[Image28], tall: float, pen_px: float, rng: Rng) -> Ink:
    """Write the digits side by side in the middle of a sheet."""
    line, *others = (rewrite(image, tall / BOX, pen_px) for image in images)
    for ink in others:
        line = set_beside(line, ink, round(rng.uniform(*GAPS) * tall), touch=False, rise=0.0)
    sheet = np.zeros((SHEET, SHEET), dtype=np.float32)
    top, left = (SHEET - line.shape[0]) // 2, (SHEET - line.shape[1]) // 2
    sheet[top : top + line.shape[0], left : left + line.shape[1]] = line
    return sheet


def _bounds(sheet: Ink, lean_deg: float) -> Bounds:
    """Where the ink ends when the sheet is turned about its middle."""
    row, column = np.argwhere(sheet > 0.5).T - SHEET / 2
    turn = np.deg2rad(lean_deg)
    rows = row * np.cos(turn) - column * np.sin(turn) + SHEET / 2
    columns = row * np.sin(turn) + column * np.cos(turn) + SHEET / 2
    return np.array([rows.min(), columns.min(), rows.max() + 1, columns.max() + 1])


def _print_lines(cell: Bounds, tall: float, rng: Rng) -> Ink:
    """Print a cell's four lines, which run on into the cells beside it."""
    half, dark = max(1.0, rng.uniform(*THICK) * tall) / 2, np.float32(rng.uniform(*DARK))
    along = np.arange(SHEET)
    is_line = [np.abs(along - place) <= half for place in cell]
    return np.where((is_line[0] | is_line[2])[:, None] | is_line[1] | is_line[3], dark, 0)


def _cut_out(frame: Frame, cell: Bounds, rng: Rng) -> Frame:
    """Cut a cell out of the form's photograph, in any size."""
    top, left, bottom, right = cell.round().astype(int).clip(0, SHEET).tolist()
    longer = np.exp(rng.uniform(*np.log(SIDES)))
    scale = longer / max(bottom - top, right - left)
    size = [max(28, round(scale * side)) for side in (right - left, bottom - top)]
    picture = Image.fromarray(frame).resize(
        (size[0], size[1]), Image.Resampling.LANCZOS, box=(left, top, right, bottom)
    )
    return np.asarray(picture)
