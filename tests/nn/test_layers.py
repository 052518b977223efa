"""Every layer's gradients against central differences, and what else holds for all layers."""

import numpy as np
import pytest
from numpy.typing import NDArray

import nn
from nn.activations import ACTIVATIONS, Array
from nn.layers import Layer
from nn.normalisation import BatchNormalisation

Floats = NDArray[np.float64]


class KeepGradients:
    """An optimiser that stands still and keeps what it was given."""

    def __init__(self) -> None:
        self.gradients: Array = np.empty(0)

    def step(self, weights: Array, gradients: Array, learning_rate: float) -> None:
        self.gradients = gradients.copy()


def both_gradients(network: nn.Network, inputs: Floats, targets: Floats) -> tuple[Floats, Floats]:
    """Return the network's gradients, and those that central differences of the loss give."""
    keeper = KeepGradients()

    def loss() -> float:
        network.rng = np.random.default_rng(99)  # dropout drops the same nodes every time
        return network.train(inputs, targets, optimiser=keeper)

    loss()
    found = keeper.gradients.astype(np.float64)
    expected = np.empty_like(found)
    for place, weight in enumerate(network.weights.copy()):
        network.weights[place] = weight + 1e-5
        above = loss()
        network.weights[place] = weight - 1e-5
        expected[place] = (above - loss()) / 2e-5
        network.weights[place] = weight
    return found, expected


PICTURE = (6, 5, 2)
STACKS: dict[str, tuple[int | tuple[int, ...], list[Layer], str | None]] = {
    "one dense layer": (5, [nn.Dense(3)], None),
    "without biases": (5, [nn.Dense(4, has_biases=False), nn.Dense(3, has_biases=False)], None),
    "deep": (4, [nn.Dense(5, "tanh"), nn.Dense(5, "relu"), nn.Dense(4), nn.Dense(3)], None),
    "linear": (5, [nn.Dense(4, "linear"), nn.Dense(3, "linear")], None),
    "softmax, cross-entropy": (5, [nn.Dense(4, "tanh"), nn.Dense(3, "softmax")], None),
    "softmax, squared error": (5, [nn.Dense(3, "softmax")], "squared error"),
    "sigmoid, cross-entropy": (5, [nn.Dense(4), nn.Dense(3)], "cross-entropy"),
    "relu, squared error": (5, [nn.Dense(6, "relu"), nn.Dense(3, "relu")], "squared error"),
    "dropout": (5, [nn.Dropout(0.2), nn.Dense(8, "relu"), nn.Dropout(0.5), nn.Dense(3)], None),
    "convolution": (PICTURE, [nn.Convolution(3, 3), nn.Dense(3)], None),
    "even kernel": (PICTURE, [nn.Convolution(2, 2, "tanh"), nn.Dense(3, "softmax")], None),
    "two convolutions": (
        PICTURE,
        [
            nn.Convolution(3, 3, "tanh"),
            nn.Convolution(2, 2, "sigmoid", has_biases=False),
            nn.Dense(3, "softmax"),
        ],
        None,
    ),
    "convolution at the end": (
        PICTURE,
        [nn.Convolution(2, 3, "tanh"), nn.Convolution(2, 2, "relu")],
        "squared error",
    ),
    "batch normalisation": (
        PICTURE,
        [
            nn.Convolution(3, 2, "linear", has_biases=False),
            BatchNormalisation("tanh"),
            nn.Dense(4, "linear", has_biases=False),
            BatchNormalisation(),
            nn.Dense(3, "softmax"),
        ],
        None,
    ),
    "convolutions in groups": (
        PICTURE,
        [nn.Convolution(4, 3, "tanh"), nn.Convolution(6, 2, "sigmoid", groups=2), nn.Dense(3)],
        None,
    ),
    "pooling": (
        PICTURE,
        [nn.Convolution(3, 2, "tanh"), nn.MaxPooling(2), nn.Dense(3, "softmax")],
        None,
    ),
    "pooling by three, rows left over": (
        PICTURE,
        [nn.Convolution(2, 1, "tanh"), nn.MaxPooling(3), nn.Dense(3)],
        None,
    ),
}


@pytest.mark.parametrize("name", STACKS)
def test_gradients_agree_with_central_differences(name: str) -> None:
    inputs_shape, layers, loss = STACKS[name]
    rng = np.random.default_rng(20)
    network = nn.Network(inputs_shape, layers, loss=loss, dtype=np.float64)
    network.initialise(rng)
    network.weights += rng.normal(0, 0.1, network.weights.shape)  # biases other than 0
    inputs = rng.uniform(0.01, 1, (4, int(np.prod(network.inputs))))
    targets = nn.one_hot(rng.integers(0, network.outputs, 4), network.outputs).astype(np.float64)
    targets /= targets.sum(axis=1, keepdims=True)  # cross-entropy with softmax takes shares
    found, expected = both_gradients(network, inputs, targets)
    assert np.abs(expected).max() > 1e-3
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-8)


