"""What a network thinks that each digit looks like."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import nn
from nn.activations import Array

STEPS = 100
STEP = 0.05
MOST_SHIFT = 1
BLANK, INK = 0.01, 1.0


class Imagined(NamedTuple):
    """Ten digits, (10, 28, 28) from 0.01 to 1, how sure the network is of each, and the means."""

    pictures: Array
    confidences: Array
    means: str


def imagine(network: nn.Network, digits: NDArray[np.uint8]) -> list[Imagined]:
    """Ask in every way that this network allows, the talk's own first.

    `digits`, (n, 28, 28), are some that it was trained with: see `climb`.
    """
    ways = [climb(network, digits)]
    try:
        pictures = network.backquery(nn.one_hot(range(10), network.outputs))
    except nn.BadArchitecture:  # only sigmoid nodes can be undone
        return ways
    means = (
        "Back-query, as in the talk: 0.99 for the digit and 0.01 for all others, "
        "run backwards through the network."
    )
    return [_imagined(network, pictures, means), *ways]


def climb(network: nn.Network, digits: NDArray[np.uint8]) -> Imagined:
    """Change blank paper, little by little, into what the network is ever surer of.

    Gradient ascent on the logarithm of each digit's output. Left alone it finds a
    scatter of pixels that means nothing to us. So two things are held against it:
    before each step the picture is moved a little, which no digit minds, and the
    slope is multiplied by the covariance of the pixels of real digits, so that ink
    moves together that goes together in handwriting.
    """
    rng = np.random.default_rng(1)
    covariance = np.cov(nn.scale_inputs(digits.reshape(len(digits), 784)).T).astype(np.float32)
    wanted = np.eye(10, network.outputs, dtype=np.float32)
    pictures = np.full((10, 28, 28), BLANK, np.float32)
    for _ in range(STEPS):
        shift = rng.integers(-MOST_SHIFT, MOST_SHIFT + 1, 2)
        moved = np.roll(pictures, shift, (1, 2)).reshape(10, 784)
        outputs = np.maximum(network.query(moved), np.float32(1e-6))
        slopes = network.input_gradient(moved, wanted / outputs).reshape(10, 28, 28)
        steps = np.roll(slopes, -shift, (1, 2)).reshape(10, 784) @ covariance
        steps /= np.abs(steps).max(axis=1, keepdims=True) + np.float32(1e-12)
        pictures = np.clip(pictures + STEP * steps.reshape(10, 28, 28), BLANK, INK)
    means = (
        f"Gradient ascent on the input: {STEPS} steps from blank paper, shifted by up to "
        f"{MOST_SHIFT} pixel before each, the slope multiplied by the covariance of the pixels "
        f"of {len(digits):,} training digits."
    )
    return _imagined(network, pictures.reshape(10, 784), means)


def _imagined(network: nn.Network, pictures: Array, means: str) -> Imagined:
    confidences = np.diagonal(network.query(pictures)[:, :10]).copy()
    return Imagined(pictures.reshape(10, 28, 28), confidences, means)
