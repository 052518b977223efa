"""Signs beside digits are seen, and what is only dirt, or a part of a digit, is not."""

import numpy as np
import pytest

from device.preparation import find_writing
from device.preparation.gather import line_of
from device.preparation.signs import find_marks, has_dot, has_sign
from device.reading import Frame
from tests.device.paper import (
    FIVE,
    FIVE_BODY,
    FIVE_WITH_ITS_FLAG_APART,
    FOUR,
    ONE,
    SEVEN,
    Strokes,
    paper,
    write,
)

DOT: Strokes = (((0.0, 0.0), (0.0, 0.01)),)
COMMA: Strokes = (((0.0, 0.1), (0.5, 0.1), (1.0, 0.0)),)
DASH: Strokes = (((0.0, 0.0), (0.0, 1.0)),)
PLUS: Strokes = (((0.5, 0.0), (0.5, 1.0)), ((0.0, 0.5), (1.0, 0.5)))

FIVE_OPEN_BELOW: Strokes = (
    ((0.0, 0.5), (0.0, 0.1), (0.35, 0.1), (0.35, 0.3), (0.5, 0.5), (0.65, 0.45), (1.0, 0.0)),
)

TOP, TALL, PEN = 160, 160, 16
LEFT, BETWEEN, RIGHT = 120, 300, 520
"""Where the middle of a sign lies: before, between and behind the two digits of a note."""


def note(first: Strokes = SEVEN, second: Strokes = FOUR, *, slope: float = 0.0) -> Frame:
    frame = paper()
    write(frame, first, TOP - 85 * slope, 170, TALL)
    write(frame, second, TOP + 85 * slope, 340, TALL)
    return frame


def add(
    frame: Frame, sign: Strokes, row: float, column: float, *, size: float = 1, ink: float = 0.8
) -> Frame:
    """Write a sign with the pen of the digits, its middle at that row below their upper edge."""
    height = max(point[0] for stroke in sign for point in stroke) * size
    width = max(point[1] for stroke in sign for point in stroke) * size
    top = TOP + row * TALL - height / 2
    write(frame, sign, top, column - width / 2, size, pen=PEN / size, ink=ink)
    return frame


def is_signed(frame: Frame, count: int = 2) -> bool:
    writing = find_writing(frame)
    assert len(writing.digits) == count
    line = line_of(writing.digits)
    return has_sign(find_marks(writing, line), writing, line)


@pytest.mark.parametrize("digit", [SEVEN, FOUR, FIVE, FIVE_WITH_ITS_FLAG_APART])
@pytest.mark.parametrize("slope", [-0.15, 0.0, 0.15])
def test_digits_alone_have_no_sign(digit: Strokes, slope: float) -> None:
    assert not is_signed(note(digit, slope=slope))


@pytest.mark.parametrize("slope", [-0.36, 0.36])
def test_a_digit_is_no_mark_however_it_leans(slope: float) -> None:
    frame = paper()
    write(frame, FOUR, 100, 120, 280, pen=0.03)
    write(frame, (((0.0, 0.0), (1.0, -slope)),), 230, 430, 110, pen=0.03)
    writing = find_writing(frame)
    assert len(writing.digits) == 2
    line = line_of(writing.digits)._replace(slope=slope)
    marks = find_marks(writing, line)
    assert not any(stroke in marks for digit in writing.digits for stroke in digit)
    assert not has_sign(marks, writing, line)


@pytest.mark.parametrize("row", [0.5, 0.6, 0.85, 0.95, 1.1])
@pytest.mark.parametrize("slope", [-0.15, 0.0, 0.15])
def test_a_point_is_a_sign(row: float, slope: float) -> None:
    assert is_signed(add(note(slope=slope), DOT, row, BETWEEN))


@pytest.mark.parametrize("row", [0.85, 0.95, 1.1])
@pytest.mark.parametrize("column", [80, 120])
def test_a_point_is_a_sign_before_the_first_digit(row: float, column: float) -> None:
    assert is_signed(add(note(), DOT, row, column))
    one = paper()
    write(one, SEVEN, TOP, 170, TALL)
    assert is_signed(add(one, DOT, row, column), count=1)


