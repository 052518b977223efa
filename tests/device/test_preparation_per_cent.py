"""A per cent sign is no 96, and what looks a little like it is none."""

from itertools import chain

import numpy as np
import pytest

from device.preparation import find_writing
from device.preparation.gather import line_of
from device.preparation.per_cent import has_per_cent
from device.reading import Frame
from tests.device.paper import FIVE, ONE, ZERO, Strokes, paper, write

SLASH: Strokes = (((0.0, 0.55), (1.0, 0.0)),)
DOT: Strokes = (((0.0, 0.0), (0.0, 0.01)),)
TOP, TALL = 160, 160


def is_per_cent(frame: Frame) -> bool:
    writing = find_writing(frame)
    gathered = [*chain.from_iterable(writing.digits), *writing.too_small]
    return has_per_cent(gathered, line_of(writing.digits).tall)


def percentage(
    upper: float = 60,
    lower: float = 60,
    *,
    first: float = 300,
    last: float = 400,
    drop: float = 100,
    slash: Strokes = SLASH,
) -> Frame:
    """Write 5%: its rings so high, their left sides there, the second one so much lower."""
    frame = paper()
    write(frame, FIVE, TOP, 100, TALL)
    write(frame, slash, TOP, 330, TALL)
    write(frame, ZERO, TOP, first, upper, pen=12 / upper)
    write(frame, ZERO, TOP + drop, last, lower, pen=12 / lower)
    return frame


@pytest.mark.parametrize("rings", [(60, 60), (80, 55), (50, 75)])
@pytest.mark.parametrize("drop", [60, 100])
def test_two_rings_on_both_sides_of_a_slash_are_a_per_cent_sign(
    rings: tuple[float, float], drop: float
) -> None:
    assert is_per_cent(percentage(*rings, drop=drop))


def test_dots_are_as_good_as_rings() -> None:
    frame = paper()
    write(frame, FIVE, TOP, 120, TALL)
    write(frame, SLASH, TOP, 330, TALL)
    for row, column in ((200, 340), (300, 420)):
        write(frame, DOT, row, column, 1, pen=28)
    assert is_per_cent(frame)


@pytest.mark.parametrize(
    "other",
    [
        percentage(130, 130, first=240, last=420),
        percentage(95, 40),
        percentage(last=440, drop=10),
        percentage(drop=150),
        percentage(first=215),
        percentage(last=540),
        percentage(first=440, last=470),
        percentage(first=290, last=440, slash=(((0.0, 0.2), (1.0, 0.55)),)),
        percentage(slash=(((0.0, 0.55), (0.0, 0.2), (0.7, 0.2), (1.0, 0.15)),)),
    ],
)
def test_what_is_unlike_a_per_cent_sign_is_none(other: Frame) -> None:
    assert not is_per_cent(other)


def test_whole_digits_in_a_falling_line_are_no_per_cent_sign() -> None:
    frame = paper()
    for digit, down, left in ((ZERO, -25, 180), (ONE, 0, 304), (ZERO, 25, 340)):
        write(frame, digit, TOP + down, left, TALL)
    assert len(find_writing(frame).digits) == 3
    assert not is_per_cent(frame)


def test_digits_and_dirt_are_no_per_cent_sign() -> None:
    frame = paper()
    for digit, left in ((ZERO, 100), (ONE, 280), (ZERO, 360)):
        write(frame, digit, TOP, left, TALL)
    assert not is_per_cent(frame)
    rng = np.random.default_rng(4)
    for row, column in rng.uniform((20, 20), (140, 620), (20, 2)):
        write(frame, DOT, row, column, 1, pen=18)
    assert not is_per_cent(frame)
