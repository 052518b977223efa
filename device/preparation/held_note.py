"""Find the note that somebody holds up, and see it from straight in front.

A note that doesn't fill the frame has a room around it, or a wall. Its edges, and
whatever is in the room, are darker than paper and would be taken for ink.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from device.preparation.components import Component, components, paint_all
from device.preparation.light import border_of
from device.preparation.view import Corners, View
from device.reading import Frame

COARSE_PX = 96
"""A note is looked for in the frame reduced to about this length."""

SMALLEST = 0.05
"""A note covers at least this share of the frame…"""

LARGEST = 0.92
"""…and at most this one, or there is nothing around it…"""

SOLID = 0.6
"""…is mostly bare paper, by this share…"""

FULL = 0.92
"""…has four straight sides, which enclose this share of paper…"""

STRAY = 0.05
"""…and have no more of it than this outside…"""

ROOM = 40.0
"""…leaves to the room at least this many per cent of the frame's border…"""

MOST_TAPER = 2.0
"""A side of it is at most this many times as long as the opposite one…"""

LONGEST = 6.0
"""…and this many times as long as the sides beside it: longer is a shelf, a stripe of light…"""

STEEPEST = 0.7
"""…and leans no more than this, as the tangent."""

TRIMMED = (0.9, 0.8, 0.7, 0.7, 0.7)
"""A side is laid along its points again and again, each time along this share of them."""

AT_BORDER_PX = 1.5
"""A side that comes this near to the frame's border reaches over it, in the reduced frame."""

RING_PX = 3
"""What is around it is looked at up to this far from it, in the reduced frame."""

INSET_PX = 1.5
"""Its sides are soft; so much of them is left out, in the reduced frame."""

SAME_PX = 4.0
"""Corners that are no further apart, in the reduced frame, are those of the same note."""


@dataclass(frozen=True, slots=True)
class Search:
    """How a note is looked for.

    Attributes
    ----------
    levels : how many levels between dark and light are tried.
    most_edges : where more pixels than this share differ from their neighbour,
        that is grain, not a note.
    opening_px : what is narrower, in the reduced frame, doesn't belong to a note.
    most_border : a note takes less than this share of the frame's border…
    most_sides : …and reaches over no more sides of the frame than these.
    darker : what is around it has at most this share of its brightness, by how
        many sides those are…
    along : …along this share of each side.
    """

    levels: int
    most_edges: float
    opening_px: int
    most_border: float
    most_sides: int
    darker: tuple[float, ...]
    along: float


STRICT = Search(
    levels=6,
    most_edges=0.08,
    opening_px=1,
    most_border=0.5,
    most_sides=2,
    darker=(0.85, 0.75, 0.4),
    along=0.6,
)
"""For every frame: half of a paper that is lit, and paper with grain, are no notes."""

LOOSE = Search(
    levels=14,
    most_edges=1.0,
    opening_px=3,
    most_border=0.7,
    most_sides=4,
    darker=(0.9, 0.85, 0.6, 0.4, 0.4),
    along=0.5,
)
"""For frames that can't be read: near notes, and notes before what is partly as light as they."""


def find_held_note(frame: Frame) -> View | None:
    """Find the note in a frame, light before a darker room; None where paper fills the frame.

    Parameters
    ----------
    frame : (rows, columns) uint8, at least 28×28.
    """
    small, step = _reduce(frame)
    return next(_find_notes(small, step, STRICT), None)


def find_other_notes(frame: Frame, refused: View | None = None) -> Iterator[View]:
    """Find what may be a note where the frame as a whole can't be read.

    One before something lighter, as yellow paper on a white wall is, and those
    that the search for every frame is too strict for. All are too much like a
    shadow on a paper, or what it leaves lit, to be taken for notes elsewhere.

    Parameters
    ----------
    frame : (rows, columns) uint8, at least 28×28.
    refused : the note of `find_held_note`, which isn't found again.
    """
    small, step = _reduce(frame)
    for note in _find_notes(255 - small, step, STRICT):
        yield replace(note, paper=255 - note.paper)
    for note in _find_notes(small, step, LOOSE):
        if refused is None or np.abs(note.corners - refused.corners).max() > SAME_PX * step:
            yield note


