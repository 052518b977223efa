"""Notes held up before a room: drawn so that the note, and nothing else, can be read."""

import numpy as np
import pytest

from device.preparation import find_writing
from device.preparation.hands import may_be_covered
from device.preparation.held_note import find_held_note
from tests.tools.desk import make_digits
from tools.rooms import IN_HAND, LIGHTEST, ON_WALL, SHARES, photograph_held

DIGITS = make_digits(10, np.random.default_rng(3)).glyphs
SIZE = (640, 480)


@pytest.mark.parametrize("distance", [each for each in SHARES if each != ON_WALL])
def test_the_note_takes_its_share_of_the_frame_and_the_room_is_darker(distance: str) -> None:
    shares = []
    for seed in range(12):
        rng = np.random.default_rng([seed, 1])
        frame = photograph_held([DIGITS[seed % 10]], rng, distance, SIZE)
        assert frame.shape == (480, 640)
        assert frame.dtype == np.uint8
        paper = np.median(frame[frame > LIGHTEST * np.percentile(frame, 99)])
        shares.append((frame > (1 + LIGHTEST) / 2 * paper).mean())
    low, high = SHARES[distance]
    assert 0.6 * low**2 < np.mean(shares) < 1.1 * high**2


def test_a_note_on_a_wall_is_darker_than_the_wall() -> None:
    for seed in range(12):
        rng = np.random.default_rng([seed, 1])
        frame = photograph_held([DIGITS[seed % 10]], rng, ON_WALL, SIZE)
        border = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]])
        wall = np.median(border)
        assert wall > 0.6 * 255
        low, high = SHARES[ON_WALL]
        assert 0.6 * low**2 < (frame < 0.95 * wall).mean() < 1.3 * high**2


def test_most_notes_are_found_where_they_are_held() -> None:
    frames = [
        photograph_held([DIGITS[seed % 10]], np.random.default_rng([seed, 2]), "far", SIZE)
        for seed in range(20)
    ]
    notes = [find_held_note(frame) for frame in frames]
    found = [note for note in notes if note is not None]
    assert len(found) >= 16
    low, high = SHARES["far"]
    assert all(0.8 * low < note.size[0] / SIZE[0] < 1.2 * high for note in found)


def test_a_number_is_held_up_whole() -> None:
    for seed in range(10):
        rng = np.random.default_rng([seed, 4])
        frame = photograph_held(list(DIGITS[: 1 + seed % 4]), rng, "near", SIZE)
        note = find_held_note(frame)
        seen = frame if note is None else note.straighten(frame)
        assert len(find_writing(seen, is_note=note is not None).digits) == 1 + seed % 4


def test_a_note_in_a_hand_has_a_thumb_on_it_and_its_digit_beside() -> None:
    thumbs = digits = 0
    for seed in range(20):
        rng = np.random.default_rng([seed, 3])
        frame = photograph_held([DIGITS[seed % 10]], rng, IN_HAND, SIZE)
        note = find_held_note(frame)
        if note is None:
            continue
        writing = find_writing(note.straighten(frame), is_note=True)
        thumbs += writing.hands is not None
        digits += len(writing.digits) == 1
    assert thumbs >= 5
    assert digits >= 10


def test_a_thumb_that_lies_on_a_digit_covers_it() -> None:
    covered = {False: 0, True: 0}
    for lies_on in covered:
        for seed in range(20):
            rng = np.random.default_rng([seed, 3])
            images = [DIGITS[seed % 10]]
            frame = photograph_held(images, rng, IN_HAND, SIZE, is_covered=lies_on)
            note = find_held_note(frame)
            if note is None:
                continue
            writing = find_writing(note.straighten(frame), is_note=True)
            strokes = [stroke for digit in writing.digits for stroke in digit]
            covered[lies_on] += may_be_covered(strokes, strokes, writing.hands)
    assert covered[True] > 2 * covered[False] + 1
