# ruff: noqa: D102 (a layer's methods do what Layer says that they do)
"""Batch normalisation: a help for learning, gone from the network that has learnt.

While training, every node's sums are brought to mean 0 and variance 1 over the
batch (Ioffe & Szegedy, "Batch Normalization", ICML 2015). Once the weights are
found, it is folded into the layers before; see `nn.folding`.
"""

from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np

from nn.activations import Array
from nn.errors import BadArchitecture
from nn.layers import Layer, Shape

LEAST_VARIANCE = 1e-5
"""Keeps a node that always says the same from being divided by nothing."""


@dataclass(eq=False)
class BatchNormalisation(Layer):
    """Bring each node's sums to mean 0 and variance 1 over the batch, then scale and shift them.

    It follows a linear layer without biases, whose activation it takes over; `weights`
    scale and `biases` shift. For training only.
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
                "batch normalisation is for training; query what nn.folding.fold returns"
            )
        rows, count = self._rows(signals), self._count(signals)
        centred = rows - self._to_all(self._sums(rows) / count)
        variances = self._products(centred, centred) / count
        self._slopes = 1 / np.sqrt(variances + LEAST_VARIANCE)
        sums = centred * self._to_all(self._slopes * self.weights)
        sums += self._to_all(self.biases)
        self.seen, self.given = centred, self.function.forward(sums).reshape(signals.shape)
        return self.given

    def find_gradients(self, deltas: Array) -> None:
        rows = self._rows(deltas)
        self.gradients["weights"][...] = self._products(rows, self.seen) * self._slopes
        self.gradients["biases"][...] = self._sums(rows)

    def feed_back(self, deltas: Array) -> Array:
        # Means and variances hang on every example: each answers for all the others too.
        rows, count = self._rows(deltas), self._count(deltas)
        shares = self._products(rows, self.seen) * np.square(self._slopes) / -count
        back = self.seen * self._to_all(shares)
        back += rows
        back -= self._to_all(self._sums(rows) / count)
        back *= self._to_all(self.weights * self._slopes)
        return back.reshape(deltas.shape)

    # A row of a picture is worked on as one: numpy is slow at many short rows of nodes.

    def _rows(self, signals: Array) -> Array:
        """Lay signals out with a row for each row of a picture, or for each example."""
        return signals.reshape(-1, prod(self.outputs[-2:]))

    def _count(self, signals: Array) -> int:
        """Return how many signals there are of each node."""
        return signals.size // self.outputs[-1]

    def _to_all(self, of_nodes: Array) -> Array:
        """Repeat what there is of each node along a row."""
        return np.tile(of_nodes, prod(self.outputs[-2:-1]))

    def _to_nodes(self, of_row: Array) -> Array:
        sums: Array = of_row.reshape(-1, self.outputs[-1]).sum(axis=0)
        return sums

    def _sums(self, rows: Array) -> Array:
        """Sum up the signals of each node."""
        # A product with ones: faster than numpy's sum down the columns.
        return self._to_nodes(np.dot(np.ones(len(rows), rows.dtype), rows))

    def _products(self, rows: Array, others: Array) -> Array:
        """Sum up the products of each node's signals."""
        return self._to_nodes(np.einsum("ij,ij->j", rows, others))
