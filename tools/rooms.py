"""Notes that are held up before a room, or stuck on a wall, as the camera sees them."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from device.photographs import Conditions, homography, photograph
from device.reading import Frame
from tools.conditions import ordinary
from tools.digit_notes import write_digit

Rng = np.random.Generator

ON_WALL = "on a lighter wall"

SHARES = {
    "near": (0.75, 0.95),
    "at arm's length": (0.5, 0.75),
    "far": (0.3, 0.5),
    ON_WALL: (0.3, 0.75),
}
"""How much of the frame's width and height the note takes, by how far away it is held."""

WALL = (0.75, 0.95)
"""How bright a white wall is, as a share of full scale…"""

COLOURED = (0.55, 0.9)
"""…and a yellow, pink or blue note on it, as a share of that."""

LIGHTEST = 0.6
"""The room is at most this light, as a share of the note's paper."""

LEAN_DEG = 6.0
"""Standard deviation of how far the note is turned."""

TILT = 0.06
"""Each corner is off by up to this share of the note's sides: it isn't held quite straight."""


def photograph_held(
    image: NDArray[np.uint8], rng: Rng, distance: str, size: tuple[int, int]
) -> Frame:
    """Write one of MNIST's digits on an ordinary note, and hold that up before a room.

    On a wall the note is a coloured one, darker than what is around it.

    Parameters
    ----------
    image : (28, 28), ink high.
    distance : one of `SHARES`.
    size : (width, height) of the frame in pixels.

    Returns
    -------
    (rows, columns) uint8.
    """
    share = rng.uniform(*SHARES[distance])
    width, height = (round(side * share) for side in size)
    conditions = replace(ordinary(rng), lean_deg=rng.normal(0.0, 3.0))
    if distance == ON_WALL:
        wall = rng.uniform(*WALL)
        conditions = replace(conditions, paper=wall * rng.uniform(*COLOURED))
    ink = write_digit(image, rng, conditions, (width, height))
    note = photograph(ink, rng, conditions)
    if distance != ON_WALL:
        return hold_up(note, conditions, rng, size)
    bare = np.zeros(size[::-1], dtype=np.float32)
    behind = photograph(bare, rng, replace(conditions, paper=wall))
    return place_before(note, _hold(corners_of(note), rng, size), behind, conditions.blur_px)


def hold_up(note: Frame, conditions: Conditions, rng: Rng, size: tuple[int, int]) -> Frame:
    """Hold a photographed note up before a room, which is seen by the same camera.

    Parameters
    ----------
    note : (rows, columns) uint8, photographed under these conditions.
    size : (width, height) of the frame in pixels.

    Returns
    -------
    (rows, columns) uint8.
    """
    behind = _photograph_room(rng, conditions.paper * 255 * LIGHTEST, conditions.noise, size)
    seen = _hold(corners_of(note), rng, size)
    return place_before(note, seen, behind, conditions.blur_px)


def place_before(
    note: Frame, seen: NDArray[np.float64], behind: Frame, blur_px: float = 0.0
) -> Frame:
    """Place a note before what is behind it.

    Parameters
    ----------
    seen : (4, 2) of column and row, where its corners are seen, in the order of `corners_of`.
    blur_px : standard deviation of the lens's blur, which its sides have too.
    """
    size = behind.shape[::-1]
    warp = (size, Image.Transform.PERSPECTIVE, homography(seen, corners_of(note)))
    held = Image.fromarray(note).transform(*warp, Image.Resampling.BILINEAR)
    mask = Image.fromarray(np.full_like(note, 255)).transform(*warp, Image.Resampling.BILINEAR)
    soft = mask.filter(ImageFilter.GaussianBlur(blur_px))
    return np.asarray(Image.composite(held, Image.fromarray(behind), soft))


def corners_of(note: Frame) -> NDArray[np.float64]:
    """(4, 2) of column and row: top left, top right, bottom right, bottom left."""
    height, width = note.shape
    return np.array([(0, 0), (width, 0), (width, height), (0, height)], dtype=np.float64)


def _hold(corners: NDArray[np.float64], rng: Rng, size: tuple[int, int]) -> NDArray[np.float64]:
    """Where the note's corners are seen: turned, tilted, and anywhere in the frame."""
    sides = corners.max(axis=0)
    tilted = corners + rng.uniform(-TILT, TILT, (4, 2)) * sides
    angle = np.deg2rad(rng.normal(0.0, LEAN_DEG))
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    middle = sides / 2 + rng.uniform(0, 1, 2) * (size - sides)
    seen: NDArray[np.float64] = (tilted - sides / 2) @ turn.T + middle
    return seen


def _photograph_room(
    rng: Rng, lightest: float, noise: float, size: tuple[int, int]
) -> NDArray[np.uint8]:
    """Photograph furniture and shadows, out of focus behind the note."""
    blobs = rng.uniform(0.1, 1.0, rng.integers(3, 9, 2)) * lightest * rng.uniform(0.3, 1.0)
    room = Image.fromarray(blobs.astype(np.float32)).resize(size, Image.Resampling.BICUBIC)
    grain = rng.normal(0.0, noise, size[::-1])
    return np.asarray((np.asarray(room) + grain).clip(0, 255), dtype=np.uint8)
