"""What is taken for a note's edge is doubted where its number goes on beyond it."""

import numpy as np
import pytest

from device.preparation import find_writing
from device.preparation.beyond import goes_on_beyond
from device.preparation.view import View
from device.reading import Box, Frame
from tests.device.paper import FOUR, ONE, SEVEN, ZERO, hold_up, paper, write, written
from tools.rooms import corners_of


def note_between(left: float, right: float) -> View:
    """Take a part of the frame for a note, from one column to another."""
    return View(np.array([(left, 40), (right, 40), (right, 440), (left, 440)]), 200)


def boxes_on(note: View, frame: Frame) -> list[Box]:
    writing = find_writing(note.straighten(frame), is_note=True)
    return [writing.draw(strokes).box for strokes in writing.digits]


def goes_on(frame: Frame, note: View, count: int) -> bool:
    boxes = boxes_on(note, frame)
    assert len(boxes) == count
    return goes_on_beyond(frame, note, boxes)


def three_digits() -> tuple[Frame, float, float]:
    """Write three digits; say which columns lie between them."""
    frame, (first, second, third) = written(FOUR, SEVEN, ZERO, tall=140)
    left = (first.left + first.width + second.left) / 2
    return frame, left, (second.left + second.width + third.left) / 2


@pytest.mark.parametrize("light", [1.0, 0.4])
def test_a_number_goes_on_beyond_the_edge_of_a_shadow(light: float) -> None:
    frame, left, right = three_digits()
    for note, beyond in ((note_between(20, right), np.s_[right:]), (note_between(left, 620), None)):
        lit = frame.copy()
        dark = np.s_[:, round(right) :] if beyond else np.s_[:, : round(left)]
        lit[dark] = (lit[dark] * light).astype(np.uint8)
        assert goes_on(lit, note, 2)
        lit[dark] = round(200 * light)
        assert not goes_on(lit, note, 2)


@pytest.mark.parametrize(("light", "is_paper"), [(0.3, True), (0.2, False)])
def test_what_is_darker_than_a_shadow_is_no_paper(light: float, is_paper: bool) -> None:
    frame, _, right = three_digits()
    frame[:, round(right) :] = (frame[:, round(right) :] * light).astype(np.uint8)
    assert goes_on(frame, note_between(20, right), 2) == is_paper


@pytest.mark.parametrize("lean", [-8, 0, 8])
def test_a_number_ends_with_its_note(lean: float) -> None:
    note, _ = written(FOUR, SEVEN, size=(240, 200), tall=110, pen=0.09)
    frame, corners = hold_up(note, (200, 140), lean=lean)
    assert not goes_on(frame, View(corners, 200), 2)


def test_what_the_camera_does_not_see_is_no_digit() -> None:
    note, _ = written(FOUR, SEVEN, size=(240, 200), tall=110, pen=0.09)
    for at in ((2, 140), (398, 140)):
        frame, corners = hold_up(note, at, lean=5)
        assert not goes_on(frame, View(corners, 200), 2)


@pytest.mark.parametrize(("tall", "is_digit"), [(140, True), (50, False), (300, False)])
def test_what_is_as_high_as_the_digits_may_be_one(tall: float, is_digit: bool) -> None:
    frame = paper()
    write(frame, SEVEN, 170, 260, 140)
    write(frame, ONE, 240 - tall / 2, 400, tall, pen=14 / tall)
    assert goes_on(frame, note_between(60, 380), 1) == is_digit


def test_what_is_further_than_the_next_digit_is_something_else() -> None:
    frame = paper()
    write(frame, SEVEN, 170, 160, 140)
    write(frame, FOUR, 170, 480, 140)
    assert not goes_on(frame, note_between(60, 440), 1)


def test_a_digit_at_the_edge_goes_on() -> None:
    frame = paper()
    write(frame, SEVEN, 170, 260, 140)
    for right, is_cut in ((330, True), (360, False)):
        assert goes_on(frame, note_between(60, right), 1) == is_cut


@pytest.mark.parametrize(("grey", "is_digit"), [(30, True), (70, False)])
def test_what_is_as_distinct_as_the_digits_may_be_one(grey: int, is_digit: bool) -> None:
    frame = paper()
    write(frame, SEVEN, 170, 260, 140)
    frame[:, 380:] = 120
    frame[170:310, 400:420] = grey
    assert goes_on(frame, note_between(60, 380), 1) == is_digit


def test_a_part_of_a_note_lies_where_its_box_does() -> None:
    note, _ = written(FOUR, size=(320, 240))
    frame, corners = hold_up(note, (150, 120), lean=5)
    held = View(corners, 200)
    width, height = held.size
    assert np.allclose(held.part(Box(0, 0, height, width)).corners, corners)
    larger = held.part(Box(-height, -width, 3 * height, 3 * width))
    assert np.allclose(larger.corners - corners, corners - np.roll(corners, 2, axis=0))
    assert np.allclose(held.part(Box(0, 0, height // 2, width)).corners[:2], corners[:2])
    assert corners_of(larger.straighten(frame))[2, 0] <= 320
