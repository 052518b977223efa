"""What a network makes of glyphs, at first sight and where that isn't sure."""

import math

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from nn import Network, scale_inputs, soften

SURE_AT_SIGHT = 0.95
"""A glyph that is taken for a digit with this confidence is not looked at again."""

VIEWS = ((6.0, 1.0), (-6.0, 1.0), (0.0, 1.09), (0.0, 0.91))
"""A second look turns the glyph by these degrees and scales it: what it is must not hang on that.

Where 0.3 % of 34,000 held-out digits may be misread, 98.3 % are answered right, and 98.1 %
without second looks. Shifted glyphs do as well, but leave the calibration error at 0.25 %
instead of 0.19 %.
"""

MEAN_TEMPERATURE = 0.8
"""What sharpens the mean of the looks, which is less sure than it is right.

Of held-out glyphs as many are answered right with it, where as many are misread; their
calibration error falls a little, from 0.20 to 0.19 %.
"""

SIDE = 28

Glyphs = NDArray[np.uint8]
"""(n, 28, 28), ink high."""

Outputs = NDArray[np.float32]
"""(n, 11): the probabilities of 0 to 9 and of no digit."""


def first_look(network: Network, temperature: float, glyphs: Glyphs) -> Outputs:
    """Query each glyph once, and soften what comes out by the temperature."""
    return soften(
        network.query(scale_inputs(glyphs.reshape(len(glyphs), SIDE * SIDE))), temperature
    )


def second_look(network: Network, temperature: float, glyphs: Glyphs, outputs: Outputs) -> Outputs:
    """Query each glyph in several views; return the sharpened mean of all looks."""
    seen = np.array(
        [[_view(glyph, *view) for glyph in glyphs] for view in VIEWS], dtype=np.uint8
    ).reshape(-1, SIDE, SIDE)
    views = first_look(network, temperature, seen).reshape(len(VIEWS), *outputs.shape)
    mean: Outputs = (outputs + views.sum(axis=0)) / np.float32(1 + len(VIEWS))
    return soften(mean, MEAN_TEMPERATURE)


def make_sure(network: Network, temperature: float, glyphs: Glyphs, outputs: Outputs) -> Outputs:
    """Return the first looks' outputs, those that weren't sure replaced by second looks."""
    unsure = outputs[:, :10].max(axis=1, initial=0.0) < SURE_AT_SIGHT
    if not unsure.any():
        return outputs
    sure = outputs.copy()
    sure[unsure] = second_look(network, temperature, glyphs[unsure], outputs[unsure])
    return sure


def _view(glyph: NDArray[np.uint8], turn_deg: float, scale: float) -> NDArray[np.uint8]:
    """Turn and scale a glyph about its middle."""
    turn, middle = math.radians(turn_deg), SIDE / 2
    along, across = math.cos(turn) / scale, math.sin(turn) / scale
    right = middle * (1 - along + across)
    down = middle * (1 - along - across)
    matrix = along, -across, right, across, along, down
    seen = Image.fromarray(glyph).transform(
        glyph.shape, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR
    )
    return np.asarray(seen)