def _reduce(frame: Frame) -> tuple[Frame, int]:
    """The frame reduced to about `COARSE_PX`, and by how much."""
    step = max(1, round(max(frame.shape) / COARSE_PX))
    return np.asarray(Image.fromarray(frame).reduce(step)), step


def _find_notes(small: Frame, step: int, how: Search) -> Iterator[View]:
    """Find notes that are lighter than what is around them, the largest first."""
    if max(small.shape) * step < COARSE_PX:
        return
    low, high = np.percentile(small, [5, 98]).tolist()
    border = border_of(small)
    if np.percentile(border, ROOM) > how.darker[0] * high:
        return  # spares the search wherever paper fills the frame in an even light
    last = np.zeros((4, 2))
    for level in np.linspace(low, high, how.levels + 2)[1:-1].tolist():
        if (border > level).mean() > how.most_border:
            continue
        corners = _find_corners(small, level, how)
        if corners is not None and np.abs(corners - last).max() > SAME_PX:
            last = corners
            paper = int(np.median(small[_depths(corners, small.shape).min(axis=0) >= 0]))
            yield View(_inset(corners) * step, paper)


def _find_corners(small: Frame, level: float, how: Search) -> Corners | None:
    """The corners of what is lighter than the level, if that looks like a note."""
    mask = small > level
    if np.count_nonzero(mask[:, 1:] != mask[:, :-1]) > how.most_edges * mask.size:
        return None
    found = components(_opened(mask, how.opening_px))
    paper = max(found, key=lambda each: each.area, default=None)
    if paper is None or paper.area < SOLID * SMALLEST * small.size:
        return None
    box = np.array([(paper.left, paper.top), (paper.right, paper.bottom)])
    if _sides_over(box, small.shape) > how.most_sides:
        return None
    filled = _fill(paper, small.shape)
    if paper.area < SOLID * filled.sum():
        return None
    corners = _fit_corners(filled)
    if corners is None or not _is_note(corners, filled, small, how):
        return None
    return corners


