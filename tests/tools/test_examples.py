"""Training glyphs: the same for the same seed, rightly labelled, and gently distorted."""

from collections.abc import Iterator

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from device.notes import draw_strokes
from device.photographs import Conditions, photograph
from device.preparation import prepare
from device.reading import Box
from device.strokes import DIGITS, draw_shape
from tools.examples import (
    CHUNK,
    NO_DIGIT,
    SHARES,
    Distortion,
    build_pool,
    ink_of_image,
    is_there,
    small_conditions,
)

Images = NDArray[np.uint8]


def handwriting() -> Images:
    """Ten pictures in MNIST's form: one of each digit."""
    drawn = []
    for digit in "0123456789":
        steady = draw_shape(DIGITS[digit][1], np.random.default_rng(0), wobble=0.0)
        strokes = [stroke * 110 + (20, 20) for stroke in steady]
        ink = draw_strokes(strokes, 11, (200, 150))
        frame = photograph(ink, np.random.default_rng(0), Conditions(noise=0.5))
        drawn.append(prepare(frame)[0].pixels)
    return np.stack(drawn)


@pytest.fixture(scope="module")
def images() -> Images:
    return handwriting()


@pytest.fixture(scope="module")
def told() -> list[int]:
    return []


@pytest.fixture(scope="module")
def pool(images: Images, told: list[int]) -> tuple[Images, Images]:
    """Two chunks by two workers."""
    rng = np.random.default_rng(1)
    labels = np.arange(10, dtype=np.uint8)
    return build_pool(images, labels, rng, count=CHUNK + 7, progress=told.append, workers=2)


def test_a_pool_has_as_many_glyphs_as_were_asked_for(pool: tuple[Images, Images]) -> None:
    glyphs, labels = pool
    assert glyphs.shape == (CHUNK + 7, 28, 28)
    assert labels.shape == (CHUNK + 7,)
    assert glyphs.dtype == labels.dtype == np.uint8
    assert glyphs.any(axis=(1, 2)).all()


def test_a_pool_hangs_on_its_seed_and_not_on_its_size_or_the_workers(
    images: Images, pool: tuple[Images, Images]
) -> None:
    labels = np.arange(10, dtype=np.uint8)
    again = build_pool(images, labels, np.random.default_rng(1), count=300, workers=1)
    np.testing.assert_array_equal(again[0], pool[0][:300])
    np.testing.assert_array_equal(again[1], pool[1][:300])


def test_every_digit_and_what_is_none_are_in_a_pool(pool: tuple[Images, Images]) -> None:
    counts = np.bincount(pool[1], minlength=11)
    assert len(counts) == 11
    assert (counts > 0.03 * len(pool[1])).all()
    assert counts[NO_DIGIT] < 0.4 * len(pool[1])


def test_no_glyph_is_there_twice(pool: tuple[Images, Images]) -> None:
    assert len(np.unique(pool[0].reshape(len(pool[0]), -1), axis=0)) > 0.98 * len(pool[0])


def test_the_shares_of_a_pool_add_up() -> None:
    assert sum(SHARES.values()) == pytest.approx(1)


def test_labels_are_those_of_the_digits_that_were_written(pool: tuple[Images, Images]) -> None:
    """A 1 is narrow, a 0 is hollow, and a 7 has its ink above: on average, whatever the hand."""
    glyphs, labels = pool
    ink = glyphs.astype(float) / 255
    wide = {d: np.mean([np.ptp(np.nonzero(g)[1]) for g in glyphs[labels == d]]) for d in (0, 1)}
    assert wide[1] < 0.75 * wide[0]
    middle = ink[:, 12:16, 12:16].mean(axis=(1, 2))
    assert middle[labels == 0].mean() < 0.25
    assert middle[labels == 1].mean() > 0.4
    top = ink[:, :10].sum(axis=(1, 2)) / ink.sum(axis=(1, 2))
    assert top[labels == 7].mean() > top[labels == 6].mean() + 0.04


