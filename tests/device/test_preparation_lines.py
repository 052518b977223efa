"""Ruled and graph lines go; the strokes that cross them stay."""

import numpy as np
import pytest
from numpy.typing import NDArray

from device.notes import draw_strokes
from device.preparation.components import components
from device.preparation.lines import without_lines
from device.reading import Box
from tests.device.paper import FIVE, FOUR, ONE, SEVEN, ZERO, Strokes, paper, write

Mask = NDArray[np.bool_]
ROWS, COLUMNS = 480, 640


def ruled(pitch: int, tilt_deg: float = 0.0, *, upright: bool = False, thick: int = 3) -> Mask:
    """Lines from border to border, tilted about the middle of the sheet."""
    size = (ROWS, COLUMNS) if upright else (COLUMNS, ROWS)
    fall = np.tan(np.radians(tilt_deg)) * size[0] / 2
    lines = [
        np.array([(row - fall, -5.0), (row + fall, size[0] + 5.0)])
        for row in range(pitch // 2 - size[1], 2 * size[1], pitch)
    ]
    mask: Mask = draw_strokes(lines, thick, size) > 0.5
    return mask.T if upright else mask


def inked(digit: Strokes, top: float, left: float, tall: float) -> tuple[Mask, Box]:
    frame = paper()
    box = write(frame, digit, top, left, tall)
    return frame < 120, box


@pytest.mark.parametrize("tilt_deg", [0.0, 0.5, -1.0, 2.0])
@pytest.mark.parametrize("upright", [False, True])
def test_lines_are_left_out(tilt_deg: float, upright: bool) -> None:
    lines = ruled(80, tilt_deg, upright=upright)
    assert without_lines(lines).sum() < 0.05 * lines.sum()


def test_graph_paper_is_left_out() -> None:
    lines = ruled(60) | ruled(60, upright=True)
    assert without_lines(lines).sum() < 0.1 * lines.sum()


@pytest.mark.parametrize("digit", [ZERO, FOUR, FIVE, SEVEN])
@pytest.mark.parametrize("tilt_deg", [0.0, 1.0, -3.0, 5.0])
def test_a_digit_on_ruled_paper_keeps_its_strokes(digit: Strokes, tilt_deg: float) -> None:
    ink, box = inked(digit, 130, 250, 220)
    kept = without_lines(ink | ruled(80, tilt_deg))
    # A bar of a 4 that lies along a line as dark as itself can't be told from it.
    assert kept[ink].mean() > 0.75
    largest = max(components(kept), key=lambda piece: piece.area)
    assert largest.area > 0.55 * ink.sum()
    assert largest.height > 0.8 * box.height


@pytest.mark.parametrize("digit", [ZERO, FOUR, FIVE, SEVEN])
def test_a_digit_on_graph_paper_keeps_its_strokes(digit: Strokes) -> None:
    ink, _ = inked(digit, 130, 250, 220)
    kept = without_lines(ink | ruled(70) | ruled(70, upright=True))
    assert kept[ink].mean() > 0.85
    assert max(piece.area for piece in components(kept)) > 0.55 * ink.sum()


def test_a_tall_1_in_a_tight_picture_is_no_line() -> None:
    mask = np.zeros((120, 60), bool)
    mask[8:112, 27:34] = True
    np.testing.assert_array_equal(without_lines(mask), mask)


def test_two_1s_side_by_side_are_no_lines() -> None:
    ink = inked(ONE, 80, 250, 300)[0] | inked(ONE, 80, 380, 300)[0]
    np.testing.assert_array_equal(without_lines(ink), ink)


def test_two_tall_1s_in_a_tight_picture_are_no_lines() -> None:
    mask = np.zeros((120, 100), bool)
    mask[8:112, 27:34] = mask[8:112, 62:69] = True
    np.testing.assert_array_equal(without_lines(mask), mask)


def test_the_long_bar_of_a_wide_7_is_no_line() -> None:
    mask = np.zeros((120, 100), bool)
    mask[10:16, 8:92] = True
    mask[10:110, 86:92] = True
    np.testing.assert_array_equal(without_lines(mask), mask)


def test_the_mask_that_came_in_is_left_as_it_was() -> None:
    lines = ruled(80)
    before = lines.copy()
    without_lines(lines)
    np.testing.assert_array_equal(lines, before)


@pytest.mark.parametrize("shape", [(28, 28), (1, 40), (40, 1), (28, 2000), (2000, 28), (97, 131)])
def test_any_mask_is_taken_and_nothing_is_added(shape: tuple[int, int]) -> None:
    drawn = np.random.default_rng(2).random(shape)
    for mask in (drawn < 0.0, drawn < 0.05, drawn < 0.5, drawn < 0.97, drawn < 2.0):
        kept = without_lines(mask)
        assert kept.shape == shape
        assert kept.dtype == np.bool_
        assert not (kept & ~mask).any()
