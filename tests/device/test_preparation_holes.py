"""Holes in the paper are nothing written; what is written beside a number is no hole."""

import numpy as np
import pytest

from device.preparation import find_writing
from device.preparation.components import Component, components
from device.preparation.holes import find_holes
from device.reading import Frame
from tests.device.paper import FIVE, SEVEN, paper, write

DOT = (((0.0, 0.0), (0.0, 0.01)),)
"""A dot is as broad as the pen, which is given as so many times its size, 1 pixel."""

TOP, TALL, PEN = 160, 100, 10


def note() -> Frame:
    frame = paper()
    for digit, left in ((SEVEN, 200), (FIVE, 320)):
        write(frame, digit, TOP, left, TALL)
    return frame


def punch(frame: Frame, *places: tuple[float, float], broad: float = 30) -> Frame:
    for row, column in places:
        write(frame, DOT, row, column, 1, pen=broad, ink=0.6)
    return frame


def parts_of(frame: Frame) -> tuple[list[Component], list[list[Component]]]:
    """Take all that is on a note beside its digits, and these."""
    strokes = components(frame < 120)
    digits = [[each] for each in strokes if each.height >= TALL]
    return [each for each in strokes if [each] not in digits], digits


def holes_of(frame: Frame) -> list[Component]:
    return find_holes(components(frame < 120), [], frame.shape)


def add_row(
    frame: Frame, count: int, *, column: float = 40, turn: float = 0.0, step: float = 24
) -> Frame:
    """Draw short lines one above the other, as the wires of a spiral at the left side are."""
    for place in range(count):
        row = 20 + step * place
        write(frame, (((0.0, 0.0), (0.1, 1.0)),), row, column + turn * (row - 20), 20, pen=0.25)
    return frame


def test_a_digit_alone_has_no_holes_beside_it() -> None:
    assert holes_of(note()) == []


@pytest.mark.parametrize("column", [40, 600])
@pytest.mark.parametrize(("broad", "is_hole"), [(28, True), (20, False), (10, False)])
def test_a_disc_beside_the_digits_is_a_hole_where_it_is_broader_than_a_dot(
    column: float, broad: float, is_hole: bool
) -> None:
    frame = punch(note(), (TOP + 60, column), broad=broad)
    assert len(parts_of(frame)[0]) == 1
    assert bool(holes_of(frame)) == is_hole


def test_neither_what_is_as_high_as_a_digit_nor_what_runs_out_of_the_frame_is_punched() -> None:
    assert not holes_of(punch(note(), (TOP + 60, 40), broad=50))
    assert not holes_of(punch(note(), (100, 11), (300, 11), broad=22))
    assert not holes_of(punch(note(), (TOP + 60, 11), broad=22 + 8))


@pytest.mark.parametrize("column", [40, 600])
@pytest.mark.parametrize(
    ("apart", "aside", "broad", "are_holes"),
    [
        (200, 0, (14, 14), True),
        (200, 40, (14, 14), True),
        (60, 0, (14, 14), True),
        (40, 0, (14, 14), False),
        (100, 50, (14, 14), False),
        (200, 0, (10, 22), False),
    ],
)
def test_two_alike_that_stand_one_above_the_other_are_holes_as_small_as_dots(
    column: float, apart: float, aside: float, broad: tuple[float, float], are_holes: bool
) -> None:
    frame = note()
    side = np.sign(320 - column)
    punch(frame, (TOP, column), broad=broad[0])
    punch(frame, (TOP + apart, column + side * aside), broad=broad[1])
    assert len(holes_of(frame)) == (2 if are_holes else 0)


@pytest.mark.parametrize("count", [2, 3, 4, 5])
def test_a_punch_makes_two_to_four(count: int) -> None:
    frame = punch(
        note(), *((40 + 80 * place, 40 + 3 * place**2) for place in range(count)), broad=14
    )
    assert len(holes_of(frame)) == (count if count <= 4 else 0)


def test_dots_between_the_digits_are_no_holes_and_none_at_both_sides_is() -> None:
    assert not holes_of(punch(note(), (TOP, 295), (TOP + 80, 295), broad=12))
    assert not holes_of(punch(note(), (TOP, 40), (TOP + 80, 600), broad=14))


