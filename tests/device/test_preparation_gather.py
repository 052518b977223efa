"""Strokes are gathered to digits, and digits to a line."""

import numpy as np
import pytest

from device.preparation.components import Component, components
from device.preparation.gather import (
    Line,
    are_several_numbers,
    gather,
    in_several_lines,
    is_at_border,
    line_of,
    line_through,
    sides,
)
from tests.device.paper import (
    FIVE,
    FIVE_BODY,
    FIVE_WITH_ITS_FLAG_APART,
    FOUR,
    ONE,
    SEVEN,
    ZERO,
    Strokes,
    paper,
    write,
)

SHEET = (480, 1000)


def digits_of(strokes: list[Component]) -> list[list[Component]]:
    return gather(strokes, SHEET)


def strokes_of(*digits: tuple[Strokes, float], pen: float = 0.08) -> list[Component]:
    """Write each digit 200 high with its left side at the column given."""
    frame = paper((1000, 480))
    for digit, left in digits:
        write(frame, digit, 140, left, 200, pen=pen)
    return components(frame < 120)


def test_nothing_gathers_to_nothing() -> None:
    assert gather([], SHEET) == []


def test_what_is_as_small_as_grain_is_no_digit() -> None:
    mask = np.zeros((94, 320), dtype=bool)
    mask[40:48, 100:104] = True
    assert not gather(components(mask), mask.shape)
    mask[40:52, 100:104] = True
    assert gather(components(mask), mask.shape)


@pytest.mark.parametrize("digit", [ZERO, ONE, FOUR, FIVE, SEVEN])
def test_a_digit_of_one_stroke_is_one_digit(digit: Strokes) -> None:
    strokes = strokes_of((digit, 300))
    assert digits_of(strokes) == [strokes]


def test_a_5_is_gathered_with_its_flag() -> None:
    strokes = strokes_of((FIVE_WITH_ITS_FLAG_APART, 300))
    assert len(strokes) == 2
    (five,) = digits_of(strokes)
    assert len(five) == 2


@pytest.mark.parametrize(
    "flag",
    [
        ((-0.02, 0.45), (-0.05, 0.8)),  # flies off to the right
        ((-0.15, 0.35), (-0.6, 1.2)),  # rises steeply
        ((-0.2, 0.2), (-0.22, 0.9)),  # floats far above
        ((0.0, 0.42), (0.0, 1.6)),  # longer than the 5 is high
        ((0.2, 0.4), (-0.2, 1.0)),  # begins beside it
    ],
)
def test_a_5_is_gathered_with_a_flag_that_flies_about(
    flag: tuple[tuple[float, float], ...],
) -> None:
    strokes = strokes_of(((*FIVE_BODY, flag), 300))
    assert len(strokes) == 2
    assert len(digits_of(strokes)) == 1


@pytest.mark.parametrize("rise", [0.0, 0.36])
def test_a_low_digit_to_the_upper_right_of_another_is_no_flag(rise: float) -> None:
    three: Strokes = (((0.0, 0.0), (0.0, 0.3), (0.45, 0.2), (0.6, 0.7), (1.0, 0.5), (0.9, 0.1)),)
    two: Strokes = (((0.1, 0.0), (0.0, 0.6), (0.45, 0.5), (0.35, 1.0)),)
    frame = paper((1000, 480))
    write(frame, three, 140, 300, 200)
    write(frame, two, 140 - rise * 150, 300 + 0.77 * 200, 200)
    assert len(digits_of(components(frame < 120))) == 2


@pytest.mark.parametrize(("left", "right", "parts"), [(-0.2, 0.7, 1), (0.1, 0.5, 2)])
def test_a_line_under_a_digit_is_no_foot_of_it(left: float, right: float, parts: int) -> None:
    strokes = strokes_of(((*FOUR, ((1.15, left), (1.15, right))), 300))
    assert len(strokes) == 2
    (four,) = digits_of(strokes)
    assert len(four) == parts


@pytest.mark.parametrize("lean_deg", [-18, -8, 8, 18])
@pytest.mark.parametrize("digit", [ZERO, FOUR, FIVE, SEVEN])
def test_a_line_under_a_digit_is_none_on_a_turned_note_either(
    digit: Strokes, lean_deg: float
) -> None:
    lean = np.radians(lean_deg)
    turn = np.array([(np.cos(lean), np.sin(lean)), (-np.sin(lean), np.cos(lean))])
    strokes = (*digit, ((1.2, -0.15), (1.2, 0.75)))
    turned = [[(row, column) for row, column in np.array(each) @ turn] for each in strokes]
    found = strokes_of((turned, 400))
    assert len(found) == 2
    (only,) = digits_of(found)
    assert len(only) == 1


