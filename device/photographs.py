"""Photographs of notes, taken by the program itself: paper, light, lens and sensor."""

from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from device.reading import Frame

Ink = NDArray[np.float32]
"""How much ink lies on each pixel of the paper: (rows, columns), 0 to 1."""

BOARD = 0.15
"""What a blackboard reflects, as a share of what chalk would."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a note is written and photographed.

    Attributes
    ----------
    paper : brightness of the paper, 0 to 1 of full scale.
    ink : how dark a full stroke is on it, as a share of the paper's light that it swallows.
    pen : width of the pen in units of the digit's height.
    dryness : share of a stroke that the paper's grain leaves blank, as pencils do.
    is_board : chalk on a blackboard instead: the paper's brightness is the chalk's.
    paper_kind : 'plain', 'ruled', 'graph', or 'cell' (a printed frame near the border).
    slope : the light's fall across the frame, as a share of the paper's brightness.
    shadow : how much light a hard-edged shadow takes away; 0 for none.
    vignette : how much darker the corners are; 0 for none.
    flicker : how much more and less light than on the whole the rows get from a lamp that
        flickers while they are exposed one by one, as a share of it; 0 for none.
    bands : how many bands of more light that makes from top to bottom.
    glare : how bright a lamp's reflection is, 1 for blinding; 0 for none.
    print_through : how much of the writing on the back shows; 0 for none.
    lean_deg : how far the note is turned.
    perspective : how far its corners are off, as a share of the frame; 0 seen straight on.
    blur_px : standard deviation of the lens's blur.
    motion_px : how far the note moves while the picture is taken.
    noise : standard deviation of the sensor's noise, in grey levels.
    jpeg : quality that the picture is compressed with, 1 to 95; 0 for none.
    """

    paper: float = 0.8
    ink: float = 0.75
    pen: float = 0.07
    dryness: float = 0.0
    is_board: bool = False
    paper_kind: str = "plain"
    slope: float = 0.1
    shadow: float = 0.0
    vignette: float = 0.1
    flicker: float = 0.0
    bands: float = 3.0
    glare: float = 0.0
    print_through: float = 0.0
    lean_deg: float = 0.0
    perspective: float = 0.0
    blur_px: float = 0.8
    motion_px: float = 0.0
    noise: float = 2.0
    jpeg: int = 0


def draw_conditions(rng: np.random.Generator) -> Conditions:
    """Draw the conditions of one kitchen: paper, pen, lamp and hand."""
    return Conditions(
        paper=rng.uniform(0.22, 0.95),
        ink=_sometimes(rng, 0.25, 0.3, 0.55) or rng.uniform(0.55, 0.9),
        pen=float(np.exp(rng.uniform(np.log(0.025), np.log(0.16)))),
        dryness=_sometimes(rng, 0.3, 0.05, 0.35),
        is_board=bool(rng.random() < 0.05),
        paper_kind=str(rng.choice(["plain", "ruled", "graph", "cell"], p=[0.6, 0.13, 0.13, 0.14])),
        slope=rng.uniform(0.0, 0.4),
        shadow=_sometimes(rng, 0.25, 0.15, 0.5),
        vignette=_sometimes(rng, 0.5, 0.1, 0.6),
        glare=_sometimes(rng, 0.05, 0.2, 0.7),
        print_through=_sometimes(rng, 0.07, 0.03, 0.15),
        lean_deg=rng.normal(0.0, 4.0),
        perspective=_sometimes(rng, 0.25, 0.0, 0.08),
        blur_px=rng.uniform(0.3, 1.6),
        motion_px=_sometimes(rng, 0.1, 1.0, 5.0),
        noise=rng.uniform(0.5, 6.0),
        jpeg=int(_sometimes(rng, 0.4, 35, 95)),
    )


def _sometimes(rng: np.random.Generator, share: float, low: float, high: float) -> float:
    """Draw between low and high in that share of the cases, else 0."""
    return float(rng.uniform(low, high)) if rng.random() < share else 0.0


