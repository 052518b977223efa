"""Distorted glyphs keep their form; disturbed ones can still be read."""

from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from tests.tools.handwritten import Images, handwriting
from tools.distortion import DISTURBANCES, Distortion, Disturb, draw_across


@pytest.fixture(scope="module")
def images() -> Images:
    return handwriting()


def strips() -> Iterator[Images]:
    """Glyphs that tell where their ink lies."""
    for row in (6, 13, 20):
        picture = Image.new("L", (28, 28))
        picture.paste(255, (6, row - 2, 22, row + 2))
        yield np.asarray(picture)


def test_distorted_glyphs_keep_their_form(images: Images) -> None:
    before = images.copy()
    distorted = Distortion(np.random.default_rng(0), disturbed=0.0)(images)
    assert distorted.shape == images.shape
    assert distorted.dtype == np.uint8
    np.testing.assert_array_equal(images, before)


def test_distortion_hangs_on_its_seed(images: Images) -> None:
    one, same, other = (
        Distortion(np.random.default_rng(seed), disturbed=0.0)(images) for seed in (3, 3, 4)
    )
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_every_glyph_is_distorted_and_every_time_anew(images: Images) -> None:
    distort = Distortion(np.random.default_rng(5), disturbed=0.0)
    once, again = distort(images), distort(images)
    for before, first, second in zip(images, once, again, strict=True):
        assert not np.array_equal(before, first)
        assert not np.array_equal(first, second)


def test_distorted_glyphs_keep_most_of_their_ink_where_it_was(images: Images) -> None:
    many = np.repeat(images, 40, axis=0)
    distorted = Distortion(np.random.default_rng(6), disturbed=0.0)(many)
    mass = distorted.sum(axis=(1, 2), dtype=float) / many.sum(axis=(1, 2), dtype=float)
    assert np.median(mass) == pytest.approx(1, abs=0.15)
    assert np.quantile(mass, 0.02) > 0.4
    assert np.quantile(mass, 0.98) < 2
    row, column = np.indices((28, 28))
    for axis in (row, column):
        moved = (distorted * axis).sum(axis=(1, 2)) / distorted.sum(axis=(1, 2), dtype=float)
        at = (many * axis).sum(axis=(1, 2)) / many.sum(axis=(1, 2), dtype=float)
        assert np.abs(moved - at).mean() < 2
        assert abs((moved - at).mean()) < 0.5


def images_of_nothing(count: int) -> Images:
    return np.zeros((count, 28, 28), np.uint8)


def test_an_empty_glyph_and_no_glyphs_are_taken() -> None:
    distort = Distortion(np.random.default_rng(7), disturbed=0.0)
    assert distort(images_of_nothing(0)).shape == (0, 28, 28)
    assert distort(images_of_nothing(3)).mean() < 20
    assert distort(np.full((3, 28, 28), 255, np.uint8)).mean() > 150


def test_up_stays_up() -> None:
    glyphs = np.stack([*strips()] * 30)
    distorted = Distortion(np.random.default_rng(8), disturbed=0.0)(glyphs).astype(float)
    middle = (distorted.sum(axis=2) * np.arange(28)).sum(axis=1) / distorted.sum(axis=(1, 2))
    top, centre, bottom = middle[0::3], middle[1::3], middle[2::3]
    assert top.max() < bottom.min()
    assert top.mean() < centre.mean() < bottom.mean()


@pytest.mark.parametrize("disturb", DISTURBANCES, ids=lambda each: each.__name__)
def test_a_disturbed_glyph_is_another_picture_of_the_same_digit(
    images: Images, disturb: Disturb
) -> None:
    rng = np.random.default_rng(9)
    for glyph in images:
        before = glyph.astype(np.float32)
        after = disturb(before.copy(), rng)
        assert after.shape == glyph.shape
        assert after.min() >= 0
        assert after.max() <= 255
        # Light or dark, the digit still stands out: its grey levels tell it from its ground.
        slope = [np.hypot(*np.gradient(picture.astype(float))) for picture in (before, after)]
        assert np.corrcoef(slope[0].ravel(), slope[1].ravel())[0, 1] > 0.1


def test_the_share_that_is_disturbed_is_as_asked(images: Images) -> None:
    many = np.repeat(images, 100, axis=0)
    steady, some = (
        Distortion(np.random.default_rng(10), disturbed=share)(many) for share in (0.0, 1.0)
    )
    assert (steady != some).any(axis=(1, 2)).mean() > 0.9


def test_a_weaker_distortion_moves_less_and_none_moves_nothing(images: Images) -> None:
    many = np.repeat(images, 100, axis=0)
    whole, half, none = (
        Distortion(np.random.default_rng(12), strength)(many) for strength in (1.0, 0.5, 0.0)
    )
    np.testing.assert_allclose(none, many, atol=1)  # sampling rounds down
    changed = [np.abs(some.astype(float) - many).mean() for some in (half, whole)]
    assert 0 < changed[0] < 0.8 * changed[1]


def test_an_empty_glyph_is_its_disturbance() -> None:
    distorted = Distortion(np.random.default_rng(11))(images_of_nothing(200))
    assert 0.8 < distorted.any(axis=(1, 2)).mean() <= 1


def test_a_line_that_is_drawn_across_is_no_upright_stroke() -> None:
    """Alone it would be a 1 that is labelled as no digit."""
    rng = np.random.default_rng(12)
    for _ in range(300):
        line = draw_across(np.zeros((28, 28), np.float32), rng) > 60
        tall, wide = (np.ptp(np.append(np.flatnonzero(line.any(axis=a)), 14)) for a in (1, 0))
        assert tall < 17 or wide > 7
