"""What a network thinks that a digit looks like."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import nn
from device.strokes import draw_digit

EXAMPLES = 300
TRAITS = 24
"""What handwriting varies in is taken from so many digits, and so many of its directions."""

TALL_PX = 20
PENS_PX = (2.0, 3.2)
"""Digits as the preparation leaves them: in a box of 20 pixels, centred by their mass."""

STEPS = 100
STEP = 0.5
MOST_SHIFT_PX = 2
PRIOR = 0.02
"""How much a picture loses for being unlike handwriting."""

BLANK, INK = 0.01, 1.0
TINY = 1e-30

Array = NDArray[np.float32]


class Imagined(NamedTuple):
    """A picture, (28, 28) uint8 with ink high, and how it came about."""

    picture: NDArray[np.uint8]
    means: str


class Traits(NamedTuple):
    """The mean of handwritten digits, (784,), and what they vary in, (TRAITS, 784)."""

    mean: Array
    directions: Array


def imagine(network: nn.Network, digit: int, pause: Callable[[], None]) -> Imagined:
    """Draw what the network thinks that a digit looks like.

    Run backwards where it can be, as in the talk; else climbing.

    Parameters
    ----------
    pause
        Called before each step, of which a Zero makes a few in a second.
    """
    try:
        picture = network.backquery(nn.one_hot(digit, network.outputs)).reshape(28, 28)
    except nn.BadArchitecture:  # only sigmoid nodes can be undone
        means = "gradient ascent among what ten digits of handwriting, taken together, vary in"
        return Imagined(_as_glyph(_climb(network, digit, pause)), means)
    return Imagined(_as_glyph(picture), "the network run backwards")


@cache
def find_traits() -> Traits:
    """Find what handwritten digits, all ten together, vary in: their principal components.

    Nothing in here tells one digit from another; that is left to the network.
    """
    rng = np.random.default_rng(1)
    digits = [_draw(str(number % 10), rng).reshape(784) for number in range(EXAMPLES)]
    mean = np.mean(digits, axis=0)
    _, spread, directions = np.linalg.svd(digits - mean, full_matrices=False)
    scaled = directions[:TRAITS] * (spread[:TRAITS, None] / np.sqrt(EXAMPLES))
    return Traits(mean.astype(np.float32), scaled.astype(np.float32))


def _climb(network: nn.Network, digit: int, pause: Callable[[], None]) -> Array:
    """Change the mean of all digits, little by little, into what the network is surer of.

    Gradient ascent on the logarithm of the digit's output. Left alone it finds a scatter of
    pixels that means nothing to us, so it may only go where handwriting varies, and loses for
    going far; and before each step the picture is moved a little, which no digit minds.
    """
    rng = np.random.default_rng(1)
    traits = find_traits()
    place: Array = np.zeros(TRAITS, np.float32)
    for step in range(STEPS):
        pause()
        slope = _slope(network, digit, traits.mean + place @ traits.directions, rng)
        uphill = traits.directions @ slope - PRIOR * place
        length = float(np.linalg.norm(uphill)) + TINY
        place += np.float32(STEP * (1 - step / STEPS) / length) * uphill
    picture: Array = (traits.mean + place @ traits.directions).reshape(28, 28)
    return np.clip(picture, BLANK, INK)


def _slope(network: nn.Network, digit: int, picture: Array, rng: np.random.Generator) -> Array:
    """Find which pixels would make the network surer; where paper or ink is full, none can."""
    shift = rng.integers(-MOST_SHIFT_PX, MOST_SHIFT_PX + 1, 2)
    seen = np.clip(picture, BLANK, INK).reshape(28, 28)
    moved = np.roll(seen, shift, (0, 1)).reshape(784)
    output = max(float(network.query(moved)[digit]), TINY)
    wanted = np.zeros(network.outputs, np.float32)
    wanted[digit] = 1 / output
    back = network.input_gradient(moved, wanted).reshape(28, 28)
    slope: Array = np.roll(back, -shift, (0, 1)).reshape(784)
    slope[((picture < BLANK) & (slope < 0)) | ((picture > INK) & (slope > 0))] = 0
    return slope


def _draw(digit: str, rng: np.random.Generator) -> Array:
    from device.notes import draw_strokes  # not at the daemon's start

    strokes = draw_digit(digit, rng)
    size = max(float(stroke.max()) for stroke in strokes)
    edge = (28 - TALL_PX) / 2
    drawn = [stroke * (TALL_PX / size) + edge for stroke in strokes]
    picture = draw_strokes(drawn, rng.uniform(*PENS_PX), (28, 28))
    rows, columns = np.indices(picture.shape)
    centre = [float((picture * at).sum() / picture.sum()) for at in (rows, columns)]
    return np.roll(picture, [round(13.5 - at) for at in centre], (0, 1))


def _as_glyph(picture: Array) -> NDArray[np.uint8]:
    low, high = float(picture.min()), float(picture.max())
    scaled = (picture - low) / (high - low) if high > low else np.zeros_like(picture)
    return (scaled * 255).round().astype(np.uint8)
