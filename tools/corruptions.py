"""The fifteen corruptions of MNIST-C, written anew from their description.

Mu and Gilmer, *MNIST-C: A Robustness Benchmark for Computer Vision* (2019), chose
for each a severity at which people still read the digits with ease; the numbers
here are theirs where they give one. Every corruption takes a digit as shares of
full ink, (28, 28) float64 from 0 to 1, and gives one back.
"""

from collections.abc import Callable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import affine_transform, convolve1d, gaussian_filter, label, rotate, sobel, zoom

Shares = NDArray[np.float64]
Rng = np.random.Generator

SIDE = 28
MIDDLE = (SIDE - 1) / 2
LINE_WIDTH = 2.3
"""Pixels from a drawn line's middle to where its ink has faded."""


def corrupt(name: str, image: NDArray[np.uint8], rng: Rng) -> NDArray[np.uint8]:
    """Corrupt a digit: (28, 28) uint8, ink high."""
    shares = CORRUPTIONS[name](image / 255.0, rng)
    corrupted: NDArray[np.uint8] = (shares.clip(0, 1) * 255).round().astype(np.uint8)
    return corrupted


def shot_noise(image: Shares, rng: Rng) -> Shares:
    """So little light that single photons count: three for a full stroke."""
    return rng.poisson(image * 3) / 3


def impulse_noise(image: Shares, rng: Rng) -> Shares:
    """Pixels that are stuck, one in six: half of them at black, half at white."""
    stuck = rng.random(image.shape) < 0.17
    return np.where(stuck, rng.integers(0, 2, image.shape), image)


def glass_blur(image: Shares, rng: Rng) -> Shares:
    """Seen through frosted glass: neighbouring pixels change places between two blurs."""
    blurred: Shares = gaussian_filter(image, 0.7)
    for _ in range(2):
        for row, column in np.ndindex(SIDE - 2, SIDE - 2):
            if rng.random() < 0.5:
                here = row + 1, column + 1
                there = row + int(rng.integers(2)), column + int(rng.integers(2))
                blurred[here], blurred[there] = blurred[there], blurred[here]
    smooth: Shares = gaussian_filter(blurred, 0.7)
    return smooth


def motion_blur(image: Shares, rng: Rng) -> Shares:
    """The camera moves while it looks, some 45° up or down at most."""
    # Only one way: the tail fades out as half a bell with a standard deviation of 3 pixels.
    tail = np.exp(-(np.arange(11) ** 2) / (2 * 3.0**2))
    kernel = np.concatenate([np.zeros(10), tail / tail.sum()])
    angle_deg = rng.uniform(-45, 45)
    level = rotate(np.pad(image, SIDE), angle_deg, reshape=False, order=1)
    moved: Shares = rotate(convolve1d(level, kernel, axis=1), -angle_deg, reshape=False, order=1)
    return moved[SIDE:-SIDE, SIDE:-SIDE]


def shear(image: Shares, rng: Rng) -> Shares:
    """Leant over by 0.4 columns for each row, to the left or to the right."""
    lean = 0.4 * rng.choice((-1, 1))
    return _warp(image, [[1, 0], [lean, 1]])


def scale(image: Shares, _: Rng) -> Shares:
    """Shrunk to 70 %."""
    return _warp(image, np.eye(2) / 0.7)


def turn(image: Shares, rng: Rng) -> Shares:
    """Turned by 0.4 radians (23°), to the left or to the right."""
    angle = 0.4 * rng.choice((-1, 1))
    return _warp(image, [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])


def brightness(image: Shares, _: Rng) -> Shares:
    """Everything brighter by half of the range; full strokes can't be, so contrast halves."""
    return image + 0.5


def translate(image: Shares, rng: Rng) -> Shares:
    """Moved by three rows and three columns, so that some digits lose an edge."""
    return _warp(image, np.eye(2), 3.0 * rng.choice((-1, 1), 2))


def stripe(image: Shares, _: Rng) -> Shares:
    """Black and white changed over in the left and the right quarter."""
    striped = image.copy()
    striped[:, :7] = 1 - striped[:, :7]
    striped[:, 21:] = 1 - striped[:, 21:]
    return striped


def fog(image: Shares, rng: Rng) -> Shares:
    """A bank of fog in front, thrice as bright as the digit, then the whole dimmed to fit."""
    return (image + 3.0 * _clouds(rng)) / (1 + 3.0)


def spatter(image: Shares, rng: Rng) -> Shares:
    """Drops of mud: grey over paper, and hiding the stroke where they fall on it."""
    drops = gaussian_filter(rng.normal(0.65, 0.3, image.shape), 1.0) > 0.65
    # What is left of a drop once its edge has run is its thick middle.
    mud: Shares = gaussian_filter(drops.astype(np.float64), 1.5)
    mud[mud < 0.8] = 0
    spattered: Shares = image * (1 - mud) + 0.25 * mud
    return spattered


