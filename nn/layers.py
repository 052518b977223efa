# ruff: noqa: D102 (a layer's methods do what Layer says that they do)
"""The layers that a network is stacked from.

Signals run between layers as (examples, nodes), or as (examples, rows, columns,
channels) where they still are a picture: channels last, so that a patch of a
picture is a few long runs of memory.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from math import prod
from typing import Any, ClassVar

import numpy as np

from nn.activations import ACTIVATIONS, Activation, Array
from nn.errors import BadArchitecture

Shape = tuple[int, ...]

# More nodes, channels or pixels are no serious wish; it keeps products small.
_LARGEST_COUNT = 1_000_000


def _is_count(value: object) -> bool:
    """Whether something is a number of nodes, channels or pixels."""
    return type(value) is int and 1 <= value <= _LARGEST_COUNT


_COUNT = (_is_count, f"whole numbers, 1 to {_LARGEST_COUNT}")
# What a layer may be told, and how that is said: settings come from files too.
_SETTINGS: dict[str, tuple[Callable[[Any], bool], str]] = {
    "activation": (lambda it: isinstance(it, str) and it in ACTIVATIONS, ", ".join(ACTIVATIONS)),
    "channels": _COUNT,
    "columns": _COUNT,
    "groups": _COUNT,
    "has_biases": (lambda it: type(it) is bool, "true, false"),
    "nodes": _COUNT,
    "padding": (lambda it: it == "valid", "valid"),
    "share": (lambda it: type(it) in (int, float) and 0 <= it < 1, "from 0 to below 1"),
    "size": _COUNT,
    "stride": (lambda it: it == 1, "1"),
}


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

    def __post_init__(self) -> None:
        for name, value in self.settings().items():
            is_sound, allowed = _SETTINGS[name]
            self._require(is_sound(value), f"{name} is {value!r:.40}", allowed)

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
        """Describe the layer of its kind, ready for JSON."""
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]  # every concrete layer is a dataclass

    @property
    def function(self) -> Activation:
        """The activation function itself."""
        return ACTIVATIONS[self.activation]

    def _require(self, condition: bool, found: str, allowed: str) -> None:
        if not condition:
            raise BadArchitecture(f"{self.kind} layer: {found}; allowed: {allowed}")


class Linked(Layer):
    """A layer of nodes, each with a row, or a kernel, of link weights that lead into it."""

    has_biases: bool
    links: Shape
    """The shape of those weights of one node."""
    groups: int = 1
    """As many layers side by side: each has its share of the nodes, and of the nodes before."""

    def parameter_shapes(self) -> dict[str, Shape]:
        nodes = self.outputs[-1:]
        weights = {"weights": nodes + self.links}
        return weights | {"biases": nodes} if self.has_biases else weights

    def initialise(self, rng: np.random.Generator) -> None:
        # A node before has a link to each node at every place of its kernel.
        links_out = self.outputs[-1] // self.groups * prod(self.links[:-1])
        spread = self.function.spread(prod(self.links), links_out)
        self.weights[...] = rng.normal(0.0, spread, self.weights.shape)
        if self.has_biases:
            self.biases[...] = 0

    def feed_forward(
        self, signals: Array, remember: bool, rng: np.random.Generator | None
    ) -> Array:
        rows = self._rows(signals)
        grouped = rows @ self._by_group(self.weights).transpose(0, 2, 1)
        sums = grouped.transpose(1, 0, 2).reshape(-1, len(self.weights))
        if self.has_biases:
            sums += self.biases
        outputs = self.function.forward(sums).reshape(-1, *self.outputs)
        if remember:
            self.seen, self.given = rows, outputs
        return outputs

    def _rows(self, signals: Array) -> Array:
        """Lay out what the links are fed with, (groups, rows, links of a node).

        A row is an example, or a patch of one.
        """
        raise NotImplementedError

    def _by_group(self, weights: Array) -> Array:
        """Return the weights as (groups, nodes of one, links of a node)."""
        return weights.reshape(self.groups, len(weights) // self.groups, -1)

    def _grouped(self, signals: Array) -> Array:
        """Return signals of nodes as (groups, rows, nodes of one).

        Laid out anew, which products of matrices need to be fast.
        """
        rows = signals.reshape(-1, self.groups, signals.shape[-1] // self.groups)
        return np.ascontiguousarray(rows.transpose(1, 0, 2))

    def find_gradients(self, deltas: Array) -> None:
        places = self._by_group(self.gradients["weights"])
        for rows, seen, place in zip(self._grouped(deltas), self.seen, places, strict=True):
            # Not matmul, which is many times slower for a single example.
            np.dot(rows.T, seen, out=place)
        if self.has_biases:
            deltas.reshape(-1, deltas.shape[-1]).sum(axis=0, out=self.gradients["biases"])


@dataclass(eq=False)
class Dense(Linked):
    """Every node linked to every node before; pictures are laid out flat first.

    `weights` is (nodes, nodes before), as in the talk: outputs are
    activation(weights · inputs + biases).
    """

    kind: ClassVar[str] = "dense"
    nodes: int
    activation: str = "sigmoid"
    has_biases: bool = True

    def connect(self, inputs: Shape) -> None:
        self.inputs, self.outputs, self.links = inputs, (self.nodes,), (prod(inputs),)

    def _rows(self, signals: Array) -> Array:
        return signals.reshape(1, len(signals), -1)

    def feed_back(self, deltas: Array) -> Array:
        return (deltas @ self.weights).reshape(-1, *self.inputs)


@dataclass(eq=False)
class Dropout(Layer):
    """While training, silence a share of the nodes and strengthen the others in return.

    "Inverted" dropout, so that nothing needs scaling at a query (Srivastava et
    al., JMLR 2014).
    """

    kind: ClassVar[str] = "dropout"
    share: float = 0.5

    def feed_forward(
        self, signals: Array, remember: bool, rng: np.random.Generator | None
    ) -> Array:
        self.kept: Array | None = None
        if rng is not None:
            kept = rng.random(signals.shape, dtype=np.float32) >= self.share
            self.kept = kept.astype(signals.dtype) / signals.dtype.type(1 - self.share)
            signals = signals * self.kept
        if remember:
            self.given = signals
        return signals

    def feed_back(self, deltas: Array) -> Array:
        return deltas if self.kept is None else deltas * self.kept


def connect(inputs: Shape, layers: Sequence[Layer]) -> list[Layer]:
    """Return copies of the layers, each told the shape that the one before gives it."""
    if not layers or len(inputs) not in (1, 3) or not all(_is_count(side) for side in inputs):
        raise BadArchitecture(
            f"{len(layers)} layers on inputs {inputs!r:.60}; allowed: at least one,"
            f" on (nodes,) or (rows, columns, channels) of 1 to {_LARGEST_COUNT}"
        )
    connected = [replace(layer) for layer in layers]  # type: ignore[type-var]  # every concrete layer is a dataclass
    for layer in connected:
        layer.connect(inputs)
        inputs = layer.outputs
    if any(layer.activation == "softmax" for layer in connected[:-1]):
        raise BadArchitecture("softmax in a hidden layer; allowed: in the last layer only")
    return connected


def count_parameters(layers: Sequence[Layer]) -> int:
    """Return how many weights and biases connected layers have together."""
    return sum(prod(shape) for layer in layers for shape in layer.parameter_shapes().values())
