"""The sheets that the program fills in hold what they should, where they should."""

import numpy as np
import pytest

from device.reading import Frame
from tools.sheets.filling import PRINT_PX_PER_MM, filled, printed
from tools.sheets.layout import PAPERS, Box, boxes, origin


def inside(page: Frame, box: Box, paper: str) -> Frame:
    """What stands in a box."""
    corners = ((box.corners + origin(paper)) * PRINT_PX_PER_MM).round().astype(int)
    (top, left), (bottom, right) = corners[0], corners[2]
    return page[top:bottom, left:right]


@pytest.mark.parametrize("paper", PAPERS)
def test_every_box_has_its_digit_unless_told_otherwise_and_nothing_else_is_written(
    paper: str,
) -> None:
    otherwise = {(0, 0): "", (7, 9): "1", (4, 2): "88"}
    page = filled(np.random.default_rng(1), paper, otherwise=otherwise)
    blank = printed(paper).copy()
    for box in boxes():
        is_written = (inside(page, box, paper) < 120).any()
        assert is_written == ((box.digit, box.number) != (0, 0))
        inside(page, box, paper)[...] = inside(blank, box, paper)[...] = 255
    np.testing.assert_array_equal(page, blank)


def test_the_hand_is_drawn_from_the_seed() -> None:
    pages = [filled(np.random.default_rng(seed)) for seed in (1, 1, 2)]
    np.testing.assert_array_equal(pages[0], pages[1])
    assert (pages[0] != pages[2]).any()


def test_faint_ink_is_paler_and_a_fine_pen_is_thinner() -> None:
    pages = {
        (ink, pen): filled(np.random.default_rng(1), ink=ink, pen_mm=pen)
        for ink, pen in ((0.8, 0.7), (0.4, 0.7), (0.8, 0.4))
    }
    box = next(boxes())
    dark, faint, fine = (inside(page, box, "a4") for page in pages.values())
    assert dark.min() < 60 < 140 < faint.min()
    assert (fine < 150).sum() < 0.8 * (dark < 150).sum()
