"""Gradients found in shares are those of the whole batch."""

import numpy as np
import pytest

import nn
from tools.recipe import parse_layers
from tools.shares import Shares

RNG = np.random.default_rng(50)
INPUTS = RNG.random((7, 784), dtype=np.float32)
TARGETS = nn.one_hot(RNG.integers(10, size=7), 10, off=0.0, on=1.0)


def make_network(architecture: str) -> nn.Network:
    network = nn.Network((28, 28, 1), parse_layers(architecture, 10))
    network.initialise(np.random.default_rng(51))
    return network


@pytest.mark.parametrize("count", [1, 2, 3, 7])
def test_shares_make_up_the_whole(count: int) -> None:
    network = make_network("conv5x3-pool-12")
    shares = Shares(network)
    for _ in range(2):
        gradients, loss = shares.find_gradients(INPUTS[:count], TARGETS[:count])
        whole, its_loss = network.find_gradients(INPUTS[:count], TARGETS[:count])
        assert np.abs(gradients - whole).max() < 1e-5
        assert loss == pytest.approx(its_loss, rel=1e-5)
        network.step(gradients, learning_rate=0.5)  # the copies have to follow


def test_dropout_hangs_on_the_seed_and_differs_between_shares() -> None:
    shares = Shares(make_network("conv5x3-pool-drop50-12"))
    pairs, wanted = INPUTS[[0, 0]], TARGETS[[0, 0]]
    found = []
    for seed in (1, 1, 2):
        shares.seed(seed)
        found.append(shares.find_gradients(pairs, wanted)[0])
    assert (found[0] == found[1]).all()
    assert (found[0] != found[2]).any()
    network = make_network("conv5x3-pool-drop50-12")
    network.rng = np.random.default_rng([1, 0])
    one, _ = network.find_gradients(pairs[:1], wanted[:1])
    assert (found[0] != one).any()


def test_a_share_that_fails_is_heard_of() -> None:
    with pytest.raises(nn.BadSignals, match="dropout has no generator"):
        Shares(make_network("conv5x3-drop50-12")).find_gradients(INPUTS, TARGETS)
