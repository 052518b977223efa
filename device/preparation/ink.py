"""Tell writing from paper: thresholds, ruled lines, borders and specks."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from device.preparation.boxes import find_boxes
from device.preparation.cells import find_cell_lines
from device.preparation.components import Component, components, paint_all
from device.preparation.glyph import thicken
from device.preparation.lines import without_lines

FAINTEST = 10
"""Ink must be at least this much darker than the paper, of 255; less is the paper's own grain."""

NOISE_MARGIN = 4.5
"""…and this many times the paper's grain (its scaled median absolute deviation)."""

STEPS = 2.5
"""Grain differs from pixel to pixel: what strays further than this many such steps is writing."""

COARSE_GRAIN = 5.0
"""Paper with more grain than this is smoothed before ink is looked for on it."""

MOST_EDGES = 0.06
"""Where more pixels than this share differ from their neighbour, that is grain, not writing."""

SMOOTHING_PX = 1.0
"""Each pixel becomes the mean of those up to this far from it."""

STROKE_LEVEL = 0.40
"""A stroke ends where its darkness falls to this share of the darkest writing's."""

HANGING = 0.002
"""A smaller share of the frame than this needs no second look for writing that hangs on it."""

DARKER = 1.6
"""Writing on a printed line is this many times darker than the line."""

SMALLEST_SHARE = 0.06
"""A stroke shorter than this share of the frame's shorter side is a speck, not writing."""

BORDER_BAND = 0.16
"""What touches the border and stays within this share of the frame beside it is not writing."""

SKIRTING = 0.08
"""What stays within this share of the border is no writing even if it doesn't touch it."""

AT_BORDER = 0.02
"""What comes this near to the border, as a share of the side, touches it."""

ACROSS = 0.3
"""What runs from border to border and is flatter than this share of the frame is no writing."""

POST = 0.85
"""An upright bar over this share of the frame is a printed line, if it is slender…"""

SLENDER = 0.2
"""…that is, narrower than this share of its height, begins above all else…"""

BESIDE = 0.12
"""…that is as high as this share of the frame, and is at its side or…"""

TALLER = 1.15
"""…this many times taller."""

LARGEST_FILL = 0.5
"""Writing covers less than this share of its frame."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The strokes found in a frame.

    `strokes` are the components that may be writing, `boxes` those that stand
    around writing (see `find_boxes`), `left_out` the others, and `cell` is a mask
    of the lines beside the writing that were taken for no ink, None where there
    are none; `darkness` is the level of the darkest writing and `level` the one
    where a stroke ends, both in the units of the flattened frame (0 to 255).
    """

    strokes: list[Component]
    boxes: list[Component]
    left_out: list[Component]
    cell: NDArray[np.bool_] | None
    darkness: int
    level: int


def find_ink(flat: NDArray[np.uint8]) -> Ink:
    """Find the strokes in a flattened frame.

    Two thresholds: a low one above the paper's grain tells what could be ink
    at all, then one at `STROKE_LEVEL` of the darkest writing leaves out
    smudges, print-through and rubbed-out pencil.
    """
    flat, paper, floor = _calm(flat)
    boxes, cell, unprinted = _without_print(flat > floor)
    candidates = _candidates(unprinted, flat)
    if not candidates:
        return Ink([], boxes, [], cell, 0, floor)
    darkness = max(_weight(stroke, flat, floor) for stroke in candidates)[1]
    level = max(floor, round(paper + STROKE_LEVEL * (darkness - paper)))
    candidate = paint_all(candidates, flat.shape)
    # Lines paler than the writing are gone at this level, and what they hid is whole.
    strokes: list[Component] = []
    left_out: list[Component] = []
    printed = paint_all(boxes, flat.shape)
    if cell is not None:
        printed |= cell
    darker, _, unprinted = _without_print((flat > level) & ~printed)
    for stroke in unprinted:
        is_writing = _may_be_stroke(stroke, flat.shape) and levels(stroke, candidate).any()
        (strokes if is_writing else left_out).append(stroke)
    return Ink(strokes, boxes + darker, left_out, cell, darkness, level)


def _calm(flat: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], float, int]:
    """Smooth coarse grain away; find the paper's level, and the one above which ink begins."""
    paper, grain = _grain(flat)
    floor = _floor(paper, grain)
    dark = flat > floor
    # Dark corners are grainier than the rest once the light is even: they show as specks.
    specks = np.count_nonzero(dark[:, 1:] != dark[:, :-1])
    if grain > COARSE_GRAIN or specks > MOST_EDGES * flat.size:
        flat = np.asarray(Image.fromarray(flat).filter(ImageFilter.BoxBlur(SMOOTHING_PX)))
        paper, grain = _grain(flat)
        floor = _floor(paper, grain)
    return flat, paper, floor


