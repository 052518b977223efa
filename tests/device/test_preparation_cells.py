"""The lines of a form around a cell are found, also turned ones, and taken for no stroke."""

import numpy as np
import pytest
from numpy.typing import NDArray

from device.notes import draw_strokes
from device.preparation import cells
from device.preparation.cells import CellLines, find_cell_lines, lines_at_sides
from device.preparation.components import components
from tests.device.paper import DIGITS, FOUR, SEVEN, Strokes, cut_out, paper, write

Mask = NDArray[np.bool_]
SIZE = WIDTH, HEIGHT = 200, 160


def draw_line(at: float, lean_deg: float = 0.0, *, upright: bool = False, pen: float = 5) -> Mask:
    """Draw a line from border to border, `at` pixels from the first one in its middle."""
    width, height = SIZE[::-1] if upright else SIZE
    fall = np.tan(np.radians(lean_deg)) * width
    ends = np.array([(at - fall, -width / 2), (at + fall, 1.5 * width)])
    mask: Mask = draw_strokes([ends], pen, (width, height)) > 0.5
    return mask.T if upright else mask


def draw_digit(digit: Strokes, top: float, left: float, tall: float) -> Mask:
    frame = paper(size=SIZE)
    write(frame, digit, top, left, tall)
    return frame < 120


@pytest.mark.parametrize("pen", [2, 5, 9])
@pytest.mark.parametrize("lean_deg", [0, 1, -3, 5, -8, 11])
@pytest.mark.parametrize("at", [0.1, 0.9])
def test_a_line_along_a_side_is_found(at: float, lean_deg: float, pen: float) -> None:
    level = draw_line(at * HEIGHT, lean_deg, pen=pen)
    found = lines_at_sides(level)
    assert found.level.sum() > 0.8 * level.sum()
    assert not found.upright.any()
    upright = draw_line(at * WIDTH, lean_deg, upright=True, pen=pen)
    found = lines_at_sides(upright)
    assert found.upright.sum() > 0.8 * upright.sum()
    assert not found.level.any()


@pytest.mark.parametrize("lean_deg", [0, 4, -8])
def test_all_four_lines_of_a_cell_are_found(lean_deg: float) -> None:
    lines = draw_line(18, lean_deg) | draw_line(HEIGHT - 18, lean_deg)
    lines |= draw_line(20, -lean_deg, upright=True) | draw_line(180, -lean_deg, upright=True)
    found = lines_at_sides(lines)
    assert found.mask.sum() > 0.85 * lines.sum()
    assert not (found.mask & ~lines).any()


def test_a_line_across_the_middle_is_no_side() -> None:
    across = draw_line(HEIGHT / 2) | draw_line(WIDTH / 2, upright=True)
    assert not lines_at_sides(across).mask.any()


def test_a_stroke_that_ends_before_the_border_is_no_line() -> None:
    mask = draw_line(12)
    mask[:, :30] = False
    assert not lines_at_sides(mask).mask.any()


def test_a_line_that_is_turned_too_far_is_none() -> None:
    assert not lines_at_sides(draw_line(30, 16)).mask.any()


@pytest.mark.parametrize("lean_deg", [0, 6])
def test_what_crosses_a_line_is_kept(lean_deg: float) -> None:
    line = draw_line(16, lean_deg)
    digit = draw_digit(FOUR, 5, 70, 120)
    left = (line | digit) & ~lines_at_sides(line | digit).mask
    assert left[digit].mean() > 0.95
    assert left[line & ~digit].mean() < 0.1


def lines_of(mask: Mask) -> tuple[CellLines, bool] | None:
    """The lines in the largest stroke of a mask, and whether they jut out of what hangs on them."""
    stroke = max(components(mask), key=lambda each: each.area)
    lines = find_cell_lines(stroke, mask.shape)
    if lines is None:
        return None
    hanging = [part for part in components(mask & ~lines.mask) if part.area > 100]
    return lines, bool(hanging) and lines.jut_out(stroke, hanging)


@pytest.mark.parametrize("digit", DIGITS)
def test_the_lines_of_a_cell_jut_out_of_a_digit_that_touches_them(digit: Strokes) -> None:
    found = lines_of(draw_line(20, 3) | draw_digit(digit, 20, 80, 90))
    assert found is not None
    assert found[1]


@pytest.mark.parametrize("digit", [FOUR, SEVEN])
def test_the_straight_strokes_of_a_digit_that_fills_its_picture_do_not(digit: Strokes) -> None:
    found = lines_of(cut_out(digit) < 120)
    assert found is None or not found[1]


def test_nothing_is_looked_for_in_what_is_short_or_solid_or_away_from_the_border(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looked: list[Mask] = []

    def look(mask: Mask) -> CellLines:
        looked.append(mask)
        return lines_at_sides(mask)

    monkeypatch.setattr(cells, "lines_at_sides", look)
    table, away = np.zeros((2, HEIGHT, WIDTH), dtype=bool)
    table[:60] = True
    away[10:14, 10:-10] = True
    for mask in (draw_digit(SEVEN, 0, 20, 60), table, away):
        assert lines_of(mask) is None
    assert not looked
    lines_of(draw_line(20))
    assert looked


@pytest.mark.parametrize("shape", [(28, 28), (28, 300), (300, 28), (112, 113)])
def test_any_mask_is_taken(shape: tuple[int, int]) -> None:
    for mask in (np.zeros(shape, bool), np.ones(shape, bool), np.eye(*shape, dtype=bool)):
        found = lines_at_sides(mask)
        assert found.mask.shape == shape
        assert not (found.mask & ~mask).any()