@pytest.mark.parametrize("column", [30, 45])
def test_a_dot_far_before_the_first_digit_is_no_point(column: float) -> None:
    assert not is_signed(add(note(), DOT, 0.95, column))


def test_what_is_no_dot_before_the_first_digit_is_no_point() -> None:
    assert not is_signed(add(note(), COMMA, 0.95, 110, size=36))


@pytest.mark.parametrize(("left", "is_one"), [(142, False), (130, True)])
def test_the_broken_end_of_a_digits_hook_is_no_point_before_it(left: float, is_one: bool) -> None:
    frame = paper()
    write(frame, FIVE, TOP, 170, TALL)
    assert is_signed(add(frame, DOT, 0.97, left), count=1) == is_one


def test_a_point_is_a_sign_that_stands_right_beside_a_digit() -> None:
    assert is_signed(add(note(FIVE), DOT, 0.98, 275))


@pytest.mark.parametrize("column", [321, 322, 323])
def test_a_fine_pens_point_is_a_sign_but_no_speck_of_the_sensor(column: int) -> None:
    frame = paper()
    write(frame, SEVEN, 200, 260, 70, pen=0.06)
    write(frame, FOUR, 200, 350, 70, pen=0.06)
    write(frame, DOT, 268, column, 1, pen=4)
    assert is_signed(frame)
    frame[260:290, 310:340] = 200
    frame[267, column] = 40
    assert not is_signed(frame)


def test_a_comma_is_a_sign() -> None:
    assert is_signed(add(note(), COMMA, 1.05, BETWEEN, size=40))


@pytest.mark.parametrize(("row", "aside"), [(1.0, 0), (1.05, -8), (1.05, 0), (1.1, 8)])
@pytest.mark.parametrize("size", [24, 40, 66])
def test_a_comma_is_a_sign_that_hangs_at_the_foot_of_a_digit(
    row: float, aside: int, size: float
) -> None:
    frame = note(FIVE_OPEN_BELOW)
    assert not is_signed(frame)
    assert is_signed(add(frame, COMMA, row, 246 + aside, size=size))


EIGHT: Strokes = (
    ((0.5, 0.3), (0.2, 0.0), (0.0, 0.3), (0.2, 0.6), (0.5, 0.3)),
    ((0.5, 0.3), (0.8, 0.0), (1.0, 0.3), (0.8, 0.6), (0.5, 0.3)),
)
TWO: Strokes = (((0.2, 0.0), (0.0, 0.3), (0.3, 0.55), (1.0, 0.0), (0.97, 0.6)),)


@pytest.mark.parametrize("first", [EIGHT, TWO, FIVE, FOUR, SEVEN])
@pytest.mark.parametrize(("row", "column"), [(1.2, 265), (1.2, 280), (1.28, 265), (1.35, 265)])
def test_a_comma_is_a_sign_below_the_right_of_a_digit(
    first: Strokes, row: float, column: float
) -> None:
    frame = note(first, EIGHT)
    assert not is_signed(frame)
    assert is_signed(add(frame, COMMA, row, column, size=24))


@pytest.mark.parametrize(("left", "is_one"), [(288, True), (272, False), (268, False)])
def test_a_small_comma_is_a_sign_below_a_digit_but_no_broken_end(left: float, is_one: bool) -> None:
    frame = paper()
    write(frame, (((0.0, 0.0), (0.0, 0.7), (1.0, 0.2)),), 200, 255, 70)
    write(frame, FOUR, 200, 350, 70)
    write(frame, FOUR, 200, 160, 70)
    assert not is_signed(frame, count=3)
    write(frame, COMMA, 280, left, 12, pen=0.6)
    assert is_signed(frame, count=3) == is_one


@pytest.mark.parametrize("column", [325, 338])
@pytest.mark.parametrize("second", [FOUR, EIGHT])
def test_a_comma_is_a_sign_below_the_left_of_a_digit(second: Strokes, column: float) -> None:
    assert is_signed(add(note(SEVEN, second), COMMA, 1.2, column, size=24))