@pytest.mark.parametrize(("left", "count"), [(-0.5, 2), (0.3, 1)])
def test_a_bar_that_runs_askew_out_of_the_frame_is_left(left: float, count: int) -> None:
    frame = paper((640, 480))
    write(frame, FOUR, 240, 400, 120)
    write(frame, (((0.0, left), (0.8, left + 2.4)),), 60, 50, 120)
    assert len(gather(components(frame < 120), frame.shape)) == count


def test_a_digit_below_another_on_a_turned_note_stands_in_another_line() -> None:
    frame = paper((1000, 480))
    write(frame, FIVE, 60, 400, 120)
    write(frame, SEVEN, 210, 355, 120)
    assert in_several_lines(digits_of(components(frame < 120)))


@pytest.mark.parametrize("gap", [4, 20, 60])
@pytest.mark.parametrize(("upper", "lower"), [(ZERO, ZERO), (ONE, ONE), (FIVE, SEVEN)])
def test_digits_in_a_column_are_several_lines_however_close(
    upper: Strokes, lower: Strokes, gap: int
) -> None:
    frame = paper((1000, 480))
    above = write(frame, upper, 60, 400, 120)
    write(frame, lower, above.top + above.height + 6 + gap, 400, 120)
    digits = digits_of(components(frame < 120))
    assert len(digits) == 2
    assert in_several_lines(digits)


@pytest.mark.parametrize(
    ("gaps", "is_so"),
    [
        ((1.5,), False),
        ((2.4,), False),
        ((2.6,), True),
        ((0.3, 1.7), False),
        ((0.3, 1.85), True),
        ((1.85, 0.3), True),
        ((2.0, 2.2), False),
        ((1.1, 2.0, 1.9), False),
        ((0.9, 2.0, 1.9), True),
        ((0.05, 2.0), True),
    ],
)
@pytest.mark.parametrize("slope", [0.0, 0.3])
def test_what_is_written_asunder_is_more_than_one_number(
    gaps: tuple[float, ...], is_so: bool, slope: float
) -> None:
    frame, tall = paper((1000, 480)), 80
    boxes = [write(frame, SEVEN, 60, 40, tall)]
    for gap in gaps:
        left = boxes[-1].left + boxes[-1].width + gap * tall + 4
        boxes.append(write(frame, SEVEN, 60 + slope * (left - 40), left, tall))
    digits = digits_of(components(frame < 120))
    assert len(digits) == len(gaps) + 1
    assert are_several_numbers(digits, Line(slope, tall)) == is_so


@pytest.mark.parametrize(("gap", "count"), [(2, 1), (8, 1), (40, 2)])
def test_a_broken_digit_is_one_where_its_parts_nearly_meet(gap: int, count: int) -> None:
    frame = paper((1000, 480))
    arc = [point for point in ZERO[0] if point[0] <= 0.5]
    upper = tuple(sorted(arc, key=lambda point: point[1]))
    lower = tuple((1 - row, column + 0.25) for row, column in upper)
    write(frame, (upper,), 140 - gap, 300, 200)
    write(frame, (lower,), 140 + 4, 300, 200)
    strokes = components(frame < 120)
    assert len(strokes) == 2
    assert len(digits_of(strokes)) == count


def test_a_7_whose_cross_does_not_touch_is_one_digit() -> None:
    strokes = strokes_of(((*SEVEN, ((0.5, 0.55), (0.5, 0.8))), 300))
    assert len(strokes) == 2
    assert len(digits_of(strokes)) == 1


def test_the_flag_goes_to_the_5_that_it_belongs_to() -> None:
    digits = digits_of(strokes_of((FIVE_WITH_ITS_FLAG_APART, 200), (ZERO, 360), (SEVEN, 520)))
    assert [len(digit) for digit in digits] == [2, 1, 1]


def test_digits_side_by_side_stay_apart_and_in_order() -> None:
    digits = digits_of(strokes_of((SEVEN, 700), (ZERO, 100), (ONE, 400), (FOUR, 550), (FIVE, 250)))
    assert len(digits) == 5
    lefts = [sides(digit)[1] for digit in digits]
    assert lefts == sorted(lefts)


def test_two_1s_close_together_stay_two() -> None:
    assert len(digits_of(strokes_of((ONE, 300), (ONE, 350)))) == 2


@pytest.mark.parametrize("beside", [40, 60])
def test_slanted_digits_whose_columns_overlap_stay_two(beside: float) -> None:
    slanted: Strokes = (((0.0, 0.4), (1.0, 0.0)),)
    digits = digits_of(strokes_of((slanted, 300), (slanted, 300 + beside)))
    assert len(digits) == 2
    assert sides(digits[0])[1] < sides(digits[1])[1]


