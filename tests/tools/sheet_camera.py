"""Sheets printed, filled in by our own strokes, and photographed."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from device.notes import draw_strokes
from device.reading import Frame
from device.strokes import draw_digit
from tools.sheets.layout import HEIGHT, PAPERS, WIDTH, Box, boxes
from tools.sheets.printing import MM_PER_INCH, draw_sheet
from tools.sheets.straighten import find_homography

PRINT_PX_PER_MM = 8

Floats = NDArray[np.float64]


@cache
def printed(paper: str = "a4") -> Frame:
    """The sheet as it leaves the printer: a frame of 8 pixels a millimetre."""
    figure = draw_sheet(paper)
    figure.set_dpi(PRINT_PX_PER_MM * MM_PER_INCH)
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib's gap
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]  # as above
    # Toner and ink are not quite black.
    grey = np.asarray(Image.fromarray(pixels).convert("L"))
    return (25 + grey * (230 / 255)).astype(np.uint8)


def origin(paper: str) -> tuple[float, float]:
    """Where on the page the first corner mark's centre is, in millimetres."""
    width, height = PAPERS[paper]
    return (height - HEIGHT) / 2, (width - WIDTH) / 2


def filled(
    rng: np.random.Generator,
    paper: str = "a4",
    *,
    leave_out: Iterable[tuple[int, int]] = (),
    ink: float = 0.8,
    pen_mm: float = 0.7,
) -> Frame:
    """A printed sheet with a digit of our strokes in every box but some."""
    page = printed(paper).astype(np.float32)
    empty = set(leave_out)
    down, across = origin(paper)
    for box in boxes():
        if (box.digit, box.number) not in empty:
            write(page, box, str(box.digit), rng, (down, across), ink=ink, pen_mm=pen_mm)
    return page.astype(np.uint8)


def write(
    page: NDArray[np.float32],
    box: Box,
    digit: str,
    rng: np.random.Generator,
    start: tuple[float, float],
    *,
    ink: float = 0.8,
    pen_mm: float = 0.7,
) -> None:
    """Write one digit into a box of the page."""
    k = PRINT_PX_PER_MM
    height, width = np.ptp(box.corners, axis=0)
    strokes = draw_digit(digit, rng)
    reach = np.max([stroke.max(axis=0) for stroke in strokes], axis=0)
    tall = min(rng.uniform(9, 13), 0.75 * width / max(reach[1], 0.1))
    top, left = (height - tall * reach[0]) / 2, (width - tall * reach[1]) / 2
    top, left = top + rng.uniform(-1, 1), left + rng.uniform(-1, 1)
    placed = [(stroke * tall + (top, left)) * k for stroke in strokes]
    drawn = draw_strokes(placed, pen_mm * k, (round(width * k), round(height * k)))
    row, column = round((start[0] + box.top) * k), round((start[1] + box.left) * k)
    part = page[row : row + drawn.shape[0], column : column + drawn.shape[1]]
    part *= 1 - ink * drawn


@dataclass(frozen=True)
class Shot:
    """How a page lies and is photographed; lengths in millimetres, angles in degrees.

    `crease_deg` bends the page at `crease_at` of its height (or of its width, when
    `crease_upright`); `curl` is how far its middle arches up.
    """

    size: tuple[int, int] = (1200, 1600)
    roll: float = 0.0
    pitch: float = 0.0
    yaw: float = 0.0
    distance: float = 420.0
    aside: tuple[float, float] = (0.0, 0.0)
    crease_deg: float = 0.0
    crease_at: float = 0.5
    crease_upright: bool = False
    curl: float = 0.0
    shadow: float = 0.0
    slope: float = 0.2
    desk: int = 70
    blur_px: float = 0.8
    noise: float = 2.0


def photograph(page: Frame, shot: Shot, rng: np.random.Generator) -> Frame:
    """Photograph a page that lies on a desk."""
    width, height = shot.size
    seen = np.full((height, width), shot.desk, np.float32)
    for shade, corners, part in _strips(page, shot):
        _lay(seen, part, _project(corners, shot), shade)
    seen *= _light(shot)
    blurred = Image.fromarray(seen.clip(0, 255).astype(np.uint8))
    blurred = blurred.filter(ImageFilter.GaussianBlur(shot.blur_px))
    noisy = np.asarray(blurred) + rng.normal(0, shot.noise, seen.shape)
    return noisy.clip(0, 255).astype(np.uint8)


