# ruff: noqa: D102 (a layer's methods do what Layer says that they do)
"""The layers that are fed with a picture, (examples, rows, columns, channels)."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import product
from math import prod
from typing import ClassVar

import numpy as np

from nn.activations import Array
from nn.layers import Layer, Linked, Shape


@dataclass(eq=False)
class Convolution(Linked):
    """Square kernels slid over a picture: every patch becomes a row, then it is a dense layer.

    `weights` is (channels, size, size, channels before a group). In `groups`, each
    share of the channels sees that share of the channels before alone (Krizhevsky
    and others, "ImageNet Classification with Deep Convolutional Neural Networks", 2012).
    """

    kind: ClassVar[str] = "convolution"
    channels: int
    size: int
    activation: str = "relu"
    # These two can be nothing else, but stand in every weights file.
    padding: str = "valid"
    stride: int = 1
    has_biases: bool = True
    groups: int = 1

    def __post_init__(self) -> None:
        super().__post_init__()
        self._require(self.activation != "softmax", "softmax", "it in a dense layer only")

    def connect(self, inputs: Shape) -> None:
        self._require(len(inputs) == 3, f"fed with {inputs}", "(rows, columns, channels)")
        self._require(min(inputs[:2]) >= self.size, f"kernel over {inputs}", "smaller kernels")
        shared = self.channels % self.groups == inputs[2] % self.groups == 0
        of_each = f"{self.groups} groups of {inputs[2]} and {self.channels} channels"
        self._require(shared, of_each, "groups that divide both")
        rows, columns = (side - self.size + 1 for side in inputs[:2])
        self.inputs, self.outputs = inputs, (rows, columns, self.channels)
        self.links = (self.size, self.size, inputs[2] // self.groups)

    def working_size(self) -> int:
        patches = prod(self.outputs[:2]) * prod(self.links) * self.groups
        return max(patches, super().working_size())

    def _rows(self, signals: Array) -> Array:
        kernel = (self.size, self.size)
        grouped = self._grouped(signals).reshape(self.groups, *signals.shape[:3], -1)
        patches = np.lib.stride_tricks.sliding_window_view(grouped, kernel, axis=(2, 3))
        rows = patches.transpose(0, 1, 2, 3, 5, 6, 4)
        return rows.reshape(self.groups, -1, prod(self.links))

    def feed_back(self, deltas: Array) -> Array:
        rows, columns = self.outputs[:2]
        back = np.zeros((self.groups, len(deltas), *self.inputs[:2], self.links[2]), deltas.dtype)
        flat = self._grouped(deltas)
        kernels = self.weights.reshape(*flat.shape[::2], *self.links)
        # Patches overlap, so each place of the kernel in turn adds up what it touched.
        for row, column in product(range(self.size), repeat=2):
            touched = back[:, :, row : row + rows, column : column + columns]
            touched += (flat @ kernels[:, :, row, column]).reshape(touched.shape)
        return back.transpose(1, 2, 3, 0, 4).reshape(len(deltas), *self.inputs)


@dataclass(eq=False)
class MaxPooling(Layer):
    """The largest of every square of `size` by `size`; rows and columns left over are dropped."""

    kind: ClassVar[str] = "max pooling"
    size: int = 2

    def connect(self, inputs: Shape) -> None:
        self._require(len(inputs) == 3, f"fed with {inputs}", "(rows, columns, channels)")
        fits = min(inputs[:2]) >= self.size
        self._require(fits, f"size {self.size} over {inputs}", "smaller squares")
        self.inputs = inputs
        self.outputs = (inputs[0] // self.size, inputs[1] // self.size, inputs[2])

    def feed_forward(
        self, signals: Array, remember: bool, rng: np.random.Generator | None
    ) -> Array:
        outputs = reduce(np.maximum, self._corners(signals))
        if remember:
            self.seen, self.given = signals, outputs
        return outputs

    def feed_back(self, deltas: Array) -> Array:
        back = np.zeros((len(deltas), *self.inputs), deltas.dtype)
        unclaimed = np.ones(deltas.shape, bool)
        # Of several equal values the first takes the whole error.
        for seen, place in zip(self._corners(self.seen), self._corners(back), strict=True):
            winners = (seen == self.given) & unclaimed
            unclaimed ^= winners
            np.multiply(deltas, winners, out=place)
        return back

    def _corners(self, signals: Array) -> Iterator[Array]:
        """Yield each place within the squares as a view of all squares at once."""
        rows, columns, _ = self.outputs
        inside = signals[:, : rows * self.size, : columns * self.size]
        for row, column in product(range(self.size), repeat=2):
            yield inside[:, row :: self.size, column :: self.size]
