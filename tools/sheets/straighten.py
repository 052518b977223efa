"""From a photograph to the places of the boxes on it, or to the reason why not."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import find_objects, label

from device.preparation.light import flatten
from device.reading import Frame
from tools.errors import BadSheet
from tools.sheets.layout import (
    CORNERS,
    HEIGHT,
    TICK,
    WIDTH,
    Box,
    Place,
    column_ticks,
    row_ticks,
)
from tools.sheets.marks import choose_corners, find_marks, quadrilateral, turning

LEAST_PX_PER_MM = 3.0
"""A photograph from further away shows strokes too thin to learn from."""

OVERVIEW_PX_PER_MM = 5
OVERVIEW_MARGIN = 12.0
"""The first, rough straightening on which the small marks are looked for."""

TICK_LEVEL = 90
"""How dark those marks are there at least, of 255."""

REACH = 5.0
"""How much further than its neighbour a small mark may have moved; much less than half a box, or
boxes would get mixed up."""

FEWEST_TICKS = 8
"""Of the ten on a side; the others may have a thumb on them."""

BOX_PX_PER_MM = 10
INSET = 0.9
"""What is cut off a box all round, with its printed line."""


@dataclass(frozen=True, slots=True)
class Straightened:
    """Where the sheet lies on its photograph.

    `homography` takes places on the sheet to the photograph as if the sheet were
    flat. `moved` has for the left, right, top and bottom side how far each small
    mark is from where it should be, (12, 2) in millimetres, corners included.
    """

    homography: NDArray[np.float64]
    moved: tuple[Place, ...]

    def locate(self, places: Place) -> Place:
        """Where places on the sheet, (n, 2), are on the photograph, in its pixels.

        What the small marks at the four sides tell of folds and curls is blended
        over the sheet as in a Coons patch (Coons, 1967).
        """
        down, across = places.T
        left, right, top, bottom = self.moved
        v, u = (down / HEIGHT)[:, None], (across / WIDTH)[:, None]
        shift = (1 - u) * _between(down, _row_knots(), left)
        shift += u * _between(down, _row_knots(), right)
        shift += (1 - v) * _between(across, _column_knots(), top)
        shift += v * _between(across, _column_knots(), bottom)
        return project(self.homography, places + shift)

    def cut(self, frame: Frame, box: Box) -> Frame:
        """The inside of a box, straight, without its printed line."""
        inwards = np.array([(1, 1), (1, -1), (-1, -1), (-1, 1)]) * INSET
        corners = box.corners + inwards
        height, width = (corners[2] - corners[0]) * BOX_PX_PER_MM
        return cut_out(frame, self.locate(corners), (round(width), round(height)))


def straighten(frame: Frame) -> Straightened:
    """Find the sheet on a photograph.

    Raises
    ------
    BadSheet
        It is not wholly on it, too small, mirrored or too crumpled.
    """
    corners = _find_corners(frame)
    places = np.array(list(CORNERS.values()), dtype=np.float64)
    _check_size(corners, places)
    homography = find_homography(places, corners)
    return Straightened(homography, _find_moved(frame, homography))


def _find_corners(frame: Frame) -> Place:
    marks = find_marks(frame)
    four = choose_corners(marks)
    if four is None:
        raise BadSheet(_what_is_missing({mark.dots for mark in marks}))
    corners = quadrilateral(four)
    turns = turning(corners)
    if (turns < 0).all():
        raise BadSheet("the picture is mirrored: photograph without the mirror of a front camera")
    if not (turns > 0).all():
        raise BadSheet(
            "the corner marks don't stand as on one sheet: one sheet in a picture, laid flat"
        )
    return corners


def _what_is_missing(seen: set[int]) -> str:
    """Which corners aren't on the picture, in words."""
    if not seen:
        return (
            "no corner mark of a sheet on it: photograph the whole sheet, sharp and in good light"
        )
    lost = [
        f"{name} (with {dots} dot{'s' if dots > 1 else ''})"
        for dots, name in enumerate(CORNERS, 1)
        if dots not in seen
    ]
    several = len(lost) > 1
    listed = " and ".join([", ".join(lost[:-1]), lost[-1]] if several else lost)
    return (
        f"the corner mark{'s' if several else ''} {listed} "
        f"{'are' if several else 'is'} not on it, or hidden or blurred: "
        "photograph the whole sheet, flat and sharp"
    )


def _check_size(corners: Place, places: Place) -> None:
    lengths = (np.hypot(*(np.roll(four, -1, axis=0) - four).T) for four in (corners, places))
    seen, printed = lengths
    finest = float((seen / printed).min())
    if finest < LEAST_PX_PER_MM:
        raise BadSheet(
            f"too small: {finest:.1f} pixels a millimetre where it is furthest away, at least "
            f"{LEAST_PX_PER_MM:g} are needed: go nearer, or take a larger picture"
        )


