"""Handwriting in MNIST's form that the tests make themselves."""

import numpy as np
from numpy.typing import NDArray

from device.notes import draw_strokes
from device.photographs import Conditions, photograph
from device.preparation import prepare
from device.strokes import DIGITS, draw_shape

Images = NDArray[np.uint8]


def handwriting() -> Images:
    """Ten pictures in MNIST's form: one of each digit."""
    drawn = []
    for digit in "0123456789":
        steady = draw_shape(DIGITS[digit][1], np.random.default_rng(0), wobble=0.0)
        strokes = [stroke * 110 + (20, 20) for stroke in steady]
        ink = draw_strokes(strokes, 11, (200, 150))
        frame = photograph(ink, np.random.default_rng(0), Conditions(noise=0.5))
        drawn.append(prepare(frame)[0].pixels)
    return np.stack(drawn)
