"""Signals as the network likes them: inputs for pixels, targets for labels."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nn.activations import Array


def scale_inputs(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """Return pixels, 0 to 255, as inputs, 0.01 to 1.0, in the same shape.

    Never 0, because a link from a node that says 0 can't learn.

    >>> scale_inputs(np.array([0, 255], np.uint8))
    array([0.01, 1.  ], dtype=float32)
    """
    return pixels * np.float32(0.99 / 255) + np.float32(0.01)


def one_hot(
    labels: ArrayLike, outputs: int = 10, *, off: float = 0.01, on: float = 0.99
) -> NDArray[np.float32]:
    """Return the targets for labels, (n,) → (n, outputs) or () → (outputs,).

    Sigmoid nodes never quite reach 0 and 1, so the talk wants 0.01 and 0.99;
    softmax wants 0 and 1.

    >>> one_hot(2, 4)
    array([0.01, 0.01, 0.99, 0.01], dtype=float32)
    """
    chosen = np.asarray(labels)[..., None] == np.arange(outputs)
    return np.where(chosen, np.float32(on), np.float32(off))


def rescale(signals: Array) -> Array:
    """Return each example stretched to 0.01 to 0.99; one that is all the same becomes 0.01."""
    low = signals.min(axis=-1, keepdims=True)
    spread = signals.max(axis=-1, keepdims=True) - low
    scaled: Array = (signals - low) / np.where(spread > 0, spread, 1) * 0.98 + 0.01
    return scaled.astype(signals.dtype)
