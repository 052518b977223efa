"""A hand that draws digits: unsteady, but never so that another would be read."""

import numpy as np
import pytest

from device.strokes import DIGITS, draw_digit, draw_shape

NAMES = "0123456789"


def test_all_ten_digits_can_be_drawn() -> None:
    assert sorted(DIGITS) == list(NAMES)
    assert all(DIGITS[digit] for digit in NAMES)


@pytest.mark.parametrize("digit", NAMES)
def test_a_digit_is_about_one_high_with_its_corner_at_the_origin(digit: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        strokes = draw_digit(digit, rng)
        points = np.concatenate(strokes)
        assert all(stroke.shape == (len(stroke), 2) for stroke in strokes)
        assert np.isfinite(points).all()
        np.testing.assert_allclose(points.min(axis=0), 0, atol=1e-12)
        tall, wide = points.max(axis=0)
        assert 0.8 < tall < 1.3
        assert wide < 1.5


def test_the_same_seed_draws_the_same_hand() -> None:
    one, other = (draw_digit("5", np.random.default_rng(3)) for _ in range(2))
    for stroke, same in zip(one, other, strict=True):
        np.testing.assert_array_equal(stroke, same)


def test_another_seed_draws_another() -> None:
    one, other = (np.concatenate(draw_digit("0", np.random.default_rng(s))) for s in (1, 2))
    assert one.shape != other.shape or np.abs(one - other).max() > 0.01


@pytest.mark.parametrize("digit", NAMES)
def test_every_way_to_write_a_digit_is_drawn(digit: str) -> None:
    """Told apart by how many strokes of how many points they have."""
    rng = np.random.default_rng(1)
    drawn = {tuple(len(stroke) for stroke in draw_digit(digit, rng)) for _ in range(200)}
    ways = {
        tuple(len(stroke) for stroke in draw_shape(shape, rng, wobble=0.0))
        for shape in DIGITS[digit]
    }
    assert drawn == ways


def test_1_with_and_without_foot_crossed_7_and_a_5_with_its_flag_apart_are_among_the_habits() -> (
    None
):
    rng = np.random.default_rng(2)
    for digit in "157":
        strokes = {len(draw_digit(digit, rng)) for _ in range(100)}
        assert strokes == {1, 2}


def test_a_steady_hand_runs_through_its_points() -> None:
    (stroke,) = draw_shape("0,0 30,50 0,100", np.random.default_rng(4), wobble=0.0)
    for row in (0.0, 0.5, 1.0):
        assert np.abs(stroke[:, 0] - row).min() < 1e-9


def test_a_lifted_pen_starts_another_stroke() -> None:
    strokes = draw_shape("0,0 0,100 / 50,0 50,100", np.random.default_rng(4), wobble=0.0)
    assert len(strokes) == 2
    assert strokes[0][:, 1].max() < strokes[1][:, 1].max()


def test_a_corner_is_sharp_and_a_bend_is_not() -> None:
    def sharpest(shape: str) -> float:
        (stroke,) = draw_shape(shape, np.random.default_rng(4), wobble=0.0)
        along = np.diff(stroke, axis=0)
        along = along[np.hypot(*along.T) > 1e-9]
        turn = np.diff(np.unwrap(np.arctan2(*along.T)))
        return float(np.degrees(np.abs(turn)).max())

    assert sharpest("0,0 0,50! 50,50") > 45
    assert sharpest("0,0 0,50 50,50") < 35


def test_no_habit_is_drawn_with_a_leap() -> None:
    rng = np.random.default_rng(5)
    for digit in NAMES:
        for shape in DIGITS[digit]:
            for stroke in draw_shape(shape, rng):
                assert np.hypot(*np.diff(stroke, axis=0).T).max() < 0.25
