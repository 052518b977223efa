# ruff: noqa: D102 (a layer's methods do what Layer says that they do)
"""Batch normalisation: a help for learning, gone from the network that has learnt.

While training, every node's sums are brought to mean 0 and variance 1 over the
batch (Ioffe & Szegedy, "Batch Normalization", ICML 2015). Once the weights are
found, the means and variances are measured on examples, with the weights as they
are, and multiplied into the links before (Wu & Johnson, "Rethinking 'Batch' in
BatchNorm", 2021): what is saved, and what the appliance queries, is a network of
plain layers.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from nn.activations import Array
from nn.errors import BadArchitecture
from nn.layers import Layer, Linked, Shape
from nn.network import Network

# Keeps a node that always says the same from being divided by nothing.
_LEAST_VARIANCE = 1e-5
# How many examples pass through a layer at once: its patches are many times their size.
_AT_ONCE = 128


@dataclass(eq=False)
class BatchNormalisation(Layer):
    """Bring each node's sums to mean 0 and variance 1 over the batch, then scale and shift them.

    It follows a linear layer without biases, whose activation it takes over; `weights`
    scale and `biases` shift. For training only: see `fold`.
    """

    kind: ClassVar[str] = "batch normalisation"
    activation: str = "relu"

    def parameter_shapes(self) -> dict[str, Shape]:
        nodes = self.outputs[-1:]
        return {"weights": nodes, "biases": nodes}

    def initialise(self, rng: np.random.Generator) -> None:
        self.weights[...] = 1
        self.biases[...] = 0

    def feed_forward(
        self,
        signals: Array,
        remember: bool,
        rng: np.random.Generator | None,
    ) -> Array:
        if not remember:
            raise BadArchitecture(
                "batch normalisation is for training; query what nn.normalisation.fold returns"
            )
        rows = signals.reshape(-1, signals.shape[-1])
        normal = rows - _sums(rows) / len(rows)
        variances = _products(normal, normal) / len(rows)
        self._slopes = 1 / np.sqrt(variances + _LEAST_VARIANCE)
        normal *= self._slopes
        outputs = self.function.forward(normal * self.weights + self.biases)
        self.seen, self.given = normal, outputs.reshape(signals.shape)
        return self.given

    def find_gradients(self, deltas: Array) -> None:
        rows = deltas.reshape(self.seen.shape)
        self.gradients["weights"][...] = _products(rows, self.seen)
        self.gradients["biases"][...] = _sums(rows)

    def feed_back(self, deltas: Array) -> Array:
        # Means and variances hang on every example: each answers for all the others too.
        rows = deltas.reshape(self.seen.shape)
        back = self.seen * (_products(rows, self.seen) / -len(rows))
        back += rows
        back -= _sums(rows) / len(rows)
        back *= self.weights * self._slopes
        return back.reshape(deltas.shape)


def fold(network: Network, inputs: ArrayLike) -> Network:
    """Return the network with its batch normalisation multiplied into the links before it.

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
    plain = without_normalisation(network)
    signals: Array = np.asarray(inputs, plain.weights.dtype).reshape(-1, *plain.inputs)
    pairs = list(_pairs(network))
    last = max((n for n, (_, after) in enumerate(pairs) if after is not None), default=-1)
    for n, ((layer, after), place) in enumerate(zip(pairs, plain.layers, strict=True)):
        for name in layer.parameter_shapes():
            getattr(place, name)[...] = getattr(layer, name)
        if after is not None:
            rows = _feed(layer, signals).reshape(-1, layer.outputs[-1])
            means, variances = (find(axis=0, dtype=np.float64) for find in (rows.mean, rows.var))
            scales = after.weights / np.sqrt(variances + _LEAST_VARIANCE)
            place.weights *= scales.reshape(-1, *[1] * (place.weights.ndim - 1))
            place.biases[...] = after.biases - means * scales
        if n < last:
            signals = _feed(place, signals)
    return plain


def without_normalisation(network: Network) -> Network:
    """Return the network that `fold` would, but with weights of 0."""
    layers = [
        layer if after is None else replace(layer, activation=after.activation, has_biases=True)  # type: ignore[type-var]  # every concrete layer is a dataclass
        for layer, after in _pairs(network)
    ]
    return Network(
        network.inputs,
        layers,
        loss=network.loss,
        learning_rate=network.learning_rate,
        dtype=network.weights.dtype,
    )


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


def _sums(rows: Array) -> Array:
    # A product with ones: many times faster than numpy's sum down such narrow columns.
    sums: Array = np.dot(np.ones(len(rows), rows.dtype), rows)
    return sums


def _products(rows: Array, others: Array) -> Array:
    products: Array = np.einsum("ij,ij->j", rows, others)
    return products
