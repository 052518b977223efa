"""What a network makes of glyphs, at first sight and where that isn't sure."""

import numpy as np
from numpy.typing import NDArray

from nn import Network, scale_inputs, soften

SURE_AT_SIGHT = 0.95
"""A glyph that is taken for a digit with this confidence is not looked at again."""

SHIFTS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
"""A second look moves the glyph by these (rows, columns): what it is must not hang on a pixel."""

PIXELS = 28 * 28

Glyphs = NDArray[np.uint8]
"""(n, 28, 28), ink high."""

Outputs = NDArray[np.float32]
"""(n, 11): the probabilities of 0 to 9 and of no digit."""


def first_look(network: Network, temperature: float, glyphs: Glyphs) -> Outputs:
    """Query each glyph once, and soften what comes out by the temperature."""
    return soften(network.query(scale_inputs(glyphs.reshape(len(glyphs), PIXELS))), temperature)


def second_look(network: Network, temperature: float, glyphs: Glyphs) -> Outputs:
    """Query small shifts of each glyph, and take the mean."""
    shifted = np.concatenate([np.roll(glyphs, shift, (1, 2)) for shift in SHIFTS])
    outputs = first_look(network, temperature, shifted)
    mean: Outputs = outputs.reshape(len(SHIFTS), len(glyphs), network.outputs).mean(axis=0)
    return mean


def look_closely(network: Network, temperature: float, glyphs: Glyphs) -> Outputs:
    """Look once at each glyph, and again at those that weren't sure."""
    outputs = first_look(network, temperature, glyphs)
    unsure = outputs[:, :10].max(axis=1, initial=0.0) < SURE_AT_SIGHT
    if unsure.any():
        outputs[unsure] = second_look(network, temperature, glyphs[unsure])
    return outputs
