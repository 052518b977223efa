"""What a number may lack: a digit that was left out, or the rest of one."""

import numpy as np
import pytest

from device.preparation import Writing, find_writing
from device.preparation.gather import line_of
from device.preparation.missing import goes_on, hangs_on_cell, is_digit_missing, may_be_rest
from device.reading import Frame
from tests.device.paper import (
    FIVE,
    FOUR,
    NINE,
    ONE,
    SEVEN,
    ZERO,
    Strokes,
    cut_out,
    paper,
    print_box,
    write,
)


def lacks_digit(frame: Frame, count: int) -> bool:
    writing = find_writing(frame)
    assert len(writing.digits) == count
    return is_missing(writing)


def is_missing(writing: Writing) -> bool:
    line = line_of(writing.digits)
    return is_digit_missing(writing.left_out, writing.digits, line, writing.flat.shape)


@pytest.mark.parametrize("lean", [0, 12])
@pytest.mark.parametrize("thick", [6, 20])
def test_a_printed_box_hides_no_digit(lean: int, thick: int) -> None:
    frame = paper()
    write(frame, FIVE, 140, 200, 200)
    write(frame, FOUR, 140, 380, 200)
    print_box(frame, thick=thick, lean=lean)
    assert not lacks_digit(frame, 2)


@pytest.mark.parametrize(("lost", "left"), [(ZERO, 500.0), (NINE, 540.0), (SEVEN, 512.0)])
def test_a_digit_that_hangs_on_a_printed_box_is_missed(lost: Strokes, left: float) -> None:
    frame = paper()
    write(frame, FIVE, 140, 100, 200)
    write(frame, FOUR, 140, 280, 200)
    print_box(frame)
    assert not lacks_digit(frame, 2)
    write(frame, lost, 140, left, 200, pen=0.06)
    assert lacks_digit(frame, 2)


def test_a_1_that_was_left_out_at_the_side_is_missed() -> None:
    frame = paper()
    for place in range(3):
        write(frame, FIVE, 180, 110 + 150 * place, 120)
    assert not lacks_digit(frame, 3)
    write(frame, ONE, 180, 20, 120)
    assert lacks_digit(frame, 3)


@pytest.mark.parametrize("lost", [FIVE, SEVEN, ZERO])
def test_a_digit_that_was_left_out_as_it_touches_three_sides_is_missed(lost: Strokes) -> None:
    part = cut_out(lost, 150)
    frame = paper((150 + part.shape[1], part.shape[0]))
    write(frame, FOUR, 20, 30, 110)
    assert not lacks_digit(frame, 1)
    frame[:, 150:] = part
    assert lacks_digit(frame, 1)


@pytest.mark.parametrize(("left", "is_missed"), [(100.0, True), (330.0, True), (50.0, False)])
def test_a_1_far_taller_than_what_shows_through_beside_it_is_missed(
    left: float, is_missed: bool
) -> None:
    frame = paper()
    write(frame, SEVEN, 200, 400, 160, pen=0.06, ink=0.2)
    write(frame, ONE, 20, left, 430, pen=0.06)
    assert lacks_digit(frame, 1) == is_missed


def test_a_printed_line_that_runs_out_of_the_frame_is_no_1() -> None:
    frame = paper()
    write(frame, FIVE, 140, 300, 200)
    write(frame, ONE, 30, 150, 480, pen=0.02)
    assert not lacks_digit(frame, 1)


@pytest.mark.parametrize(("tall", "is_lost"), [(40, True), (12, False)])
def test_what_is_left_of_a_digit_whose_stroke_went_with_a_cells_line_is_missed(
    tall: int, *, is_lost: bool
) -> None:
    frame = paper((240, 160))
    write(frame, FIVE, 30, 60, 100)
    writing = find_writing(frame)
    cell = np.zeros_like(writing.flat, dtype=bool)
    cell[:, 215:219] = True
    (stroke,) = find_writing(write_scrap(tall, right=214)).digits[0]
    line = line_of(writing.digits)
    assert hangs_on_cell([stroke], writing.digits, cell, line) is is_lost
    (aside,) = find_writing(write_scrap(tall, right=205)).digits[0]
    assert not hangs_on_cell([aside], writing.digits, cell, line)
    (below,) = find_writing(write_scrap(15, right=214, top=140)).digits[0]
    assert not hangs_on_cell([below], writing.digits, cell, line)


def write_scrap(tall: int, right: int, top: int = 60) -> Frame:
    frame = paper((240, 160))
    frame[top : top + tall, right - 8 : right] = 40
    return frame


