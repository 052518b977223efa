"""Take a hand out of a picture: the thumb that holds the note reaches over its edge.

A thumb is darker than the paper, far broader than a pen, comes in from one side
of the picture and bears no writing. Shadows have its darkness, but are larger,
run from side to side, or lie over writing. A thumb may lie over writing, too: what
ends at it, and doesn't go on within, may be covered by it.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from device.preparation.components import Component, components, paint_all
from device.preparation.light import closing, on_grid, step_of, widen
from device.reading import Frame

DARK = 0.9
"""A hand leaves less than this share of the light of the paper around it…"""

DARKEST = 0.3
"""…but isn't as dark as ink, which leaves less than this share…"""

BROAD = 0.07
"""…is broader than this share of the canvas's longer side, and than most pens…"""

BROADEST = 0.4
"""…but not than this share…"""

WRIST = 0.45
"""…takes no more than this share of the side that it comes in from…"""

LARGEST = 0.16
"""…and of the canvas…"""

ALONE = 0.7
"""…is at least this share of what hangs together with it…"""

BARE = 0.45
"""…and none of it is darker than this share of its middle grey: that is writing in a shadow."""

SOFT = 1
"""How many cells of the grid its edge and its shadow reach further."""

LYING = 0.35
"""What is as broad and as light as a hand on a note covers no more of it than this share."""

NEAR_PX = 1
"""A stroke that comes so near to a hand may run on under it…"""

AROUND = 0.5
"""…unless there is as dark a ground around this share of it: it is written in a shadow…"""

AROUND_PX = (3, 6)
"""…which is looked at so far from it."""


def without_hands(canvas: Frame, *, is_note: bool) -> tuple[Frame, NDArray[np.bool_]] | None:
    """Put paper in the place of the hands that reach in over the sides; None without any.

    Parameters
    ----------
    canvas : (rows, columns) uint8, dark ink on light paper.
    is_note : whether it is a note to its edges: of a thumb it may show the tip
        alone, and of a digit never a part.

    Returns
    -------
    The canvas without them, and a mask of where they were; on a note, also of where
    something like a hand lies over writing, which stays as it is.
    """
    cells, _ = on_grid(canvas)
    longer = max(cells.shape)
    paper = closing(cells, int(BROADEST * longer))
    dark = cells < DARK * paper
    reach = int(BROAD * longer / 2)
    broad = _opened(dark, reach, 2 * reach if is_note else 0)
    hands = np.zeros_like(dark)
    for part in components(dark) if broad.any() else []:
        mask = np.zeros_like(dark)
        part.paint(mask)
        core = mask & broad
        is_alone = core.sum() >= ALONE * part.area and _comes_in(core)
        if is_alone and _is_skin(cells[core], paper[core]):
            hands |= core
    lying: list[Component] = []
    if is_note and broad.any():
        # Neither ink nor a room is as light as a hand.
        skin = dark & ~hands & (cells >= DARKEST * np.median(paper))
        lying = _find_lying(skin, reach)
    if not hands.any() and not lying:
        return None
    taken = _enlarged(widen(hands, SOFT), canvas)
    bare = np.where(taken, _enlarged(paper.astype(np.uint8), canvas), canvas)
    return bare, taken | _enlarged(widen(paint_all(lying, dark.shape), SOFT), canvas)


def may_be_covered(
    strokes: list[Component], written: list[Component], hands: NDArray[np.bool_] | None
) -> bool:
    """Tell whether strokes end at a hand, which may lie on the rest of them.

    Parameters
    ----------
    strokes : those of a digit, or of a mark.
    written : those of all digits. Where they are pale and broad they look like a hand.
    hands : (rows, columns), where there are hands on the canvas; None is nowhere.
    """
    if hands is None:
        return False
    mask = paint_all(strokes, hands.shape)
    ends = mask & widen(hands, NEAR_PX)
    if not ends.any():
        return False
    near, far = (widen(mask, px) for px in AROUND_PX)
    around = far & ~near
    if (hands & around).sum() >= AROUND * around.sum():
        return False
    reach = max(1, int(BROAD * max(hands.shape) / 2))
    broad = _opened(hands & ~paint_all(written, hands.shape), reach, 2 * reach)
    return bool((ends & widen(broad, NEAR_PX + 1)).any())


def _find_lying(skin: NDArray[np.bool_], reach: int) -> list[Component]:
    """Find what may be a hand wherever it lies, and whatever lies beneath it."""
    found = components(_opened(skin, reach, 2 * reach))
    return [part for part in found if part.area <= LYING * skin.size]


def _enlarged(cells: NDArray[Any], canvas: Frame) -> NDArray[Any]:
    """Bring the grid's cells to the canvas's pixels."""
    step = step_of(canvas)
    rows, columns = canvas.shape
    return cells.repeat(step, axis=0).repeat(step, axis=1)[:rows, :columns]


def _opened(mask: NDArray[np.bool_], reach: int, beyond: int) -> NDArray[np.bool_]:
    """Leave out what is narrower than twice the reach: a morphological opening with a square.

    What comes in over a side goes on so far beyond it.
    """
    narrowed = ~widen(~np.pad(np.pad(mask, beyond, mode="edge"), reach), reach)
    around = reach + beyond
    return widen(narrowed, reach)[around:-around, around:-around]


def _comes_in(core: NDArray[np.bool_]) -> bool:
    """Tell whether something comes in from a single side, as broad as a hand at most."""
    shares = [side.mean() for side in (core[0], core[-1], core[:, 0], core[:, -1])]
    is_one = sum(share > 0 for share in shares) == 1
    return is_one and bool(max(shares) <= WRIST and core.mean() <= LARGEST)


def _is_skin(values: NDArray[np.int16], paper: NDArray[np.int16]) -> bool:
    darkest, usual = np.percentile(values, [5, 50])
    return bool(darkest >= BARE * usual and usual >= DARKEST * np.median(paper))
