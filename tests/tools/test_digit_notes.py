"""MNIST's digits written anew: pen, place and spacing."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import label

from device.photographs import Conditions
from tools.digit_notes import SPACINGS, rewrite, write_digit, write_number


@pytest.fixture
def ring() -> NDArray[np.uint8]:
    """A zero as MNIST has it: grey edges, strokes 3 pixels wide, 20 rows tall."""
    row, column = np.mgrid[0:28, 0:28] - 13.5
    away = np.abs(np.hypot(row, 1.5 * column) - 8.5)
    image: NDArray[np.uint8] = ((2.0 - away).clip(0, 1) * 255).astype(np.uint8)
    return image


@pytest.mark.parametrize("pen_px", [3.0, 6.0, 12.0])
def test_the_pen_is_as_wide_as_it_was_asked_for(ring: NDArray[np.uint8], pen_px: float) -> None:
    ink = rewrite(ring, 5.0, pen_px)
    middle = ink[len(ink) // 2]
    assert middle.sum() / 2 == pytest.approx(pen_px, abs=1.6)
    assert ink.min() == 0
    assert ink.max() == 1


def test_a_fine_pen_does_not_tear_a_stroke(ring: NDArray[np.uint8]) -> None:
    _, pieces = label(rewrite(ring, 6.0, 2.0) > 0.3, np.ones((3, 3)))
    assert pieces == 1


def test_a_full_loop_stays_full() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:15] = 255  # a stem, and on it a loop that has run full of ink
    image[14:24, 12:22] = 255
    ink = rewrite(image, 5.0, 5.0)
    assert ink[-30:-20, 20:30].min() == 1


def pieces_of(ink: NDArray[np.float32]) -> list[int]:
    """How many pixels each piece of the writing has, the largest first."""
    pieces, _ = label(ink > 0.5, np.ones((3, 3)))
    return sorted(np.bincount(pieces.ravel())[1:].tolist(), reverse=True)


def test_a_speck_does_not_become_a_dot() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 12:15] = 255
    image[20, 19] = 110
    _, speck = pieces_of(rewrite(image, 6.0, 18.0))
    assert speck < 8**2  # a dot of this pen has 254


def test_the_grey_between_two_strokes_is_no_ink() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 10:13] = 255
    image[4:24, 13] = 90
    image[4:24, 14:17] = 255
    assert len(pieces_of(rewrite(image, 6.0, 18.0))) == 2


def test_a_broad_pen_closes_no_gap() -> None:
    image = np.zeros((28, 28), np.uint8)
    image[4:24, 10:12] = 255
    image[4:24, 14:16] = 255
    assert len(pieces_of(rewrite(image, 6.0, 24.0))) == 2


def test_a_fine_pen_does_not_break_what_hangs_together() -> None:
    row, column = np.mgrid[0:28, 0:28]
    beside = np.hypot(column - 14, np.minimum(abs(row - 6.5), abs(row - 12.5)))
    image = np.where(beside < 2.5, 255, 0).astype(np.uint8)  # two blots…
    image[8:12, 14] = 255  # …and a hair between them
    assert len(pieces_of(rewrite(image, 6.0, 3.0))) == 1


def test_a_digit_is_on_the_sheet_and_away_from_its_border(ring: NDArray[np.uint8]) -> None:
    for seed in range(30):
        rng = np.random.default_rng(seed)
        sheet = write_digit(ring, rng, Conditions(pen=0.1), (160, 120))
        assert sheet.shape == (120, 160)
        rows, columns = np.nonzero(sheet)
        assert 4 < rows.min() < rows.max() < 115
        assert 4 < columns.min() < columns.max() < 155
        assert 0.2 * 120 < np.ptp(rows) < 0.85 * 120


@pytest.mark.parametrize("spacing", SPACINGS)
def test_digits_stand_apart_unless_they_are_to_touch(ring: NDArray[np.uint8], spacing: str) -> None:
    for seed in range(10):
        rng = np.random.default_rng(seed)
        sheet = write_number([ring] * 4, rng, Conditions(pen=0.06), (640, 480), spacing)
        _, pieces = label(sheet > 0.5, np.ones((3, 3)))
        assert pieces < 4 if spacing == "touching" else pieces == 4


@pytest.mark.parametrize("lean_deg", [0.0, 20.0])
def test_a_line_of_eight_fits_when_it_is_turned(ring: NDArray[np.uint8], lean_deg: float) -> None:
    conditions = replace(Conditions(pen=0.08), lean_deg=lean_deg)
    for seed in range(10):
        rng = np.random.default_rng(seed)
        sheet = write_number([ring] * 8, rng, conditions, (640, 480), "wide")
        row, column = np.nonzero(sheet)
        lean = np.radians(lean_deg)
        across = (column - 319.5) * np.cos(lean) + (row - 239.5) * np.sin(lean)
        down = (row - 239.5) * np.cos(lean) - (column - 319.5) * np.sin(lean)
        assert np.abs(across).max() < 320
        assert np.abs(down).max() < 240


def test_the_same_seed_writes_the_same(ring: NDArray[np.uint8]) -> None:
    first, again = (
        write_number([ring] * 3, np.random.default_rng(4), Conditions(), (320, 240), "tight")
        for _ in range(2)
    )
    assert np.array_equal(first, again)