def _floor(paper: float, grain: float) -> int:
    return min(254, round(paper + max(FAINTEST, NOISE_MARGIN * grain)))


def _candidates(found: list[Component], flat: NDArray[np.uint8]) -> list[Component]:
    """Choose what may be writing, each at the lowest level at which it stands free.

    Writing that hangs on a printed grid or a shadow is lost with it; where the
    dark part of such a thing is clearly darker than the rest, that may be it.
    """
    free = [stroke for stroke in found if _may_be_writing(stroke, flat.shape)]
    for stroke in found:
        if stroke.area < HANGING * flat.size or stroke in free:
            continue
        values = levels(stroke, flat)
        split = otsu(values)
        dark = values > split
        if not dark.all() and values[dark].mean() > DARKER * values[~dark].mean():
            parts = components(without_lines(paint_all([stroke], flat.shape) & (flat > split)))
            free += [part for part in parts if _may_be_writing(part, flat.shape)]
    return _without_posts(free, flat.shape)


def _without_print(
    mask: NDArray[np.bool_],
) -> tuple[list[Component], NDArray[np.bool_] | None, list[Component]]:
    """Find the boxes in a mask, the lines of a cell around it if any, and what is no print."""
    found = components(mask)
    boxes = find_boxes(found)
    strokes = [each for each in found if each not in boxes]
    bare = mask & ~paint_all(boxes, mask.shape)
    unruled = without_lines(bare)
    lines = [each for stroke in strokes if (each := _find_cell(stroke, mask.shape)) is not None]
    if lines and not _middle(bare & ~unruled).any():  # else it is ruled paper
        return boxes, *_without_cell(bare, np.logical_or.reduce(lines))
    return boxes, None, strokes if (unruled == bare).all() else components(unruled)


def _without_cell(
    mask: NDArray[np.bool_], cell: NDArray[np.bool_]
) -> tuple[NDArray[np.bool_], list[Component]]:
    """Find a cell's lines with the scraps that hung on them, and what is left without them."""
    beside = thicken(thicken(cell))
    strokes: list[Component] = []
    scraps: list[Component] = []
    for part in components(without_lines(mask & ~cell)):
        is_scrap = (
            max(part.height, part.width) < BORDER_BAND * min(mask.shape)
            and not comes_in(part, *mask.shape)
            and levels(part, beside).any()
        )
        (scraps if is_scrap else strokes).append(part)
    return cell | paint_all(scraps, mask.shape), strokes