@pytest.mark.parametrize(
    ("lean", "is_first"), [(0.0, True), (0.0, False), (0.3, True), (0.3, False), (0.6, True)]
)
@pytest.mark.parametrize("gap", [0.14, 0.2])
@pytest.mark.parametrize("tail", [0.1, 0.2])
def test_a_broken_end_of_a_stroke_is_no_comma(
    lean: float, gap: float, tail: float, *, is_first: bool
) -> None:
    stem = ((0.0, 0.5), (0.7, 0.5 - 0.7 * lean))
    rest = tuple((row, 0.5 - row * lean) for row in (0.7 + gap, 0.7 + gap + tail))
    seven: Strokes = (((0.0, 0.0), *stem), rest)
    assert not is_signed(note(seven, EIGHT) if is_first else note(EIGHT, seven))


@pytest.mark.parametrize("left", [277, 281, 284])
def test_a_minus_is_a_sign_under_the_top_of_a_leaning_7(left: float) -> None:
    frame = note((((0.0, 0.0), (0.0, 0.7), (1.0, 0.0)),))
    assert not is_signed(frame)
    write(frame, DASH, TOP + 88, left, 40, pen=0.3)
    assert is_signed(frame)


def test_what_has_come_loose_of_a_digit_is_no_sign() -> None:
    stem: Strokes = (((0.0, 0.0), (0.0, 0.6), (0.7, 0.1)), ((0.87, 0.04), (1.0, 0.0)))
    head = ((0.15, 0.0), (0.0, 0.25), (0.3, 0.45), (1.0, 0.0))
    foot: Strokes = (head, ((0.94, 0.46), (0.97, 0.64)))
    bowl = ((0.1, 0.42), (0.0, 0.2), (0.2, 0.0), (0.8, 0.0), (1.0, 0.22), (0.98, 0.42))
    side: Strokes = (bowl, ((0.67, 0.42), (0.85, 0.42)))
    crossed: Strokes = (((0.0, 0.0), (0.0, 0.75), (1.0, 0.2)), ((0.5, 0.64), (0.5, 0.8)))
    for frame in (note(FOUR, stem), note(foot), note(side), note(crossed)):
        assert all(len(digit) < 3 for digit in find_writing(frame).digits)
        assert any(len(digit) == 2 for digit in find_writing(frame).digits)
        assert not is_signed(frame)


def test_a_colon_is_a_sign() -> None:
    assert is_signed(add(add(note(), DOT, 0.2, BETWEEN), DOT, 0.6, BETWEEN))


@pytest.mark.parametrize("column", [LEFT, BETWEEN, RIGHT])
def test_a_minus_is_a_sign_before_between_and_behind(column: float) -> None:
    assert is_signed(add(note(), DASH, 0.5, column, size=40))


@pytest.mark.parametrize("column", [LEFT, BETWEEN, RIGHT])
@pytest.mark.parametrize(
    ("row", "size", "is_one"), [(0.5, 35, True), (0.35, 10, False), (-0.3, 35, False)]
)
def test_a_plus_is_a_sign_beside_digits(
    column: float, row: float, size: float, is_one: bool
) -> None:
    assert is_signed(add(note(), PLUS, row, column, size=size)) == is_one


def test_a_plus_is_a_sign_that_stands_right_beside_a_digit() -> None:
    frame = paper()
    write(frame, SEVEN, TOP, 170, TALL)
    assert not is_signed(frame, count=1)
    assert is_signed(add(frame, PLUS, 0.5, 315, size=66), count=1)


def test_a_minus_is_a_sign_before_a_single_digit() -> None:
    frame = paper()
    write(frame, SEVEN, TOP, 340, TALL)
    assert not is_signed(frame, count=1)
    assert is_signed(add(frame, DASH, 0.5, 260, size=60), count=1)


@pytest.mark.parametrize(
    ("row", "column"),
    [(0.3, BETWEEN), (0.95, RIGHT), (0.5, LEFT), (1.4, LEFT), (-0.5, BETWEEN), (1.9, BETWEEN)],
)
def test_a_speck_where_no_point_is_written_is_none(row: float, column: float) -> None:
    assert not is_signed(add(note(), DOT, row, column))


@pytest.mark.parametrize(("row", "is_one"), [(0.5, False), (0.8, True)])
def test_what_is_no_dot_is_no_raised_point(row: float, is_one: bool) -> None:
    assert is_signed(add(note(), COMMA, row, BETWEEN, size=40)) == is_one