def _opened(mask: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Leave out what is narrower: a morphological opening with a square, whose width is odd."""
    if width == 1:
        return mask
    picture = Image.fromarray(mask.astype(np.uint8))
    narrowed = picture.filter(ImageFilter.MinFilter(width))
    return np.asarray(narrowed.filter(ImageFilter.MaxFilter(width))) > 0


def _fill(paper: Component, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Paint a component with what is written on it: what it has on all four sides."""
    mask = paint_all([paper], shape)
    return (
        np.logical_or.accumulate(mask, axis=0)
        & np.logical_or.accumulate(mask[::-1], axis=0)[::-1]
        & np.logical_or.accumulate(mask, axis=1)
        & np.logical_or.accumulate(mask[:, ::-1], axis=1)[:, ::-1]
    )


def _fit_corners(filled: NDArray[np.bool_]) -> Corners | None:
    """Lay straight lines along the four sides, and cross them."""
    rows, columns = (np.flatnonzero(filled.any(axis=axis)) for axis in (1, 0))
    top = _line(columns, filled[:, columns].argmax(axis=0))
    bottom = _line(columns, len(filled) - filled[::-1, columns].argmax(axis=0))
    left = _line(rows, filled[rows].argmax(axis=1))
    right = _line(rows, filled.shape[1] - filled[rows, ::-1].argmax(axis=1))
    if max(abs(slope) for slope, _ in (top, bottom, left, right)) > STEEPEST:
        return None
    pairs = ((top, left), (top, right), (bottom, right), (bottom, left))
    return np.array([_cross(level, upright) for level, upright in pairs])


def _line(along: NDArray[np.intp], at: NDArray[np.intp]) -> tuple[float, float]:
    """Slope and start of the line along most of the points, whatever the others do."""
    middle, height = along + 0.5, at.astype(np.float64)
    kept = np.ones(len(along), dtype=bool)
    slope = start = 0.0
    for share in TRIMMED:
        mean, level = middle[kept].mean(), height[kept].mean()
        away = middle[kept] - mean
        slope = float((away * height[kept]).sum() / max((away**2).sum(), 1.0))
        start = float(level - slope * mean)
        off = np.abs(height - slope * middle - start)
        kept = off <= max(0.75, float(np.sort(off)[int(share * len(off))]))
    return slope, start


def _cross(level: tuple[float, float], upright: tuple[float, float]) -> tuple[float, float]:
    """Where a line across, rows by columns, meets one down, columns by rows: column and row."""
    (slope, start), (lean, offset) = level, upright
    column = (lean * start + offset) / (1 - lean * slope)
    return column, slope * column + start


def _is_note(corners: Corners, filled: NDArray[np.bool_], small: Frame, how: Search) -> bool:
    """Tell whether a region is a note: four-sided, full, and lighter than what is around it."""
    if not SMALLEST * small.size <= _area(corners) <= LARGEST * small.size:
        return False
    top, right, bottom, left = np.hypot(*(np.roll(corners, -1, axis=0) - corners).T).tolist()
    if max(top, bottom) > MOST_TAPER * min(top, bottom):
        return False
    if max(left, right) > MOST_TAPER * min(left, right):
        return False
    if not 1 / LONGEST <= (top + bottom) / (left + right) <= LONGEST:
        return False
    over = _sides_over(corners, small.shape)
    if over > how.most_sides:
        return False
    depths = _depths(corners, small.shape)
    depth = depths.min(axis=0)
    inside = depth >= 0
    full = inside.any() and filled[inside].mean() >= FULL
    stray = (filled & (depth < -1)).sum() <= STRAY * filled.sum()
    return bool(full and stray) and _has_edges(depths, depth, small, how.darker[over], how.along)


def _has_edges(
    depths: NDArray[np.float64],
    depth: NDArray[np.float64],
    small: Frame,
    darker: float,
    along: float,
) -> bool:
    """Tell whether it gets darker at once along each side that is in the frame."""
    for side in range(4):
        nearest = depths[side] == depth
        within = small[nearest & (depth > 1) & (depth <= 1 + RING_PX)]
        beyond = small[nearest & (depth < -1) & (depth >= -1 - RING_PX)]
        if not within.size:
            return False
        if not beyond.size:
            continue  # the frame ends there
        light = np.median(within)
        if (beyond <= darker * light).mean() < along:
            return False
    return True


def _sides_over(corners: NDArray[Any], shape: tuple[int, ...]) -> int:
    """Count the sides that lie along the frame's border, or beyond it."""
    rows, columns = shape
    (left, top), (right, bottom) = corners.min(axis=0), corners.max(axis=0)
    over = (left < AT_BORDER_PX, top < AT_BORDER_PX,
            right > columns - AT_BORDER_PX, bottom > rows - AT_BORDER_PX)  # fmt: skip
    return sum(map(bool, over))


def _depths(corners: Corners, shape: tuple[int, ...]) -> NDArray[np.float64]:
    """How far each pixel lies within each of the four sides, (4, rows, columns), < 0 outside."""
    row, column = np.mgrid[: shape[0], : shape[1]] + 0.5
    depths = []
    for (x, y), (dx, dy) in zip(corners, np.roll(corners, -1, axis=0) - corners, strict=True):
        depths.append(((row - y) * dx - (column - x) * dy) / max(np.hypot(dx, dy), 1e-6))
    return np.array(depths)


def _area(corners: Corners) -> float:
    """The area within the corners (the shoelace formula)."""
    x, y = corners.T
    return float(np.abs(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2)


def _inset(corners: Corners) -> Corners:
    """Draw the corners towards each other, so that the soft sides are left out."""
    along = np.roll(corners, -1, axis=0) - corners
    along /= np.maximum(np.hypot(*along.T), 1e-6)[:, None]
    return corners + INSET_PX * (along - np.roll(along, 1, axis=0))
