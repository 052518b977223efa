"""Kilometres to miles, against sums done by hand."""

import pytest

from tests.tools.lessons.blackboard import Blackboard
from tools.lessons.predict import refine


def test_the_dial_turned_by_hand_gives_the_talks_errors(board: Blackboard) -> None:
    # 100 × 0.5 = 50, and 62.137 - 50 = 12.137; 100 × 0.6 = 60 leaves 2.137; 100 × 0.7 = 70 is
    # 7.863 too far; 100 × 0.61 = 61 leaves 1.137.
    assert board.table("The dial turned by hand") == [
        ["1", "0.500000", "50.000", "12.137"],
        ["2", "0.600000", "60.000", "2.137"],
        ["3", "0.700000", "70.000", "-7.863"],
        ["4", "0.610000", "61.000", "1.137"],
    ]


def test_the_rule_halves_the_error_at_every_step(board: Blackboard) -> None:
    rows = board.table("The dial turned by rule")
    # Half of 12.137 is 6.0685: so much less, on 100 km, is 0.060685 on the dial.
    assert rows[1] == ["2", "0.560685", "56.069", "6.069"]
    # Eight halvings: 12.137 / 256 = 0.0474; the dial is short of 0.62137 by a hundredth of it.
    assert rows[8] == ["9", "0.620896", "62.090", "0.047"]
    board.require_picture()


@pytest.mark.parametrize("first", [0.0, 0.3, 1.1])
def test_the_rule_arrives_from_anywhere(first: float) -> None:
    assert refine(first, steps=30)[-1].c == pytest.approx(0.62137, abs=1e-8)


def test_at_full_rate_a_single_step_is_enough() -> None:
    assert refine(0.5, steps=1, rate=1.0)[-1].error == pytest.approx(0.0, abs=1e-12)