def test_in_float32_gradients_stay_close_to_those_in_float64() -> None:
    rng = np.random.default_rng(21)
    layers: list[Layer] = [nn.Convolution(3, 3), nn.MaxPooling(), nn.Dense(3, "softmax")]
    weights = None
    kept = []
    inputs, targets = rng.random((4, 36)), nn.one_hot([0, 1, 2, 0], 3, off=0, on=1)
    for dtype in (np.float64, np.float32):
        network = nn.Network((6, 6, 1), layers, dtype=dtype)
        if weights is None:
            network.initialise(rng)
            weights = network.weights
        network.weights = weights
        keeper = KeepGradients()
        network.train(inputs, targets, optimiser=keeper)
        assert keeper.gradients.dtype == dtype
        kept.append(keeper.gradients)
    np.testing.assert_allclose(kept[1], kept[0], rtol=1e-3, atol=1e-5)


def test_dropout_keeps_the_mean_and_is_off_at_a_query() -> None:
    layer = nn.Dropout(0.25)
    layer.connect((10_000,))
    signals = np.ones((1, 10_000), np.float32)
    outputs = layer.feed_forward(signals, True, np.random.default_rng(23))
    assert (outputs == 0).mean() == pytest.approx(0.25, abs=0.02)
    assert outputs.mean() == pytest.approx(1, abs=0.02)
    assert outputs.dtype == np.float32
    assert (layer.feed_back(signals) == outputs).all()  # an error passes where a signal did
    assert (layer.feed_forward(signals, False, None) == signals).all()


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_activations_bear_sums_of_any_size(activation: str) -> None:
    function = ACTIVATIONS[activation]
    for dtype in (np.float32, np.float64):
        sums: Array = np.array([[-1e30, -1000, -1, 0, 1, 1000, 1e30]]).astype(dtype)
        outputs = function.forward(sums)
        assert outputs.dtype == dtype
        assert np.isfinite(outputs).all()
        assert np.isfinite(function.back(np.ones_like(outputs), np.clip(outputs, -1, 1))).all()


def test_activations_give_their_known_values() -> None:
    sums = np.array([[-2.0, 0.0, 1.0]])
    assert ACTIVATIONS["sigmoid"].forward(sums)[0] == pytest.approx([0.119203, 0.5, 0.731059])
    assert ACTIVATIONS["tanh"].forward(sums)[0] == pytest.approx([-0.964028, 0, 0.761594])
    assert ACTIVATIONS["relu"].forward(sums)[0].tolist() == [0, 0, 1]
    assert ACTIVATIONS["linear"].forward(sums)[0].tolist() == [-2, 0, 1]
    assert ACTIVATIONS["softmax"].forward(sums)[0] == pytest.approx(
        [0.035119, 0.259496, 0.705385], abs=1e-6
    )


def test_initial_weights_keep_the_spread_of_signals_from_layer_to_layer() -> None:
    rng = np.random.default_rng(24)
    layers: list[Layer] = [nn.Convolution(16, 3) for _ in range(5)]
    network = nn.Network((12, 12, 1), layers)
    network.initialise(rng)
    outputs = network.query(rng.normal(size=(8, 144)))
    assert 0.1 < outputs.std() < 10


@pytest.mark.parametrize(
    ("build", "complaint"),
    [
        (lambda: nn.Dense(0), "dense layer: nodes is 0; allowed: whole numbers, 1 to"),
        (lambda: nn.Dense(2.0), "nodes is 2.0"),  # type: ignore[arg-type]  # the mistake itself
        (lambda: nn.Dense(10**9), "nodes is 1000000000"),
        (lambda: nn.Dense(2, "swish"), "activation is 'swish'; allowed: linear, relu"),
        (lambda: nn.Dense(2, has_biases=1), "has_biases"),  # type: ignore[arg-type]  # the mistake itself
        (lambda: nn.Convolution(2, -1), "convolution layer: size is -1"),
        (lambda: nn.Convolution(2, 3, "softmax"), "softmax"),
        (lambda: nn.Convolution(2, 3, padding="same"), "padding is 'same'; allowed: valid"),
        (lambda: nn.Convolution(2, 3, stride=2), "stride is 2; allowed: 1"),
        (lambda: nn.MaxPooling(0), "max pooling layer: size is 0"),
        (lambda: nn.Dropout(1.0), "dropout layer: share is 1.0; allowed: from 0 to below 1"),
        (lambda: nn.Dropout(float("nan")), "share is nan"),
    ],
)
def test_impossible_settings_are_refused_in_one_line(build: object, complaint: str) -> None:
    assert callable(build)
    with pytest.raises(nn.BadArchitecture, match=complaint) as caught:
        build()
    assert "\n" not in str(caught.value)
