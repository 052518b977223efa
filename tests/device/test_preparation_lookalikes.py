"""What looks like a digit beside others, and may be none."""

import numpy as np
import pytest

from device.preparation import find_writing
from device.preparation.gather import line_of
from device.preparation.lookalikes import (
    are_brackets,
    find_sevens,
    is_of_finer_pen,
    is_stunted,
    may_be_d,
    may_be_mark,
    may_be_ringed,
    may_be_slash,
    opens_or_closes,
    reach_beyond,
)
from device.reading import Frame
from tests.device.paper import (
    FIVE,
    FOUR,
    ONE,
    ZERO,
    Strokes,
    paper,
    write,
)

LEANING_ONE: Strokes = (((0.0, 0.35), (1.0, 0.0)),)

FLAGGED_ONE: Strokes = (((0.3, 0.0), (0.0, 0.3), (1.0, 0.3)),)


def is_mark(frame: Frame) -> bool:
    """Whether what stands furthest to the right may be a mark."""
    writing = find_writing(frame)
    *others, one = writing.digits
    return may_be_mark(one, others, line_of(writing.digits).slope, writing.flat.shape)


def beside_digits(one: Strokes, *, top: float, tall: float, left: float = 430) -> Frame:
    frame = paper()
    write(frame, ZERO, 140, 100, 200)
    write(frame, FIVE, 140, 270, 200)
    write(frame, one, top, left, tall, pen=0.1 * 200 / tall)
    return frame


@pytest.mark.parametrize("one", [ONE, LEANING_ONE, FLAGGED_ONE])
@pytest.mark.parametrize("tall", [160.0, 200.0, 250.0])
def test_a_1_about_as_tall_as_the_rest_is_a_digit(one: Strokes, tall: float) -> None:
    assert not is_mark(beside_digits(one, top=240 - tall / 2, tall=tall))


@pytest.mark.parametrize(("top", "tall"), [(130.0, 100.0), (250.0, 100.0), (70.0, 330.0)])
def test_a_far_lower_or_taller_one_may_be_a_mark(top: float, tall: float) -> None:
    assert is_mark(beside_digits(ONE, top=top, tall=tall))


@pytest.mark.parametrize("slope", [-0.3, 0.3])
@pytest.mark.parametrize("one", [ONE, LEANING_ONE])
def test_a_1_in_a_slanted_line_is_a_digit(one: Strokes, slope: float) -> None:
    frame = paper()
    for place, digit in enumerate((ZERO, FIVE, one)):
        write(frame, digit, 180 + slope * 150 * (place - 1), 120 + 150 * place, 120)
    assert not is_mark(frame)


def test_a_bar_that_runs_out_of_the_frame_may_be_a_mark() -> None:
    assert is_mark(beside_digits(ONE, top=-20, tall=260))


def test_a_broad_1_that_runs_out_of_the_frame_is_a_digit() -> None:
    assert not is_mark(beside_digits(FLAGGED_ONE, top=140, tall=200, left=586))


@pytest.mark.parametrize(("top", "tall", "is_so"), [(140, 120, False), (140, 90, True)])
def test_a_digit_far_smaller_than_the_others_is_stunted(
    top: float, tall: float, is_so: bool
) -> None:
    writing = find_writing(beside_digits(ZERO, top=top, tall=tall))
    *others, small = writing.digits
    assert is_stunted(small, others, line_of(writing.digits).slope) == is_so
    assert not is_stunted(others[0], [others[1], small], line_of(writing.digits).slope)


@pytest.mark.parametrize(("more", "are_so"), [(0.0, False), (8.0, False), (30.0, True)])
@pytest.mark.parametrize("slope", [-0.1, 0.0, 0.1])
def test_two_1s_that_reach_beyond_all_between_them_are_brackets(
    more: float, are_so: bool, slope: float
) -> None:
    frame = paper()
    for place, digit in enumerate((ONE, FIVE, FOUR, ONE)):
        grown = more if digit is ONE else 0.0
        top = 180 + slope * 120 * (place - 1.5) - grown
        write(frame, digit, top, 100 + 120 * place, 120 + 2 * grown, pen=12 / (120 + 2 * grown))
    writing = find_writing(frame)
    first, *between, last = writing.digits
    assert reach_beyond((first, last), between, line_of(writing.digits).slope) == are_so


