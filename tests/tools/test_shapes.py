"""Letters, signs, scribbles and strikes: drawn like digits, and none of them a digit."""

import numpy as np
import pytest

from device.strokes import DIGITS, draw_shape
from tools.shapes import LETTERS, SPARED, STRIKES, choose_strike, draw_no_digit, draw_strike

LIKE_DIGITS = set("OolIiSsZzBbgqD") | {"delta", "theta", "iota", "omicron"}


def test_nothing_that_is_written_like_a_digit_is_among_them() -> None:
    assert not LIKE_DIGITS & set(LETTERS)
    assert not set(DIGITS) & set(LETTERS)


@pytest.mark.parametrize("name", LETTERS)
def test_a_shape_is_drawn_in_the_units_of_a_digit(name: str) -> None:
    strokes = draw_shape(LETTERS[name], np.random.default_rng(0), wobble=0.0)
    points = np.concatenate(strokes)
    assert 0.5 < np.ptp(points, axis=0).max() < 1.6


def test_whatever_is_drawn_is_about_one_high_with_its_corner_at_the_origin() -> None:
    rng = np.random.default_rng(0)
    for _ in range(400):
        strokes = draw_no_digit(rng)
        points = np.concatenate(strokes)
        assert np.isfinite(points).all()
        np.testing.assert_allclose(points.min(axis=0), 0, atol=1e-12)
        assert 0.1 < np.ptp(points, axis=0).max() < 4


def test_the_same_seed_draws_the_same() -> None:
    one, other = (draw_no_digit(np.random.default_rng(5)) for _ in range(2))
    for stroke, same in zip(one, other, strict=True):
        np.testing.assert_array_equal(stroke, same)


def test_many_different_things_are_drawn() -> None:
    rng = np.random.default_rng(6)
    drawn = {tuple(len(stroke) for stroke in draw_no_digit(rng)) for _ in range(300)}
    assert len(drawn) > 25


def test_a_digit_is_struck_out_in_every_way_that_does_not_spare_it() -> None:
    assert sum(STRIKES.values()) == pytest.approx(1)
    rng = np.random.default_rng(1)
    chosen = {digit: {choose_strike(rng, digit) for _ in range(200)} for digit in DIGITS}
    assert chosen["8"] == set(STRIKES)
    for way, digits in SPARED.items():
        assert all((way in chosen[digit]) == (digit not in digits) for digit in DIGITS)


@pytest.mark.parametrize("way", STRIKES)
@pytest.mark.parametrize("width", [0.1, 0.6, 3.0])
def test_a_strike_goes_through_and_beyond_both_sides(way: str, width: float) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        lines = draw_strike(way, width, rng)
        assert len(lines) == (2 if way in ("two lines", "cross") else 1)
        for line in lines:
            row, column = line.T
            assert column.min() < 0
            assert column.max() > width
            within = (column > -0.1) & (column < width + 0.1)
            assert 0 < row[within].mean() < 1
