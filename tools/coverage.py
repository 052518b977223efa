"""What a reader that knows its doubts is worth: coverage, risk and calibration."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from tools.calibration import BINS

Doubts = NDArray[np.float64]
"""How unsure each answer is, (n,); only their order counts."""

Rights = NDArray[np.bool_]
"""Whether each answer is right, (n,)."""

MOST_RISK = 0.001
"""What is answered is to be right in 99.9 % of the cases."""


class Bin(NamedTuple):
    """Answers of about the same confidence."""

    share: float
    confidence: float
    accuracy: float


def risk_coverage(doubts: Doubts, rights: Rights) -> tuple[NDArray[np.float64], ...]:
    """Coverages and risks as ever more doubtful answers are let pass (Geifman, El-Yaniv, 2017).

    Returns
    -------
    The share answered and the error among those, (m,) each; answers of equal
    doubt are let pass together.
    """
    order = np.argsort(doubts, kind="stable")
    ends = np.flatnonzero(np.diff(doubts[order], append=np.inf))
    wrong = np.cumsum(~rights[order])[ends]
    return (ends + 1) / len(doubts), wrong / (ends + 1)


def find_coverage(doubts: Doubts, rights: Rights, most_risk: float = MOST_RISK) -> float:
    """Find the largest share that can be answered at no more than that risk."""
    coverages, risks = risk_coverage(doubts, rights)
    return float(coverages[risks <= most_risk].max(initial=0.0))


def reliability(confidences: NDArray[np.float64], rights: Rights) -> list[Bin]:
    """Sort answers by their confidence into bins of equal width; empty ones are left out."""
    place = np.minimum((confidences * BINS).astype(int), BINS - 1)
    return [
        Bin(float(here.mean()), float(confidences[here].mean()), float(rights[here].mean()))
        for here in (place == number for number in range(BINS))
        if here.any()
    ]


def expected_calibration_error(bins: list[Bin]) -> float:
    """The mean gap between confidence and accuracy (Naeini et al., 2015)."""
    return sum(each.share * abs(each.confidence - each.accuracy) for each in bins)
