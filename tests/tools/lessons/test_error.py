"""Errors split back, against fractions worked out by hand."""

import numpy as np
import pytest

from tests.tools.lessons.blackboard import Blackboard
from tools.lessons.error import as_the_package_does, simply_back, split_back


def test_errors_are_split_back_in_proportion_to_the_links(board: Blackboard) -> None:
    # Hidden: 0.8·2/5 + 0.5·1/5 = 0.32 + 0.10 = 0.42; 0.8·3/5 + 0.5·4/5 = 0.48 + 0.40 = 0.88.
    # Input: 0.42·3/5 + 0.88·1/8 = 0.252 + 0.110 = 0.362;
    #        0.42·2/5 + 0.88·7/8 = 0.168 + 0.770 = 0.938.
    assert board.table("Errors split back in proportion") == [
        ["output", "0.800", "0.500", "1.300"],
        ["hidden", "0.420", "0.880", "1.300"],
        ["input", "0.362", "0.938", "1.300"],
    ]
    board.require_picture()


def test_without_the_division_it_is_the_weights_turned_over(board: Blackboard) -> None:
    # 2·0.8 + 1·0.5 = 2.1 and 3·0.8 + 4·0.5 = 4.4; 0.42/0.88 = 2.1/4.4 = 0.47727.
    assert board.table("The hidden errors in three ways") == [
        ["split", "0.420", "0.880", "0.477"],
        ["without the division", "2.100", "4.400", "0.477"],
        ["by the package", "2.100", "4.400", "0.477"],
    ]


def test_splitting_loses_nothing_whatever_the_network() -> None:
    rng = np.random.default_rng(7)
    weights, errors = rng.uniform(0.1, 5.0, (3, 6)), rng.normal(size=3)
    assert split_back(weights, errors).sum() == pytest.approx(errors.sum())


def test_the_package_hands_errors_back_as_the_lesson_does() -> None:
    weights, errors = np.array([[0.3, -0.7], [0.2, 0.9]]), np.array([0.25, -0.5])
    # 0.3·0.25 - 0.2·0.5 = -0.025; -0.7·0.25 - 0.9·0.5 = -0.625.
    assert simply_back(weights, errors) == pytest.approx([-0.025, -0.625])
    assert as_the_package_does(weights, errors) == pytest.approx([-0.025, -0.625])
