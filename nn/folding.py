"""The plain network in one that was trained: what only helps to learn is folded away.

What is saved, and what the appliance queries, is made of plain layers. Batch
normalisation is multiplied into the links before it, by means and variances that
are measured on examples with the weights as they are (Wu & Johnson, "Rethinking
'Batch' in BatchNorm", 2021). Columns become one layer of outputs, whose sums are
the mean of theirs.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from nn.activations import Array
from nn.columns import Columns
from nn.errors import BadArchitecture
from nn.layers import Dense, Layer, Linked
from nn.network import Network
from nn.normalisation import LEAST_VARIANCE, BatchNormalisation

# How many examples pass through a layer at once: its patches are many times their size.
_AT_ONCE = 128


def fold(network: Network, inputs: ArrayLike) -> Network:
    """Return the plain network.

    Parameters
    ----------
    inputs
        (n, inputs): what means and variances are measured on, a few thousand
        examples such as will be queried.

    Raises
    ------
    BadArchitecture
        When batch normalisation follows anything but a linear layer without biases.
    """
    plain = make_plain(network)
    signals: Array = np.asarray(inputs, plain.weights.dtype).reshape(-1, *plain.inputs)
    pairs = list(_pairs(network))
    last = max((n for n, (_, after) in enumerate(pairs) if after is not None), default=-1)
    for n, ((layer, after), place) in enumerate(zip(pairs, plain.layers, strict=True)):
        if isinstance(layer, Columns):
            _unite(layer, place)
            continue
        for name in layer.parameter_shapes():
            getattr(place, name)[...] = getattr(layer, name)
        if after is not None:
            rows = _feed(layer, signals).reshape(-1, layer.outputs[-1])
            means, variances = (find(axis=0, dtype=np.float64) for find in (rows.mean, rows.var))
            scales = after.weights / np.sqrt(variances + LEAST_VARIANCE)
            place.weights *= scales.reshape(-1, *[1] * (place.weights.ndim - 1))
            place.biases[...] = after.biases - means * scales
        if n < last:
            signals = _feed(place, signals)
    return plain


def make_plain(network: Network) -> Network:
    """Return the network that `fold` would, but with weights of 0."""
    return Network(
        network.inputs,
        [_plain(layer, after) for layer, after in _pairs(network)],
        loss=network.loss,
        learning_rate=network.learning_rate,
        dtype=network.weights.dtype,
    )


def _plain(layer: Layer, after: BatchNormalisation | None) -> Layer:
    if isinstance(layer, Columns):
        return Dense(layer.nodes, layer.activation)
    if after is None:
        return layer
    return replace(layer, activation=after.activation, has_biases=True)  # type: ignore[type-var]  # every concrete layer is a dataclass


def _unite(columns: Columns, place: Layer) -> None:
    """Let one layer's sums be the mean of what those of the columns are."""
    of_columns = columns.weights.reshape(columns.columns, columns.nodes, -1)
    place.weights[...] = np.concatenate(list(of_columns), axis=1) / columns.columns
    place.biases[...] = columns.biases.reshape(columns.columns, -1).mean(axis=0)


def _pairs(network: Network) -> Iterator[tuple[Layer, BatchNormalisation | None]]:
    """Yield the plain layers, each with the batch normalisation that follows it."""
    layers = network.layers
    for layer, after in zip([None, *layers], [*layers, None], strict=True):
        if isinstance(after, BatchNormalisation) and not (
            isinstance(layer, Linked) and layer.activation == "linear" and not layer.has_biases
        ):
            raise BadArchitecture(
                f"batch normalisation after {layer.kind if layer else 'no'} layer;"
                " allowed: after a linear layer without biases"
            )
        if layer is not None and not isinstance(layer, BatchNormalisation):
            yield layer, after if isinstance(after, BatchNormalisation) else None


def _feed(layer: Layer, signals: Array) -> Array:
    """Feed many examples forward through one layer, some at a time."""
    parts = range(0, len(signals), _AT_ONCE)
    return np.concatenate(
        [layer.feed_forward(signals[start : start + _AT_ONCE], False, None) for start in parts]
    )
