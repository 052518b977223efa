"""The plain network that batch normalisation leaves; test_columns has what columns do."""

from pathlib import Path

import numpy as np
import pytest

import nn
from nn.folding import fold, make_plain
from nn.layers import Layer
from nn.normalisation import BatchNormalisation


def normalised(rng: np.random.Generator) -> nn.Network:
    """A small network with normalisation after a convolution and after a dense layer."""
    layers: list[Layer] = [
        nn.Convolution(3, 3, "linear", has_biases=False),
        BatchNormalisation(),
        nn.MaxPooling(),
        nn.Dropout(0.5),
        nn.Dense(5, "linear", has_biases=False),
        BatchNormalisation("tanh"),
        nn.Dense(4, "softmax"),
    ]
    network = nn.Network((8, 8, 1), layers)
    network.initialise(rng)
    network.weights += rng.normal(0, 0.1, network.weights.shape)
    return network


def test_the_folded_network_gives_what_training_saw() -> None:
    rng = np.random.default_rng(2)
    network = normalised(rng)
    inputs = rng.uniform(0.01, 1, (300, 64)).astype(np.float32)
    signals = inputs.reshape(-1, 8, 8, 1)
    for layer in network.layers:
        signals = layer.feed_forward(signals, True, None)
    plain = fold(network, inputs)
    np.testing.assert_allclose(plain.query(inputs), signals, atol=1e-5)
    assert [layer.kind for layer in plain.layers] == [
        *("convolution", "max pooling", "dropout", "dense", "dense")
    ]
    assert [layer.activation for layer in plain.layers if layer.parameter_shapes()] == [
        *("relu", "tanh", "softmax")
    ]
    assert make_plain(network).architecture() == plain.architecture()


def test_a_network_without_it_is_copied() -> None:
    rng = np.random.default_rng(3)
    network = nn.Network.talk(6, 5, 4, rng=rng, learning_rate=0.2)
    plain = fold(network, rng.random((9, 6)))
    assert plain.architecture() == network.architecture()
    assert plain.learning_rate == 0.2
    assert np.array_equal(plain.weights, network.weights)
    assert not np.shares_memory(plain.weights, network.weights)


def test_a_node_that_always_says_the_same_stays_finite() -> None:
    network = normalised(np.random.default_rng(4))
    network.layers[0].weights[0] = 0
    inputs = np.random.default_rng(5).random((20, 64))
    assert np.isfinite(fold(network, inputs).query(inputs)).all()


def test_it_is_neither_queried_nor_saved(tmp_path: Path) -> None:
    network = normalised(np.random.default_rng(6))
    with pytest.raises(nn.BadArchitecture, match=r"query what nn\.folding\.fold returns"):
        network.query(np.zeros(64))
    card = nn.Card("test", 1, tuple("0123"), {}, {}, 1.0, {})
    with pytest.raises(nn.BadArchitecture):
        network.save(tmp_path / "a.npz", card)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    "layers",
    [
        [BatchNormalisation(), nn.Dense(3)],
        [nn.Dense(3), BatchNormalisation()],
        [nn.Dense(3, "linear"), BatchNormalisation()],
        [nn.Dropout(0.5), BatchNormalisation()],
        [nn.Dense(3, "linear", has_biases=False), BatchNormalisation(), BatchNormalisation()],
    ],
)
def test_it_follows_linear_nodes_without_biases_alone(layers: list[Layer]) -> None:
    network = nn.Network(4, layers)
    with pytest.raises(nn.BadArchitecture, match="allowed: after a linear layer without biases"):
        fold(network, np.zeros((3, 4)))
