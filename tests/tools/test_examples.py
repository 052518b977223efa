"""Training glyphs: the same for the same seed, rightly labelled, and gently distorted."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from device.photographs import Conditions, photograph
from device.preparation import prepare
from device.reading import Box
from tests.tools.handwritten import Images, handwriting
from tools.examples import (
    CHUNK,
    NO_DIGIT,
    SHARES,
    build_pool,
    ink_of_image,
    is_there,
    small_conditions,
)


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
    assert (glyphs.any(axis=(1, 2)) | (labels == NO_DIGIT)).all()


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
    written = pool[0][pool[0].any(axis=(1, 2))]
    assert len(np.unique(written.reshape(len(written), -1), axis=0)) > 0.98 * len(written)


def test_the_shares_of_a_pool_add_up() -> None:
    assert sum(SHARES.values()) == pytest.approx(1)


def test_labels_are_those_of_the_digits_that_were_written(pool: tuple[Images, Images]) -> None:
    """A 1 is narrow, a 0 is hollow, and a 7 has its ink above: on average, whatever the hand."""
    glyphs, labels = (each[pool[1] < NO_DIGIT] for each in pool)
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


def test_workers_end_when_the_program_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import os, signal\n"
        "import numpy as np\n"
        "from tools.examples import build_pool\n"
        'if __name__ == "__main__":\n'
        "    bars = np.zeros((10, 28, 28), np.uint8)\n"
        "    bars[:, 4:24, 8:20] = 255\n"
        "    build_pool(bars, np.ones(10, np.uint8), np.random.default_rng(0), count=5000,\n"
        "        progress=lambda _: os.kill(os.getpid(), signal.SIGKILL))\n"
    )
    # Its output ends only when no worker holds it any more.
    done = subprocess.run([sys.executable, program], capture_output=True, timeout=300)
    assert done.returncode == -signal.SIGKILL


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


def test_a_digit_stays_upright_wherever_the_frame_cuts_it() -> None:
    """A corner with its strokes at the left and below has its ink there on every sheet."""
    corner = np.zeros((28, 28), np.uint8)
    corner[4:24, 6:9] = corner[21:24, 6:22] = 255
    cut = set()
    for seed in range(400):
        ink = ink_of_image(corner, np.random.default_rng(seed))
        rows, columns = np.nonzero(ink > 0.5)
        assert rows.mean() > (rows.min() + rows.max()) / 2
        assert columns.mean() < (columns.min() + columns.max()) / 2
        sides = ink[0], ink[-1], ink[:, 0], ink[:, -1]
        cut |= {number for number, side in enumerate(sides) if side.any()}
    assert cut == {0, 1, 2, 3}


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
    assert not is_there(Box(30, 40, 38, 20), ink, least=0.97)
    assert not is_there(Box(0, 0, 20, 20), ink)
