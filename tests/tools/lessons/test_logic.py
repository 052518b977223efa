"""AND, OR and XOR, against rounds played by hand."""

import re

import numpy as np
import pytest

from tests.tools.lessons.blackboard import Blackboard
from tools.lessons.logic import CORNERS, TARGETS, fire, has_learnt, learn, together, train_together


def test_and_is_learnt_in_six_rounds(board: Blackboard) -> None:
    # Round 1: nothing fires but should for 1,1: all weights and the bias become 1.
    # Round 2: 0,0 and then 0,1 fire wrongly and take 1 from the bias, 0,1 also from B; now 1,1 is
    # silent and gives 1 to everything: 2, 1, 0. Round 3: 0,1 fires: 2, 0, -1; 1,0 fires: 1, 0, -2;
    # 1,1 doesn't: 2, 1, -1. Round 4: 1,0 fires: 1, 1, -2; 1,1 doesn't: 2, 2, -1.
    # Round 5: 0,1 fires: 2, 1, -2. Round 6: sums -2, -1, 0, 1: right.
    assert board.table("One node learns AND") == [
        ["1", "1", "1", "1", "1"],
        ["2", "2", "1", "0", "3"],
        ["3", "2", "1", "-1", "3"],
        ["4", "2", "2", "-1", "2"],
        ["5", "2", "1", "-2", "1"],
        ["6", "2", "1", "-2", "0"],
    ]


def test_or_is_learnt_in_four_rounds(board: Blackboard) -> None:
    # Round 1: 0,1 is silent: 0, 1, 1; the rest fires. Round 2: 0,0 fires: bias 0; 1,0 is silent:
    # 1, 1, 1. Round 3: 0,0 fires: 1, 1, 0. Round 4: sums 0, 1, 1, 2: right.
    assert board.table("One node learns OR") == [
        ["1", "0", "1", "1", "1"],
        ["2", "1", "1", "1", "2"],
        ["3", "1", "1", "0", "1"],
        ["4", "1", "1", "0", "0"],
    ]


def test_xor_goes_round_in_a_circle(board: Blackboard) -> None:
    # From -1, 0, 1: 0,0 fires: bias 0; 0,1 is silent: -1, 1, 1; 1,0 has -1 + 1 = 0, silent:
    # 0, 1, 2; 1,1 fires: -1, 0, 1. Four mistakes, and all as it was.
    rows = board.table("One node learns XOR")
    assert [row[1:] for row in rows[2:]] == [["-1", "0", "1", "4"]] * 8


def test_no_line_at_all_parts_xor() -> None:
    rng = np.random.default_rng(3)
    for _ in range(2000):
        *weights, bias = rng.normal(size=3)
        answers = fire(np.array(weights), bias, CORNERS)
        assert tuple(answers.astype(int)) != TARGETS["XOR"]


def test_three_nodes_with_weights_thought_out_say_xor(board: Blackboard) -> None:
    # Sums less a half, and less one and a half: only 0,1 and 1,0 fire the first but not the second.
    assert together(CORNERS).tolist() == [False, True, True, False]
    rows = board.table("XOR by three nodes")
    assert [row[:4] for row in rows] == [
        ["0", "0", "0", "0"],
        ["0", "1", "1", "1"],
        ["1", "0", "1", "1"],
        ["1", "1", "0", "0"],
    ]


def test_three_nodes_learn_xor_by_themselves_most_of_the_time(board: Blackboard) -> None:
    answers = [float(row[4]) for row in board.table("XOR by three nodes")]
    assert answers == pytest.approx(TARGETS["XOR"], abs=0.05)
    found = re.search(r"Of 10 random beginnings, (\d+) got there", board.text)
    assert found
    assert 5 <= int(found[1]) <= 10


def test_what_has_learnt_is_told_from_what_has_not() -> None:
    assert has_learnt(train_together(0))
    blank = train_together(0)
    blank.weights = np.zeros_like(blank.weights)
    assert not has_learnt(blank)


def test_one_node_stops_only_when_it_is_right() -> None:
    for name in ("AND", "OR"):
        last = learn(TARGETS[name])[-1]
        assert tuple(fire(np.array(last.weights), last.bias, CORNERS).astype(int)) == TARGETS[name]


def test_the_regions_are_drawn(board: Blackboard) -> None:
    board.require_picture()
