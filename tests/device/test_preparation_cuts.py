"""Strokes are cut where digits may touch."""

import numpy as np
import pytest
from numpy.typing import NDArray

from device.preparation.components import Component, components
from device.preparation.cuts import Pieces, cut
from device.preparation.gather import Line, sides
from device.reading import Box
from tests.device.paper import FIVE, FOUR, ONE, SEVEN, ZERO, Strokes, assert_near, paper, write

LINE = Line(slope=0.0, tall=220.0)


def flat_of(shape: tuple[int, ...], strokes: list[Component]) -> NDArray[np.uint8]:
    flat = np.zeros(shape, np.uint8)
    mask = np.zeros(shape, bool)
    for stroke in strokes:
        stroke.paint(mask)
    flat[mask] = 160
    return flat


def pieces_of(strokes: list[Component], line: Line = LINE) -> Pieces:
    return cut(strokes, flat_of((480, 640), strokes), line)


def box_of(strokes: list[Component]) -> Box:
    top, left, bottom, right = sides(strokes)
    return Box(top, left, bottom - top, right - left)


def touching(left: Strokes, right: Strokes, beside: float) -> tuple[list[Component], Box, Box]:
    frame = paper()
    one, other = write(frame, left, 140, 150, 200), write(frame, right, 140, 150 + beside, 200)
    strokes = components(frame < 120)
    assert len(strokes) == 1
    return strokes, one, other


def off(found: Box, expected: Box) -> int:
    return int(np.abs(np.array(found) - expected).max())


PAIRS = {
    "00": (ZERO, ZERO, 136),
    "50": (FIVE, ZERO, 116),
    "54": (FIVE, FOUR, 116),
    "71": (SEVEN, ONE, 116),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_one_of_the_cuts_parts_two_digits_that_touch(pair: str) -> None:
    strokes, left, right = touching(*PAIRS[pair])
    pieces = pieces_of(strokes)
    best = min(
        max(
            off(box_of(pieces.strokes(0, place)), left),
            off(box_of(pieces.strokes(place, pieces.count)), right),
        )
        for place in range(1, pieces.count)
    )
    assert best <= 20, f"{pair}: the best of {pieces.count - 1} cuts is {best} px off"


def test_a_cut_goes_round_a_stroke_that_reaches_over_the_neighbour() -> None:
    frame = paper()
    seven = write(frame, (((0.0, 0.0), (0.0, 0.8), (1.0, 0.1)),), 140, 150, 200)
    one = write(frame, (((0.4, 0.55), (1.0, 0.5)),), 140, 150, 200)
    frame[215:222, 225:270] = 40
    strokes = components(frame < 120)
    assert len(strokes) == 1
    assert one.left + one.width < seven.left + seven.width
    pieces = pieces_of(strokes)
    best = min(
        max(
            off(box_of(pieces.strokes(0, place)), seven),
            off(box_of(pieces.strokes(place, pieces.count)), one),
        )
        for place in range(1, pieces.count)
    )
    assert best <= 50


def test_pale_ink_between_dark_strokes_is_where_they_are_cut() -> None:
    flat = np.zeros((200, 200), np.uint8)
    flat[50:150, 40:70] = flat[50:150, 74:104] = 200
    flat[50:150, 70:74] = 100
    pieces = cut(components(flat > 50), flat, Line(0.0, 100.0))
    rights = [box_of(pieces.strokes(0, place)) for place in range(1, pieces.count)]
    assert any(70 <= box.left + box.width <= 74 for box in rights)


def test_a_slanted_line_is_set_level_before_it_is_cut() -> None:
    frame = paper()
    slope = 0.3
    boxes = [
        write(frame, ZERO, 100 + slope * shift, 100 + shift, 120, pen=0.12)
        for shift in (0, 80, 160)
    ]
    strokes = components(frame < 120)
    assert len(strokes) == 1
    pieces = pieces_of(strokes, Line(slope, 134.0))
    spans = [
        pieces.strokes(first, end)
        for first in range(pieces.count)
        for end in range(first + 1, pieces.count + 1)
    ]
    for box in boxes:
        assert min(off(box_of(span), box) for span in spans if span) <= 25


@pytest.mark.parametrize("pair", PAIRS)
def test_every_pixel_of_ink_is_in_one_piece(pair: str) -> None:
    strokes, *_ = touching(*PAIRS[pair])
    pieces = pieces_of(strokes)
    top, left, bottom, right = sides(strokes)
    mask = np.zeros((bottom - top, right - left), bool)
    strokes[0].paint(mask, top, left)
    np.testing.assert_array_equal(pieces.numbers >= 0, mask)
    assert set(np.unique(pieces.numbers[mask])) <= set(range(pieces.count))
    means = [np.nonzero(pieces.numbers == n)[1].mean() for n in range(pieces.count)]
    assert means == sorted(means)


def test_all_pieces_together_are_the_strokes() -> None:
    strokes, *_ = touching(*PAIRS["54"])
    pieces = pieces_of(strokes)
    (whole,) = pieces.strokes(0, pieces.count)
    np.testing.assert_array_equal(np.sort(whole.runs, axis=0), np.sort(strokes[0].runs, axis=0))
    assert_near(box_of([whole]), box_of(strokes), slack=0)


def test_a_scrap_of_the_neighbour_is_left_out() -> None:
    numbers = np.full((60, 60), -1, np.int16)
    numbers[10:50, 10:20] = 0
    numbers[10:13, 25:28] = 0
    (kept,) = Pieces(1, numbers, top=100, left=200).strokes(0, 1)
    assert box_of([kept]) == Box(110, 210, 40, 10)


def test_no_cut_leaves_less_than_half_the_height_on_a_side() -> None:
    frame = paper()
    write(frame, SEVEN, 140, 150, 200)
    strokes = components(frame < 120)
    pieces = pieces_of(strokes)
    for place in range(1, pieces.count):
        for side in (pieces.strokes(0, place), pieces.strokes(place, pieces.count)):
            assert box_of(side).height >= 0.4 * LINE.tall


def test_an_upright_stroke_is_not_cut() -> None:
    mask = np.zeros((480, 640), bool)
    mask[100:300, 200:204] = True
    assert pieces_of(components(mask)).count == 1


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 2), (5, 5), (200, 200)])
@pytest.mark.parametrize("slope", [0.0, -0.5, 2.0])
def test_any_strokes_are_taken(shape: tuple[int, int], slope: float) -> None:
    strokes = components(np.ones(shape, bool))
    pieces = cut(strokes, np.full(shape, 200, np.uint8), Line(slope, max(1.0, shape[0] / 2)))
    area = sum(
        stroke.area
        for number in range(pieces.count)
        for stroke in pieces.strokes(number, number + 1)
    )
    assert 0 < area <= shape[0] * shape[1]
