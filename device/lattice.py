"""Where one digit ends and the next begins: the best way through a lattice of pieces.

Strokes are cut wherever digits may touch, the network looks at every run of
pieces that could be one digit, and the reading that it believes most is the
way from the first piece to the last (Casey and Lecolinet, 1996). The same way
puts together a digit whose strokes don't meet.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import NDArray

from device.preparation.cuts import Pieces, cut
from device.preparation.gather import Line, Strokes, sides
from device.reading import Digit

WIDE = 0.7
"""What is wider than this share of the line's height may be two digits that touch."""

WIDEST = 1.1
"""No digit is wider than this share of the line's height…"""

STUNTED = 0.65
"""…no part of a number lower than this…"""

SLENDER = 0.25
"""…and what is narrower than this is a 1."""

BESIDE = 0.2
"""Parts of one digit are no further apart than this share of the line's height."""

EXTRA = 0.02
"""What a reading must gain in trust (as a logarithm) for each digit that it makes more."""

Span = tuple[int, int]
"""A run of pieces: the first, and the one after the last."""


@dataclass(frozen=True, slots=True)
class Group:
    """Strokes that may be one digit, and what they were taken for.

    `is_doubtful` tells that they were gathered so, and are hardly a digit so;
    `is_part` that they had to be cut apart from others or put together.
    """

    strokes: Strokes
    digit: Digit
    is_doubtful: bool = False
    is_part: bool = False


def is_digit(digit: Digit) -> bool:
    """Tell whether it is rather some digit than none, never mind which."""
    return sum(digit.outputs) >= 0.5


def regions(groups: Sequence[Group], line: Line) -> list[list[Group]]:
    """Put those next to each other together that could be one digit: one of them is in doubt."""
    found: list[list[Group]] = []
    for group in groups:
        last = found[-1][-1] if found else None
        if (
            last
            and (last.is_doubtful or group.is_doubtful)
            and _gap(last, group) <= (BESIDE * line.tall)
        ):
            found[-1].append(group)
        else:
            found.append([group])
    return found


class Lattice:
    """The pieces of a region, and all that could be one digit among them.

    `wholes` are the groups as they were looked at already, by their span.
    """

    def __init__(self, region: Sequence[Group], flat: NDArray[np.uint8], line: Line) -> None:
        self._line = line
        self._parts: list[tuple[int, Group, Pieces | None]] = []
        self._end = 0
        self.wholes: dict[Span, Group] = {}
        for group in region:
            pieces = _cut_if_wide(group, flat, line)
            start, self._end = self._end, self._end + (pieces.count if pieces else 1)
            self._parts.append((start, group, pieces))
            self.wholes[start, self._end] = group

    def spans(self) -> dict[Span, Strokes]:
        """What else could be one digit: runs of pieces of a digit's size."""
        return {
            (first, end): strokes
            for first in range(self._end)
            for end, strokes in self._from(first)
            if (first, end) not in self.wholes and self._has_size(strokes)
        }

    def may_be(self, strokes: Strokes, digit: Digit) -> bool:
        """Tell whether the strokes are not too slender for that digit."""
        _, left, _, right = sides(strokes)
        return digit.digit == 1 or right - left >= SLENDER * self._line.tall

    def _from(self, first: int) -> Iterator[tuple[int, Strokes]]:
        for end in range(first + 1, self._end + 1):
            strokes = self._strokes(first, end)
            if not strokes:
                continue
            _, left, _, right = sides(strokes)
            if right - left > WIDEST * self._line.tall:
                return
            yield end, strokes

    def _strokes(self, first: int, end: int) -> Strokes:
        found: Strokes = []
        for start, group, pieces in self._parts:
            count = pieces.count if pieces else 1
            inner = max(0, first - start), min(count, end - start)
            if inner == (0, count) or pieces is None:
                found += group.strokes if inner[0] < inner[1] else []
            elif inner[0] < inner[1]:
                found += pieces.strokes(*inner)
        return found

    def _has_size(self, strokes: Strokes) -> bool:
        top, _, bottom, _ = sides(strokes)
        return bottom - top >= STUNTED * self._line.tall


def best_way(looks: Mapping[Span, Digit]) -> list[Span]:
    """Return the spans from the first piece to the last that are believed most together."""
    ways: dict[int, tuple[float, list[Span]]] = {0: (0.0, [])}
    for first, end in sorted(looks, key=lambda span: span[1]):
        if first not in ways:
            continue
        trust, way = ways[first]
        trust += log(max(looks[first, end].confidence, 1e-6)) - EXTRA
        if end not in ways or trust > ways[end][0]:
            ways[end] = trust, [*way, (first, end)]
    return ways[max(ways)][1]


def _cut_if_wide(group: Group, flat: NDArray[np.uint8], line: Line) -> Pieces | None:
    _, left, _, right = sides(group.strokes)
    if is_digit(group.digit) or right - left < WIDE * line.tall:
        return None
    return cut(group.strokes, flat, line)


def _gap(left: Group, right: Group) -> int:
    return sides(right.strokes)[1] - sides(left.strokes)[3]
