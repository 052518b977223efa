"""Find the corner marks of a sheet on a photograph: black squares with one to four dots."""

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import binary_fill_holes, find_objects, label

from device.preparation.light import flatten
from device.reading import Frame
from tools.sheets.layout import HEIGHT, MARK, WIDTH, Place

SEARCH_PX = 1600
"""Larger photographs are reduced until their longer side has so many pixels: enough for a dot."""

LEVELS = (110, 75, 150)
"""How dark black is, after the light is evened out, of 255: in a blur less, in ink more."""

SMALLEST_PX = 14
LARGEST_SHARE = 0.2
"""The sides of a mark: from so many pixels to this share of the longer side of the photograph."""

SQUARENESS = (0.93, 1.03)
"""Area over what a parallelogram of the same spread has: 1 for any square seen aslant, 1.05 for
an ellipse, less for anything ragged."""

DOT_SHARE = (0.012, 0.1)
"""A dot's share of its mark; printed, it is 0.046."""

MARKS_SHARE = 4 * MARK**2 / (WIDTH * HEIGHT)
"""The share that four marks are of the sheet between them."""


class Mark(NamedTuple):
    """A corner mark: its dots, its centre in pixels of the photograph, and its area in them."""

    dots: int
    row: float
    column: float
    area: float


def find_marks(frame: Frame) -> list[Mark]:
    """Every corner mark on a photograph, and what looks like one."""
    scale = min(1.0, SEARCH_PX / max(frame.shape))
    rows, columns = frame.shape
    picture = Image.fromarray(frame)
    if scale < 1:
        size = max(1, round(columns * scale)), max(1, round(rows * scale))
        picture = picture.resize(size, Image.Resampling.BOX)
    flat = flatten(np.asarray(picture))
    found: list[Mark] = []
    for level in LEVELS:
        for mark in _marks_on(flat > level):
            known = (np.hypot(mark.row - m.row, mark.column - m.column) < 5 for m in found)
            if not any(known):
                found.append(mark)
    return [Mark(m.dots, m.row / scale, m.column / scale, m.area / scale**2) for m in found]


def choose_corners(marks: list[Mark]) -> list[Mark] | None:
    """The four marks, by their dots, that fit best; None where some number of dots is missing.

    Of several marks with the same dots (another sheet peeps in, a real die lies
    about) those are taken whose size agrees with the distance between them.
    """
    sets = [[mark for mark in marks if mark.dots == dots] for dots in (1, 2, 3, 4)]
    return min((list(four) for four in product(*sets)), key=_misfit, default=None)


def quadrilateral(four: list[Mark]) -> Place:
    """The centres of the marks: (4, 2) of row and column."""
    return np.array([(mark.row, mark.column) for mark in four], dtype=np.float64)


def turning(corners: Place) -> NDArray[np.float64]:
    """At each corner, twice the area of the triangle to its neighbours: positive if clockwise."""
    onwards = np.roll(corners, -1, axis=0) - corners
    before = corners - np.roll(corners, 1, axis=0)
    return np.asarray(before[:, 1] * onwards[:, 0] - before[:, 0] * onwards[:, 1])


def _misfit(four: list[Mark]) -> float:
    turns = turning(quadrilateral(four))
    if not ((turns > 0).all() or (turns < 0).all()):
        return np.inf
    between = float(np.abs(turns).sum()) / 4
    return abs(float(np.log(sum(mark.area for mark in four) / (between * MARKS_SHARE))))


def _marks_on(dark: NDArray[np.bool_]) -> Iterator[Mark]:
    parts, _ = label(dark)
    largest = LARGEST_SHARE * max(dark.shape)
    for number, place in enumerate(find_objects(parts), 1):
        sides = [part.stop - part.start for part in place]
        if min(sides) < SMALLEST_PX or max(sides) > largest:
            continue
        mark = _as_mark(parts[place] == number)
        if mark is not None:
            row, column = (part.start for part in place)
            yield mark._replace(row=mark.row + row, column=mark.column + column)


def _as_mark(part: NDArray[np.bool_]) -> Mark | None:
    """The mark that this connected dark part is, if it is one."""
    filled = binary_fill_holes(part)
    places = np.argwhere(filled)
    area = len(places)
    if area < SMALLEST_PX**2 / 2:
        return None
    spread = np.cov(places.T)
    squareness = area / (12 * np.sqrt(max(float(np.linalg.det(spread)), 1e-9)))
    narrow, wide = np.sqrt(np.linalg.eigvalsh(spread).clip(1e-9))
    if not SQUARENESS[0] < squareness < SQUARENESS[1] or wide > 2.5 * narrow:
        return None
    holes, _ = label(filled & ~part)
    shares = np.bincount(holes.ravel())[1:] / area
    dots = shares[shares > DOT_SHARE[0]]
    if not 1 <= len(dots) <= 4 or dots.max() > DOT_SHARE[1]:
        return None
    row, column = (places.mean(axis=0) + 0.5).tolist()  # a pixel's centre
    return Mark(len(dots), row, column, area)
