"""Digits that touch can be cut apart again."""

import numpy as np
import pytest
from numpy.typing import NDArray

from device.preparation.components import Component, components
from device.preparation.cuts import cuts
from device.reading import Box
from tests.device.paper import FIVE, FOUR, ONE, SEVEN, ZERO, Strokes, assert_near, paper, write

Mask = NDArray[np.bool_]


def mask_of(strokes: list[Component]) -> Mask:
    mask = np.zeros((480, 640), bool)
    for stroke in strokes:
        stroke.paint(mask)
    return mask


def box_of(strokes: list[Component]) -> Box:
    rows, columns = np.nonzero(mask_of(strokes))
    return Box(int(rows.min()), int(columns.min()), int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1)


def touching(left: Strokes, right: Strokes, beside: float) -> tuple[list[Component], Box, Box]:
    frame = paper()
    one, other = write(frame, left, 140, 150, 200), write(frame, right, 140, 150 + beside, 200)
    strokes = components(frame < 120)
    assert len(strokes) == 1
    return strokes, one, other


PAIRS = {
    "00": (ZERO, ZERO, 136),
    "50": (FIVE, ZERO, 116),
    "54": (FIVE, FOUR, 116),
    "71": (SEVEN, ONE, 116),
    "01": (ZERO, ONE, 132),
}


@pytest.mark.parametrize("pair", PAIRS)
def test_two_touching_digits_are_cut_into_their_halves(pair: str) -> None:
    strokes, left, right = touching(*PAIRS[pair])
    proposals = cuts(strokes)
    assert proposals
    off = []
    for one, other in proposals:
        found = [*box_of(one), *box_of(other)]
        off.append(np.abs(np.array(found) - [*left, *right]).max())
    assert min(off) <= 20, f"{pair}: the best of {len(proposals)} cuts is {min(off)} px off"


def test_leaning_digits_are_cut_along_their_lean() -> None:
    lean: Strokes = (((0.0, 0.5), (1.0, 0.2), (1.0, 0.72)),)
    after: Strokes = (((0.0, 0.5), (1.0, 0.2)),)
    strokes, left, right = touching(lean, after, 110)
    best = min(
        cuts(strokes),
        key=lambda pair: np.abs(np.array([*box_of(pair[0]), *box_of(pair[1])])
                                - [*left, *right]).max(),
    )  # fmt: skip
    assert_near(box_of(best[0]), left, slack=16)
    assert_near(box_of(best[1]), right, slack=16)


@pytest.mark.parametrize("pair", PAIRS)
def test_the_halves_hold_all_the_ink_and_share_none(pair: str) -> None:
    strokes, *_ = touching(*PAIRS[pair])
    for left, right in cuts(strokes):
        one, other = mask_of(left), mask_of(right)
        assert not (one & other).any()
        np.testing.assert_array_equal(one | other, mask_of(strokes))
        assert one.sum() == sum(s.area for s in left)
        assert np.nonzero(one)[1].mean() < np.nonzero(other)[1].mean()


def test_no_half_is_a_sliver() -> None:
    for left, right, beside in PAIRS.values():
        strokes, *_ = touching(left, right, beside)
        for halves in cuts(strokes):
            assert min(box_of(half).width for half in halves) >= 0.1 * 200


def test_the_likeliest_cut_comes_first() -> None:
    strokes, left, right = touching(*PAIRS["00"])
    one, other = cuts(strokes)[0]
    assert_near(box_of(one), left, slack=15)
    assert_near(box_of(other), right, slack=15)


def test_a_digit_whose_flag_lies_apart_is_cut_with_its_flag() -> None:
    frame = paper()
    write(frame, FIVE, 140, 150, 200)
    write(frame, FOUR, 140, 266, 200)
    frame[110:120, 180:230] = 20
    strokes = components(frame < 120)
    assert len(strokes) == 2
    assert any(len(left) == 2 for left, _ in cuts(strokes))


def test_what_is_too_narrow_is_not_cut() -> None:
    mask = np.zeros((480, 640), bool)
    mask[100:300, 200:204] = True
    assert cuts(components(mask)) == []


@pytest.mark.parametrize("shape", [(1, 1), (1, 300), (300, 1), (2, 2), (5, 5), (200, 200)])
def test_any_strokes_are_taken(shape: tuple[int, int]) -> None:
    for left, right in cuts(components(np.ones(shape, bool))):
        assert left
        assert right
