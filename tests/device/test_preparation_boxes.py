"""Boxes of a form go; what is written in them, and what only looks like a box, stays."""

import numpy as np
import pytest
from numpy.typing import NDArray

from device.notes import draw_strokes
from device.preparation import prepare
from device.preparation.boxes import find_boxes
from device.preparation.components import components
from tests.device.paper import FIVE, FOUR, SEVEN, ZERO, Strokes, assert_near, paper, write

Mask = NDArray[np.bool_]
ROWS, COLUMNS = 480, 640


def box(margin: int, tilt_deg: float = 0.0, *, open_side: bool = False) -> NDArray[np.float32]:
    """How much ink a box leaves, 0 to 1, at that distance from the frame's upper and lower edge."""
    half = ROWS / 2 - margin
    corners = np.array([(-half, -half), (-half, half), (half, half), (half, -half), (-half, -half)])
    turn = np.radians(tilt_deg)
    turned = corners @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    outline = turned + np.array([ROWS / 2, COLUMNS / 2])
    return draw_strokes([outline[:-1] if open_side else outline], 5, (COLUMNS, ROWS))


def digit_within(digit: Strokes, tall: float = 180.0) -> Mask:
    frame = paper()
    write(frame, digit, (ROWS - tall) / 2, (COLUMNS - 0.6 * tall) / 2, tall)
    return frame < 120


def boxes_of(mask: Mask) -> list[int]:
    """The area of each box that is found on a mask."""
    return [found.area for found in find_boxes(components(mask))]


@pytest.mark.parametrize("tilt_deg", [0.0, 3.0, -4.0])
@pytest.mark.parametrize("digit", [ZERO, FOUR, FIVE, SEVEN])
def test_a_box_is_told_from_the_digit_in_it(digit: Strokes, tilt_deg: float) -> None:
    around = box(80, tilt_deg) > 0.5
    assert boxes_of(digit_within(digit) | around) == [around.sum()]


def test_a_box_in_a_box_is_one_too() -> None:
    outer, inner = box(60) > 0.5, box(80) > 0.5
    assert boxes_of(digit_within(FOUR) | outer | inner) == [outer.sum(), inner.sum()]


def test_an_empty_box_is_none() -> None:
    assert boxes_of(box(80) > 0.5) == []


def test_what_is_open_at_a_side_is_no_box() -> None:
    assert boxes_of(digit_within(FOUR) | (box(80, open_side=True) > 0.5)) == []


def test_a_box_that_a_digit_touches_is_none() -> None:
    assert boxes_of(digit_within(SEVEN, tall=330.0) | (box(80) > 0.5)) == []


@pytest.mark.parametrize(("side", "count"), [(19, 0), (20, 1)])
def test_a_box_needs_room_for_a_digit(side: int, count: int) -> None:
    mask = np.zeros((40, 40), dtype=bool)
    mask[5 : 5 + side, 5 : 5 + side] = True
    mask[6 : 4 + side, 6 : 4 + side] = False
    mask[10:18, 14] = True
    assert len(boxes_of(mask)) == count


@pytest.mark.parametrize("tall", [30.0, 110.0])
def test_a_zero_is_no_box_whatever_stands_in_it(tall: float) -> None:
    assert boxes_of(digit_within(ZERO, tall=400.0) | digit_within(FOUR, tall)) == []


@pytest.mark.parametrize("margin", [20, 50, 80, 130])
@pytest.mark.parametrize("dark", [0.35, 0.8])
def test_the_sides_of_a_box_are_no_1s(margin: int, dark: float) -> None:
    frame = paper()
    expected = write(frame, FOUR, 170, 270, 140)
    frame = (frame * (1 - dark * box(margin))).astype(np.uint8)
    (glyph,) = prepare(frame)
    assert_near(glyph.box, expected, slack=6)