def test_a_7_that_leans_over_its_neighbour_stays_a_digit_of_its_own() -> None:
    frame = paper((1000, 480))
    roof = write(frame, (((0.0, 0.0), (0.0, 0.9), (1.0, 0.2)),), 140, 300, 200)
    one = write(frame, ONE, 190, 480, 150)
    assert one.left < roof.left + roof.width
    assert len(digits_of(components(frame < 120))) == 2


def test_a_smaller_digit_among_large_ones_is_a_digit() -> None:
    frame = paper((1000, 480))
    write(frame, ZERO, 140, 200, 200)
    write(frame, FIVE, 220, 400, 110)
    write(frame, SEVEN, 140, 560, 200)
    assert len(digits_of(components(frame < 120))) == 3


def test_a_dot_after_the_number_is_no_digit() -> None:
    frame = paper((1000, 480))
    write(frame, ZERO, 140, 200, 200)
    write(frame, FIVE, 140, 400, 200)
    frame[325:340, 640:655] = 20
    assert len(digits_of(components(frame < 120))) == 2


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_scrap_at_the_border_is_no_digit(mirrored: bool) -> None:
    frame = paper((1000, 480))
    write(frame, ZERO, 140, 200, 200)
    write(frame, FIVE, 140, 400, 200)
    frame[200:300, :20] = 20
    strokes = components((frame[:, ::-1] if mirrored else frame) < 120)
    assert len(strokes) == 3
    assert len(digits_of(strokes)) == 2


def test_the_sides_of_a_digit_are_those_of_its_strokes() -> None:
    strokes = strokes_of((ZERO, 100), (ONE, 400))
    zero, one = strokes
    assert sides([zero]) == (zero.top, zero.left, zero.bottom, zero.right)
    assert sides(strokes) == (
        min(zero.top, one.top), zero.left, max(zero.bottom, one.bottom), one.right
    )  # fmt: skip


def test_a_digit_in_the_middle_is_not_at_the_border() -> None:
    assert not is_at_border(strokes_of((SEVEN, 300)), SHEET)


@pytest.mark.parametrize("turns", range(4))
def test_a_digit_that_runs_out_of_the_frame_is_at_the_border(turns: int) -> None:
    frame = paper((1000, 480))
    write(frame, SEVEN, -30, 300, 200)
    turned = np.rot90(frame, turns)
    assert is_at_border(components(turned < 120), turned.shape)


def test_no_stroke_is_in_two_digits() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        frame = paper((600, 300))
        for _ in range(12):
            top, left = rng.integers(0, 200), rng.integers(0, 500)
            frame[top : top + rng.integers(4, 90), left : left + rng.integers(4, 90)] = 0
        strokes = components(frame < 120)
        gathered = [id(stroke) for digit in gather(strokes, frame.shape) for stroke in digit]
        assert len(gathered) == len(set(gathered))
        assert set(gathered) <= {id(stroke) for stroke in strokes}


@pytest.mark.parametrize("slope", [-0.3, 0.0, 0.2])
def test_the_slope_of_a_line_is_measured(slope: float) -> None:
    frame = paper((1200, 600))
    for place, digit in enumerate((ZERO, SEVEN, FIVE, ONE, FOUR, ZERO)):
        write(frame, digit, 220 + slope * 150 * (place - 2), 80 + 150 * place, 120)
    line = line_of(gather(components(frame < 120), frame.shape))
    assert line.slope == pytest.approx(slope, abs=0.05)
    assert line.tall == pytest.approx(132, rel=0.2)


@pytest.mark.parametrize("slope", [-0.36, 0.0, 0.36])
def test_the_middles_of_two_digits_tell_how_a_note_is_turned(slope: float) -> None:
    digits = (ZERO, FOUR)
    frame = paper((1200, 600))
    for place, digit in enumerate(digits):
        write(frame, digit, 220 + slope * 150 * place, 480 + 150 * place, 120)
    found = gather(components(frame < 120), frame.shape)
    line = line_of(found)
    through = line_through(found, line)
    assert through.slope == pytest.approx(slope, abs=0.03)
    assert abs(line.slope) <= abs(slope) + 0.01
    assert through.tall == line.tall


def test_one_upright_digit_stands_in_a_level_line() -> None:
    line = line_of([strokes_of((ONE, 300))])
    assert abs(line.slope) < 0.1
    assert line.tall == pytest.approx(215, rel=0.05)


def test_a_single_pixel_is_a_line_too() -> None:
    assert line_of([components(np.ones((1, 1), bool))]) == (0.0, 1.0)