def photograph(ink: Ink, rng: np.random.Generator, conditions: Conditions) -> Frame:
    """Photograph the inked sheet: print its lines, turn it, light it, blur it, add noise."""
    printed = _print_lines(ink.shape, rng, conditions)
    if conditions.print_through:
        printed = np.maximum(printed, _back_of(ink) * conditions.print_through)
    if conditions.dryness:
        grain = rng.random(ink.shape, dtype=np.float32) < conditions.dryness
        ink = np.where(grain, ink * np.float32(0.3), ink).astype(np.float32)
    sheet = np.maximum(ink * conditions.ink, printed)
    sheet = _tilt(_turn(sheet, conditions.lean_deg), rng, conditions.perspective)
    reflected = sheet + (1 - sheet) * BOARD if conditions.is_board else 1 - sheet
    lit = conditions.paper * reflected * _light(ink.shape, rng, conditions)
    light: NDArray[np.float32] = lit.astype(np.float32)
    if conditions.glare:
        light = light + _reflection(ink.shape, rng, conditions.glare)
    blurred = _move(_blur(light, conditions.blur_px), rng, conditions.motion_px)
    noisy = blurred * 255 + rng.normal(0.0, conditions.noise, ink.shape).astype(np.float32)
    frame = noisy.clip(0, 255).astype(np.uint8)
    return _compress(frame, conditions.jpeg) if conditions.jpeg else frame