def test_neither_a_ring_nor_a_plus_nor_a_bar_is_a_punched_hole() -> None:
    ring = tuple((0.5 + 0.5 * np.sin(turn), 0.5 * np.cos(turn)) for turn in np.linspace(0, 7, 40))
    for sign in ((ring,), (((0.5, 0.0), (0.5, 1.0)), ((0.0, 0.5), (1.0, 0.5)))):
        frame = note()
        write(frame, sign, TOP + 30, 60, 30, pen=0.3)
        assert len(parts_of(frame)[0]) == 1
        assert not holes_of(frame)
    frame = note()
    write(frame, (((0.0, 0.0), (0.0, 1.0)),), TOP + 30, 60, 20, pen=1.2)
    assert len(parts_of(frame)[0]) == 1
    assert not holes_of(frame)


@pytest.mark.parametrize("turn", [-0.1, 0.0, 0.2])
@pytest.mark.parametrize(("count", "are_holes"), [(4, False), (5, True), (18, True)])
def test_a_row_of_what_is_alike_is_a_spirals(turn: float, count: int, *, are_holes: bool) -> None:
    assert len(holes_of(add_row(note(), count, column=60, turn=turn))) == are_holes * count


@pytest.mark.parametrize(("elsewhere", "are_holes"), [(4, True), (5, False)])
def test_a_spirals_row_has_little_beside_it(elsewhere: int, *, are_holes: bool) -> None:
    frame = add_row(note(), 18)
    for place in range(elsewhere):
        write(frame, (((0.0, 0.0), (0.5, 1.0)),), 40 + 12 * place, 400 + 40 * place, 20, pen=0.25)
    assert len(holes_of(frame)) == are_holes * 18


def test_a_row_is_found_wherever_else_something_stands() -> None:
    for rows in ((4, 8, 450, 454), (4, 8, 6, 10), (450, 454, 452, 458)):
        frame = add_row(note(), 17, column=60)
        for place, row in enumerate(rows):
            write(frame, (((0.0, 0.0), (0.5, 1.0)),), row, 300 + 60 * place, 20, pen=0.25)
        assert len(holes_of(frame)) == 17


def test_a_row_may_run_along_the_top_and_out_of_the_frame() -> None:
    frame = note()
    for column in range(20, 640, 24):
        write(frame, (((0.0, 0.1), (1.0, 0.0)),), -10, column, 40, pen=0.12)
    assert len(holes_of(frame)) == len(parts_of(frame)[0]) > 20


@pytest.mark.parametrize(("row", "are_holes"), [(TOP + 130, True), (TOP + 50, False)])
def test_a_row_that_runs_through_the_number_is_none(row: float, *, are_holes: bool) -> None:
    frame = note()
    for column in (20, 60, 100, 140, 275, 450, 490, 530, 570):
        write(frame, (((0.0, 0.0), (0.1, 1.0)),), row, column, 20, pen=0.25)
    assert bool(holes_of(frame)) == are_holes


def test_squared_paper_of_dots_has_no_holes() -> None:
    frame = note()
    for row in range(20, 470, 60):
        punch(frame, *((row, column) for column in range(20, 640, 60)), broad=6)
    assert len(parts_of(frame)[0]) > 50
    assert not holes_of(frame)


def test_holes_are_neither_left_out_nor_too_small() -> None:
    frame = punch(note(), (100, 40), (360, 44))
    writing = find_writing(frame)
    assert len(writing.digits) == 2
    assert not writing.too_small + writing.left_out


def test_holes_that_are_as_high_as_a_small_digit_are_none() -> None:
    frame = punch(note(), (100, 40), (300, 44), broad=50)
    assert [len(strokes) for strokes in find_writing(frame).digits] == [1, 1]


def test_a_frame_without_writing_has_no_holes() -> None:
    assert not find_holes([], [], (480, 640))
    assert not holes_of(punch(paper(), (100, 40), (300, 44)))


def test_a_number_beside_a_spiral_is_found_whole() -> None:
    frame = add_row(note(), 19, column=4)
    writing = find_writing(frame)
    assert [len(strokes) for strokes in writing.digits] == [1, 1]
    assert not writing.too_small + writing.left_out
