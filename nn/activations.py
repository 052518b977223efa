"""What a node makes of the sum of its inputs, and how an error passes back through it."""

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.floating[Any]]


class Activation(NamedTuple):
    """A function from sums to outputs, with what learning needs to know of it.

    `back(errors, outputs)` turns the slope of the loss against the outputs into
    the slope against the sums. `spread(nodes_before, nodes)` is the standard
    deviation that initial weights should have.
    """

    forward: Callable[[Array], Array]
    back: Callable[[Array, Array], Array]
    spread: Callable[[int, int], float]


def _sigmoid(sums: Array) -> Array:
    # Below -80 the result is 0 anyway, and exp would overflow float32.
    outputs: Array = 1 / (1 + np.exp(-np.maximum(sums, -80)))
    return outputs


def _softmax(sums: Array) -> Array:
    powers = np.exp(sums - sums.max(axis=-1, keepdims=True))
    outputs: Array = powers / powers.sum(axis=-1, keepdims=True)
    return outputs


def _softmax_back(errors: Array, outputs: Array) -> Array:
    slopes: Array = outputs * (errors - (errors * outputs).sum(axis=-1, keepdims=True))
    return slopes


def _rashid(_: int, nodes: int) -> float:
    """Return the talk's spread; later printings of the book count the nodes before instead."""
    return float(nodes**-0.5)


def _glorot(nodes_before: int, nodes: int) -> float:
    """Glorot & Bengio, AISTATS 2010."""
    return float((2 / (nodes_before + nodes)) ** 0.5)


def _he(nodes_before: int, _: int) -> float:
    """He et al., ICCV 2015."""
    return float((2 / nodes_before) ** 0.5)


ACTIVATIONS = {
    "linear": Activation(lambda sums: sums, lambda errors, _: errors, _glorot),
    "relu": Activation(lambda sums: np.maximum(sums, 0), lambda e, out: e * (out > 0), _he),
    "sigmoid": Activation(_sigmoid, lambda e, out: e * out * (1 - out), _rashid),
    "softmax": Activation(_softmax, _softmax_back, _glorot),
    "tanh": Activation(np.tanh, lambda e, out: e * (1 - out * out), _glorot),
}


def soften(probabilities: Array, temperature: float) -> Array:
    """Make probabilities less sure of themselves, or surer, without changing their order.

    Networks are surer than they are right; one number, found on examples that
    they weren't trained on, mends most of it (Guo et al., "On Calibration of
    Modern Neural Networks", 2017).

    Parameters
    ----------
    probabilities
        (n, outputs), the rows sum to 1.
    temperature
        Above 1 for less sure; 1 changes nothing.
    """
    # The smallest float32 that isn't denormal: a probability of 0 has no logarithm.
    warm: Array = np.maximum(probabilities, np.finfo(np.float32).tiny) ** (1 / temperature)
    softened: Array = warm / warm.sum(axis=-1, keepdims=True)
    return softened