def dotted_line(image: Shares, rng: Rng) -> Shares:
    """A dotted line across, from somewhere on the left border to somewhere on the right."""
    first, last = rng.integers(0, SIDE - 1, 2)
    line = _line((first, 0), (last, SIDE - 1))
    line[:, np.arange(SIDE) // 2 % 2 == 0] = 0
    return image + line


def zigzag(image: Shares, rng: Rng) -> Shares:
    """A zigzag line across, two pixels up and down."""
    first = float(rng.integers(0, SIDE - 1))
    fall = rng.integers(-5, 5) / 23
    columns = np.array([2.0, *np.arange(4.0, 24.0, 4.0), 25.0])
    swings = np.array([0.0, *np.resize([2.0, -2.0], len(columns) - 2), 0.0])
    points = list(zip(first + fall * (columns - 2) + swings, columns, strict=True))
    drawn = image
    for start, end in pairwise(points):
        drawn = np.minimum(drawn + _line(start, end), 1)
    return drawn


def canny_edges(image: Shares, _: Rng) -> Shares:
    """Only the outlines, one pixel wide (Canny, 1986)."""
    smooth = gaussian_filter(image, 1.0, mode="constant")
    down, right = sobel(smooth, 0), sobel(smooth, 1)
    slope = np.hypot(down, right)
    thin = slope * (slope >= _steeper_neighbour(slope, down, right))
    found, _count = label(thin > 0.4, structure=np.ones((3, 3)))
    strong = np.unique(found[thin > 0.8])
    return np.isin(found, strong[strong > 0]).astype(np.float64)


CORRUPTIONS: dict[str, Callable[[Shares, Rng], Shares]] = {
    "shot noise": shot_noise,
    "impulse noise": impulse_noise,
    "glass blur": glass_blur,
    "motion blur": motion_blur,
    "shear": shear,
    "scale": scale,
    "rotate": turn,
    "brightness": brightness,
    "translate": translate,
    "stripe": stripe,
    "fog": fog,
    "spatter": spatter,
    "dotted line": dotted_line,
    "zigzag": zigzag,
    "canny edges": canny_edges,
}


def _warp(image: Shares, matrix: object, offset: NDArray[np.float64] | None = None) -> Shares:
    """Look up each pixel at `matrix` times its place from the middle, plus the offset."""
    ways = np.asarray(matrix, dtype=np.float64)
    start = MIDDLE - ways @ (MIDDLE, MIDDLE) + (0.0 if offset is None else offset)
    warped: Shares = affine_transform(image, ways, start, order=1)
    return warped


def _clouds(rng: Rng) -> Shares:
    """Noise of every size, the larger the stronger, from 0 to 1: (28, 28)."""
    clouds = np.zeros((SIDE, SIDE))
    for cells, strength in ((2, 1.0), (3, 0.7), (5, 0.5), (9, 0.36), (17, 0.26), (28, 0.18)):
        noise = rng.uniform(-1, 1, (cells, cells))
        clouds += strength * zoom(noise, SIDE / cells, order=1)[:SIDE, :SIDE]
    spread: Shares = (clouds - clouds.min()) / np.ptp(clouds)
    return spread


def _line(start: tuple[float, float], end: tuple[float, float]) -> Shares:
    """A soft line between two points of (row, column), the first the further left."""
    column = np.arange(SIDE)
    middle = np.interp(column, (start[1], end[1]), (start[0], end[0]))
    away = np.abs(np.arange(SIDE)[:, None] - middle).clip(0, LINE_WIDTH - 1e-9)
    ink: Shares = (1 + np.log(1 - away / LINE_WIDTH)).clip(0, 1)
    ink[:, (column < np.floor(start[1])) | (column >= np.ceil(end[1]))] = 0
    return ink


def _steeper_neighbour(slope: Shares, down: Shares, right: Shares) -> Shares:
    """The steeper of the two neighbours across the edge at each pixel."""
    steps = np.round(np.arctan2(down, right) / (np.pi / 4)).astype(int) % 4
    fenced = np.pad(slope, 1)
    steeper = np.zeros_like(slope)
    for step, (rows, columns) in enumerate(((0, 1), (1, 1), (1, 0), (1, -1))):
        ahead = fenced[1 + rows : 1 + rows + SIDE, 1 + columns : 1 + columns + SIDE]
        behind = fenced[1 - rows : 1 - rows + SIDE, 1 - columns : 1 - columns + SIDE]
        steeper = np.where(steps == step, np.maximum(ahead, behind), steeper)
    return steeper
