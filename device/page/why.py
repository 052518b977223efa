"""Why the network answered so: which pixels spoke for it."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

import nn

PATCH = 4
"""The side of the square of ink that is taken away."""

AT_ONCE = 16
"""So many pictures are asked about before a pause; a Zero takes about a second for them."""

LEAST = 1e-6
TINY = 1e-30

Map = NDArray[np.float32]
Glyph = NDArray[np.uint8]


def spoke_for(network: nn.Network, glyph: Glyph, digit: int, pause: Callable[[], None]) -> Map:
    """Find which pixels spoke for a digit, by taking ink away (Zeiler and Fergus, 2014).

    A square is blanked at every other place, and each pixel gets the mean of what its
    squares cost: the logarithm of the odds, since the probability itself hardly moves where
    the network is sure.

    Parameters
    ----------
    pause
        Called before each part of the work.

    Returns
    -------
    (28, 28) float32
        -1 to 1, the strongest pixel at one of the ends; 0 where there is no ink to take.
    """
    holes = _holes()
    holes = holes[(holes & (glyph > 0)).any(axis=(1, 2))]
    blanked = np.where(holes, 0, glyph).astype(np.uint8)
    pictures = np.concatenate([glyph[np.newaxis], blanked]).reshape(-1, 784)
    odds = np.empty(len(pictures), np.float32)
    for start in range(0, len(pictures), AT_ONCE):
        pause()
        part = slice(start, start + AT_ONCE)
        odds[part] = _log_odds(network.query(nn.scale_inputs(pictures[part])), digit)
    total = np.einsum("n,nrc->rc", odds[0] - odds[1:], holes.astype(np.float32))
    spoke = total / np.maximum(holes.sum(axis=0), 1) * (glyph > 0)
    strongest = float(np.abs(spoke).max())
    found: Map = (spoke / strongest if strongest > LEAST else np.zeros_like(spoke)).astype(
        np.float32
    )
    return found


def _holes() -> NDArray[np.bool_]:
    """Make a mask for each square: (squares, 28, 28)."""
    places = [(row, column) for row in range(-2, 28, 2) for column in range(-2, 28, 2)]
    holes = np.zeros((len(places), 28, 28), np.bool_)
    for hole, (row, column) in zip(holes, places, strict=True):
        hole[max(0, row) : row + PATCH, max(0, column) : column + PATCH] = True
    return holes


def _log_odds(outputs: NDArray[np.float32], digit: int) -> NDArray[np.float64]:
    """Take the others' sum as it is, not 1 less the digit's: where that is 1, it isn't 0."""
    others = np.delete(outputs, digit, axis=1).sum(axis=1, dtype=np.float64)
    odds: NDArray[np.float64] = np.log(np.maximum(outputs[:, digit], TINY)) - np.log(
        np.maximum(others, TINY)
    )
    return odds
