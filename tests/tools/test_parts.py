"""Parts of numbers that touch: named by whose ink is in them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from device.photographs import Conditions, Ink
from tests.tools.handwritten import handwriting
from tools.digit_notes import BOX, rewrite
from tools.parts import draw_part

NONE = 10
TALL = 80


def written(*digits: int) -> list[Ink]:
    pictures = handwriting()
    return [rewrite(pictures[digit], TALL / BOX, 7.0) for digit in digits]


def parts(*digits: int, count: int = 40) -> list[tuple[NDArray[np.uint8], int]]:
    drawn = [
        draw_part(written(*digits), digits, NONE, np.random.default_rng(seed), Conditions())
        for seed in range(count)
    ]
    return [part for part in drawn if part is not None]


@pytest.mark.parametrize("digits", [(2, 5), (3, 3, 6)])
def test_a_part_is_one_of_the_digits_or_none(digits: tuple[int, ...]) -> None:
    answers = {answer for _, answer in parts(*digits)}
    assert set(digits) <= answers <= {*digits, NONE}


def test_a_part_that_is_a_digit_looks_like_it_alone() -> None:
    """What is cut off two that touch overlaps with the one it is named by, more than the other."""
    pictures = handwriting()

    def overlap(glyph: NDArray[np.uint8], digit: int) -> float:
        both = np.minimum(glyph, pictures[digit]).sum(dtype=float)
        return float(both / np.maximum(glyph, pictures[digit]).sum(dtype=float))

    digits = [(glyph, answer) for glyph, answer in parts(2, 6) if answer != NONE]
    assert len(digits) > 10
    assert np.mean([overlap(g, a) > overlap(g, 8 - a) for g, a in digits]) > 0.9


def test_a_part_is_the_same_for_the_same_seed() -> None:
    first, second = parts(2, 5, count=5), parts(2, 5, count=5)
    for (glyph, answer), (again, same) in zip(first, second, strict=True):
        np.testing.assert_array_equal(glyph, again)
        assert answer == same


def test_digits_as_thin_as_a_hair_are_cut_as_well() -> None:
    bars = [np.ones((TALL, 2), np.float32) for _ in range(3)]
    for seed in range(20):
        part = draw_part(bars, (1, 1, 1), NONE, np.random.default_rng(seed), Conditions())
        assert part is None or part[0].shape == (28, 28)
