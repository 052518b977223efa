# ruff: noqa: D102 (a layer's methods do what Layer says that they do)
"""The outputs of a network in columns, of which each learns to answer alone.

Several small networks that start from other weights err in other places, and their
mean is righter than any of them (Cireşan, Meier & Schmidhuber, "Multi-column Deep
Neural Networks for Image Classification", CVPR 2012). As groups of one network they
are learnt side by side; once the weights are found, their outputs are folded into
one layer, whose answer is the mean; see `nn.folding`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import ClassVar

import numpy as np

from nn.activations import Activation, Array
from nn.errors import BadArchitecture
from nn.layers import Linked, Shape


@dataclass(eq=False)
class Columns(Linked):
    """Outputs for each column: as many nodes, linked to its share of the nodes before.

    `weights` is (columns × nodes, nodes before a column). For training only.
    """

    kind: ClassVar[str] = "columns"
    columns: int
    nodes: int
    activation: str = "softmax"
    has_biases = True

    def connect(self, inputs: Shape) -> None:
        flat = prod(inputs) == inputs[-1]
        self._require(flat, f"fed with {inputs}", "pictures of one row and column")
        shared = inputs[-1] % self.columns == 0
        self._require(shared, f"{self.columns} fed with {inputs[-1]} nodes", "a divisor")
        self.inputs, self.outputs = inputs, (self.columns * self.nodes,)
        self.links, self.groups = (inputs[-1] // self.columns,), self.columns

    @property
    def function(self) -> Activation:
        """The activation function of each column by itself."""
        whole = super().function
        return Activation(self._of_each(whole.forward), self._of_each(whole.back), whole.spread)

    def feed_forward(
        self, signals: Array, remember: bool, rng: np.random.Generator | None
    ) -> Array:
        if not remember:
            raise BadArchitecture("columns are for training; query what nn.folding.fold returns")
        return super().feed_forward(signals, remember, rng)

    def feed_back(self, deltas: Array) -> Array:
        back = self._grouped(deltas) @ self._by_group(self.weights)
        return back.transpose(1, 0, 2).reshape(-1, *self.inputs)

    def _rows(self, signals: Array) -> Array:
        return self._grouped(signals)

    def _of_each(self, function: Callable[..., Array]) -> Callable[..., Array]:
        def of_each(*signals: Array) -> Array:
            parts = (each.reshape(-1, self.nodes) for each in signals)
            return function(*parts).reshape(signals[0].shape)

        return of_each
