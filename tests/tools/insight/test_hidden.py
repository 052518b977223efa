"""What happens between inputs and outputs, against sums done apart."""

import numpy as np
import pytest

import nn
from tools.insight.hidden import first_weights, flatten_map, hidden_signals


def draw_glyphs(count: int) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (count, 28, 28), dtype=np.uint8)


def test_the_last_hidden_layer_is_the_one_before_the_outputs() -> None:
    network = nn.Network.talk(hidden_nodes=7, rng=np.random.default_rng(1))
    glyphs = draw_glyphs(3)
    inputs = 0.01 + 0.99 * glyphs.reshape(3, 784) / 255
    expected = 1 / (1 + np.exp(-inputs @ network.layers[0].weights.T))
    assert hidden_signals(network, glyphs) == pytest.approx(expected, abs=1e-4)


def test_hidden_signals_lead_to_the_networks_own_answer_in_however_many_parts() -> None:
    layers = [nn.Convolution(2, 5), nn.MaxPooling(2), nn.Dense(9), nn.Dense(11)]
    network = nn.Network((28, 28, 1), layers)
    network.initialise(np.random.default_rng(1))
    glyphs = draw_glyphs(1003)
    signals = hidden_signals(network, glyphs)
    assert signals.shape == (1003, 9)
    answers = network.layers[-1].feed_forward(signals, False, None)
    expected = network.query(nn.scale_inputs(glyphs.reshape(-1, 784)))
    np.testing.assert_allclose(answers, expected, atol=1e-6)


def test_without_a_hidden_layer_the_inputs_are_what_is_seen() -> None:
    network = nn.Network(784, [nn.Dense(10)])
    glyphs = draw_glyphs(2)
    assert hidden_signals(network, glyphs) == pytest.approx(nn.scale_inputs(glyphs.reshape(2, 784)))


def test_a_map_keeps_what_lies_in_a_plane_whole() -> None:
    # Four corners of a rectangle, 6 long and 2 wide, that lies askew in space: along (2, 1, 2)/3
    # and across (-2, 2, 1)/3. Seen along and across, the corners are at ±3 and ±1.
    along, across = np.array([2.0, 1.0, 2.0]) / 3, np.array([-2.0, 2.0, 1.0]) / 3
    corners = [(3, 1), (3, -1), (-3, 1), (-3, -1)]
    signals = np.array([10 + a * along + b * across for a, b in corners])
    flat = flatten_map(signals)
    assert flat.kept == pytest.approx(1.0)
    assert np.abs(flat.places) == pytest.approx(np.array([[3.0, 1.0]] * 4))
    distances = np.linalg.norm(flat.places[:, None] - flat.places, axis=2)
    assert distances == pytest.approx(np.linalg.norm(signals[:, None] - signals, axis=2))


def test_a_map_says_how_much_it_leaves_out() -> None:
    # Three axes with variances 9 : 4 : 1; two of them keep 13 of 14.
    signals = np.array([[3, 0, 0], [-3, 0, 0], [0, 2, 0], [0, -2, 0], [0, 0, 1], [0, 0, -1]], float)
    assert flatten_map(signals).kept == pytest.approx(13 / 14)


def test_a_map_of_nothing_but_the_same_is_a_point() -> None:
    flat = flatten_map(np.ones((5, 4)))
    assert flat.kept == 0.0
    assert flat.places == pytest.approx(np.zeros((5, 2)))


def test_first_weights_come_as_pictures_the_strongest_first() -> None:
    network = nn.Network(784, [nn.Dense(3), nn.Dense(10)])
    network.layers[0].weights[1, 28] = -5  # the second row's first pixel
    network.layers[0].weights[2, 1] = 3
    pictures = first_weights(network)
    assert pictures.shape == (3, 28, 28)
    assert pictures[0, 1, 0] == -5
    assert pictures[1, 0, 1] == 3
    assert not pictures[2].any()


def test_every_kernel_is_a_picture_for_each_channel() -> None:
    network = nn.Network((28, 28, 1), [nn.Convolution(4, 5), nn.Dense(10)])
    network.initialise(np.random.default_rng(1))
    assert first_weights(network).shape == (4, 5, 5)