def _strips(page: Frame, shot: Shot) -> list[tuple[float, Floats, Frame]]:
    """The page in flat strips: how bright each is, its corners in space, and what is on it."""
    turned = page.T if shot.crease_upright else page
    length = turned.shape[0]
    cuts = {0.0, 1.0, shot.crease_at} | set(np.linspace(0, 1, 13) if shot.curl else ())
    edges = sorted(cuts)
    profile = [_profile(edge * length / PRINT_PX_PER_MM, length / PRINT_PX_PER_MM, shot)
               for edge in edges]  # fmt: skip
    across = turned.shape[1] / PRINT_PX_PER_MM
    strips = []
    for (start, end), (low, high) in zip(pairwise(edges), pairwise(profile), strict=True):
        part = turned[round(start * length) : round(end * length)]
        corners = np.array([(*low, 0.0), (*low, across), (*high, across), (*high, 0.0)])
        corners = corners[:, [0, 2, 1]]  # along, across, up
        steep = (high[1] - low[1]) / max(np.hypot(*np.subtract(high, low)), 1e-9)
        if shot.crease_upright:
            corners, part = corners[[0, 3, 2, 1]][:, [1, 0, 2]], part.T
        strips.append((1 - 0.5 * abs(steep), corners, part))
    return strips


def _profile(along: float, length: float, shot: Shot) -> tuple[float, float]:
    """Where a line of the page comes to lie: along the desk, and above it."""
    crease = shot.crease_at * length
    bend = np.radians(shot.crease_deg)
    beyond = max(0.0, along - crease)
    arch = shot.curl * np.sin(np.pi * along / length)
    return along - beyond * (1 - np.cos(bend)), beyond * np.sin(bend) + float(arch)


def _project(corners: Floats, shot: Shot) -> Floats:
    """Places in space, (n, 3) as (down, across, up), in pixels of the photograph."""
    a, b, c = np.radians([shot.roll, shot.pitch, shot.yaw])
    middle = corners - (148.0 + shot.aside[0], 105.0 + shot.aside[1], 0.0)
    down, across, up = middle.T
    down, across = (down * np.cos(a) - across * np.sin(a), down * np.sin(a) + across * np.cos(a))
    down, up = down * np.cos(b) - up * np.sin(b), down * np.sin(b) + up * np.cos(b)
    across, up = across * np.cos(c) - up * np.sin(c), across * np.sin(c) + up * np.cos(c)
    focal = 1.2 * max(shot.size)
    away = shot.distance - up
    return np.stack(
        [shot.size[1] / 2 + focal * down / away, shot.size[0] / 2 + focal * across / away], axis=1
    )


def _lay(seen: NDArray[np.float32], part: Frame, corners: Floats, shade: float) -> None:
    """Paint a flat part of the page where it is seen."""
    rows, columns = part.shape
    own = np.array([(0, 0), (0, columns), (rows, columns), (rows, 0)], dtype=np.float64)
    h = find_homography(corners, own)
    back = (h[[1, 0, 2]][:, [1, 0, 2]] / h[2, 2]).ravel()[:8].tolist()
    size = (seen.shape[1], seen.shape[0])
    # Averaged over the size of a pixel first, as a lens does.
    finer = max(1, round(float(np.sqrt(rows * columns / max(_area(corners), 1.0)))))
    soft = Image.fromarray(np.ascontiguousarray(part)).filter(ImageFilter.BoxBlur((finer - 1) / 2))
    method = Image.Transform.PERSPECTIVE
    colour = soft.transform(size, method, back, Image.Resampling.BILINEAR)
    there = Image.new("L", (columns, rows), 255).transform(size, method, back)
    mask = np.asarray(there) > 0
    seen[mask] = np.asarray(colour)[mask] * shade


def _area(corners: Floats) -> float:
    x, y = corners.T
    return float(abs(np.dot(x, np.roll(y, 1)) - np.dot(y, np.roll(x, 1)))) / 2


def _light(shot: Shot) -> NDArray[np.float32]:
    width, height = shot.size
    row = np.linspace(0, 1, height, dtype=np.float32)[:, None]
    column = np.linspace(0, 1, width, dtype=np.float32)[None, :]
    light = 1 - shot.slope * (row + column) / 2
    if shot.shadow:
        edge = ((0.8 * row + 0.6 * column - 0.62) / 0.015).clip(0, 1)
        light = light * (1 - shot.shadow * edge)
    return np.asarray(light, dtype=np.float32)
