"""Things around a number and signs in it touch no digit; a number is struck out all along."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import label

from device.photographs import Conditions, photograph
from device.preparation import find_writing
from device.preparation.gather import line_of
from device.preparation.signs import find_marks, has_sign
from device.reading import Frame
from tests.tools.handwritten import handwriting
from tools.surroundings import AROUND, LIKE_DIGITS, SIGNS, write_with

SIZE = (640, 480)
PEN = Conditions(pen=0.08)


def ink_of(kind: str, seed: int, digits: tuple[int, ...] = (2, 5, 6)) -> NDArray[np.float32]:
    pictures = handwriting()
    rng = np.random.default_rng(seed)
    return write_with([pictures[digit] for digit in digits], rng, PEN, SIZE, kind)


def note(kind: str, seed: int) -> Frame:
    return photograph(ink_of(kind, seed), np.random.default_rng(seed), PEN)


@pytest.mark.parametrize(
    ("kind", "digits"),
    [
        *((kind, (2, 5, 6)) for kind in (*AROUND, *SIGNS, *LIKE_DIGITS)),
        *((kind, (4,)) for kind in AROUND),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_all_of_it_is_on_the_sheet_and_nothing_touches_a_digit(
    kind: str, digits: tuple[int, ...], seed: int
) -> None:
    ink = ink_of(kind, seed, digits)
    assert ink.shape == SIZE[::-1]
    assert (ink.min(), ink.max()) == (0, 1)
    assert not ink[0].any() | ink[-1].any() | ink[:, 0].any() | ink[:, -1].any()
    _, pieces = label(ink > 0.5, np.ones((3, 3)))
    if kind == "spiral":
        assert pieces - len(digits) >= 14
        return
    assert pieces == len(digits) + {
        "punched": 2,
        "open box": 4,
        "colon": 2,
        "brackets": 2,
        "question mark": 2,
    }.get(kind, 1)


@pytest.mark.parametrize("kind", AROUND)
def test_what_stands_around_a_number_is_no_digit_of_it(kind: str) -> None:
    for seed in range(5):
        writing = find_writing(note(kind, seed))
        assert len(writing.digits) == 3
        assert writing.boxes or kind in ("underlined", "punched", "spiral")


@pytest.mark.parametrize("kind", SIGNS)
def test_a_sign_can_be_seen(kind: str) -> None:
    for seed in range(5):
        writing = find_writing(note(kind, seed))
        line = line_of(writing.digits)
        assert has_sign(find_marks(writing, line), writing, line)


def test_two_numbers_stand_far_from_each_other() -> None:
    for seed in range(20):
        for digits in ((4, 7), (2, 5, 6), (2, 5, 6, 4)):
            ink = ink_of("two numbers", seed, digits) > 0.5
            _, pieces = label(ink, np.ones((3, 3)))
            assert pieces == len(digits)
            rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
            gaps = np.sort(np.diff(columns))
            assert gaps[-1] > 2.5 * np.ptp(rows) > 2.5 * gaps[-2]


def test_one_digit_stands_right_above_the_other_in_a_column() -> None:
    for seed in range(20):
        ink = ink_of("column", seed) > 0.5
        _, pieces = label(ink, np.ones((3, 3)))
        assert pieces == 2
        rows = np.flatnonzero(ink.any(axis=1))
        assert np.diff(rows).max() > 1


def test_a_line_strikes_out_all_of_a_number() -> None:
    for seed in range(20):
        struck, alone = (ink_of(kind, seed) > 0.5 for kind in ("struck out", "underlined"))
        # With the same seed the digits stand alike, and the line below them reaches no higher.
        digits = struck & alone
        left, right = np.flatnonzero(digits.any(axis=0))[[0, -1]]
        top, bottom = np.flatnonzero(digits.any(axis=1))[[0, -1]]
        assert struck[top:bottom, left:right].any(axis=0).mean() > 0.95
        assert struck[:, :left].any()
        assert struck[:, right + 1 :].any()


def test_a_number_out_of_view_shows_a_part_of_its_first_or_last_digit() -> None:
    sides = set()
    for seed in range(20):
        ink = ink_of("out of view", seed) > 0.5
        whole = ink_of("underlined", seed)[: SIZE[1] // 2] > 0.5
        at_left, at_right = ink[:, 0].any(), ink[:, -1].any()
        assert at_left != at_right
        sides.add(bool(at_left))
        assert 0 < ink[: SIZE[1] // 2].sum() < whole.sum()
        _, pieces = label(ink, np.ones((3, 3)))
        assert pieces >= 3
    assert len(sides) == 2
