"""How far a network's confidence can be trusted, measured on examples it wasn't trained on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import nn

Probabilities = NDArray[np.float32]
"""(n, 11): a row sums to 1; the last is that it is no digit."""

TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(4.0), 60))

MOST_MISREAD = 0.003
"""The share of digits that may be misread…"""

MOST_ANSWERED = 0.03
"""…and the share of what is no digit that may be answered all the same."""

LEAST_CONFIDENCE = 0.6
"""Never answer below this, however well the examples went: a stranger's hand is harder.

What is answered at this has no runner-up that is nearly as likely.
"""

DOUBT_OF_CUTS = 0.2
"""Where digits have to be cut apart, this share of the usual doubt is too much.

Every cut that is tried is one more chance to err.
"""

BINS = 15


@dataclass(frozen=True, slots=True)
class Calibration:
    """What makes a network's outputs into confidences, and when they are enough.

    `error` is the expected calibration error that is left (Naeini et al., 2015).
    """

    temperature: float
    thresholds: dict[str, float]
    error: float


def calibrate(seen: Probabilities, labels: NDArray[np.uint8], temperature: float) -> Calibration:
    """Find the thresholds.

    Parameters
    ----------
    seen : (n, 11), what was seen in examples that the network wasn't trained on, looked at
        as a reader looks: first looks, then `device.looks.make_sure`.
    labels : (n,), 10 for no digit.
    """
    confidence = seen[:, :10].max(axis=1)
    right = seen[:, :10].argmax(axis=1) == labels
    digits = labels < 10
    no_digit = find_threshold(confidence[~digits], MOST_ANSWERED, (~digits).sum())
    wrong = confidence[digits & ~right]
    least = max(no_digit, find_threshold(wrong, MOST_MISREAD, digits.sum()))
    thresholds = {"confidence": least, "cut": round(1 - DOUBT_OF_CUTS * (1 - least), 4)}
    return Calibration(temperature, thresholds, calibration_error(seen, labels))


def find_temperature(probabilities: Probabilities, labels: NDArray[np.uint8]) -> float:
    """Find the temperature at which the labels are likeliest."""
    every = np.arange(len(labels))
    losses = [
        -np.log(np.maximum(nn.soften(probabilities, t)[every, labels], 1e-30)).mean()
        for t in TEMPERATURES.tolist()
    ]
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 3)


def find_threshold(wrong: NDArray[np.float32], most: float, count: int) -> float:
    """Find the least confidence at which few enough errors are answered.

    Parameters
    ----------
    wrong : the confidences of what should not be answered so.
    most : the share of `count` that may be.
    """
    surest_first = np.sort(wrong)[::-1]
    allowed = int(most * count)
    if allowed >= len(surest_first):
        return LEAST_CONFIDENCE
    # Just above the surest of the errors that may not be answered.
    least = float(surest_first[allowed]) + 1e-4
    return round(min(0.9999, max(LEAST_CONFIDENCE, least)), 4)


def calibration_error(softened: Probabilities, labels: NDArray[np.uint8]) -> float:
    """Return the mean gap between confidence and accuracy over bins of equal width."""
    confidence, right = softened.max(axis=1), softened.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, confidence - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(labels))
