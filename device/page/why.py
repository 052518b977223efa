"""Why the network answered so: which pixels spoke for it, and what it would like to see."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import nn

PATCH = 4
"""The side of the square of ink that is taken away."""

STEPS = 40
STEP = 0.06
BLANK, INK = 0.01, 1.0
LEAST = 1e-6
TINY = 1e-30

Map = NDArray[np.float32]
Glyph = NDArray[np.uint8]


class Imagined(NamedTuple):
    """A picture, (28, 28) uint8 with ink high, and how it came about."""

    picture: Glyph
    means: str


def spoke_for(network: nn.Network, glyph: Glyph, digit: int) -> Map:
    """Find which pixels spoke for a digit, by taking ink away (Zeiler and Fergus, 2014).

    A square is blanked at every other place, and each pixel gets the mean of what its
    squares cost: the logarithm of the odds, since the probability itself hardly moves where
    the network is sure.

    Returns
    -------
    (28, 28) float32
        -1 to 1, the strongest pixel at one of the ends; 0 where there is no ink to take.
    """
    places = [(r, c) for r in range(-2, 28, 2) for c in range(-2, 28, 2)]
    masks = np.ones((len(places), 28, 28), np.bool_)
    for mask, (row, column) in zip(masks, places, strict=True):
        mask[max(0, row) : row + PATCH, max(0, column) : column + PATCH] = False
    inked = ~masks & (glyph > 0)
    used = inked.any(axis=(1, 2))
    blanked = np.where(masks[used], glyph, 0).astype(np.uint8)
    pictures = np.concatenate([glyph[np.newaxis], blanked]).reshape(-1, 784)
    odds = _log_odds(network.query(nn.scale_inputs(pictures)), digit)
    costs = (odds[0] - odds[1:]).astype(np.float32)
    holes = ~masks[used]
    total = np.einsum("n,nrc->rc", costs, holes.astype(np.float32))
    spoke = total / np.maximum(holes.sum(axis=0), 1) * (glyph > 0)
    strongest = float(np.abs(spoke).max())
    found: Map = (spoke / strongest if strongest > LEAST else np.zeros_like(spoke)).astype(
        np.float32
    )
    return found


def imagine(network: nn.Network, digit: int) -> Imagined:
    """Draw what the network thinks that a digit looks like.

    Run backwards where it can be, as in the talk; else climbing from blank paper to what the
    network is surer and surer of, smoothed and moved a little at each step.
    """
    try:
        picture = network.backquery(nn.one_hot(digit, network.outputs)).reshape(28, 28)
    except nn.BadArchitecture:  # only sigmoid nodes can be undone
        return Imagined(_as_glyph(_climb(network, digit)), "gradient ascent from blank paper")
    return Imagined(_as_glyph(picture), "the network run backwards")


def _climb(network: nn.Network, digit: int) -> Map:
    rng = np.random.default_rng(1)
    wanted = np.eye(network.outputs, dtype=np.float32)[digit]
    picture: Map = np.full((28, 28), BLANK, np.float32)
    for _ in range(STEPS):
        shift = rng.integers(-1, 2, 2)
        moved = np.roll(picture, shift, (0, 1)).reshape(784)
        outputs = np.maximum(network.query(moved), np.float32(LEAST))
        slope = network.input_gradient(moved, wanted / outputs).reshape(28, 28)
        step = _smooth(np.roll(slope, -shift, (0, 1)))
        step = step / (np.abs(step).max() + np.float32(1e-12))
        picture = np.clip(picture + STEP * step, BLANK, INK).astype(np.float32)
    return picture


def _smooth(picture: Map) -> Map:
    """Let ink go together: the mean of each pixel and its neighbours, twice."""
    for _ in "12":
        for axis in (0, 1):
            before, after = np.roll(picture, 1, axis), np.roll(picture, -1, axis)
            picture = ((before + 2 * picture + after) / 4).astype(np.float32)
    return picture


def _as_glyph(picture: Map) -> Glyph:
    low, high = float(picture.min()), float(picture.max())
    scaled = (picture - low) / (high - low) if high > low else np.zeros_like(picture)
    return (scaled * 255).round().astype(np.uint8)


def _log_odds(outputs: NDArray[np.float32], digit: int) -> NDArray[np.float64]:
    """Take the others' sum as it is, not 1 less the digit's: where that is 1, it isn't 0."""
    others = np.delete(outputs, digit, axis=1).sum(axis=1, dtype=np.float64)
    odds: NDArray[np.float64] = np.log(np.maximum(outputs[:, digit], TINY)) - np.log(
        np.maximum(others, TINY)
    )
    return odds
