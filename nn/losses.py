"""How far outputs are from their targets, and how that is fed back."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from nn.activations import Array
from nn.errors import BadArchitecture


class Loss(NamedTuple):
    """A measure of the error; all of them are fed back starting from outputs - targets.

    value
        The loss of outputs and targets, summed over the examples.
    cancels_slope
        The slope of the output's activation cancels out, so that outputs - targets
        is already the slope against the sums.
    splits
        A layer hands back its errors rather than their slopes, split over the links
        by weight, as in the talk.
    """

    value: Callable[[Array, Array], float]
    cancels_slope: bool = False
    splits: bool = False


# Smaller outputs count as this one: the logarithm of 0 would be no number.
_LEAST = np.float32(1e-30)


def _half_squares(outputs: Array, targets: Array) -> float:
    return float(np.square(targets - outputs).sum()) / 2


def _entropy_of_choices(outputs: Array, targets: Array) -> float:
    return -float((targets * np.log(np.maximum(outputs, _LEAST))).sum())


def _entropy_of_nodes(outputs: Array, targets: Array) -> float:
    others = _entropy_of_choices(1 - outputs, 1 - targets)
    return _entropy_of_choices(outputs, targets) + others


_LOSSES = {
    "squared error": Loss(_half_squares),
    "split error": Loss(_half_squares, splits=True),
    "cross-entropy": Loss(_entropy_of_choices, cancels_slope=True),
}


def loss_for(name: str, activation: str) -> Loss:
    """Return the loss of that name for outputs of that activation."""
    if name not in _LOSSES:
        raise BadArchitecture(f"loss {name!r:.40}; allowed: {', '.join(_LOSSES)}")
    if name != "cross-entropy" or activation == "softmax":
        return _LOSSES[name]
    if activation != "sigmoid":
        raise BadArchitecture(f"{name} after {activation} outputs; allowed: sigmoid, softmax")
    return Loss(_entropy_of_nodes, cancels_slope=True)