def test_digits_as_narrow_as_mnists_narrowest_make_a_pool() -> None:
    """MNIST has a 1 that is two pixels wide."""
    bars = np.zeros((10, 28, 28), np.uint8)
    bars[:, 4:24, 13:15] = 255
    bars[1::2, 4:24, 8:20] = 255
    glyphs, _ = build_pool(
        bars, np.ones(10, np.uint8), np.random.default_rng(0), count=CHUNK, workers=1
    )
    assert len(glyphs) == CHUNK


@pytest.mark.usefixtures("pool")
def test_progress_is_told_after_each_chunk(told: list[int]) -> None:
    assert told == [CHUNK, CHUNK + 7]


@pytest.mark.parametrize("digit", range(10))
def test_a_digit_of_mnist_is_written_on_paper_and_found_again(images: Images, digit: int) -> None:
    rng = np.random.default_rng(digit)
    alike: list[float] = []
    for _ in range(6):
        ink = ink_of_image(images[digit], rng)
        assert ink.min() >= 0
        assert ink.max() <= 1
        glyphs = prepare(photograph(ink, rng, Conditions()))
        alike += [overlap(glyph.pixels, images[digit]) for glyph in glyphs]
    assert len(alike) == 6
    assert np.median(alike) > 0.35


def overlap(one: Images, other: Images) -> float:
    both = np.minimum(one, other).sum(dtype=float)
    return float(both / np.maximum(one, other).sum(dtype=float))


def test_a_note_of_one_digit_has_conditions_of_its_own() -> None:
    drawn = [small_conditions(np.random.default_rng(seed)) for seed in (1, 1, 2)]
    assert drawn[0] == drawn[1] != drawn[2]


def test_writing_is_there_when_its_box_holds_it_and_little_more() -> None:
    ink = np.zeros((100, 100), np.float32)
    ink[30:70, 40:60] = 1
    assert is_there(Box(30, 40, 40, 20), ink)
    assert is_there(Box(27, 36, 46, 28), ink)
    assert not is_there(Box(0, 0, 100, 100), ink)
    assert not is_there(Box(30, 40, 15, 20), ink)
    assert not is_there(Box(0, 0, 20, 20), ink)


def strips() -> Iterator[Images]:
    """Glyphs that tell where their ink lies."""
    for row in (6, 13, 20):
        picture = Image.new("L", (28, 28))
        picture.paste(255, (6, row - 2, 22, row + 2))
        yield np.asarray(picture)


def test_distorted_glyphs_keep_their_form(images: Images) -> None:
    before = images.copy()
    distorted = Distortion(np.random.default_rng(0))(images)
    assert distorted.shape == images.shape
    assert distorted.dtype == np.uint8
    np.testing.assert_array_equal(images, before)


def test_distortion_hangs_on_its_seed(images: Images) -> None:
    one, same, other = (Distortion(np.random.default_rng(seed))(images) for seed in (3, 3, 4))
    np.testing.assert_array_equal(one, same)
    assert not np.array_equal(one, other)


def test_every_glyph_is_distorted_and_every_time_anew(images: Images) -> None:
    distort = Distortion(np.random.default_rng(5))
    once, again = distort(images), distort(images)
    for before, first, second in zip(images, once, again, strict=True):
        assert not np.array_equal(before, first)
        assert not np.array_equal(first, second)


def test_distorted_glyphs_keep_most_of_their_ink_where_it_was(images: Images) -> None:
    many = np.repeat(images, 40, axis=0)
    distorted = Distortion(np.random.default_rng(6))(many)
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
    distort = Distortion(np.random.default_rng(7))
    assert distort(images_of_nothing(0)).shape == (0, 28, 28)
    assert distort(images_of_nothing(3)).mean() < 20
    assert distort(np.full((3, 28, 28), 255, np.uint8)).mean() > 150


def test_up_stays_up() -> None:
    glyphs = np.stack([*strips()] * 30)
    distorted = Distortion(np.random.default_rng(8))(glyphs).astype(float)
    middle = (distorted.sum(axis=2) * np.arange(28)).sum(axis=1) / distorted.sum(axis=(1, 2))
    top, centre, bottom = middle[0::3], middle[1::3], middle[2::3]
    assert top.max() < bottom.min()
    assert top.mean() < centre.mean() < bottom.mean()
