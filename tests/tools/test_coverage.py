"""Coverage, risk and calibration against sums done by hand."""

import numpy as np
import pytest

from tools.coverage import expected_calibration_error, find_coverage, reliability, risk_coverage


def test_risk_grows_with_what_is_let_pass() -> None:
    doubts, rights = np.array([0.4, 0.1, 0.3, 0.2]), np.array([True, True, False, True])
    coverages, risks = risk_coverage(doubts, rights)
    assert coverages == pytest.approx([0.25, 0.5, 0.75, 1.0])
    assert risks == pytest.approx([0, 0, 1 / 3, 1 / 4])


def test_answers_of_equal_doubt_are_let_pass_together() -> None:
    doubts, rights = np.array([0.0, 0.0, 0.0, 1.0]), np.array([True, False, True, True])
    coverages, risks = risk_coverage(doubts, rights)
    assert coverages == pytest.approx([0.75, 1.0])
    assert risks == pytest.approx([1 / 3, 1 / 4])


def test_coverage_is_the_largest_share_at_that_risk() -> None:
    doubts = np.arange(1000.0)
    rights = np.ones(1000, dtype=bool)
    rights[[400, 900]] = False
    assert find_coverage(doubts, rights, 0.002) == 1.0
    assert find_coverage(doubts, rights, 0.0012) == pytest.approx(0.9)
    assert find_coverage(doubts, rights, 0.0) == pytest.approx(0.4)


def test_nothing_can_be_answered_where_the_surest_is_wrong() -> None:
    assert find_coverage(np.array([0.1, 0.2]), np.array([False, True]), 0.001) == 0.0


def test_confidences_that_come_true_have_no_calibration_error() -> None:
    bins = reliability(np.full(4, 0.75), np.array([True, True, True, False]))
    assert expected_calibration_error(bins) == pytest.approx(0.0)


def test_the_calibration_error_is_the_mean_gap() -> None:
    bins = reliability(np.array([1.0, 1.0, 0.5, 0.5]), np.array([True, True, False, False]))
    assert [each.share for each in bins] == [0.5, 0.5]
    assert expected_calibration_error(bins) == pytest.approx(0.25)