def test_one_tall_1_is_no_bracket() -> None:
    writing = find_writing(beside_digits(ONE, top=110, tall=260))
    zero, five, one = writing.digits
    assert not reach_beyond((one, zero), [five], line_of(writing.digits).slope)


@pytest.mark.parametrize("slope", [-0.15, 0.0, 0.15])
@pytest.mark.parametrize(
    ("lean", "above", "below", "is_so"),
    [
        (0.5, 0.0, 0.15, True),
        (0.5, 0.15, 0.0, True),
        (0.5, 0.12, 0.12, True),
        (0.4, 0.0, 0.0, False),  # as high as the digits
        (0.4, -0.1, 0.15, False),  # only lower down
        (0.05, 0.0, 0.15, False),  # upright
        (-0.4, 0.0, 0.15, False),  # leans to the left
    ],
)
def test_a_leaning_1_that_reaches_beyond_its_neighbours_may_be_a_slash(
    lean: float, above: float, below: float, is_so: bool, slope: float
) -> None:
    frame = paper()
    stroke: Strokes = (((-above, 0.2 + lean / 2), (1 + below, 0.2 - lean / 2)),)
    turned = tuple((row, column - slope * (row - 0.5)) for row, column in stroke[0])
    for place, digit in enumerate((ZERO, ZERO, (turned,), ZERO, ZERO)):
        write(frame, digit, 180 + slope * 120 * (place - 2), 40 + 120 * place, 100, pen=0.08)
    writing = find_writing(frame)
    _, before, one, behind, _ = writing.digits
    assert may_be_slash(one, [before, behind], line_of(writing.digits).slope) == is_so


@pytest.mark.parametrize(
    ("left", "right", "are_so"),
    [(0.12, 0.12, True), (-0.12, -0.12, False), (0.12, -0.12, False), (0.0, 0.0, False)],
)
def test_brackets_are_bent_away_from_each_other(left: float, right: float, are_so: bool) -> None:
    frame = paper()
    arcs = [
        (tuple((float(t), float(bend * 4 * t * (1 - t))) for t in np.linspace(0, 1, 20)),)
        for bend in (-left, right)
    ]
    for place, digit in enumerate((arcs[0], FIVE, arcs[1])):
        write(frame, digit, 180, 120 + 150 * place, 120)
    first, _, last = find_writing(frame).digits
    assert are_brackets(first, last) == are_so


@pytest.mark.parametrize(
    ("tall", "may_be"),
    [(0, False), (40, False), (110, True), (180, False)],  # none, a dot, a 1, a slash
)
def test_a_zero_with_a_bar_in_it_may_be_a_1_in_a_ring(tall: float, may_be: bool) -> None:
    frame = paper()
    write(frame, ZERO, 120, 250, 240)
    if tall:
        write(frame, ONE, 240 - tall / 2, 320, tall, pen=24 / tall)
    (zero,) = find_writing(frame).digits
    assert may_be_ringed(zero) == may_be


@pytest.mark.parametrize(
    ("bend", "below", "is_so"),
    [(0.14, 0.15, True), (0.14, 0.0, False), (-0.14, 0.15, False), (0.02, 0.15, False)],
)
@pytest.mark.parametrize("mirrored", [False, True])
def test_a_bent_1_that_reaches_beyond_the_digit_beside_it_may_be_a_bracket(
    bend: float, below: float, is_so: bool, mirrored: bool
) -> None:
    frame = paper()
    down = np.linspace(0, 1 + below, 20)
    turn = down / (1 + below)
    arc = tuple(zip(down.tolist(), (bend * 4 * turn * (1 - turn)).tolist(), strict=True))
    write(frame, ZERO, 140, 200, 200)
    write(frame, (arc,), 140, 380, 200)
    first, last = find_writing(frame[:, ::-1] if mirrored else frame).digits
    one, zero = (first, last) if mirrored else (last, first)
    assert opens_or_closes(one, zero, 0.0) == is_so


