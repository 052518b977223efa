"""Boxes and rings go; what is written in them, and what only looks like a box, stays."""

from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from device.notes import draw_strokes
from device.preparation import prepare
from device.preparation.boxes import find_boxes
from device.preparation.components import components
from tests.device.paper import FIVE, FOUR, ONE, SEVEN, ZERO, Strokes, assert_near, paper, write

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


def cells(count: int, side: int) -> Mask:
    """A row of cells that share their walls, in the middle of the frame."""
    across = np.arange(count + 1) * side + (COLUMNS - count * side) / 2
    top, bottom = (ROWS - side) / 2, (ROWS + side) / 2
    walls = [np.array([(top, x), (bottom, x)]) for x in across]
    sides = [np.array([(y, across[0]), (y, across[-1])]) for y in (top, bottom)]
    return draw_strokes(walls + sides, 5, (COLUMNS, ROWS)) > 0.5


def turned(mask: Mask, degrees: float) -> Mask:
    picture = Image.fromarray(mask.astype(np.uint8) * 255)
    return np.asarray(picture.rotate(degrees, Image.Resampling.BILINEAR)) > 127


def ring(high: float, wide: float) -> Mask:
    turns = np.linspace(0, 2 * np.pi, 60)
    line = np.stack([high / 2 * np.cos(turns), wide / 2 * np.sin(turns)], axis=1)
    return draw_strokes([line + np.array((ROWS / 2, COLUMNS / 2))], 8, (COLUMNS, ROWS)) > 0.5


def digit_at(digit: Strokes, left: float, tall: float = 90.0) -> Mask:
    frame = paper()
    write(frame, digit, (ROWS - tall) / 2, left, tall)
    return frame < 120


def digit_within(digit: Strokes, tall: float = 180.0) -> Mask:
    frame = paper()
    write(frame, digit, (ROWS - tall) / 2, (COLUMNS - 0.6 * tall) / 2, tall)
    return frame < 120


def boxes_of(mask: Mask) -> list[int]:
    """The area of each box that is found on a mask."""
    return [found.area for found in find_boxes(components(mask))]


@pytest.mark.parametrize("tilt_deg", [0.0, 3.0, -4.0, 12.0])
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


@pytest.mark.parametrize("tilt_deg", [0.0, 5.0, -8.0])
def test_cells_in_a_row_are_one_box(tilt_deg: float) -> None:
    grid = turned(cells(4, 130), tilt_deg)
    digits = turned(digit_at(FOUR, 100) | digit_at(ZERO, 230) | digit_at(SEVEN, 360), tilt_deg)
    assert boxes_of(grid | digits) == [grid.sum()]


def test_a_row_of_cells_is_none_where_a_digit_touches_a_wall() -> None:
    grid = cells(4, 130) | digit_at(FIVE, 150)
    assert boxes_of(grid | digit_at(SEVEN, 360)) == []


def test_a_row_of_cells_is_none_where_a_digit_stands_on_a_side() -> None:
    grid = cells(4, 130) | np.roll(digit_at(FOUR, 100), 22, axis=0)
    assert boxes_of(grid | digit_at(SEVEN, 360)) == []


@pytest.mark.parametrize("tilt_deg", [0.0, 6.0, 18.0, -18.0])
def test_four_sides_that_do_not_meet_are_a_box(tilt_deg: float) -> None:
    corners = ((130, 210), (130, 430), (350, 430), (350, 210), (130, 210))
    ends = [np.array(end, dtype=float) for end in corners]
    sides = [
        np.array([start + 0.05 * (end - start), end - 0.05 * (end - start)])
        for start, end in pairwise(ends)
    ]
    around = turned(draw_strokes(sides, 5, (COLUMNS, ROWS)) > 0.5, tilt_deg)
    found = boxes_of(around | digit_at(FOUR, 290))
    assert len(found) == 4
    assert sum(found) == around.sum()


