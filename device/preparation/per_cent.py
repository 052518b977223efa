"""The per cent sign, which is read as two digits: 5% isn't 596."""

from collections.abc import Sequence

from device.preparation.bars import columns_along, lean_of
from device.preparation.components import Component

RING = (0.1, 0.65)
"""A ring or a dot of a per cent sign is so large, in shares of the line's height…"""

ALIKE = 1.8
"""…no more than this many times larger than the other…"""

STAGGERED = 0.2
"""…and higher, or lower, than that by this share of the bar's height…"""

SLASH = 0.65
"""…on the other side of a bar that is as high as this share…"""

NEAR = 0.8
"""…no further from its middle than this share of the bar's height, nor over its ends…"""

OVER = 0.2
"""…than this…"""

SLENDER = 0.3
"""…and the bar is narrower than this share of its height, were it upright."""


def has_per_cent(strokes: Sequence[Component], tall: float) -> bool:
    """Tell whether two rings or dots stand staggered on both sides of a slash.

    Parameters
    ----------
    strokes : all that was gathered, before any of it is cut apart.
    tall : the height of their line.
    """
    low, high = (share * tall for share in RING)
    rings = [each for each in strokes if low <= max(each.height, each.width) <= high]
    if len(rings) < 2:
        return False
    slashes = [each for each in strokes if each.height >= SLASH * tall and _is_slash(each)]
    return any(
        _is_per_cent(first, slash, last) for slash in slashes for first in rings for last in rings
    )


def _is_slash(stroke: Component) -> bool:
    lean = lean_of([stroke])
    left, right = columns_along(stroke, lean)
    return lean > 0 and right - left < SLENDER * stroke.height


def _is_per_cent(first: Component, slash: Component, last: Component) -> bool:
    (row, column), (_, middle), (lower_row, last_column) = (
        ((each.top + each.bottom) / 2, (each.left + each.right) / 2)
        for each in (first, slash, last)
    )
    near, over = NEAR * slash.height, OVER * slash.height
    is_around = middle - near < column < middle < last_column < middle + near
    is_beside = first.top > slash.top - over and last.bottom < slash.bottom + over
    is_staggered = lower_row - row >= STAGGERED * slash.height
    small, large = sorted(max(each.height, each.width) for each in (first, last))
    return is_around and is_beside and is_staggered and large <= ALIKE * small
