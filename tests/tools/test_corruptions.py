"""The corruptions: each does to a digit what its name says."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import center_of_mass

from tools.corruptions import CORRUPTIONS, corrupt

Digit = NDArray[np.uint8]

BLANK = np.zeros((28, 28), np.uint8)


@pytest.fixture
def bar() -> Digit:
    """An upright bar, 20 rows by 4 columns, in the middle."""
    digit = BLANK.copy()
    digit[4:24, 12:16] = 255
    return digit


def corrupted(name: str, digit: Digit, seed: int = 1) -> NDArray[np.float64]:
    return corrupt(name, digit, np.random.default_rng(seed)).astype(np.float64)


@pytest.mark.parametrize("name", CORRUPTIONS)
@pytest.mark.parametrize("fill", [0, 255, None])
def test_any_digit_stays_a_picture_of_its_size(name: str, fill: int | None, bar: Digit) -> None:
    digit = bar if fill is None else np.full_like(bar, fill)
    before = digit.copy()
    done = corrupt(name, digit, np.random.default_rng(3))
    assert done.shape == (28, 28)
    assert done.dtype == np.uint8
    assert np.array_equal(digit, before)


@pytest.mark.parametrize("name", CORRUPTIONS)
def test_a_corruption_comes_from_the_seed_and_changes_something(name: str, bar: Digit) -> None:
    assert np.array_equal(corrupted(name, bar), corrupted(name, bar))
    assert not np.array_equal(corrupted(name, bar), bar)


def test_there_are_the_fifteen_of_the_benchmark() -> None:
    assert len(CORRUPTIONS) == 15


def test_shot_noise_leaves_the_dark_dark(bar: Digit) -> None:
    done = corrupted("shot noise", bar)
    assert not done[bar == 0].any()
    assert len(np.unique(done[bar > 0])) > 2


def test_impulse_noise_sets_a_sixth_of_the_pixels_to_black_or_white() -> None:
    grey = np.full((28, 28), 100, np.uint8)
    done = np.stack([corrupted("impulse noise", grey, seed) for seed in range(20)])
    assert set(np.unique(done)) == {0, 100, 255}
    assert (done != 100).mean() == pytest.approx(0.17, abs=0.02)
    assert (done == 0).sum() == pytest.approx((done == 255).sum(), rel=0.15)


@pytest.mark.parametrize("name", ["glass blur", "motion blur"])
def test_a_blur_spreads_the_ink_and_keeps_it(name: str, bar: Digit) -> None:
    done = corrupted(name, bar)
    assert (done > 5).sum() > 1.3 * (bar > 5).sum()
    assert done.max() < 255
    assert done.sum() == pytest.approx(bar.sum(), rel=0.1)


def test_motion_blur_goes_one_way(bar: Digit) -> None:
    """A moving bar trails off to one side; its other edge stays where it was."""
    done = corrupted("motion blur", bar)
    left, right = done[:, :11].sum(), done[:, 17:].sum()
    assert max(left, right) > 4 * min(left, right)


def test_shear_leans_a_bar_by_two_columns_in_five_rows(bar: Digit) -> None:
    for seed in range(4):
        done = corrupted("shear", bar, seed)
        top, bottom = center_of_mass(done[6])[0], center_of_mass(done[21])[0]
        assert abs(top - bottom) == pytest.approx(0.4 * 15, abs=0.2)


def test_scale_shrinks_to_seven_tenths(bar: Digit) -> None:
    assert corrupted("scale", bar).sum() == pytest.approx(0.49 * bar.sum(), rel=0.05)
    assert center_of_mass(corrupted("scale", bar)) == pytest.approx(center_of_mass(bar))


def test_rotate_turns_a_bar_by_23_degrees_to_either_side(bar: Digit) -> None:
    leans = set()
    for seed in range(8):
        done = corrupted("rotate", bar, seed)
        lean = (center_of_mass(done[6])[0] - center_of_mass(done[21])[0]) / 15
        assert abs(np.degrees(np.arctan(lean))) == pytest.approx(23, abs=1)
        leans.add(lean > 0)
    assert leans == {True, False}


def test_brightness_lifts_the_dark_to_the_middle_and_cuts_the_bright(bar: Digit) -> None:
    done = corrupted("brightness", bar)
    assert set(np.unique(done)) == {128, 255}


def test_translate_moves_by_three_rows_and_three_columns(bar: Digit) -> None:
    moves = np.subtract(center_of_mass(corrupted("translate", bar)), center_of_mass(bar))
    assert np.abs(moves) == pytest.approx([3, 3])


def test_stripe_changes_the_outer_quarters_over(bar: Digit) -> None:
    done = corrupted("stripe", bar)
    assert (done[:, :7] == 255).all()
    assert (done[:, 21:] == 255).all()
    assert np.array_equal(done[:, 7:21], bar[:, 7:21])


def test_fog_hides_three_quarters_of_the_contrast(bar: Digit) -> None:
    clear, foggy = corrupted("fog", BLANK), corrupted("fog", bar)
    assert (foggy - clear)[bar > 0] == pytest.approx(64, abs=1)
    assert not (foggy - clear)[bar == 0].any()
    assert np.ptp(clear) == pytest.approx(191, abs=1)


def test_spatter_lies_grey_on_the_paper_and_hides_strokes() -> None:
    paper = np.stack([corrupted("spatter", BLANK, seed) for seed in range(5)])
    full = np.stack([corrupted("spatter", BLANK + 255, seed) for seed in range(5)])
    drops = paper > 0
    assert 0.05 < drops.mean() < 0.6
    assert 50 <= paper[drops].min() <= paper.max() <= 64
    assert full[drops].max() < 128
    assert (full[~drops] == 255).all()


def test_a_dotted_line_runs_across_every_other_two_columns() -> None:
    drawn = np.flatnonzero(corrupted("dotted line", BLANK).max(axis=0))
    assert np.array_equal(drawn % 4, np.resize([2, 3], len(drawn)))
    assert drawn[0] == 2
    assert drawn[-1] >= 23


def test_a_zigzag_goes_up_and_down_across() -> None:
    # In the middle of the frame, where none of it is lost beyond the border.
    for seed in range(20):
        done = corrupted("zigzag", BLANK, seed)
        rows = done.argmax(axis=0)
        if 5 < rows[2] < 20:
            break
    turns = np.diff(np.sign(np.diff(rows[3:24].astype(int), n=2)[::2]))
    assert np.array_equal(np.flatnonzero(done.max(axis=0))[[0, -1]], [2, 24])
    assert np.ptp(rows[2:25]) >= 3
    assert (turns != 0).sum() >= 3


def test_canny_edges_leaves_a_thin_outline(bar: Digit) -> None:
    done = corrupted("canny edges", bar)
    assert set(np.unique(done)) == {0, 255}
    assert not done[8:20, 13:15].any()
    assert (done[8:20, :14] > 0).sum(axis=1).max() == 1
    assert (done[8:20] > 0).any(axis=1).all()


def test_canny_edges_finds_none_on_blank_paper() -> None:
    assert not corrupted("canny edges", BLANK).any()
