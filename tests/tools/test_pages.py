"""Pages: what is written on them is as small as is said, and dirt is no writing."""

import numpy as np
import pytest

from device.photographs import Conditions, Ink
from tests.tools.handwritten import handwriting
from tools.pages import DIRT, HEIGHTS, MOST, PAGES, SIZE, SMALL, write_page

SEEDS = range(8)


def page(kind: str, seed: int, digits: tuple[int, ...] = (5,)) -> Ink:
    pictures = handwriting()
    rng = np.random.default_rng([seed, 7])
    return write_page([pictures[digit] for digit in digits], rng, Conditions(), kind)


def extents(ink: Ink) -> tuple[int, int]:
    rows, columns = np.nonzero(ink > 0.5)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


@pytest.mark.parametrize("kind", HEIGHTS)
def test_digits_are_as_tall_as_is_said(kind: str) -> None:
    least, most = (share * SIZE[1] for share in HEIGHTS[kind])
    for seed in SEEDS:
        height, width = extents(page(kind, seed))
        assert 0.9 * least <= max(height, width) <= 1.1 * most


def test_digits_of_a_number_stand_beside_each_other_and_apart() -> None:
    for seed in SEEDS:
        ink = page(SMALL, seed, (3, 5))
        height, width = extents(ink)
        assert height < 1.3 * HEIGHTS[SMALL][1] * SIZE[1]
        columns = np.flatnonzero((ink > 0.5).any(axis=0))
        assert np.diff(columns).max() > 0.1 * height
        assert width > np.diff(columns).max()


def test_dirt_is_small_and_strewn_over_the_page() -> None:
    areas = [int((page(DIRT, seed) > 0.2).sum()) for seed in SEEDS]
    assert all(0 < area < MOST * 0.06 * SIZE[1] * 10 for area in areas)
    assert len(set(areas)) > 1


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_has_the_same_size_and_stays_within_its_ink(kind: str) -> None:
    ink = page(kind, 1, (2, 7, 6))
    assert ink.shape == SIZE[::-1]
    assert ink.dtype == np.float32
    assert 0 <= ink.min() < ink.max() <= 1
