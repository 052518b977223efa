"""A thumb on a note is no writing, and writing is no thumb."""

from collections.abc import Callable

import numpy as np
import pytest

from device.preparation import Writing, find_writing
from device.preparation.hands import may_be_covered, without_hands
from device.reading import Frame
from tests.device.paper import (
    FIVE,
    FOUR,
    ONE,
    SEVEN,
    ZERO,
    awkward_frames,
    paper,
    print_box,
    take_in_hand,
    write,
    written,
)

SIDES = [("left", 300.0), ("right", 200.0), ("bottom", 500.0)]


@pytest.mark.parametrize(("side", "place"), SIDES)
@pytest.mark.parametrize("skin", [75, 120, 165])
@pytest.mark.parametrize("broad", [80.0, 140.0])
def test_a_thumb_is_found_and_taken_out(side: str, place: float, skin: int, broad: float) -> None:
    frame = paper()
    take_in_hand(frame, side, place, broad=broad, reach=150, skin=skin)
    thumb = frame < 195
    found = without_hands(frame, is_note=False)
    assert found is not None
    bare, hands = found
    assert (hands & thumb).sum() > 0.9 * thumb.sum()
    assert hands.sum() < 1.5 * thumb.sum()
    assert bare[thumb].mean() > 190


@pytest.mark.parametrize(("side", "place"), SIDES)
def test_digits_stay_when_a_thumb_is_taken_out(side: str, place: float) -> None:
    frame, boxes = written(FIVE, FOUR, ONE, tall=140)
    before = find_writing(frame)
    take_in_hand(frame, side, place)
    writing = find_writing(frame)
    assert writing.hands is not None
    assert len(writing.digits) == len(before.digits) == len(boxes)
    for digit, alike in zip(writing.digits, before.digits, strict=True):
        assert writing.draw(digit).box == before.draw(alike).box


def test_two_thumbs_are_taken_out() -> None:
    frame, _ = written(SEVEN, tall=140)
    take_in_hand(frame, "left", 300.0)
    take_in_hand(frame, "right", 220.0)
    assert len(find_writing(frame).digits) == 1


def shadowed() -> Frame:
    frame, _ = written(SEVEN, FOUR)
    frame[:, :330] = (frame[:, :330] * 0.6).astype(np.uint8)
    return frame


def shaded_over_writing() -> Frame:
    """A shadow no larger than a hand, with a digit in it."""
    frame = paper()
    write(frame, SEVEN, 180, 40, 120)
    part = frame[150:330, :150]
    part[:] = (part * 0.6).astype(np.uint8)
    return frame


def at_the_side() -> Frame:
    frame = paper()
    write(frame, ZERO, 140, 500, 220, pen=0.12)
    return frame


def broad_and_black() -> Frame:
    frame = paper()
    write(frame, ONE, -20, 300, 300, pen=0.2)
    return frame


def in_the_middle() -> Frame:
    frame = paper()
    frame[180:280, 250:390] = 110
    return frame


def printed() -> Frame:
    frame, _ = written(FOUR, FIVE)
    print_box(frame)
    return frame


def before_a_table() -> Frame:
    frame, _ = written(FOUR, FIVE)
    frame[:, 560:] = 90
    return frame


@pytest.mark.parametrize(
    "draw",
    [
        paper,
        shadowed,
        shaded_over_writing,
        at_the_side,
        broad_and_black,
        in_the_middle,
        printed,
        before_a_table,
    ],
)
def test_what_is_no_hand_is_left_alone(draw: Callable[[], Frame]) -> None:
    assert without_hands(draw(), is_note=False) is None


@pytest.mark.parametrize(("side", "place"), SIDES)
def test_only_of_a_note_the_tip_of_a_thumb_is_enough(side: str, place: float) -> None:
    frame = paper()
    take_in_hand(frame, side, place, broad=90, reach=16)
    tip = frame < 195
    assert without_hands(frame, is_note=False) is None
    found = without_hands(frame, is_note=True)
    assert found is not None
    assert found[1][tip].mean() > 0.98
    assert found[0][tip].min() > 170  # paper is 200
    take_in_hand(frame, side, place, broad=90, reach=60)
    assert without_hands(frame, is_note=False) is not None


