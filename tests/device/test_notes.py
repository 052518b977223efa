"""Notes that the program writes: real enough to read, the same for the same seed."""

import numpy as np
import pytest

from device.notes import draw_strokes, write_digits, write_note
from device.photographs import Conditions, draw_conditions, photograph
from device.preparation import prepare

PLAIN = Conditions(slope=0.0, vignette=0.0, blur_px=0.5, noise=0.0)


@pytest.mark.parametrize("size", [(640, 480), (320, 240), (200, 400)])
@pytest.mark.parametrize("number", ["7", "42", "12345678"])
def test_a_note_is_a_frame_of_the_size_asked_for(number: str, size: tuple[int, int]) -> None:
    frame = write_note(number, np.random.default_rng(0), size=size)
    assert frame.shape == size[::-1]
    assert frame.dtype == np.uint8


def test_the_same_seed_writes_the_same_note() -> None:
    one, other = (write_note("305", np.random.default_rng(7)) for _ in range(2))
    np.testing.assert_array_equal(one, other)


def test_another_seed_writes_another() -> None:
    one, other = (write_note("305", np.random.default_rng(seed)) for seed in (7, 8))
    assert np.abs(one.astype(int) - other).mean() > 1


@pytest.mark.parametrize("length", range(1, 9))
def test_all_that_is_written_is_on_the_sheet(length: int) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        number = "".join(map(str, rng.integers(0, 10, length)))
        ink = write_digits(number, rng, draw_conditions(rng), (640, 480))
        assert ink.shape == (480, 640)
        assert ink.min() == 0
        assert ink.max() == 1
        border = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
        assert not border.any()


def test_the_digits_are_written_from_left_to_right() -> None:
    rng = np.random.default_rng(2)
    frame = photograph(write_digits("1000", rng, PLAIN, (640, 480)), rng, PLAIN)
    middles = [glyph.pixels[11:17, 11:17].mean() for glyph in prepare(frame)]
    assert len(middles) == 4
    # A 1 has its ink in the middle, a 0 has none there.
    assert middles[0] > 2 * max(middles[1:])


def test_a_stroke_is_as_wide_as_the_pen() -> None:
    bar = [np.array([(20.0, 60.0), (180.0, 60.0)])]
    for pen in (3.0, 8.0, 21.0):
        across = draw_strokes(bar, pen, (120, 200))[100].sum()
        assert across == pytest.approx(pen, abs=0.8)


def test_the_pen_is_round() -> None:
    dot = [np.array([(50.0, 50.0), (50.0, 50.5)])]
    rows, columns = np.nonzero(draw_strokes(dot, 20, (100, 100)) > 0.5)
    assert np.ptp(rows) + 1 == pytest.approx(20, abs=2)
    assert np.ptp(columns) + 1 == pytest.approx(20, abs=2)
