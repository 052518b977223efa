"""Confidences that can be trusted, and thresholds that keep what they promise."""

import numpy as np
import pytest
from numpy.typing import NDArray

import nn
from tools.calibration import (
    DOUBT_OF_CUTS,
    LEAST_CONFIDENCE,
    MOST_ANSWERED,
    MOST_MISREAD,
    calibrate,
    calibration_error,
    find_temperature,
    find_threshold,
)

Probabilities = NDArray[np.float32]
Labels = NDArray[np.uint8]


def opinions(count: int, overconfidence: float) -> tuple[Probabilities, Labels]:
    """Draw probabilities and labels that follow them; then make them surer than they are right."""
    rng = np.random.default_rng(4)
    logits = rng.normal(0, 3, (count, 11))
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    honest = (powers / powers.sum(axis=1, keepdims=True)).astype(np.float32)
    labels = np.array([rng.choice(11, p=row / row.sum()) for row in honest.astype(float)])
    return nn.soften(honest, 1 / overconfidence), labels.astype(np.uint8)


@pytest.mark.parametrize("overconfidence", [0.7, 1.0, 2.0])
def test_the_temperature_undoes_overconfidence(overconfidence: float) -> None:
    probabilities, labels = opinions(6000, overconfidence)
    assert find_temperature(probabilities, labels) == pytest.approx(overconfidence, rel=0.08)


def test_calibration_mends_the_gap_between_confidence_and_accuracy() -> None:
    probabilities, labels = opinions(6000, 2.0)
    temperature = find_temperature(probabilities, labels)
    seen = nn.soften(probabilities, temperature)
    assert calibration_error(probabilities, labels) > 0.08
    assert calibrate(seen, labels, temperature).error < 0.02


def test_the_gap_of_one_who_is_always_sure_is_the_share_of_errors() -> None:
    probabilities = np.zeros((10, 11), np.float32)
    probabilities[:, 3] = 1.0
    labels = np.array([3, 3, 3, 3, 3, 3, 3, 1, 1, 1], np.uint8)
    assert calibration_error(probabilities, labels) == pytest.approx(0.3)


def test_no_more_is_misread_or_answered_than_was_allowed() -> None:
    probabilities, labels = opinions(20_000, 1.5)
    softened = nn.soften(probabilities, 1.5)
    found = calibrate(softened, labels, 1.5)
    confidence, answers = softened[:, :10].max(axis=1), softened[:, :10].argmax(axis=1)
    answered, digits = confidence >= found.thresholds["confidence"], labels < 10
    assert (answered & digits & (answers != labels)).sum() <= MOST_MISREAD * digits.sum()
    assert (answered & ~digits).sum() <= MOST_ANSWERED * (~digits).sum()
    doubt, doubt_of_cuts = (1 - found.thresholds[name] for name in ("confidence", "cut"))
    assert doubt_of_cuts == pytest.approx(DOUBT_OF_CUTS * doubt, abs=1e-4)


def test_the_threshold_is_no_higher_than_it_must_be() -> None:
    wrong = np.array([0.99, 0.97, 0.95, 0.9, 0.5], np.float32)
    assert find_threshold(wrong, 0.02, 100) == pytest.approx(0.9501, abs=1e-4)


def test_nothing_is_answered_below_the_least_confidence() -> None:
    assert find_threshold(np.array([], np.float32), 0.01, 100) == LEAST_CONFIDENCE
    assert find_threshold(np.array([0.3, 0.2], np.float32), 0.0, 100) == LEAST_CONFIDENCE


def test_softening_keeps_the_order_and_the_sum() -> None:
    probabilities, _ = opinions(50, 1.0)
    for temperature in (0.5, 1.0, 3.0):
        softened = nn.soften(probabilities, temperature)
        np.testing.assert_array_equal(softened.argsort(axis=1), probabilities.argsort(axis=1))
        np.testing.assert_allclose(softened.sum(axis=1), 1, rtol=1e-5)


def test_softening_takes_certainty() -> None:
    certain = np.eye(11, dtype=np.float32)
    assert np.isfinite(nn.soften(certain, 2.0)).all()
