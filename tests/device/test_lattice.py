"""The way through a lattice of pieces that is believed most."""

import numpy as np
import pytest

from device.lattice import Group, Lattice, best_way, regions
from device.preparation.components import components
from device.preparation.gather import Line, sides
from device.reading import Box, Digit

LINE = Line(slope=0.0, tall=100.0)
FLAT = np.zeros((200, 600), np.uint8)


def digit(answer: int, confidence: float) -> Digit:
    outputs = [0.0] * 10
    outputs[answer] = confidence
    box, glyph = Box(0, 0, 1, 1), np.zeros((28, 28), np.uint8)
    return Digit(answer, confidence, (answer + 1) % 10, box, tuple(outputs), glyph)


def group(left: int, width: int, *, confidence: float = 0.1, tall: int = 100) -> Group:
    mask = np.zeros(FLAT.shape, bool)
    mask[50 : 50 + tall, left : left + width] = True
    return Group(components(mask), digit(3, confidence), confidence < 0.9)


def test_sure_digits_are_regions_of_their_own() -> None:
    groups = [group(0, 40, confidence=0.99), group(45, 40, confidence=0.99)]
    assert [len(region) for region in regions(groups, LINE)] == [1, 1]


def test_a_doubtful_digit_shares_its_region_with_near_neighbours() -> None:
    groups = [group(0, 40, confidence=0.99), group(45, 40), group(150, 40, confidence=0.99)]
    assert [len(region) for region in regions(groups, LINE)] == [2, 1]


def test_two_parts_that_are_narrow_enough_together_may_be_one_digit() -> None:
    parts = [group(100, 40), group(150, 40)]
    lattice = Lattice(parts, FLAT, LINE)
    assert set(lattice.wholes) == {(0, 1), (1, 2)}
    ((span, strokes),) = lattice.spans().items()
    assert span == (0, 2)
    assert sides(strokes) == (50, 100, 150, 190)


@pytest.mark.parametrize(("width", "tall"), [(90, 100), (40, 50)])
def test_what_is_too_wide_or_too_low_is_no_digit(width: int, tall: int) -> None:
    parts = [group(100, width, tall=tall), group(105 + width, width, tall=tall)]
    narrow = Line(0.0, 100.0)
    lattice = Lattice(
        [Group(p.strokes, digit(3, 0.6), is_doubtful=True) for p in parts], FLAT, narrow
    )
    assert lattice.spans() == {}


def test_only_what_is_taken_for_no_digit_is_cut() -> None:
    flat = FLAT.copy()
    flat[50:150, 100:190] = 200
    flat[60:140, 110:180] = 0
    strokes = components(flat > 100)
    torn = Lattice([Group(strokes, digit(3, 0.2), is_doubtful=True)], flat, LINE)
    assert max(end for _, end in torn.wholes) > 1
    doubtful = Lattice([Group(strokes, digit(3, 0.6), is_doubtful=True)], flat, LINE)
    assert set(doubtful.wholes) == {(0, 1)}


def test_what_is_slender_may_only_be_a_1() -> None:
    slender = group(100, 15)
    lattice = Lattice([slender], FLAT, LINE)
    assert lattice.may_be(slender.strokes, digit(1, 0.9))
    assert not lattice.may_be(slender.strokes, digit(7, 0.9))
    assert lattice.may_be(group(100, 40).strokes, digit(7, 0.9))


def test_the_way_that_is_believed_most_is_taken() -> None:
    looks = {
        (0, 3): digit(8, 0.1),
        (0, 1): digit(1, 0.99),
        (1, 3): digit(4, 0.3),
        (0, 2): digit(9, 0.9),
        (2, 3): digit(7, 0.9),
    }
    assert best_way(looks) == [(0, 2), (2, 3)]


def test_of_ways_believed_alike_the_one_with_fewer_digits_is_taken() -> None:
    looks = {(0, 2): digit(0, 0.99), (0, 1): digit(1, 0.999), (1, 2): digit(1, 0.999)}
    assert best_way(looks) == [(0, 2)]


def test_pieces_that_lead_nowhere_are_passed_by() -> None:
    looks = {(0, 3): digit(0, 0.2), (1, 2): digit(1, 1.0), (2, 3): digit(1, 1.0)}
    assert best_way(looks) == [(0, 3)]