def _print_lines(
    shape: tuple[int, ...], rng: np.random.Generator, conditions: Conditions
) -> NDArray[np.float32]:
    lines = np.zeros(shape, dtype=np.float32)
    if conditions.paper_kind == "plain":
        return lines
    if conditions.paper_kind == "cell":
        return _print_frame(lines, rng, conditions)
    pitch = round(min(shape) * rng.uniform(0.12, 0.35))
    thick = max(1, round(min(shape) * rng.uniform(0.003, 0.01)))
    dark = conditions.ink * rng.uniform(0.1, 0.4)
    start = int(rng.integers(1, 3)) + pitch // 2
    for offset in range(thick):
        lines[start + offset :: pitch] = dark
        if conditions.paper_kind == "graph":
            lines[:, pitch // 2 + offset :: pitch] = dark
    return lines


def _print_frame(
    lines: NDArray[np.float32], rng: np.random.Generator, conditions: Conditions
) -> NDArray[np.float32]:
    """Print what is left of a box around the writing: dark lines near some of the borders."""
    for view in (lines, lines[::-1], lines.T, lines.T[::-1]):
        if rng.random() < 0.6:
            thick = max(1, round(len(view) * rng.uniform(0.01, 0.05)))
            gap = round(len(view) * rng.uniform(-0.03, 0.04))
            view[max(0, gap) : max(0, gap + thick)] = conditions.ink * rng.uniform(0.4, 1.1)
    return lines.clip(0, 1)


def _turn(sheet: NDArray[np.float32], lean_deg: float) -> NDArray[np.float32]:
    if not lean_deg:
        return sheet
    return np.asarray(Image.fromarray(sheet).rotate(lean_deg, Image.Resampling.BILINEAR))


def _light(
    shape: tuple[int, ...], rng: np.random.Generator, conditions: Conditions
) -> NDArray[np.float32]:
    """How much of the lamp's light reaches each pixel, 1 at most."""
    rows, columns = shape
    row = np.linspace(-1, 1, rows, dtype=np.float32)[:, None]
    column = np.linspace(-1, 1, columns, dtype=np.float32)[None, :]
    angle = rng.uniform(0, 2 * np.pi)
    across = row * np.float32(np.sin(angle)) + column * np.float32(np.cos(angle))
    light = 1 - conditions.slope * (across + 1.42) / 2.84
    light = light * (1 - conditions.vignette * (row**2 + column**2) / 2)
    if conditions.flicker:
        turn = np.pi * conditions.bands * row + np.float32(rng.uniform(0, 2 * np.pi))
        light = light * (1 + conditions.flicker * np.sin(turn)) / (1 + conditions.flicker)
    if conditions.shadow:
        angle = rng.uniform(0, 2 * np.pi)
        edge = row * np.float32(np.sin(angle)) + column * np.float32(np.cos(angle))
        soft = rng.uniform(0.01, 0.3)
        covered = ((edge - rng.uniform(-0.6, 0.6)) / soft).clip(0, 1)
        light = light * (1 - conditions.shadow * covered)
    return np.asarray(light, dtype=np.float32)


def _blur(light: NDArray[np.float32], blur_px: float) -> NDArray[np.float32]:
    # pillow blurs whole grey levels only; noise follows and hides the steps.
    picture = Image.fromarray((light.clip(0, 1) * 255 + 0.5).astype(np.uint8))
    blurred = picture.filter(ImageFilter.GaussianBlur(blur_px))
    return np.asarray(blurred, dtype=np.float32) / np.float32(255)


def _back_of(ink: Ink) -> Ink:
    """Show what is written on the other side: mirrored, somewhere else, and soft."""
    rows, columns = ink.shape
    mirrored = np.roll(ink[:, ::-1], (rows // 5, columns // 4), (0, 1))
    return _blur(mirrored, 1.5)


def _tilt(
    sheet: NDArray[np.float32], rng: np.random.Generator, perspective: float
) -> NDArray[np.float32]:
    """See the sheet from the side: every corner is off by up to that share of the frame."""
    if not perspective:
        return sheet
    rows, columns = sheet.shape
    corners = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], dtype=np.float64)
    seen = corners + rng.uniform(-perspective, perspective, (4, 2)) * (columns, rows)
    picture = Image.fromarray(sheet).transform(
        (columns, rows),
        Image.Transform.PERSPECTIVE,
        homography(corners, seen),
        Image.Resampling.BILINEAR,
    )
    return np.asarray(picture)


def homography(corners: NDArray[np.float64], seen: NDArray[np.float64]) -> list[float]:
    """Return the eight coefficients that take each corner to where it is seen."""
    equations, values = [], []
    for (column, row), (to_column, to_row) in zip(corners, seen, strict=True):
        equations.append([column, row, 1, 0, 0, 0, -to_column * column, -to_column * row])
        equations.append([0, 0, 0, column, row, 1, -to_row * column, -to_row * row])
        values += [to_column, to_row]
    coefficients: list[float] = np.linalg.solve(np.array(equations), np.array(values)).tolist()
    return coefficients


def _reflection(shape: tuple[int, ...], rng: np.random.Generator, glare: float) -> Ink:
    rows, columns = shape
    row = np.arange(rows, dtype=np.float32)[:, None] - rng.uniform(0, rows)
    column = np.arange(columns, dtype=np.float32)[None, :] - rng.uniform(0, columns)
    wide = min(shape) * rng.uniform(0.05, 0.2)
    spot = np.exp(-(row**2 + column**2) / (2 * wide**2)) * glare
    return np.asarray(spot, dtype=np.float32)


def _move(
    light: NDArray[np.float32], rng: np.random.Generator, motion_px: float
) -> NDArray[np.float32]:
    """Take the mean along the way that the note moved."""
    if not motion_px:
        return light
    angle = rng.uniform(0, np.pi)
    steps = np.linspace(-motion_px / 2, motion_px / 2, max(2, round(motion_px) + 1))
    ways = {(round(step * np.sin(angle)), round(step * np.cos(angle))) for step in steps.tolist()}
    rows, columns = light.shape
    margin = max(max(abs(row), abs(column)) for row, column in ways)
    fenced = np.pad(light, margin, mode="edge")
    views = [
        fenced[margin + row : margin + row + rows, margin + column : margin + column + columns]
        for row, column in sorted(ways)
    ]
    return np.asarray(np.mean(views, axis=0), dtype=np.float32)


def _compress(frame: Frame, quality: int) -> Frame:
    file = BytesIO()
    Image.fromarray(frame).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))
