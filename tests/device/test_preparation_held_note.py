"""The note that is held up before a room is found, and nothing else is taken for one."""

import numpy as np
import pytest
from PIL import Image

from device.preparation.held_note import find_held_note, find_other_notes
from device.reading import Frame
from tests.device.paper import (
    FIVE,
    FOUR,
    SEVEN,
    ZERO,
    awkward_frames,
    hold_up,
    written,
)


def note() -> Frame:
    return written(FOUR, FIVE, size=(320, 240), tall=110)[0]


@pytest.mark.parametrize("lean", [-15, -4, 0, 8])
@pytest.mark.parametrize("at", [(150, 120), (40, 60), (280, 200)])
def test_a_note_is_found_where_it_is_held(lean: float, at: tuple[int, int]) -> None:
    frame, corners = hold_up(note(), at, lean=lean)
    found = find_held_note(frame)
    assert found is not None
    assert np.abs(found.corners - corners).max() < 30
    straight = found.straighten(frame)
    assert straight.shape[0] == pytest.approx(240, abs=36)
    assert straight.shape[1] == pytest.approx(320, abs=36)
    edge = np.concatenate([straight[0], straight[-1], straight[:, 0], straight[:, -1]])
    assert np.median(straight) > 190
    assert (edge > 150).mean() > 0.9
    assert (straight < 60).sum() == pytest.approx((note() < 60).sum(), rel=0.15)


@pytest.mark.parametrize("at", [(-30, 100), (350, 100), (150, -30), (150, 270), (350, 270)])
def test_a_note_that_reaches_out_of_the_frame_is_found(at: tuple[int, int]) -> None:
    frame, corners = hold_up(note(), at)
    found = find_held_note(frame)
    assert found is not None
    seen = np.clip(corners, 0, (640, 480))
    assert np.abs(found.corners - seen).max() < 30


@pytest.mark.parametrize("size", [(160, 120), (320, 240), (1296, 972)])
def test_a_note_is_found_in_a_frame_of_any_size(size: tuple[int, int]) -> None:
    frame, corners = hold_up(note(), (150, 120), lean=5)
    scaled = np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BOX))
    found = find_held_note(scaled)
    assert found is not None
    assert np.abs(found.corners * 640 / size[0] - corners).max() < 40


def test_fingers_and_digits_at_its_sides_leave_a_note_whole() -> None:
    frame, corners = hold_up(note(), (150, 120), lean=3)
    frame[330:, 180:215] = 90
    frame[200:280, 440:500] = 90
    found = find_held_note(frame)
    assert found is not None
    assert np.abs(found.corners - corners).max() < 40


@pytest.mark.parametrize("lean", [-15, 0, 8])
@pytest.mark.parametrize("share", [0.5, 0.85])
def test_a_note_before_a_lighter_wall_is_found_among_the_others(share: float, lean: float) -> None:
    coloured = (note() * share).astype(np.uint8)
    frame, corners = hold_up(coloured, (150, 120), lean=lean, room=1000)
    assert find_held_note(frame) is None
    found = next(find_other_notes(frame))
    assert np.abs(found.corners - corners).max() < 30
    assert found.paper == pytest.approx(200 * share, abs=5)


@pytest.mark.parametrize("at", [(-20, -20), (10, -40), (-30, 10)])
def test_a_note_that_reaches_over_most_sides_is_found_among_the_others(at: tuple[int, int]) -> None:
    near = written(FOUR, FIVE, size=(640, 480), tall=200)[0]
    frame, corners = hold_up(near, at, lean=5)
    assert find_held_note(frame) is None
    (found,) = find_other_notes(frame)
    assert np.abs(found.corners - np.clip(corners, 0, (640, 480))).max() < 30


def test_a_note_before_a_room_with_light_things_in_it_is_found_among_the_others() -> None:
    frame, corners = hold_up(note(), (150, 120), lean=3)
    frame[100:320, 560:] = 200  # a window…
    frame[200:212, 440:560] = 200  # …and its sill, up to the note
    assert find_held_note(frame) is None
    (found,) = find_other_notes(frame)
    assert np.abs(found.corners - corners).max() < 40


@pytest.mark.parametrize(("height", "count"), [(120, 1), (64, 0)])
def test_a_stripe_is_no_note(height: int, count: int) -> None:
    frame, _ = hold_up(np.full((height, 500), 200, np.uint8), (70, 180))
    assert len(list(find_other_notes(frame))) == count


def test_a_note_that_was_refused_is_not_found_again() -> None:
    frame, _ = hold_up(note(), (150, 120), lean=3)
    refused = find_held_note(frame)
    assert refused is not None
    assert len(list(find_other_notes(frame))) == 1
    assert not list(find_other_notes(frame, refused))


def test_a_note_that_lies_on_a_grey_one_is_found_after_it() -> None:
    table, around = hold_up(np.full((320, 440), 120, np.uint8), (100, 80))
    frame, corners = hold_up(note(), (150, 120), lean=3)
    frame = np.where(frame < 100, np.maximum(frame, table), frame)
    frame[120:360, 150:470][note() < 100] = 60
    outer, inner = find_other_notes(frame)
    assert np.abs(outer.corners - around).max() < 30
    assert np.abs(inner.corners - corners).max() < 30


def test_fingers_leave_no_other_notes_on_paper_that_fills_the_frame() -> None:
    frame, _ = written(SEVEN, ZERO, FOUR)
    assert not list(find_other_notes(frame))
    frame[330:, 180:215] = 90
    frame[200:280, 540:] = 90
    assert not list(find_other_notes(frame))


@pytest.mark.parametrize("brightness", [60, 130, 200, 255])
def test_paper_that_fills_the_frame_is_no_note_in_a_room(brightness: int) -> None:
    frame, _ = written(SEVEN, ZERO, FOUR, brightness=brightness)
    row, column = np.mgrid[-1:1:480j, -1:1:640j]
    lights = {
        "even": 1.0,
        "from the side": 1 - 0.3 * (column + 1),
        "vignette": 1 - 0.4 * (row**2 + column**2),
        "half in the shadow": np.where(column + 0.3 * row > 0.1, 0.5, 1.0),
        "corner in the shadow": np.where(column + row > 0.3, 0.5, 1.0),
        "band of light": np.where(np.abs(row) < 0.5, 1.0, 0.5),
        "reflection": 0.5 + 0.5 * np.exp(-8 * (row**2 + column**2)),
    }
    for light in lights.values():
        assert find_held_note((frame * light).clip(0, 255).astype(np.uint8)) is None


def test_light_strokes_and_round_lights_are_no_notes() -> None:
    row, column = np.mgrid[-1:1:480j, -1.33:1.33:640j]
    lamp = np.where(row**2 + column**2 < 0.3, 230, 40).astype(np.uint8)
    assert find_held_note(lamp) is None
    for digit in (ZERO, FOUR):
        chalk, _ = written(digit, tall=400, pen=0.2)
        assert find_held_note(255 - chalk) is None


@pytest.mark.parametrize("shape", [(28, 28), (96, 96), (60, 200), (28, 2000), (2000, 28)])
def test_any_frame_is_searched(shape: tuple[int, int]) -> None:
    for frame in awkward_frames(*shape):
        found = find_held_note(frame)
        assert found is None or found.straighten(frame).shape == found.size[::-1]
