"""Layers for pictures against sums written out plainly; test_layers has their gradients."""

import numpy as np
import pytest
from numpy.typing import NDArray

import nn
from nn.activations import Array

Floats = NDArray[np.float64]


@pytest.mark.parametrize("size", [1, 2, 3, 5])
def test_a_convolution_is_its_sum_written_out(size: int) -> None:
    rng = np.random.default_rng(22)
    network = nn.Network((5, 6, 2), [nn.Convolution(3, size, "linear")], dtype=np.float64)
    network.weights = rng.normal(size=network.weights.shape)
    picture = rng.normal(size=(5, 6, 2))
    layer = network.layers[0]
    expected = written_out(picture, layer.weights, layer.biases)
    assert layer.outputs == expected.shape
    np.testing.assert_allclose(network.query(picture.ravel()), expected.ravel(), atol=1e-12)


def written_out(picture: Floats, weights: Array, biases: Array) -> Floats:
    channels, size = weights.shape[:2]
    rows, columns = (side - size + 1 for side in picture.shape[:2])
    outputs = np.zeros((rows, columns, channels))
    for row, column, channel in np.ndindex(outputs.shape):
        patch = picture[row : row + size, column : column + size]
        outputs[row, column, channel] = (patch * weights[channel]).sum() + biases[channel]
    return outputs


def test_pooling_takes_the_largest_of_each_square_and_drops_what_is_left_over() -> None:
    network = nn.Network((3, 5, 1), [nn.MaxPooling(2)])
    picture = [[1, 2, 5, 0, 9], [3, 4, 0, 0, 9], [9, 9, 9, 9, 9]]
    assert network.query(np.ravel(picture)).tolist() == [4, 5]


def test_of_equal_values_pooled_together_only_one_takes_the_error() -> None:
    network = nn.Network((2, 2, 1), [nn.MaxPooling(2)])
    assert network.input_gradient([0.5] * 4, [1.0]).tolist() == [1, 0, 0, 0]


def test_groups_are_convolutions_side_by_side() -> None:
    rng = np.random.default_rng(23)
    grouped = nn.Network((5, 6, 6), [nn.Convolution(4, 3, "tanh", groups=2)], dtype=np.float64)
    grouped.weights = rng.normal(size=grouped.weights.shape)
    layer = grouped.layers[0]
    assert layer.weights.shape == (4, 3, 3, 3)
    pictures = rng.normal(size=(7, 5, 6, 6))
    found = grouped.query(pictures.reshape(7, -1)).reshape(7, *layer.outputs)
    for group in range(2):
        alone = nn.Network((5, 6, 3), [nn.Convolution(2, 3, "tanh")], dtype=np.float64)
        channels, share = slice(2 * group, 2 * group + 2), slice(3 * group, 3 * group + 3)
        alone.layers[0].weights[...] = layer.weights[channels]
        alone.layers[0].biases[...] = layer.biases[channels]
        expected = alone.query(pictures[..., share].reshape(7, -1))
        np.testing.assert_allclose(found[..., channels].reshape(7, -1), expected, atol=1e-12)


@pytest.mark.parametrize(("channels", "groups"), [(4, 4), (3, 2), (4, 5)])
def test_groups_that_do_not_divide_the_channels_are_refused(channels: int, groups: int) -> None:
    layers = [nn.Convolution(channels, 3, groups=groups)]
    with pytest.raises(nn.BadArchitecture, match="channels; allowed: groups that divide both"):
        nn.Network((5, 6, 6), layers)