@pytest.mark.parametrize("tilt_deg", [0.0, 18.0])
def test_a_1_in_four_sides_that_do_not_meet_is_none_of_them(tilt_deg: float) -> None:
    ends = np.array([(190, 150), (190, 490), (290, 490), (290, 150), (190, 150)], dtype=float)
    sides = [
        np.array([start + 0.03 * (end - start), end - 0.03 * (end - start)])
        for start, end in pairwise(ends)
    ]
    around = turned(draw_strokes(sides, 5, (COLUMNS, ROWS)) > 0.5, tilt_deg)
    digits = turned(digit_at(ONE, 185, 70) | digit_at(FOUR, 290, 70), tilt_deg)
    found = boxes_of(around | digits)
    assert len(found) == 4
    assert sum(found) == around.sum()


def test_a_1_between_two_bars_is_no_side_of_a_box() -> None:
    bars = [np.array([(row, 100.0), (row, 540.0)]) for row in (150, 330)]
    lines = draw_strokes(bars, 5, (COLUMNS, ROWS)) > 0.5
    digits = digit_at(ONE, 150) | digit_at(FOUR, 290) | digit_at(ONE, 450)
    assert boxes_of(lines | digits) == []


@pytest.mark.parametrize(("high", "wide"), [(220, 200), (200, 400), (240, 195)])
def test_a_ring_around_digits_is_a_box(high: float, wide: float) -> None:
    around = ring(high, wide)
    assert boxes_of(around | digit_at(SEVEN, 300)) == [around.sum()]


@pytest.mark.parametrize(("high", "wide", "count"), [(320, 560, 1), (320, 280, 0)])
def test_digits_may_be_lower_in_a_wide_ring(high: float, wide: float, count: int) -> None:
    digits = [digit_at(digit, left, 66.0) for digit, left in ((SEVEN, 250), (FOUR, 310))]
    assert len(boxes_of(ring(high, wide) | digits[0] | digits[1])) == count


def test_a_narrow_ring_is_a_zero_with_something_in_it() -> None:
    assert boxes_of(ring(300, 200) | digit_at(SEVEN, 300)) == []


@pytest.mark.parametrize(("digit", "count"), [(ONE, 0), (SEVEN, 1)])
def test_a_narrow_ring_around_more_than_a_bar_is_no_zero(digit: Strokes, count: int) -> None:
    assert len(boxes_of(ring(240, 170) | digit_at(digit, 295))) == count


def test_a_ring_whose_ends_run_beside_each_other_is_one() -> None:
    turns = np.linspace(1.2, 1.2 + 2 * np.pi + 0.4, 60)
    reach = np.linspace(110, 95, 60)[:, None]
    line = reach * np.stack([np.cos(turns), np.sin(turns)], axis=1) + (ROWS / 2, COLUMNS / 2)
    around = draw_strokes([line], 8, (COLUMNS, ROWS)) > 0.5
    assert boxes_of(around | digit_at(SEVEN, 300)) == [around.sum()]


def test_a_ring_that_a_digit_touches_is_none() -> None:
    around = ring(220, 300) | digit_at(FIVE, 180)
    assert boxes_of(around | digit_at(SEVEN, 300)) == []


def test_a_ring_beside_digits_is_a_zero_with_something_in_it() -> None:
    around = ring(220, 200) | digit_at(SEVEN, 300)
    assert boxes_of(around | digit_at(FOUR, 460, tall=200.0)) == []
    assert boxes_of(around | digit_at(FOUR, 460, tall=60.0)) != []


@pytest.mark.parametrize("margin", [20, 50, 80, 130])
@pytest.mark.parametrize("dark", [0.35, 0.8])
def test_the_sides_of_a_box_are_no_1s(margin: int, dark: float) -> None:
    frame = paper()
    expected = write(frame, FOUR, 170, 270, 140)
    frame = (frame * (1 - dark * box(margin))).astype(np.uint8)
    (glyph,) = prepare(frame)
    assert_near(glyph.box, expected, slack=6)
