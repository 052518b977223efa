"""Photographs of a sheet that lies on a desk: turned, folded, curled, in a shadow."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from device.reading import Frame
from tools.sheets.filling import PRINT_PX_PER_MM, filled
from tools.sheets.straighten import find_homography

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Shot:
    """How a page lies on the desk, and how it is photographed.

    Attributes
    ----------
    size : (width, height) of the photograph in pixels.
    roll_deg, pitch_deg, yaw_deg : how the page is turned on the desk, and tilted to the lens.
    distance_mm : from the lens.
    aside_mm : how far (down, across) its middle is from the middle of the photograph.
    crease_deg : how far it is bent, at `crease_at` of its height, or width if `crease_upright`.
    curl_mm : how far its middle arches up.
    shadow : how much light a hard-edged shadow takes away; 0 for none.
    slope : how much darker it gets towards the lower right.
    desk : how bright the desk is, 0 to 255.
    blur_px : standard deviation of the lens's blur.
    noise : standard deviation of the sensor's noise, in grey levels.
    """

    size: tuple[int, int] = (1200, 1600)
    roll_deg: float = 0.0
    pitch_deg: float = 0.0
    yaw_deg: float = 0.0
    distance_mm: float = 420.0
    aside_mm: tuple[float, float] = (0.0, 0.0)
    crease_deg: float = 0.0
    crease_at: float = 0.5
    crease_upright: bool = False
    curl_mm: float = 0.0
    shadow: float = 0.0
    slope: float = 0.2
    desk: int = 70
    blur_px: float = 0.8
    noise: float = 2.0


EXAMPLE_SHOT = Shot(
    roll_deg=-9, pitch_deg=9, yaw_deg=6, distance_mm=470, crease_deg=9, shadow=0.35, noise=1
)
EXAMPLE_SEED = 4


def photograph_example(paper: str) -> Frame:
    """A sheet as they come: a box left out, a slip of the pen and two, and crookedly taken."""
    slips = {(2, 9): "", (4, 6): "9", (5, 3): "55", (8, 8): "3"}
    rng = np.random.default_rng(EXAMPLE_SEED)
    return photograph(filled(rng, paper, otherwise=slips), EXAMPLE_SHOT, rng)


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
    cuts = {0.0, 1.0, shot.crease_at} | set(np.linspace(0, 1, 13) if shot.curl_mm else ())
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
    arch = shot.curl_mm * np.sin(np.pi * along / length)
    return along - beyond * (1 - np.cos(bend)), beyond * np.sin(bend) + float(arch)


def _project(corners: Floats, shot: Shot) -> Floats:
    """Places in space, (n, 3) as (down, across, up), in pixels of the photograph."""
    a, b, c = np.radians([shot.roll_deg, shot.pitch_deg, shot.yaw_deg])
    middle = corners - (148.0 + shot.aside_mm[0], 105.0 + shot.aside_mm[1], 0.0)
    down, across, up = middle.T
    down, across = (down * np.cos(a) - across * np.sin(a), down * np.sin(a) + across * np.cos(a))
    down, up = down * np.cos(b) - up * np.sin(b), down * np.sin(b) + up * np.cos(b)
    across, up = across * np.cos(c) - up * np.sin(c), across * np.sin(c) + up * np.cos(c)
    focal = 1.2 * max(shot.size)
    away = shot.distance_mm - up
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
