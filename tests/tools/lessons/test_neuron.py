"""Signals fed forward, against a network worked out on paper."""

from math import e

import numpy as np
import pytest

from tests.tools.lessons.blackboard import Blackboard
from tools.lessons.neuron import ask_the_package, logistic, threshold


def test_the_logistic_function_is_a_soft_threshold(board: Blackboard) -> None:
    # e² = 7.389056: 1 / (1 + 7.389056) = 0.119203, and the rest to 1 is 0.880797.
    # e⁴ = 54.59815: 1 / 55.59815 = 0.017986, and 0.982014.
    assert board.table("What a node makes") == [
        ["-4", "0", "0.0180"],
        ["-2", "0", "0.1192"],
        ["0", "0", "0.5000"],
        ["2", "1", "0.8808"],
        ["4", "1", "0.9820"],
    ]


def test_every_signal_of_the_network_is_shown(board: Blackboard) -> None:
    # X hidden: 0.9·0.9 + 0.3·0.1 + 0.4·0.8 = 0.81 + 0.03 + 0.32 = 1.16
    #           0.2·0.9 + 0.8·0.1 + 0.2·0.8 = 0.18 + 0.08 + 0.16 = 0.42
    #           0.1·0.9 + 0.5·0.1 + 0.6·0.8 = 0.09 + 0.05 + 0.48 = 0.62
    # O hidden: 1/(1 + e^-1.16) = 1/1.313486 = 0.761333; 1/(1 + e^-0.42) = 1/1.657047 = 0.603483;
    #           1/(1 + e^-0.62) = 1/1.537944 = 0.650219
    # X output: 0.3·0.761333 + 0.7·0.603483 + 0.5·0.650219 = 0.228400 + 0.422438 + 0.325110
    #           = 0.975948
    #           0.6·0.761333 + 0.5·0.603483 + 0.2·0.650219 = 0.456800 + 0.301742 + 0.130044
    #           = 0.888585
    #           0.8·0.761333 + 0.1·0.603483 + 0.9·0.650219 = 0.609066 + 0.060348 + 0.585197
    #           = 1.254612
    # O output: 1/1.376835 = 0.726304; 1/1.411237 = 0.708598; 1/1.285187 = 0.778097
    # (With the hidden signals rounded to three places first, the second output is 0.708.)
    assert board.table("Three inputs") == [
        ["1", "0.900", "1.160", "0.761", "0.976", "0.726"],
        ["2", "0.100", "0.420", "0.603", "0.889", "0.709"],
        ["3", "0.800", "0.620", "0.650", "1.255", "0.778"],
    ]
    assert "answers: 0.726, 0.709, 0.778" in board.text
    board.require_picture()


def test_the_package_agrees_to_the_last_digit_that_it_has() -> None:
    assert ask_the_package() == pytest.approx([0.726304, 0.708598, 0.778097], abs=2e-6)


def test_the_logistic_function_is_what_it_is_called() -> None:
    assert logistic([0.0, 1.0]) == pytest.approx([0.5, e / (1 + e)])
    both = logistic([-3.0, 3.0])
    assert both.sum() == pytest.approx(1.0)
    assert threshold(np.array([-0.1, 0.0, 0.1])).tolist() == [0.0, 0.0, 1.0]
