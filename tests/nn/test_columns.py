"""Columns learn side by side as each would alone, and answer as one layer."""

from pathlib import Path

import numpy as np
import pytest

import nn
from nn.activations import Array
from nn.columns import Columns
from nn.folding import fold
from nn.layers import Layer
from nn.normalisation import BatchNormalisation
from nn.optimisers import Adam

NODES = 4


def in_columns(rng: np.random.Generator) -> nn.Network:
    """Two small networks in one, with normalisation."""
    layers: list[Layer] = [
        nn.Convolution(4, 3, "linear", has_biases=False),
        BatchNormalisation(),
        nn.MaxPooling(),
        nn.Convolution(6, 3, groups=2),
        Columns(2, NODES),
    ]
    network = nn.Network((8, 8, 1), layers, dtype=np.float64)
    network.initialise(rng)
    return network


def take_out(network: nn.Network, column: int) -> nn.Network:
    """Return one of the two by itself, with its share of the weights."""
    layers: list[Layer] = [
        nn.Convolution(2, 3, "linear", has_biases=False),
        BatchNormalisation(),
        nn.MaxPooling(),
        nn.Convolution(3, 3),
        nn.Dense(NODES, "softmax"),
    ]
    alone = nn.Network((8, 8, 1), layers, dtype=np.float64)
    for layer, whole in zip(alone.layers, network.layers, strict=True):
        for name in layer.parameter_shapes():
            getattr(layer, name)[...] = np.split(getattr(whole, name), 2)[column]
    return alone


def make_examples(rng: np.random.Generator, count: int) -> tuple[Array, Array]:
    inputs = rng.uniform(0.01, 1, (count, 64))
    return inputs, nn.one_hot(rng.integers(0, NODES, count), NODES, off=0, on=1)


def test_each_learns_what_it_would_alone() -> None:
    rng = np.random.default_rng(1)
    network = in_columns(rng)
    alone = [take_out(network, column) for column in range(2)]
    optimiser, own = Adam(weight_decay=0.01), [Adam(weight_decay=0.01) for _ in alone]
    for _ in range(5):
        inputs, targets = make_examples(rng, 16)
        loss = network.train(inputs, np.tile(targets, 2), learning_rate=0.01, optimiser=optimiser)
        losses = [
            each.train(inputs, targets, learning_rate=0.01, optimiser=its)
            for each, its in zip(alone, own, strict=True)
        ]
        assert loss == pytest.approx(sum(losses))
    for column, each in enumerate(alone):
        np.testing.assert_allclose(take_out(network, column).weights, each.weights, rtol=1e-6)
    assert not np.allclose(alone[0].weights, alone[1].weights)


def test_folded_they_answer_the_mean_of_their_sums() -> None:
    rng = np.random.default_rng(2)
    network = in_columns(rng)
    network.weights += rng.normal(0, 0.3, network.weights.shape)
    inputs, _ = make_examples(rng, 40)
    plain = fold(network, inputs)
    assert [layer.kind for layer in plain.layers] == [
        *("convolution", "max pooling", "convolution", "dense")
    ]
    each = [fold(take_out(network, column), inputs).query(inputs) for column in range(2)]
    mean = np.exp(np.mean(np.log(each), axis=0))
    expected = mean / mean.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(plain.query(inputs), expected, atol=1e-9)
    assert np.abs(expected - each[0]).max() > 0.01


def test_the_slope_against_the_inputs_agrees_with_central_differences() -> None:
    rng = np.random.default_rng(3)
    network = nn.Network(6, [nn.Dense(4, "tanh"), Columns(2, 3)], dtype=np.float64)
    network.initialise(rng)
    inputs, wanted = rng.uniform(0.01, 1, 6), rng.normal(size=6)

    def score(signals: Array) -> float:
        for layer in network.layers:
            signals = layer.feed_forward(signals, True, None)
        return float((signals @ wanted).item())

    steps = 1e-6 * np.eye(6)
    expected = [
        (score((inputs + step)[None]) - score((inputs - step)[None])) / 2e-6 for step in steps
    ]
    np.testing.assert_allclose(network.input_gradient(inputs, wanted), expected, atol=1e-7)


def test_columns_are_neither_queried_nor_saved(tmp_path: Path) -> None:
    network = nn.Network(6, [Columns(2, 3)])
    with pytest.raises(nn.BadArchitecture, match=r"query what nn\.folding\.fold returns"):
        network.query(np.zeros(6))
    card = nn.Card("test", 1, tuple("012345"), {}, {}, 1.0, {})
    with pytest.raises(nn.BadArchitecture, match="columns are for training"):
        network.save(tmp_path / "a.npz", card)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("inputs", "complaint"),
    [((2, 1, 4), "allowed: pictures of one row and column"), (5, "allowed: a divisor")],
)
def test_nodes_that_can_not_be_shared_are_refused(
    inputs: int | tuple[int, int, int], complaint: str
) -> None:
    with pytest.raises(nn.BadArchitecture, match=complaint):
        nn.Network(inputs, [Columns(2, 3)])
