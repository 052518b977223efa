"""What happens between the inputs and the outputs."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import nn
from nn.activations import Array

_AT_ONCE = 500


class Map(NamedTuple):
    """Digits laid out flat, (n, 2), and the share of their variance that two axes keep."""

    places: Array
    kept: float


def hidden_signals(network: nn.Network, glyphs: NDArray[np.uint8]) -> Array:
    """What the last hidden layer says of glyphs, (n, 28, 28) → (n, nodes).

    Without a hidden layer it is the inputs themselves.
    """
    parts = []
    for start in range(0, len(glyphs), _AT_ONCE):
        part = glyphs[start : start + _AT_ONCE]
        signals: Array = nn.scale_inputs(part).reshape(len(part), *network.inputs)
        for layer in network.layers[:-1]:
            signals = layer.feed_forward(signals, False, None)
        parts.append(signals.reshape(len(part), -1))
    return np.concatenate(parts)


def flatten_map(signals: Array) -> Map:
    """Lay signals, (n, nodes), out on the two directions in which they differ most.

    Principal component analysis: the singular value decomposition of what is left
    when the mean is taken away.
    """
    centred = signals - signals.mean(axis=0)
    _, lengths, directions = np.linalg.svd(centred, full_matrices=False)
    # An axis may point either way: let its largest part be positive, on every machine.
    first = directions[:2]
    largest = np.abs(first).argmax(axis=1)
    first = first * np.sign(first[np.arange(len(first)), largest])[:, np.newaxis]
    variance = np.square(lengths)
    total = float(variance.sum())
    return Map(centred @ first.T, float(variance[:2].sum()) / total if total else 0.0)


def first_weights(network: nn.Network) -> Array:
    """The first linked layer's weights as pictures, (n, rows, columns), the strongest first."""
    layer = next(layer for layer in network.layers if layer.parameter_shapes())
    weights = layer.weights
    if isinstance(layer, nn.Convolution):
        pictures = np.moveaxis(weights, 3, 1).reshape(-1, layer.size, layer.size)
    else:
        pictures = weights.reshape(len(weights), 28, 28)
    order = np.argsort(-np.square(pictures).sum(axis=(1, 2)), kind="stable")
    return pictures[order]
