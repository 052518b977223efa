"""A thumb on a note is no writing, and writing is no thumb."""

from collections.abc import Callable

import numpy as np
import pytest

from device.preparation import find_writing
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
    assert found[1][tip].all()
    take_in_hand(frame, side, place, broad=90, reach=60)
    assert without_hands(frame, is_note=False) is not None


def test_a_small_picture_has_no_hands() -> None:
    frame, _ = written(SEVEN, tall=140)
    take_in_hand(frame, "left", 300.0)
    assert find_writing(frame[::3, ::3]).hands is None
    assert find_writing(frame[::3, ::3], is_note=True).hands is not None


def test_a_digit_that_ends_at_a_thumb_may_be_covered() -> None:
    frame, _ = written(FOUR, SEVEN, tall=200)
    for reach, is_covered in ((120, False), (225, True)):
        held = frame.copy()
        take_in_hand(held, "left", 240.0, reach=reach)
        writing = find_writing(held)
        assert writing.hands is not None
        assert may_be_covered(writing.digits[0], writing.hands) is is_covered


def test_awkward_frames_are_looked_at_for_hands() -> None:
    for frame in awkward_frames(180, 320):
        found = without_hands(frame, is_note=True)
        assert found is None or {part.shape for part in found} == {frame.shape}
