"""Ladybirds and caterpillars, against sums done by hand."""

import numpy as np
import pytest

from tests.tools.lessons.blackboard import Blackboard
from tools.lessons.classify import FIRST_SLOPE, count_right, learn, wander_by


def test_at_full_rate_the_line_forgets_the_ladybird(board: Blackboard) -> None:
    # Ladybird: 0.25 × 3 = 0.75; 1.1 - 0.75 = 0.35; 0.35 / 3 = 0.11667; 0.25 + 0.11667 = 0.36667.
    # Caterpillar: 0.36667 × 1; 2.9 - 0.36667 = 2.53333, all of it to be added: 2.9.
    assert board.table("Learning rate L = 1.0") == [
        ["ladybird", "3.0", "0.7500", "1.1", "0.3500", "0.1167", "0.3667"],
        ["caterpillar", "1.0", "0.3667", "2.9", "2.5333", "2.5333", "2.9000"],
    ]


def test_at_half_rate_both_leave_a_trace(board: Blackboard) -> None:
    # Half of 0.11667 is 0.05833: 0.30833. Then 2.9 - 0.30833 = 2.59167, half 1.29583: 1.60417.
    assert board.table("Learning rate L = 0.5") == [
        ["ladybird", "3.0", "0.7500", "1.1", "0.3500", "0.0583", "0.3083"],
        ["caterpillar", "1.0", "0.3083", "2.9", "2.5917", "1.2958", "1.6042"],
    ]
    board.require_picture()


def test_the_other_order_gives_the_other_end(board: Blackboard) -> None:
    # At full rate the ladybird alone counts: 1.1 / 3 = 0.36667. At half rate: 0.25 + 2.65 / 2 =
    # 1.575; there the ladybird would reach 4.725, 3.625 too far; -3.625 / 3 / 2 = -0.60417.
    text = board.text
    assert "L = 1.0: A ends at 0.3667\n  L = 0.5: A ends at 0.9708\n" in text


def test_the_slope_is_a_mean_of_what_each_beast_wants_that_fades_with_its_age() -> None:
    beasts, rate = wander_by(40, np.random.default_rng(5)), 0.1
    fading = rate * (1 - rate) ** np.arange(39, -1, -1)
    wanted = np.array([beast.target / beast.width for beast in beasts])
    expected = (1 - rate) ** 40 * FIRST_SLOPE + fading @ wanted
    assert learn(beasts, rate)[-1].slope == pytest.approx(expected)


def test_the_garden_is_parted_without_a_mistake(board: Blackboard) -> None:
    assert "40 of 40 on their own side" in board.text
    beasts = wander_by(40, np.random.default_rng(5))
    kinds = [beast.kind for beast in beasts]
    # A line along the ground has everything above it, a wall everything below.
    assert count_right(beasts, 0.001) == kinds.count("caterpillar")
    assert count_right(beasts, 1000.0) == kinds.count("ladybird")
