"""Notes that the program writes and photographs itself, for trying it without a camera.

The same hand and the same photographer make the notes that the network is
trained and measured on, so nothing here needs more than numpy and pillow.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from device.reading import Frame
from device.strokes import Stroke, draw_digit

Ink = NDArray[np.float32]
"""How much ink lies on each pixel of the paper: (rows, columns), 0 to 1."""

SUPERSAMPLING = 3


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a note is written and photographed.

    Attributes
    ----------
    paper : brightness of the paper, 0 to 1 of full scale.
    ink : how dark a full stroke is on it, as a share of the paper's light that it swallows.
    pen : width of the pen in units of the digit's height.
    dryness : share of a stroke that the paper's grain leaves blank, as pencils do.
    paper_kind : 'plain', 'ruled', 'graph', or 'cell' (a printed frame near the border).
    slope : the light's fall across the frame, as a share of the paper's brightness.
    shadow : how much light a hard-edged shadow takes away; 0 for none.
    vignette : how much darker the corners are; 0 for none.
    lean_deg : how far the note is turned.
    blur_px : standard deviation of the lens's blur.
    noise : standard deviation of the sensor's noise, in grey levels.
    """

    paper: float = 0.8
    ink: float = 0.75
    pen: float = 0.07
    dryness: float = 0.0
    paper_kind: str = "plain"
    slope: float = 0.1
    shadow: float = 0.0
    vignette: float = 0.1
    lean_deg: float = 0.0
    blur_px: float = 0.8
    noise: float = 2.0


def draw_conditions(rng: np.random.Generator) -> Conditions:
    """Draw the conditions of one kitchen: paper, pen, lamp and hand."""
    return Conditions(
        paper=rng.uniform(0.22, 0.95),
        ink=rng.choice([rng.uniform(0.3, 0.55), rng.uniform(0.55, 0.9)], p=[0.25, 0.75]),
        pen=float(np.exp(rng.uniform(np.log(0.025), np.log(0.16)))),
        dryness=rng.choice([0.0, rng.uniform(0.05, 0.35)], p=[0.7, 0.3]),
        paper_kind=str(rng.choice(["plain", "ruled", "graph", "cell"], p=[0.6, 0.13, 0.13, 0.14])),
        slope=rng.uniform(0.0, 0.4),
        shadow=rng.choice([0.0, rng.uniform(0.15, 0.5)], p=[0.75, 0.25]),
        vignette=rng.choice([0.0, rng.uniform(0.1, 0.6)], p=[0.5, 0.5]),
        lean_deg=rng.normal(0.0, 4.0),
        blur_px=rng.uniform(0.3, 1.6),
        noise=rng.uniform(0.5, 6.0),
    )


def write_note(
    number: str, rng: np.random.Generator, *, size: tuple[int, int] = (640, 480)
) -> Frame:
    """Write a number on a note and photograph it.

    Parameters
    ----------
    number : one to eight digits.
    rng : decides hand, paper, light and lens.
    size : (width, height) of the photograph in pixels.

    Returns
    -------
    (rows, columns) uint8.
    """
    conditions = draw_conditions(rng)
    return photograph(write_digits(number, rng, conditions, size), rng, conditions)


def write_digits(
    number: str, rng: np.random.Generator, conditions: Conditions, size: tuple[int, int]
) -> Ink:
    """Write the digits in a line in the middle of a sheet that fills the frame."""
    width, height = size
    hands = [draw_digit(digit, rng) for digit in number]
    widths = [max(float(s[:, 1].max()) for s in hand) for hand in hands]
    gap = rng.uniform(0.18, 0.4)
    length = sum(widths) + gap * (len(number) - 1)
    tall = min(0.8 * height, 0.85 * width / max(length, 0.5)) * rng.uniform(0.5, 1.0)
    tall = max(tall, min(0.1 * height, 0.85 * width / max(length, 0.5)))
    free = width - length * tall
    left = free / 2 + rng.uniform(-0.3, 0.3) * max(0.0, free - 0.1 * width)
    top = (height - tall) * (0.5 + rng.uniform(-0.25, 0.25))
    strokes: list[Stroke] = []
    for hand, wide in zip(hands, widths, strict=True):
        rise = rng.normal(0.0, 0.03)
        strokes += [stroke * tall + (top + rise * tall, left) for stroke in hand]
        left += (wide + gap) * tall
    return draw_strokes(strokes, conditions.pen * tall, size)


def draw_strokes(strokes: list[Stroke], pen_px: float, size: tuple[int, int]) -> Ink:
    """Draw strokes in pixels with a round pen: (rows, columns) float32, 0 to 1."""
    k = SUPERSAMPLING
    sheet = Image.new("L", (size[0] * k, size[1] * k))
    draw = ImageDraw.Draw(sheet)
    wide = max(1, round(pen_px * k))
    for stroke in strokes:
        path = [(float(column) * k, float(row) * k) for row, column in stroke]
        draw.line(path, fill=255, width=wide, joint="curve")
        for column, row in (path[0], path[-1]):
            reach = wide / 2
            draw.ellipse((column - reach, row - reach, column + reach, row + reach), fill=255)
    return np.asarray(sheet.reduce(k), dtype=np.float32) / np.float32(255)


def photograph(ink: Ink, rng: np.random.Generator, conditions: Conditions) -> Frame:
    """Photograph the inked sheet: print its lines, turn it, light it, blur it, add noise."""
    printed = _print_lines(ink.shape, rng, conditions)
    if conditions.dryness:
        grain = rng.random(ink.shape, dtype=np.float32) < conditions.dryness
        ink = np.where(grain, ink * np.float32(0.3), ink)
    sheet = np.maximum(ink * conditions.ink, printed)
    sheet = _turn(sheet, conditions.lean_deg)
    light = conditions.paper * (1 - sheet) * _light(ink.shape, rng, conditions)
    blurred = _blur(light, conditions.blur_px)
    noisy = blurred * 255 + rng.normal(0.0, conditions.noise, ink.shape).astype(np.float32)
    return noisy.clip(0, 255).astype(np.uint8)


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
    for offset in range(thick):
        lines[rng.integers(1, 3) + pitch // 2 + offset :: pitch] = dark
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