def test_specks_are_not_missed() -> None:
    frame = paper()
    write(frame, FIVE, 140, 100, 200)
    for row, column in np.random.default_rng(0).integers(0, 470, (30, 2)):
        frame[row : row + 5, column : column + 5] = 60
    writing = find_writing(frame)
    assert writing.left_out
    assert not is_missing(writing)


def cut(digit: Strokes, side: str, part: float, size: tuple[int, int] = (640, 480)) -> Frame:
    """Write a digit so that the border takes this part of it; a negative part is a margin."""
    columns, rows = size
    tall = 0.6 * rows
    frame = paper(size)
    box = write(frame, digit, 0.2 * rows, 0.4 * columns, tall)
    taken_rows, taken_columns = round(part * box.height), round(part * box.width)
    seen = {
        "top": np.s_[box.top + taken_rows :, :],
        "bottom": np.s_[: box.top + box.height - taken_rows, :],
        "left": np.s_[:, box.left + taken_columns :],
        "right": np.s_[:, : box.left + box.width - taken_columns],
    }
    return np.ascontiguousarray(frame[seen[side]])


def is_rest(frame: Frame, digit: int) -> bool:
    writing = find_writing(frame)
    (strokes,) = writing.digits
    return may_be_rest(digit, strokes, writing.flat)


@pytest.mark.parametrize("part", [0.1, 0.2, 0.3])
@pytest.mark.parametrize(
    ("digit", "side", "looks_like"),
    [
        (NINE, "top", 4),
        (SEVEN, "top", 1),
        (ZERO, "left", 3),
        (FIVE, "left", 5),
        (ONE, "bottom", 1),
        (ONE, "top", 7),
    ],
)
def test_what_runs_out_of_the_frame_may_be_the_rest_of_another_digit(
    digit: Strokes, side: str, looks_like: int, part: float
) -> None:
    assert is_rest(cut(digit, side, part), looks_like)
    assert not is_rest(cut(digit, side, -0.1), looks_like)


@pytest.mark.parametrize(("digit", "side"), [(8, "top"), (6, "bottom"), (3, "top"), (4, "left")])
def test_some_digits_are_no_other_ones_rest(digit: int, side: str) -> None:
    assert not is_rest(cut(ZERO, side, 0.2), digit)


def test_a_small_picture_was_cut_out_around_a_whole_digit() -> None:
    assert not is_rest(cut(SEVEN, "top", 0.2, size=(160, 120)), 1)


TOP, TALL, PEN = 160, 160, 16


def two_digits() -> Frame:
    frame = paper()
    write(frame, SEVEN, TOP, 170, TALL)
    write(frame, FOUR, TOP, 340, TALL)
    return frame


def is_more(frame: Frame, count: int = 2) -> bool:
    writing = find_writing(frame)
    assert len(writing.digits) == count
    return goes_on(writing, line_of(writing.digits))


def beyond(digit: Strokes, side: str, shown_px: int) -> Frame:
    """Write a third digit of which the frame shows a strip at its left or right side."""
    frame = two_digits()
    wide = round(max(point[1] for stroke in digit for point in stroke) * TALL)
    left = -wide if side == "left" else 640
    away = shown_px - PEN // 2
    write(frame, digit, TOP, left + away if side == "left" else left - away, TALL)
    return frame


@pytest.mark.parametrize("digit", [SEVEN, FOUR, FIVE, ZERO, ONE])
@pytest.mark.parametrize("side", ["left", "right"])
@pytest.mark.parametrize("shown_px", [18, 24])
def test_a_number_goes_on_whose_next_digit_peeps_in(
    digit: Strokes, side: str, shown_px: int
) -> None:
    frame = beyond(digit, side, shown_px)
    assert is_more(frame)
    strip = np.s_[:, :32] if side == "left" else np.s_[:, -32:]
    frame[strip] = 200
    assert not is_more(frame)


def test_what_is_at_the_frames_side_and_no_scrap_of_a_digit_is_left_alone() -> None:
    posts = two_digits()
    write(posts, (((0.0, 0.0), (1.0, 0.02)),), -10, 622, 500, pen=0.03)
    thumb = two_digits()
    thumb[200:300, 570:] = 60
    pale = beyond(ZERO, "right", 24)
    pale[:, -32:] = 200 - (200 - pale[:, -32:]) // 3
    above = two_digits()
    write(above, SEVEN, 5, 610, 50, pen=0.2)
    far = np.full((480, 900), 200, np.uint8)
    far[:, :560] = two_digits()[:, :560]
    write(far, ZERO, TOP, 885, TALL)
    edge = two_digits()
    edge[200:320, 638:] = edge[306:320, 633:] = 40
    for frame in (posts, thumb, pale, above, far, edge):
        assert not is_more(frame)