def _middle(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """The half of a mask in its middle, each way."""
    rows, columns = mask.shape
    return mask[rows // 4 : -(rows // 4), columns // 4 : -(columns // 4)]


def _find_cell(stroke: Component, shape: tuple[int, ...]) -> NDArray[np.bool_] | None:
    """Find the lines of a cell in a stroke, unless they may be part of what hangs on them."""
    lines = find_cell_lines(stroke, shape)
    if lines is None:
        return None
    parts = components(paint_all([stroke], shape) & ~lines.mask)
    hanging = [p for p in parts if comes_in(p, *shape) and _may_be_writing(p, shape)]
    if lines.make_a_corner or (hanging and lines.jut_out(stroke, hanging)):
        return lines.mask
    return None


def _without_posts(strokes: list[Component], shape: tuple[int, ...]) -> list[Component]:
    """Leave out what is too tall for a 1 beside what else there is."""
    rows, columns = shape
    posts = [s for s in strokes if s.height >= POST * rows and is_upright_bar(s)]
    beside = [s for s in strokes if s not in posts and s.height >= BESIDE * rows]
    if not posts or not beside:
        return strokes
    top, tallest = min(s.top for s in beside), max(s.height for s in beside)

    def is_printed(post: Component) -> bool:
        is_taller = post.height > TALLER * tallest
        return post.top < top and (is_aside(post, columns) or is_taller)

    return [s for s in strokes if s not in posts or not is_printed(s)]


def is_upright_bar(stroke: Component) -> bool:
    """Tell whether a stroke is as slender as a printed line, or as a 1."""
    return stroke.width < SLENDER * stroke.height


def is_aside(stroke: Component, columns: int) -> bool:
    """Tell whether a stroke stands at the side of the frame, as the lines of a box do."""
    return min(stroke.right, columns - stroke.left) < BORDER_BAND * columns


def otsu(values: NDArray[np.uint8]) -> int:
    """Return the level that best parts the values in two classes (Otsu, 1979).

    Values up to and including the level are one class. Where all values are
    the same, the level is below them.
    """
    counts = np.bincount(values, minlength=256).astype(np.float64)
    below = np.cumsum(counts)
    moment = np.cumsum(counts * np.arange(256))
    above = below[-1] - below
    with np.errstate(divide="ignore", invalid="ignore"):
        between = (moment[-1] * below / below[-1] - moment) ** 2 / (below * above)
    best = np.nan_to_num(between, posinf=0.0)
    return int(best.argmax()) if best.any() else int(values.min()) - 1


def _grain(flat: NDArray[np.uint8]) -> tuple[float, float]:
    """The paper's level, and its grain as a standard deviation that the ink doesn't sway.

    A large digit out of focus covers so much of its frame that the levels'
    spread is its own; the differences between neighbours are still the grain's.
    """
    some = flat[::2, ::2]
    counts = np.bincount(some.ravel(), minlength=256)
    paper = _median(counts)
    off = np.bincount(np.abs(np.arange(256) - round(paper)), counts, minlength=256)
    apart = np.abs(np.diff(some.astype(np.int16), axis=1))
    step = _median(np.bincount(apart.ravel(), minlength=256)) / 2**0.5
    return paper, 1.4826 * min(_median(off), max(1.0, STEPS * step))


def _median(counts: NDArray[Any]) -> float:
    """Return the median of whole levels, placed within its level by the share that lies below.

    Grain is a level or two: a whole number for it would be too coarse.
    """
    below = np.cumsum(counts)
    half = below[-1] / 2
    level = int(np.searchsorted(below, half))
    share = (half - (below[level] - counts[level])) / max(1, counts[level])
    return max(0.0, level - 0.5 + float(share))


def _weight(stroke: Component, flat: NDArray[np.uint8], floor: int) -> tuple[float, int]:
    """How much a stroke stands out (for choosing the darkest writing), and its own darkness.

    Where most of it is paler than the end of its darkest strokes, that is shade
    which hangs on them.
    """
    values = levels(stroke, flat)
    middle, core, darkest = np.percentile(values, [50, 75, 95]).tolist()
    if middle < STROKE_LEVEL * darkest:
        values = values[values >= STROKE_LEVEL * darkest]
        core = float(np.percentile(values, 75))
    return (core - floor) * len(values) ** 0.5, int(core)


def levels(stroke: Component, flat: NDArray[Any]) -> NDArray[Any]:
    """Return the values of a picture at each of the stroke's pixels: (area,)."""
    return np.concatenate([flat[row, first:end] for row, first, end in stroke.runs.tolist()])


def _may_be_writing(stroke: Component, shape: tuple[int, ...]) -> bool:
    rows, columns = shape
    if max(stroke.height, stroke.width) < SMALLEST_SHARE * min(shape) or stroke.area < 6:
        return False
    if stroke.area > LARGEST_FILL * rows * columns:
        return False
    return not _along_border(stroke, rows, columns)


def _along_border(stroke: Component, rows: int, columns: int) -> bool:
    """Tell what is left of a frame, a table's edge or a shadow: at the border and not far in."""
    ways_in = (
        (stroke.top, stroke.bottom, rows),
        (rows - stroke.bottom, rows - stroke.top, rows),
        (stroke.left, stroke.right, columns),
        (columns - stroke.right, columns - stroke.left, columns),
    )
    at_border = [near <= max(1, AT_BORDER * side) for near, _, side in ways_in]
    beside = any(at_border) and not comes_in(stroke, rows, columns)
    skirting = any(far < SKIRTING * side for _, far, side in ways_in)
    across = at_border[2] and at_border[3] and stroke.height < ACROSS * rows
    down = at_border[0] and at_border[1] and stroke.width < ACROSS * columns / 2
    return sum(at_border) >= 3 or beside or skirting or across or down


def comes_in(stroke: Component, rows: int, columns: int) -> bool:
    """Tell whether any of the stroke lies further in than `BORDER_BAND` from all borders."""
    down, across = BORDER_BAND * rows, BORDER_BAND * columns
    row, first, end = stroke.runs.T
    inside = (row >= down) & (row < rows - down) & (end > across) & (first < columns - across)
    return bool(inside.any())


def _may_be_stroke(stroke: Component, shape: tuple[int, ...]) -> bool:
    smallest = SMALLEST_SHARE * min(shape) / 2
    if max(stroke.height, stroke.width) < smallest or stroke.area < 4:
        return False
    return not _along_border(stroke, shape[0], shape[1])
