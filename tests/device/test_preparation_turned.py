"""Digits in a slanting line are seen level, and come back to where they stand."""

import pytest

from device.preparation import find_writing
from device.preparation.gather import line_of, line_through
from device.preparation.turned import find_level_view
from device.reading import Box, Frame
from tests.device.paper import FIVE, FOUR, SEVEN, ZERO, Strokes, paper, write


def slanting(slope: float, *digits: Strokes) -> tuple[Frame, list[Box]]:
    frame = paper()
    boxes = [
        write(frame, digit, 190 + slope * 120 * (place - 1), 120 + 120 * place, 90)
        for place, digit in enumerate(digits)
    ]
    return frame, boxes


def middle(box: Box) -> tuple[float, float]:
    return box.top + box.height / 2, box.left + box.width / 2


@pytest.mark.parametrize("slope", [-0.5, -0.2, 0.2, 0.5])
def test_a_slanting_line_is_seen_level(slope: float) -> None:
    frame, boxes = slanting(slope, FIVE, ZERO, FOUR)
    view = find_level_view(frame, find_writing(frame))
    assert view is not None
    seen = find_writing(view.straighten(frame))
    assert len(seen.digits) == 3
    assert abs(line_through(seen.digits, line_of(seen.digits)).slope) < 0.05
    for strokes, box in zip(seen.digits, boxes, strict=True):
        found = view.to_frame(seen.draw(strokes).box, frame.shape)
        # It was turned, so that its corners lie further out.
        assert middle(found) == pytest.approx(middle(box), abs=6)
        assert found.height >= box.height - 4


@pytest.mark.parametrize("slope", [-0.05, 0.0, 0.05, 0.9])
def test_a_level_line_is_left_as_it_is_and_so_is_what_is_no_line(slope: float) -> None:
    frame, _ = slanting(slope, FIVE, SEVEN)
    assert find_level_view(frame, find_writing(frame)) is None


def test_one_digit_or_none_stands_in_no_line() -> None:
    for frame, count in ((slanting(0.0, SEVEN)[0], 1), (paper(), 0)):
        writing = find_writing(frame)
        assert len(writing.digits) == count
        assert find_level_view(frame, writing) is None
