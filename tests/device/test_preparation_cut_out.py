"""Writing that is cut out along its strokes is told from notes, boxes and shadows."""

import numpy as np
import pytest

from device.preparation.cut_out import is_cut_out
from tests.device.paper import DIGITS, FIVE, FOUR, SEVEN, ZERO, Strokes, cut_out, paper, written


@pytest.mark.parametrize("digit", [ZERO, FOUR, FIVE, SEVEN])
@pytest.mark.parametrize("tall", [70.0, 200.0, 400.0])
def test_a_digit_that_touches_all_four_sides_is_cut_out(digit: Strokes, tall: float) -> None:
    assert is_cut_out(cut_out(digit, tall))
    assert is_cut_out(255 - cut_out(digit, tall))


@pytest.mark.parametrize("digit", [ZERO, FOUR, FIVE, SEVEN])
def test_a_digit_that_touches_opposite_sides_is_cut_out(digit: Strokes) -> None:
    frame = np.pad(cut_out(digit), ((0, 0), (60, 60)), constant_values=200)
    assert is_cut_out(frame)
    assert is_cut_out(np.ascontiguousarray(frame.T))


@pytest.mark.parametrize("digit", [ZERO, FOUR, FIVE, SEVEN])
@pytest.mark.parametrize("tall", [100.0, 200.0, 400.0])
@pytest.mark.parametrize(("left_around", "is_so"), [(0.015, True), (0.035, True), (0.09, False)])
def test_a_little_paper_around_a_digit_is_as_good_as_none(
    digit: Strokes, tall: float, left_around: float, is_so: bool
) -> None:
    frame = np.pad(cut_out(digit, tall), round(left_around * tall), constant_values=200)
    assert is_cut_out(frame) == is_so


def test_a_whole_note_is_not_cut_out() -> None:
    for digit in DIGITS:
        assert not is_cut_out(written(digit)[0])
        touching = np.pad(cut_out(digit), ((0, 60), (0, 60)), constant_values=200)
        assert not is_cut_out(touching)
    assert not is_cut_out(written(FIVE, tall=400)[0])


def test_bare_paper_on_which_the_light_falls_off_is_not_cut_out_writing() -> None:
    row, column = np.mgrid[0:1:82j, 0:1:280j]
    assert not is_cut_out((160 - 80 * row * (1 - column)).astype(np.uint8))


def test_printed_boxes_and_shadows_and_bare_paper_are_not_cut_out_writing() -> None:
    box = paper()
    box[:12], box[-12:], box[:, :12], box[:, -12:] = 40, 40, 40, 40
    shadow = paper()
    shadow[:, :300] = 90
    pale = cut_out(ZERO) // 6 + 160
    lines = paper(size=(120, 120))
    lines[:, 102:108], lines[112:114] = 60, 100
    for frame in (box, shadow, pale, lines):
        assert not is_cut_out(frame)