def _find_moved(frame: Frame, homography: NDArray[np.float64]) -> tuple[Place, ...]:
    """How far the small marks of each side are from where a flat sheet has them."""
    found = _find_ticks(frame, homography)
    downs, acrosses = row_ticks(), column_ticks()
    sides = {
        "left": np.stack([downs, np.zeros(10)], axis=1),
        "right": np.stack([downs, np.full(10, WIDTH)], axis=1),
        "top": np.stack([np.zeros(10), acrosses], axis=1),
        "bottom": np.stack([np.full(10, HEIGHT), acrosses], axis=1),
    }
    return tuple(_side(name, expected, found) for name, expected in sides.items())


def _find_ticks(frame: Frame, homography: NDArray[np.float64]) -> Place:
    """All that may be a small mark, in millimetres of the flat sheet: (n, 2)."""
    low, high = -OVERVIEW_MARGIN, OVERVIEW_MARGIN
    edges = np.array(
        [(low, low), (low, WIDTH + high), (HEIGHT + high, WIDTH + high), (HEIGHT + high, low)]
    )
    height, width = (edges[2] - edges[0]) * OVERVIEW_PX_PER_MM
    overview = cut_out(frame, project(homography, edges), (round(width), round(height)))
    parts, _ = label(flatten(overview) > TICK_LEVEL)
    smallest, largest = 0.55 * TICK * OVERVIEW_PX_PER_MM, 1.7 * TICK * OVERVIEW_PX_PER_MM
    ticks = []
    for number, place in enumerate(find_objects(parts), 1):
        sides = [part.stop - part.start for part in place]
        if smallest <= min(sides) and max(sides) <= largest:
            dark = np.argwhere(parts[place] == number)
            if len(dark) > 0.6 * sides[0] * sides[1]:
                ticks.append(dark.mean(axis=0) + [part.start + 0.5 for part in place])
    return np.array(ticks, dtype=np.float64).reshape(-1, 2) / OVERVIEW_PX_PER_MM + low


def _side(name: str, expected: Place, found: Place) -> Place:
    """How far the marks of one side have moved, a corner before and after them: (12, 2)."""
    moved = np.concatenate([_follow(expected[:5], found), _follow(expected[:4:-1], found)[::-1]])
    seen = ~np.isnan(moved[:, 0])
    has_gap = not (seen[1:] | seen[:-1]).all()
    if seen.sum() < FEWEST_TICKS or has_gap:
        raise BadSheet(
            f"{10 - seen.sum()} of the 10 small marks at the {name} are not found: lay the sheet "
            "flat, nothing on it, no glare, no hard shadow along its edge"
        )
    along = np.arange(10.0)
    mended = [np.interp(along, along[seen], column[seen]) for column in moved.T]
    return np.pad(np.stack(mended, axis=1), ((1, 1), (0, 0)))


def _follow(expected: Place, found: Place) -> Place:
    """How far each mark has moved, going inwards from a corner, which hasn't; nan where unseen."""
    moved = np.full(expected.shape, np.nan)
    shift = np.zeros(2)
    for place, one in zip(expected, moved, strict=True):
        apart = found - place - shift
        distance = np.hypot(apart[:, 0], apart[:, 1])
        if distance.min(initial=np.inf) <= REACH:
            shift = shift + apart[distance.argmin()]
            one[:] = shift
    return moved


def _row_knots() -> NDArray[np.float64]:
    return np.array([0.0, *row_ticks(), HEIGHT])


def _column_knots() -> NDArray[np.float64]:
    return np.array([0.0, *column_ticks(), WIDTH])


def _between(where: NDArray[np.float64], knots: NDArray[np.float64], moved: Place) -> Place:
    return np.stack([np.interp(where, knots, column) for column in moved.T], axis=1)


def find_homography(places: Place, seen: Place) -> NDArray[np.float64]:
    """The (3, 3) projection that takes four places to where they are seen."""
    equations, values = [], []
    for (down, across), (row, column) in zip(places, seen, strict=True):
        equations.append([down, across, 1, 0, 0, 0, -row * down, -row * across])
        equations.append([0, 0, 0, down, across, 1, -column * down, -column * across])
        values += [row, column]
    eight = np.linalg.solve(np.array(equations), np.array(values))
    return np.append(eight, 1.0).reshape(3, 3)


def project(homography: NDArray[np.float64], places: Place) -> Place:
    """Where a projection takes places, (n, 2)."""
    flat = np.column_stack([places, np.ones(len(places))]) @ homography.T
    return np.asarray(flat[:, :2] / flat[:, 2:])


def cut_out(frame: Frame, corners: Place, size: tuple[int, int]) -> Frame:
    """The quadrilateral with these corners, clockwise from the top left, as a straight picture."""
    width, height = size
    straight = np.array([(0, 0), (0, width), (height, width), (height, 0)], dtype=np.float64)
    h = find_homography(straight, corners)
    # pillow wants x before y, and our places have rows before columns.
    swapped = h[[1, 0, 2]][:, [1, 0, 2]]
    picture = Image.fromarray(frame).transform(
        size,
        Image.Transform.PERSPECTIVE,
        (swapped / swapped[2, 2]).ravel()[:8].tolist(),
        Image.Resampling.BICUBIC,
    )
    return np.asarray(picture)
