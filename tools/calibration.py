"""How far a network's confidence can be trusted, measured on examples it wasn't trained on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import nn

Probabilities = NDArray[np.float32]
"""(n, 11): a row sums to 1; the last is that it is no digit."""

TEMPERATURES = np.exp(np.linspace(np.log(0.5), np.log(4.0), 60))

MOST_MISREAD = 0.001
"""The share of all examples that may be answered wrongly…"""

MOST_MISREAD_CUT = 0.0003
"""…and of digits that had to be cut apart: every cut tried is one more chance to err."""

LEAST_CONFIDENCE = 0.8
"""Never answer below this, however well the examples went: a stranger's hand is harder."""

BINS = 15


@dataclass(frozen=True, slots=True)
class Calibration:
    """What makes a network's outputs into confidences, and when they are enough.

    `error` is the expected calibration error that is left (Naeini et al., 2015).
    """

    temperature: float
    thresholds: dict[str, float]
    error: float


def calibrate(probabilities: Probabilities, labels: NDArray[np.uint8]) -> Calibration:
    """Find temperature and thresholds.

    Parameters
    ----------
    probabilities : (n, 11), the network's outputs for examples that it wasn't trained on.
    labels : (n,), 10 for no digit.
    """
    temperature = find_temperature(probabilities, labels)
    softened = nn.soften(probabilities, temperature)
    confidence = softened[:, :10].max(axis=1)
    right = softened[:, :10].argmax(axis=1) == labels
    thresholds = {
        "confidence": find_threshold(confidence, right, MOST_MISREAD),
        "cut": find_threshold(confidence, right, MOST_MISREAD_CUT),
    }
    return Calibration(temperature, thresholds, calibration_error(softened, labels))


def find_temperature(probabilities: Probabilities, labels: NDArray[np.uint8]) -> float:
    """Find the temperature at which the labels are likeliest."""
    every = np.arange(len(labels))
    losses = [
        -np.log(np.maximum(nn.soften(probabilities, t)[every, labels], 1e-30)).mean()
        for t in TEMPERATURES.tolist()
    ]
    return round(float(TEMPERATURES[int(np.argmin(losses))]), 3)


def find_threshold(
    confidence: NDArray[np.float32], right: NDArray[np.bool_], most_misread: float
) -> float:
    """Find the least confidence at which few enough of all examples are answered wrongly."""
    wrong = np.sort(confidence[~right])[::-1]
    allowed = int(most_misread * len(confidence))
    if allowed >= len(wrong):
        return LEAST_CONFIDENCE
    # Just above the surest of the errors that may not be answered.
    return round(max(LEAST_CONFIDENCE, min(0.9999, float(wrong[allowed]) + 1e-4)), 4)


def calibration_error(softened: Probabilities, labels: NDArray[np.uint8]) -> float:
    """Return the mean gap between confidence and accuracy over bins of equal width."""
    confidence, right = softened.max(axis=1), softened.argmax(axis=1) == labels
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    gaps = np.bincount(bins, confidence - right, minlength=BINS)
    return float(np.abs(gaps).sum() / len(labels))
