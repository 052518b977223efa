"""Trials: the same frame from the same words, and what the reader made of it."""

from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

import nn
from device.reader import Reader
from tests.tools.desk import make_digits, write_sure_network
from tools.conditions import CONDITIONS
from tools.corruptions import CORRUPTIONS
from tools.forms import MARGINS
from tools.pages import PAGES
from tools.rooms import SHARES
from tools.scoring import Outcome
from tools.surroundings import AROUND, SPOILT
from tools.trials import NUMBERS, SIZES, Part, Result, Tally, Trial, examine, run_trials

DIGITS = make_digits(40, np.random.default_rng(6))
DIGITS.glyphs[DIGITS.glyphs < 255] = 0  # as on MNIST's clean paper
TRIALS = [
    Trial(Part.WHITE, "plain white", 3, 1),
    Trial(Part.MODERATE, "moderate conditions", 4, 1),
    Trial(Part.NOTE, "ruled paper", 5, 1),
    Trial(Part.NUMBER, "tight, to 10°", 6, 1),
    Trial(Part.CORRUPTED, "fog", 7, 1),
    Trial(Part.HELD, "far", 8, 1),
    Trial(Part.AROUND, "ring", 9, 1),
    Trial(Part.SPOILT, "under a thumb", 9, 1),
    Trial(Part.SPOILT, "comma", 10, 1),
    Trial(Part.CELL, "on a line", 11, 1),
    Trial(Part.CELL, "bare", 12, 1),
    Trial(Part.PAGE, "a twentieth or less", 13, 1),
    Trial(Part.PAGE, "dust and hairs", 14, 1),
]


def result(label: str, number: str | None, guess: str) -> Result:
    return Result(TRIALS[0], label, number, None if number else "unsure", guess, 0.5)


@pytest.mark.parametrize("trial", TRIALS, ids=str)
def test_a_trial_draws_the_same_frame_again(trial: Trial) -> None:
    (first, label), (again, _) = (trial.draw(DIGITS.glyphs, DIGITS.labels) for _ in range(2))
    assert np.array_equal(first, again)
    assert first.dtype == np.uint8
    is_none = trial.part is Part.SPOILT or trial.kind in ("bare", "dust and hairs")
    assert label == "none" if is_none else label.isdigit()


def test_another_seed_draws_another_frame() -> None:
    trials = (Trial(Part.WHITE, "plain white", 5, seed) for seed in (1, 2))
    first, other = (trial.draw(DIGITS.glyphs, DIGITS.labels)[0] for trial in trials)
    assert not np.array_equal(first, other)


def test_frames_are_as_large_as_is_said() -> None:
    shapes = {
        Trial(Part.NOTE, "plain paper", index, 1).draw(DIGITS.glyphs, DIGITS.labels)[0].shape
        for index in range(20)
    }
    assert shapes == {(height, width) for width, height in SIZES}


def test_every_kind_can_be_drawn() -> None:
    trials = [
        *(Trial(Part.NOTE, kind, 1, 2) for kind in CONDITIONS),
        *(Trial(Part.NUMBER, kind, 1, 2) for kind in NUMBERS),
        *(Trial(Part.CORRUPTED, kind, 1, 2) for kind in CORRUPTIONS),
        *(Trial(Part.HELD, distance, index, 2) for index, distance in enumerate(SHARES)),
        *(Trial(Part.AROUND, kind, 2, 2) for kind in AROUND),
        *(Trial(Part.SPOILT, kind, 1, 2) for kind in SPOILT),
        *(Trial(Part.CELL, kind, index, 2) for kind in MARGINS for index in range(5)),
        *(Trial(Part.PAGE, kind, index, 2) for kind in PAGES for index in range(3)),
    ]
    labels = [trial.draw(DIGITS.glyphs, DIGITS.labels)[1] for trial in trials]
    lengths = defaultdict(set)
    for trial, label in zip(trials, labels, strict=True):
        lengths[trial.part].add(len(label))
    assert lengths[Part.NOTE] == lengths[Part.CORRUPTED] == {1}
    assert 1 < len(lengths[Part.HELD]) <= 4
    assert {len("none")} < lengths[Part.PAGE] <= {1, 2, 3, len("none")}
    assert lengths[Part.CELL] == {1, 2, len("none")}
    assert all(min(lengths[part]) > 1 for part in (Part.NUMBER, Part.AROUND, Part.SPOILT))


def test_what_was_refused_is_guessed_all_the_same() -> None:
    some = [
        result("7", "7", "7"),
        result("7", "1", "1"),
        result("7", None, "7"),
        result("7", None, ""),
    ]
    assert [each.outcome for each in some] == [
        Outcome.RIGHT,
        Outcome.MISREAD,
        Outcome.REFUSED,
        Outcome.REFUSED,
    ]
    assert Tally.of(some) == Tally(4, right=0.25, misread=0.25, refused=0.5, error=0.5)


def test_processes_come_to_the_same_as_one_reader_alone(tmp_path: Path) -> None:
    weights = write_sure_network(tmp_path / "sure.npz", 7)
    reader = Reader(nn.load(weights))
    apart = list(run_trials(TRIALS, weights, DIGITS.glyphs, DIGITS.labels, 2))
    assert apart == [examine(reader, trial, DIGITS.glyphs, DIGITS.labels) for trial in TRIALS]
    assert apart[0].guess == "7"
    assert apart[0].confidence > 0.9


def test_the_likelier_of_two_candidates_is_guessed(tmp_path: Path) -> None:
    mark_and_bar = np.zeros((1, 28, 28), np.uint8)
    mark_and_bar[0, 6:14, 6] = 255
    mark_and_bar[0, 4:24, 15:19] = 255
    reader = Reader(nn.load(write_sure_network(tmp_path / "sure.npz", 1)))
    found = examine(reader, TRIALS[0], mark_and_bar, np.array([1], np.uint8))
    assert found.reason == "unsure: 1 or 11"
    assert found.guess == "1"
