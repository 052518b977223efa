# ruff: noqa: D102 (a layer's methods do what Layer says that they do)
"""The layers that a network is stacked from.

Signals run between layers as (examples, nodes), or as (examples, rows, columns,
channels) where they still are a picture: channels last, so that a patch of a
picture is a few long runs of memory.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields
from functools import reduce
from math import prod
from typing import Any, ClassVar

import numpy as np

from nn.activations import ACTIVATIONS, Activation, Array
from nn.errors import BadArchitecture

Shape = tuple[int, ...]

LARGEST_COUNT = 1_000_000
"""More nodes, channels or pixels than this are no serious wish; it keeps products small."""


class Layer:
    """A step on the way from inputs to outputs.

    A layer is described by its dataclass fields alone. `connect` tells it what
    it is fed with; the network then hands it its weights and the place for their
    gradients, both views of one long vector.
    """

    kind: ClassVar[str]
    activation: str = "linear"
    inputs: Shape
    outputs: Shape
    weights: Array
    biases: Array
    gradients: dict[str, Array]
    # What the last training pass saw and gave, kept for the way back.
    seen: Array
    given: Array

    def connect(self, inputs: Shape) -> None:
        """Fix the shapes, without the number of examples, of what comes in and goes out."""
        self.inputs = self.outputs = inputs

    def parameter_shapes(self) -> dict[str, Shape]:
        """Return the shapes of the layer's weights and biases by name."""
        return {}

    def working_size(self) -> int:
        """Return how many numbers an example takes at the layer's widest."""
        return max(prod(self.inputs), prod(self.outputs))

    def initialise(self, rng: np.random.Generator) -> None:
        """Draw new weights."""

    def feed_forward(
        self, signals: Array, remember: bool, rng: np.random.Generator | None
    ) -> Array:
        """Return the outputs for a batch; `rng` is given while training only."""
        raise NotImplementedError

    def find_gradients(self, deltas: Array) -> None:
        """Fill in the gradients from the slope of the loss against the layer's sums."""

    def feed_back(self, deltas: Array) -> Array:
        """Return the slope of the loss against what the layer was fed with."""
        raise NotImplementedError

    def settings(self) -> dict[str, Any]:
        """Describe the layer, ready for JSON."""
        own = {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]  # every concrete layer is a dataclass
        return {"kind": self.kind, **own}

    @property
    def function(self) -> Activation:
        """The activation function itself."""
        return ACTIVATIONS[self.activation]

    def _require(self, condition: bool, found: str, allowed: str) -> None:
        if not condition:
            raise BadArchitecture(f"{self.kind} layer: {found}; allowed: {allowed}")

    def _require_count(self, name: str) -> None:
        count = getattr(self, name)
        fits = type(count) is int and 1 <= count <= LARGEST_COUNT
        self._require(fits, f"{name} is {count!r:.40}", f"whole numbers, 1 to {LARGEST_COUNT}")

    def _require_activation(self) -> None:
        known = isinstance(self.activation, str) and self.activation in ACTIVATIONS
        self._require(known, f"activation {self.activation!r:.40}", ", ".join(ACTIVATIONS))


class _Linked(Layer):
    """A layer of nodes with link weights: one row, or one kernel, for each node."""

    has_biases: bool

    def initialise(self, rng: np.random.Generator) -> None:
        spread = self.function.spread(*self._links())
        self.weights[...] = rng.normal(0.0, spread, self.weights.shape)
        if self.has_biases:
            self.biases[...] = 0

    def _links(self) -> tuple[int, int]:
        """Return how many links lead into a node, and how many out of a node before."""
        raise NotImplementedError

    def _activate(self, rows: Array) -> Array:
        sums = rows @ self.weights.reshape(len(self.weights), -1).T
        if self.has_biases:
            sums += self.biases
        return self.function.forward(sums)

    def find_gradients(self, deltas: Array) -> None:
        rows = deltas.reshape(-1, deltas.shape[-1])
        place = self.gradients["weights"]
        # Not matmul, which is many times slower for a single example.
        np.dot(rows.T, self.seen, out=place.reshape(len(place), -1))
        if self.has_biases:
            rows.sum(axis=0, out=self.gradients["biases"])


@dataclass(eq=False)
class Dense(_Linked):
    """Every node linked to every node before; pictures are laid out flat first.

    `weights` is (nodes, nodes before), as in the talk: outputs are
    activation(weights · inputs + biases).
    """

    kind: ClassVar[str] = "dense"
    nodes: int
    activation: str = "sigmoid"
    has_biases: bool = True

    def __post_init__(self) -> None:
        self._require_count("nodes")
        self._require_activation()
        self._require(type(self.has_biases) is bool, "has_biases is no bool", "true, false")

    def connect(self, inputs: Shape) -> None:
        self.inputs, self.outputs = inputs, (self.nodes,)

    def parameter_shapes(self) -> dict[str, Shape]:
        weights = {"weights": (self.nodes, prod(self.inputs))}
        return weights | ({"biases": (self.nodes,)} if self.has_biases else {})

    def _links(self) -> tuple[int, int]:
        return prod(self.inputs), self.nodes

    def feed_forward(
        self, signals: Array, remember: bool, rng: np.random.Generator | None
    ) -> Array:
        rows = signals.reshape(len(signals), -1)
        outputs = self._activate(rows)
        if remember:
            self.seen, self.given = rows, outputs
        return outputs

    def feed_back(self, deltas: Array) -> Array:
        return (deltas @ self.weights).reshape(-1, *self.inputs)


