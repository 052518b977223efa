"""Notes that are held up before a room, or stuck on a wall, as the camera sees them."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter
from scipy.ndimage import gaussian_filter

from device.notes import draw_strokes
from device.photographs import Conditions, Ink, homography, photograph
from device.reading import Frame
from tools.conditions import ordinary
from tools.digit_notes import USUAL, Image28, Rng, write_number

ON_WALL = "on a lighter wall"

IN_HAND = "in a hand"
"""Before a room, at any distance, with a thumb on it."""

SHARES = {
    "near": (0.75, 0.95),
    "at arm's length": (0.5, 0.75),
    "far": (0.3, 0.5),
    ON_WALL: (0.3, 0.75),
    IN_HAND: (0.3, 1.0),
}
"""How much of the frame's width and height the note takes, by how far away it is held."""

WALL = (0.75, 0.95)
"""How bright a white wall is, as a share of full scale…"""

COLOURED = (0.55, 0.9)
"""…and a yellow, pink or blue note on it, as a share of that."""

LIGHTEST = 0.6
"""The room is at most this light, as a share of the note's paper."""

SKIN = (0.35, 0.85)
"""How light a hand is, as a share of the note's paper…"""

THUMB = (0.13, 0.24)
"""…how broad its thumb, as a share of the note's width…"""

REACH = (0.08, 0.28)
"""…and how far that reaches over the note's edge, without lying on the digits…"""

LONG_REACH = (0.1, 0.75)
"""…or to lie on them…"""

HIDDEN = (0.03, 0.3)
"""…over this share of their ink."""

LEAN_DEG = 6.0
"""Standard deviation of how far the note is turned."""

TILT = 0.06
"""Each corner is off by up to this share of the note's sides: it isn't held quite straight."""

Thumb = tuple[NDArray[np.float64], NDArray[np.float64], float]
"""On a note: its tip and its root, at the note's edge, (row, column) each, and how broad it is."""


def photograph_held(
    images: Sequence[Image28],
    rng: Rng,
    distance: str,
    size: tuple[int, int],
    *,
    is_covered: bool = False,
) -> Frame:
    """Write a number of MNIST's digits on an ordinary note, and hold that up before a room.

    On a wall the note is a coloured one, darker than what is around it.

    Parameters
    ----------
    images : its digits, (28, 28) each, ink high.
    distance : one of `SHARES`.
    size : (width, height) of the frame in pixels.
    is_covered : whether the thumb of the hand that it is in lies on the digits, so that
        nobody can say what they are.

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
    ink = write_number(images, rng, conditions, (width, height), USUAL)
    note = photograph(ink, rng, conditions)
    if distance == IN_HAND:
        behind = _photograph_room(rng, conditions.paper * 255 * LIGHTEST, conditions.noise, size)
        seen = _hold(corners_of(note), rng, size)
        held = place_before(note, seen, behind, conditions.blur_px)
        place = _place_thumb_over if is_covered else _place_thumb
        return _take_in_hand(held, place(ink, rng), ink.shape, seen, conditions, rng)
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


def _take_in_hand(
    frame: Frame,
    thumb: Thumb,
    shape: tuple[int, ...],
    seen: NDArray[np.float64],
    conditions: Conditions,
    rng: Rng,
) -> Frame:
    """Lay a thumb over the edge of a note, with the hand that it belongs to beside the note."""
    (tip, root, broad), (_, width) = thumb, shape
    out = (root - tip) / np.linalg.norm(root - tip)
    points = np.array([tip, root + 0.2 * width * out, root + 0.5 * width * out, root + width * out])
    thumb_tip, wrist, arm, elbow = _as_seen(points, _corners(shape), seen)
    strokes = (
        ([np.stack([thumb_tip, wrist])], broad),
        ([np.stack([wrist, arm, elbow])], 2.5 * broad),
    )
    size = frame.shape[1], frame.shape[0]
    hand = np.maximum.reduce([draw_strokes(lines, pen_px, size) for lines, pen_px in strokes])
    hand = gaussian_filter(hand, conditions.blur_px)
    skin = rng.uniform(*SKIN) * conditions.paper * 255
    rounded = skin * (0.5 + 0.5 * gaussian_filter(hand, 0.12 * broad))
    grain = rng.normal(0.0, conditions.noise, frame.shape)
    shade = rng.uniform(0.0, 0.3) * gaussian_filter(hand, 0.15 * broad)
    shaded = frame * (1 - shade * (1 - hand))
    lit: Frame = (shaded * (1 - hand) + (rounded + grain) * hand).clip(0, 255).astype(np.uint8)
    return lit


def _place_thumb(ink: Ink, rng: Rng) -> Thumb:
    """Find a place for a thumb that doesn't lie on the ink."""
    width = ink.shape[1]
    broad, reach = rng.uniform(*THUMB) * width, rng.uniform(*REACH) * width
    while True:
        thumb = _lay_thumb(ink.shape, broad, reach, rng.uniform(0.25, 0.75), rng)
        if not (ink.astype(bool) & (_draw_thumb(thumb, ink.shape, spare=1.1) > 0)).any():
            return thumb
        broad, reach = 0.9 * broad, 0.9 * reach


def _place_thumb_over(ink: Ink, rng: Rng) -> Thumb:
    """Find a place for a thumb that lies on a part of the ink."""
    width, inked = ink.shape[1], ink > 0.5
    least, most = HIDDEN
    while True:
        broad, reach = rng.uniform(*THUMB) * width, rng.uniform(*LONG_REACH) * width
        thumb = _lay_thumb(ink.shape, broad, reach, rng.uniform(0.1, 0.9), rng)
        if least < (_draw_thumb(thumb, ink.shape)[inked] > 0.5).mean() < most:
            return thumb


def _lay_thumb(shape: tuple[int, ...], broad: float, reach: float, along: float, rng: Rng) -> Thumb:
    """Lay a thumb over one side of a note but the upper one, this share of the side down it."""
    height, width = shape
    turn = rng.uniform(-0.4, 0.4)
    root, inward = (
        (np.array([along * height, 0.0]), 0.0),
        (np.array([along * height, float(width)]), np.pi),
        (np.array([float(height), along * width]), -np.pi / 2),
    )[rng.integers(3)]
    way = np.array([np.sin(inward + turn), np.cos(inward + turn)])
    return root + max(reach - broad / 2, 1.0) * way, root, broad


def _draw_thumb(thumb: Thumb, shape: tuple[int, ...], spare: float = 1.0) -> Ink:
    tip, root, broad = thumb
    return draw_strokes([np.stack([tip, root])], spare * broad, (shape[1], shape[0]))


def _as_seen(
    points: NDArray[np.float64], corners: NDArray[np.float64], seen: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Bring points on a note, (n, 2) of row and column, to where they are seen in the frame."""
    a, b, c, d, e, f, g, h = homography(corners, seen)
    row, column = points.T
    depth = g * column + h * row + 1
    return np.stack(
        [(d * column + e * row + f) / depth, (a * column + b * row + c) / depth], axis=1
    )


def corners_of(note: Frame | Ink) -> NDArray[np.float64]:
    """(4, 2) of column and row: top left, top right, bottom right, bottom left."""
    return _corners(note.shape)


def _corners(shape: tuple[int, ...]) -> NDArray[np.float64]:
    height, width = shape
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