@pytest.mark.parametrize(("pen", "is_so"), [(0.05, True), (0.1, False), (0.2, False)])
@pytest.mark.parametrize("one", [ONE, LEANING_ONE, FLAGGED_ONE])
def test_what_is_much_finer_than_the_digits_beside_it_is_of_another_pen(
    one: Strokes, pen: float, is_so: bool
) -> None:
    frame = paper()
    write(frame, ZERO, 140, 100, 200)
    write(frame, FIVE, 140, 270, 200)
    write(frame, one, 140, 450, 200, pen=pen)
    *others, last = find_writing(frame).digits
    assert is_of_finer_pen(last, others) == is_so


LONG_FLAG: Strokes = (((0.35, 0.0), (0.0, 0.45), (1.0, 0.35)),)


@pytest.mark.parametrize(
    ("ones", "sevens"),
    [
        ((ONE, LONG_FLAG), [1]),
        ((LONG_FLAG, LEANING_ONE, LONG_FLAG), [0, 2]),
        ((LONG_FLAG, LONG_FLAG), []),
        ((ONE, LEANING_ONE), []),
        ((ONE, (((0.1, 0.0), (0.0, 0.12), (1.0, 0.12)),)), []),
        ((LONG_FLAG,), []),
        ((), []),
    ],
)
@pytest.mark.parametrize("pen", [0.04, 0.13])
def test_a_1_with_a_flag_beside_one_without_may_be_a_7(
    ones: tuple[Strokes, ...], sevens: list[int], pen: float
) -> None:
    frame = paper()
    for place, one in enumerate(ones):
        write(frame, one, 140, 80 + 170 * place, 200, pen=pen)
    assert find_sevens(find_writing(frame).digits) == sevens


def belly(*, lean: float = 0.0, bulge: float = 0.0, corner: float = 0.0) -> Strokes:
    """A D that leans, whose left side bulges and whose corners are rounded, by such shares."""
    rows = np.linspace(0, 1, 21)
    left = -bulge * np.sin(np.pi * rows)
    left[[0, -1]] += corner
    right = 0.6 * np.sin(np.pi * rows)
    outline = [*zip(rows, left - lean * rows, strict=True)]
    outline += [*zip(rows[::-1], right - lean * rows[::-1], strict=True)]
    return (tuple((float(row), float(column)) for row, column in outline),)


def is_d(letter: Strokes) -> bool:
    frame = paper()
    write(frame, letter, 120, 250, 220)
    (strokes,) = find_writing(frame).digits
    return may_be_d(strokes)


@pytest.mark.parametrize("lean", [-0.4, 0.0, 0.25])
def test_a_0_with_a_straight_left_side_may_be_a_d(lean: float) -> None:
    assert is_d(belly(lean=lean))
    assert is_d(belly(lean=lean, bulge=0.03))
    assert is_d(belly(lean=lean, corner=0.04))
    assert not is_d(belly(lean=lean, bulge=0.25))


def test_a_round_0_is_no_d() -> None:
    assert not is_d(ZERO)
    assert not is_d(belly(bulge=0.6))


def test_a_0_of_two_strokes_that_share_no_rows_is_no_d() -> None:
    frame = paper()
    boxes = (write(frame, ONE, 100, 300, 90), write(frame, ONE, 300, 300, 90))
    strokes = [stroke for digit in find_writing(frame).digits for stroke in digit]
    assert len(strokes) == len(boxes)
    with np.errstate(invalid="raise"):
        assert not may_be_d(strokes)