def test_a_small_picture_has_no_hands() -> None:
    frame, _ = written(SEVEN, tall=140)
    take_in_hand(frame, "left", 300.0)
    assert find_writing(frame[::3, ::3]).hands is None
    assert find_writing(frame[::3, ::3], is_note=True).hands is not None


def is_first_covered(writing: Writing) -> bool:
    written = [stroke for digit in writing.digits for stroke in digit]
    return may_be_covered(writing.digits[0], written, writing.hands)


def test_a_digit_that_ends_at_a_thumb_may_be_covered() -> None:
    frame, boxes = written(FOUR, SEVEN, tall=200)
    for reach, is_covered in ((120, False), (boxes[0].left - 10, False), (225, True)):
        held = frame.copy()
        take_in_hand(held, "left", 240.0, reach=reach)
        writing = find_writing(held)
        assert writing.hands is not None
        assert is_first_covered(writing) is is_covered


@pytest.mark.parametrize("skin", [75, 120, 160])
def test_a_thumb_on_a_note_is_seen_wherever_it_lies(skin: int) -> None:
    frame, boxes = written(FOUR, SEVEN, tall=200, pen=0.08)
    first, _ = boxes
    take_in_hand(frame, "left", 240.0, reach=first.left + 0.6 * first.width, skin=skin)
    note = find_writing(frame, is_note=True)
    assert note.hands is not None
    assert is_first_covered(note)


def test_what_lies_over_writing_is_not_taken_out() -> None:
    frame = paper()
    write(frame, SEVEN, 180, 40, 120)
    part = frame[150:330, :150]
    part[:] = (part * 0.6).astype(np.uint8)
    found = without_hands(frame, is_note=True)
    assert found is not None
    assert (found[0] == frame).all()


@pytest.mark.parametrize("edge", [225, 330])
def test_what_is_written_in_a_shadow_is_not_covered_by_it(edge: int) -> None:
    """A shadow no larger than a hand, over a digit or over half of it."""
    frame = paper()
    write(frame, SEVEN, 180, 150, 150)
    write(frame, FOUR, 180, 400, 150)
    part = frame[120:360, 80:edge]
    part[:] = (part * 0.6).astype(np.uint8)
    writing = find_writing(frame, is_note=True)
    assert len(writing.digits) == 2
    assert not is_first_covered(writing)


def test_a_shadow_is_larger_than_a_hand() -> None:
    frame = paper()
    write(frame, SEVEN, 40, 150, 180)
    write(frame, FOUR, 40, 400, 180)
    frame[222:462] = (frame[222:462] * 0.6).astype(np.uint8)
    assert not is_first_covered(find_writing(frame, is_note=True))


@pytest.mark.parametrize(("ink", "looks_like_a_hand"), [(0.5, True), (0.8, False)])
def test_broad_strokes_are_no_hands_to_each_other(ink: float, looks_like_a_hand: bool) -> None:
    frame = paper()
    for column in (120, 330):
        write(frame, ZERO, 120, column, 220, pen=0.2, ink=ink)
    writing = find_writing(frame, is_note=True)
    assert len(writing.digits) == 2
    assert (writing.hands is not None) is looks_like_a_hand
    assert not is_first_covered(writing)
    take_in_hand(frame, "right", 400, reach=60)
    held = find_writing(frame, is_note=True)
    assert held.hands is not None
    assert not is_first_covered(held)


def test_awkward_frames_are_looked_at_for_hands() -> None:
    for frame in awkward_frames(180, 320):
        found = without_hands(frame, is_note=True)
        assert found is None or {part.shape for part in found} == {frame.shape}
