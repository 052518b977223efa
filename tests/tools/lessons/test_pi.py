"""Quantities of work and memory, against products done by hand."""

import numpy as np

import nn
from tests.tools.lessons.blackboard import Blackboard
from tools.lessons.pi import cost_of, name_machine, time_query, training_multiplications


def test_the_talks_network_is_counted_as_by_hand(board: Blackboard) -> None:
    # 784·200 = 156,800 and 200·10 = 2,000: 158,800 weights, each multiplied once in a query and
    # kept in 4 bytes: 635,200. 200 hidden nodes and 10 outputs squash 210 sums.
    assert board.table("What a query takes")[0] == ["talk", "158,800", "635,200", "158,800", "210"]
    # A step: 158,800 forward, 2,000 to split the error back to the hidden nodes, 158,800 for the
    # slopes, 158,800 times the learning rate: 478,400. 300,000 of them are 143,520,000,000.
    assert "network: 478,400 multiplications" in board.text
    assert "5 epochs: 143,520,000,000" in board.text
    assert "at best: 144 s" in board.text
    board.require_picture()


def test_what_is_measured_is_measured_here(board: Blackboard) -> None:
    assert f"Measured here, on {name_machine()}, Python" in board.text
    assert [row[0] for row in board.table("Measured here")] == ["talk", "shipped"]


def test_a_convolution_multiplies_at_every_place() -> None:
    layers = [nn.Convolution(3, 5), nn.MaxPooling(2), nn.Dense(10, activation="softmax")]
    cost = cost_of(nn.Network((28, 28, 1), layers))
    # 3 kernels of 5·5 and 3 biases; (12·12·3)·10 links and 10 biases: 78 + 4,330 = 4,408.
    # A kernel is put to 24·24 places: 576·75 = 43,200; with the 4,320 links 47,520.
    # 24·24·3 = 1,728 nodes, and 10.
    assert cost == (4408, 47520, 1738)
    assert cost.weight_bytes == 17632


def test_a_smaller_network_is_counted_by_its_own_sizes() -> None:
    cost = cost_of(nn.Network.talk(4, 3, 2, rng=np.random.default_rng(1)))
    # 4·3 + 3·2 = 18; a step: 18 + 2·3 + 18 + 18 = 60.
    assert cost.weights == cost.multiplications == 18
    assert training_multiplications(cost, outputs=2, hidden_nodes=3) == 60


def test_a_query_takes_some_time() -> None:
    assert time_query(nn.Network.talk(4, 3, 2, rng=np.random.default_rng(1)), 10, repeats=3) > 0
