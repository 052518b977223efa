"""What a reading is worth, and what the scores of several folders come to."""

from pathlib import Path

import numpy as np
import pytest

from nn import load
from tests.tools.desk import make_digits, write_bar_network
from tools.labels import Kind, LabelledPicture
from tools.scoring import (
    PICTURE_ANSWERS,
    PICTURE_LABELS,
    Answer,
    Outcome,
    Score,
    answer_glyphs,
    confusion_text,
    digit_confusion,
    picture_confusion,
)


def answer(label: str, number: str | None, error: str | None = None) -> Answer:
    picture = LabelledPicture(Path("a.png"), label, Kind.SINGLE)
    return Answer(picture, number, None if number else "unsure", error=error)


@pytest.mark.parametrize(
    ("label", "number", "outcome"),
    [
        ("7", "7", Outcome.RIGHT),
        ("7", "1", Outcome.MISREAD),
        ("7", "77", Outcome.MISREAD),
        ("07", "7", Outcome.MISREAD),
        ("7", None, Outcome.REFUSED),
        ("none", None, Outcome.RIGHT),
        ("none", "0", Outcome.MISREAD),
        ("12/34", None, Outcome.REFUSED),
        ("12/34", "1234", Outcome.MISREAD),
    ],
)
def test_an_answer_is_right_misread_or_refused(
    label: str, number: str | None, outcome: Outcome
) -> None:
    assert answer(label, number).outcome is outcome


@pytest.mark.parametrize("label", ["7", "none"])
def test_what_could_not_be_opened_counts_as_refused_and_never_as_right(label: str) -> None:
    assert answer(label, None, error="a.png: torn").outcome is Outcome.REFUSED


def test_a_score_is_shares_that_sum_to_one() -> None:
    score = Score.of([answer("7", "7"), answer("7", "1"), answer("7", None), answer("1", "1")])
    assert score == Score(4, 0.5, 0.25, 0.25)


def test_the_mean_weighs_folders_and_not_pictures() -> None:
    mean = Score.mean([Score(1, 1.0, 0.0, 0.0), Score(99, 0.0, 0.5, 0.5)])
    assert mean == Score(100, 0.5, 0.25, 0.25)


def test_confusion_counts_single_digits_and_negatives_alone() -> None:
    answers = [answer("7", "1"), answer("7", None), answer("none", "42"), answer("42", "42")]
    counts = picture_confusion(answers)
    found = {
        (PICTURE_LABELS[row], PICTURE_ANSWERS[column]): count
        for (row, column), count in np.ndenumerate(counts)
        if count
    }
    assert found == {("7", "1"): 1, ("7", "refused"): 1, ("none", "number"): 1}


def test_digits_are_counted_with_labels_down_and_answers_across() -> None:
    counts = digit_confusion(np.array([7, 7, 1]), np.array([1, 1, 1]))
    assert counts[7, 1] == 2
    assert counts.sum() == 3


def test_the_matrix_as_text_has_a_row_for_each_label_and_a_dot_for_nothing() -> None:
    text = confusion_text(np.array([[12345, 0], [0, 1]]), ("0", "none"), ("0", "refused"))
    assert text.splitlines() == [
        "           0 refused",
        "   0   12345       ·",
        "none       ·       1",
    ]


def test_glyphs_are_answered_by_the_likeliest_digit(tmp_path: Path) -> None:
    network = load(write_bar_network(tmp_path / "bars.npz"))
    digits = make_digits(2030, np.random.default_rng(1))
    assert (answer_glyphs(network, digits.glyphs) == digits.labels).all()
