"""What is small in a large picture is looked at from nearer, and specks are not."""

import numpy as np
import pytest

from device.preparation import find_writing
from device.preparation.near import find_near_view
from device.preparation.view import View
from device.reading import Box, Frame
from tests.device.paper import FIVE, FOUR, SEVEN, assert_near, paper, write

PAGE = (2000, 1500)
TALL = 60


def page(*places: tuple[float, float], tall: float = TALL, size: tuple[int, int] = PAGE) -> Frame:
    """A page with a 5 at each place, row and column."""
    frame = paper(size)
    for row, column in places:
        write(frame, FIVE, row, column, tall)
    return frame


def near_view(frame: Frame) -> View | None:
    return find_near_view(frame, None)


@pytest.mark.parametrize("tall", [30, 60, 110])
@pytest.mark.parametrize("at", [(400, 500), (1000, 1300)])
def test_small_digits_are_seen_large_and_come_back_to_their_place(
    tall: float, at: tuple[float, float]
) -> None:
    frame = paper(PAGE)
    row, column = at
    boxes = [
        write(frame, digit, row, column + place * tall, tall)
        for place, digit in enumerate((FOUR, SEVEN, FIVE))
    ]
    view = near_view(frame)
    assert view is not None
    seen = view.straighten(frame)
    assert len(find_writing(frame).digits) < 3 or tall == 110
    writing = find_writing(seen)
    assert len(writing.digits) == 3
    for strokes, box in zip(writing.digits, boxes, strict=True):
        glyph = writing.draw(strokes)
        assert glyph.box.height > 0.15 * len(seen)
        assert_near(view.to_frame(glyph.box, frame.shape), box, slack=6)


def test_a_slanting_line_is_seen_whole_with_paper_around_it() -> None:
    view = near_view(page((700, 700), (740, 780), (780, 860)))
    assert view is not None
    (left, top), (right, bottom) = view.corners.min(axis=0), view.corners.max(axis=0)
    assert left < 700 - TALL < 860 + 2 * TALL < right
    assert top < 700 - TALL < 780 + 2 * TALL < bottom


def test_what_is_small_on_a_note_is_looked_at_in_the_frame() -> None:
    frame = np.full((1500, 2000), 60, np.uint8)
    note = page((300, 400), size=(1000, 900))
    frame[200:1100, 700:1700] = note
    corners = np.array([(700.0, 200), (1700, 200), (1700, 1100), (700, 1100)])
    view = find_near_view(frame, View(corners, 200))
    assert view is not None
    (strokes,) = find_writing(view.straighten(frame)).digits
    found = find_writing(view.straighten(frame)).draw(strokes).box
    assert_near(view.to_frame(found, frame.shape), write(note, FIVE, 500, 1100, TALL), slack=6)


def test_there_is_nothing_to_see_from_nearer_on_bare_paper() -> None:
    assert near_view(page()) is None
    noise = np.random.default_rng(1).normal(200, 6, (1500, 2000))
    assert near_view(noise.clip(0, 255).astype(np.uint8)) is None


def test_what_was_seen_as_it_is_has_no_more_to_show() -> None:
    assert near_view(page((200, 300), tall=28, size=(640, 480))) is None
    frame = page((700, 900))
    corners = np.array([(500.0, 400), (1280, 400), (1280, 1100), (500, 1100)])
    assert find_near_view(frame, View(corners, 200)) is None


def test_what_has_few_pixels_is_not_looked_at() -> None:
    assert near_view(page((700, 900), tall=10)) is None


def test_large_writing_is_not_small() -> None:
    assert near_view(page((600, 900), tall=300)) is None


def test_what_is_small_beside_large_digits_is_not_looked_at() -> None:
    frame = page((700, 900))
    for height, is_looked_at in ((100, True), (160, False)):
        view = find_near_view(frame, None, [Box(640, 880, height, 80)])
        assert (view is not None) == is_looked_at


@pytest.mark.parametrize("box", [(400, 890), (690, 400), (900, 890), (690, 1200)])
def test_what_shows_not_all_of_the_digits_is_not_looked_at(box: tuple[int, int]) -> None:
    frame = page((700, 900))
    row, column = box
    assert find_near_view(frame, None, [Box(690, 890, 80, 60)]) is not None
    assert find_near_view(frame, None, [Box(690, 890, 80, 60), Box(row, column, 80, 60)]) is None


def test_a_long_line_is_not_small() -> None:
    frame = page()
    write(frame, (((0.0, 0.0), (0.0, 5.0)),), 700, 800, TALL, pen=0.6)
    assert near_view(frame) is None


def test_specks_that_are_strewn_about_are_not_writing() -> None:
    assert near_view(page((300, 500), (700, 900), (1100, 1200))) is None


def test_dust_beside_small_writing_is_left_where_it_is() -> None:
    frame = page((700, 900), tall=90)
    alone = near_view(frame)
    write(frame, (((0.0, 0.0), (0.0, 0.3)),), 300, 400, 90)
    view = near_view(frame)
    assert alone is not None
    assert view is not None
    assert (view.corners == alone.corners).all()


def test_what_lies_at_the_border_is_not_looked_at() -> None:
    assert near_view(page((700, 20))) is None