@pytest.mark.parametrize("flag", [((0.33, 0.55), (0.0, 1.4)), ((0.4, 0.7), (0.1, 1.5))])
def test_a_single_5_has_a_flag_and_no_minus(flag: tuple[tuple[float, float], ...]) -> None:
    frame = paper()
    write(frame, (*FIVE_BODY, flag), 200, 200, 200)
    assert not is_signed(frame, count=1)


@pytest.mark.parametrize("aside", [-0.35, 0.75])
def test_a_minus_right_beside_a_5_stays_one(aside: float) -> None:
    frame = paper()
    write(frame, (*FIVE, ((0.5, aside), (0.5, aside + 0.3))), 200, 250, 200)
    assert is_signed(frame, count=1)


@pytest.mark.parametrize(("size", "ink"), [(1, 0.35), (3, 0.8)])
def test_what_is_paler_or_finer_than_the_digits_is_no_sign(size: float, ink: float) -> None:
    frame = note()
    if size > 1:
        write(frame, DOT, TOP + 0.95 * TALL, BETWEEN, 1, pen=size, ink=ink)
    else:
        add(frame, DOT, 0.95, BETWEEN, ink=ink)
    assert not is_signed(frame)


@pytest.mark.parametrize("row", [0.0, 1.0])
def test_a_dash_at_the_lines_edge_is_none(row: float) -> None:
    assert not is_signed(add(note(), DASH, row + (0.12 if row else -0.12), LEFT, size=40))


def test_dotted_paper_has_no_points() -> None:
    frame = note()
    for row in np.arange(-0.8, 2.0, 0.35):
        for column in range(40, 640, 86):
            add(frame, DOT, float(row), column, ink=0.6)
    writing = find_writing(frame)
    line = line_of(writing.digits)
    assert not has_sign(find_marks(writing, line), writing, line)


def is_first_dotted(frame: Frame, digit: int = 1) -> bool:
    writing = find_writing(frame)
    line = line_of(writing.digits)
    first = [(digit, writing.digits[0])]
    return has_dot(find_marks(writing, line), first, line, writing.flat.shape)


ABOVE_ONE = 174
"""The column of the middle of the first digit of a note that begins with a 1."""


@pytest.mark.parametrize("row", [-0.35, -0.2, 1.2, 1.35])
@pytest.mark.parametrize("aside", [-25, 0, 25])
def test_a_dot_right_above_or_below_a_one_is_seen(row: float, aside: int) -> None:
    assert not is_first_dotted(note(ONE))
    assert is_first_dotted(add(note(ONE), DOT, row, ABOVE_ONE + aside))


@pytest.mark.parametrize(
    ("row", "aside"), [(-0.8, 0), (1.8, 0), (-0.2, 80), (1.2, -80), (0.5, 60), (-0.95, 0)]
)
def test_a_dot_elsewhere_is_not_that_of_an_i(row: float, aside: int) -> None:
    assert not is_first_dotted(add(note(ONE), DOT, row, ABOVE_ONE + aside))


@pytest.mark.parametrize(
    ("digit", "row", "is_so"), [(7, 1.2, True), (2, 1.3, True), (4, 1.2, False), (7, -0.2, False)]
)
def test_a_dot_below_what_may_be_a_question_mark_is_seen(
    digit: int, row: float, is_so: bool
) -> None:
    assert is_first_dotted(add(note(SEVEN), DOT, row, 200), digit) == is_so


def test_neither_a_dash_nor_a_pale_speck_makes_an_i_of_a_one() -> None:
    assert not is_first_dotted(add(note(ONE), DASH, -0.2, ABOVE_ONE, size=60))
    assert not is_first_dotted(add(note(ONE), DOT, -0.2, ABOVE_ONE, ink=0.35))


def test_dotted_paper_makes_no_i_of_a_one() -> None:
    frame = note(ONE)
    for row in np.arange(-0.8, 2.0, 0.35):
        for column in range(88, 640, 86):
            add(frame, DOT, float(row), column, ink=0.6)
    assert not is_first_dotted(frame)