@dataclass(eq=False)
class Convolution(_Linked):
    """Square kernels slid over a picture: every patch becomes a row, then it is a dense layer.

    `padding` is "valid" (no patch reaches over the edge) or "same" (with stride 1
    the picture keeps its size; zeros beyond the edge). `weights` is (channels,
    size, size, channels before).
    """

    kind: ClassVar[str] = "convolution"
    channels: int
    size: int
    activation: str = "relu"
    padding: str = "valid"
    stride: int = 1
    has_biases: bool = True

    def __post_init__(self) -> None:
        for name in ("channels", "size", "stride"):
            self._require_count(name)
        self._require_activation()
        self._require(self.activation != "softmax", "softmax", "it in a dense layer only")
        known = self.padding in ("valid", "same")
        self._require(known, f"padding {self.padding!r:.40}", "valid, same")
        self._require(type(self.has_biases) is bool, "has_biases is no bool", "true, false")

    def connect(self, inputs: Shape) -> None:
        self._require(len(inputs) == 3, f"fed with {inputs}", "(rows, columns, channels)")
        self.inputs = inputs
        self.margin = self.size - 1 if self.padding == "same" else 0
        rows, columns = ((side + self.margin - self.size) // self.stride + 1 for side in inputs[:2])
        self._require(min(rows, columns) >= 1, f"kernel over {inputs}", "smaller kernels")
        self.outputs = (rows, columns, self.channels)

    def parameter_shapes(self) -> dict[str, Shape]:
        weights = {"weights": (self.channels, self.size, self.size, self.inputs[2])}
        return weights | ({"biases": (self.channels,)} if self.has_biases else {})

    def working_size(self) -> int:
        patches = prod(self.outputs[:2]) * self.size**2 * self.inputs[2]
        return max(patches, prod(self.outputs), prod(self.inputs))

    def _links(self) -> tuple[int, int]:
        return self.size**2 * self.inputs[2], self.size**2 * self.channels

    def feed_forward(
        self, signals: Array, remember: bool, rng: np.random.Generator | None
    ) -> Array:
        rows = self._patches(self._pad(signals))
        outputs = self._activate(rows).reshape(-1, *self.outputs)
        if remember:
            self.seen, self.given = rows, outputs
        return outputs

    def feed_back(self, deltas: Array) -> Array:
        rows, columns, channels = self.outputs
        padded = self._padding_for(len(deltas), deltas.dtype)
        flat = deltas.reshape(-1, channels)
        # Patches overlap, so each place of the kernel in turn adds up what it touched.
        for row in range(self.size):
            for column in range(self.size):
                down = slice(row, row + self.stride * rows, self.stride)
                across = slice(column, column + self.stride * columns, self.stride)
                touched = padded[:, down, across]
                touched += (flat @ self.weights[:, row, column]).reshape(touched.shape)
        return self._inside(padded)

    def _padding_for(self, examples: int, dtype: Any) -> Array:
        height, width, channels = self.inputs
        return np.zeros((examples, height + self.margin, width + self.margin, channels), dtype)

    def _inside(self, padded: Array) -> Array:
        height, width, _ = self.inputs
        start = self.margin // 2
        return padded[:, start : start + height, start : start + width]

    def _pad(self, signals: Array) -> Array:
        if not self.margin:
            return signals
        padded = self._padding_for(len(signals), signals.dtype)
        self._inside(padded)[...] = signals
        return padded

    def _patches(self, padded: Array) -> Array:
        """Lay every patch out as a row: (examples · rows · columns, size · size · channels)."""
        windows = np.lib.stride_tricks.sliding_window_view(
            padded, (self.size, self.size), axis=(1, 2)
        )
        windows = windows[:, :: self.stride, :: self.stride]
        length = self.size**2 * self.inputs[2]
        return windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, length)


@dataclass(eq=False)
class MaxPooling(Layer):
    """The largest of every square of `size` by `size`; rows and columns left over are dropped."""

    kind: ClassVar[str] = "max pooling"
    size: int = 2

    def __post_init__(self) -> None:
        self._require_count("size")

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
        for row in range(self.size):
            for column in range(self.size):
                yield inside[:, row :: self.size, column :: self.size]


@dataclass(eq=False)
class Dropout(Layer):
    """While training, silence a share of the nodes and strengthen the others in return.

    "Inverted" dropout, so that nothing needs scaling at a query (Srivastava et
    al., JMLR 2014).
    """

    kind: ClassVar[str] = "dropout"
    share: float = 0.5

    def __post_init__(self) -> None:
        fits = type(self.share) in (int, float) and 0 <= self.share < 1
        self._require(fits, f"share is {self.share!r:.40}", "from 0 to below 1")

    def feed_forward(
        self, signals: Array, remember: bool, rng: np.random.Generator | None
    ) -> Array:
        self.kept: Array | None = None
        if rng is None:
            outputs = signals
        else:
            kept = rng.random(signals.shape, dtype=np.float32) >= self.share
            self.kept = kept.astype(signals.dtype) / signals.dtype.type(1 - self.share)
            outputs = signals * self.kept
        if remember:
            self.given = outputs
        return outputs

    def feed_back(self, deltas: Array) -> Array:
        return deltas if self.kept is None else deltas * self.kept


LAYERS: dict[str, type[Layer]] = {
    layer.kind: layer for layer in (Dense, Convolution, MaxPooling, Dropout)
}
