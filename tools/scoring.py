"""What a reading was worth: right, misread or refused, and the tables of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

import nn
from tools.labels import NONE, LabelledPicture

Confusion = NDArray[np.int64]
"""Counts: a row for each label, a column for each answer."""

REFUSED = "refused"
PICTURE_LABELS = (*"0123456789", NONE)
PICTURE_ANSWERS = (*"0123456789", "number", REFUSED)
"""What a picture of one digit, or of none, may be answered with."""


class Outcome(StrEnum):
    """How a reading compares with the label."""

    RIGHT = "right"
    MISREAD = "misread"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the reader said of one picture; `error` tells why it could not be opened."""

    picture: LabelledPicture
    number: str | None
    reason: str | None
    seconds: float = 0.0
    error: str | None = None

    @property
    def outcome(self) -> Outcome:
        """Right, misread or refused.

        Where nothing is to be read, refusing is right and any answer a misreading.
        A picture that could not be opened was refused, whatever its label: it
        shows nothing about the reader.
        """
        if self.error is not None:
            return Outcome.REFUSED
        if self.picture.label == NONE:
            return Outcome.RIGHT if self.number is None else Outcome.MISREAD
        if self.number is None:
            return Outcome.REFUSED
        return Outcome.RIGHT if self.number == self.picture.label else Outcome.MISREAD


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of a number of pictures; they sum to 1."""

    count: int
    right: float
    misread: float
    refused: float

    @classmethod
    def of(cls, answers: Sequence[Answer]) -> "Score":
        """The score of at least one answer."""
        outcomes = [answer.outcome for answer in answers]
        return cls(len(outcomes), *(outcomes.count(each) / len(outcomes) for each in Outcome))

    @classmethod
    def mean(cls, scores: Sequence["Score"]) -> "Score":
        """The mean over folders, so that a large folder weighs no more than a small one."""
        shares = [[score.right, score.misread, score.refused] for score in scores]
        return cls(sum(score.count for score in scores), *np.mean(shares, axis=0).tolist())

    def as_json(self) -> dict[str, float]:
        """The shares, rounded as they are printed."""
        return {
            "right": round(self.right, 4),
            "misread": round(self.misread, 4),
            "refused": round(self.refused, 4),
        }


def answer_glyphs(
    network: nn.Network, glyphs: NDArray[np.uint8], *, digits_only: bool = True
) -> NDArray[np.int64]:
    """The likeliest answer for each glyph (n, 28, 28): 0 to 9, or 10 for "none" if allowed."""
    allowed = 10 if digits_only else network.outputs
    answers = [
        network.query(nn.scale_inputs(batch.reshape(-1, 784)))[:, :allowed].argmax(axis=1)
        # In parts, or the inputs of 60,000 glyphs would take 190 MB.
        for batch in np.array_split(glyphs, -(-len(glyphs) // 1000))
    ]
    return np.concatenate(answers)


def picture_confusion(answers: Iterable[Answer]) -> Confusion:
    """Counts (11, 12) over `PICTURE_LABELS` and `PICTURE_ANSWERS`; longer labels are left out."""
    counts = np.zeros((len(PICTURE_LABELS), len(PICTURE_ANSWERS)), dtype=np.int64)
    for answer in answers:
        if answer.picture.label in PICTURE_LABELS:
            said = answer.number or REFUSED
            said = said if said in PICTURE_ANSWERS else "number"
            row = PICTURE_LABELS.index(answer.picture.label)
            counts[row, PICTURE_ANSWERS.index(said)] += 1
    return counts


def digit_confusion(labels: NDArray[np.integer], answers: NDArray[np.integer]) -> Confusion:
    """Counts (10, 10): rows are the labels, columns the answers."""
    counts = np.zeros((10, 10), dtype=np.int64)
    np.add.at(counts, (labels, answers), 1)
    return counts


def confusion_text(counts: Confusion, rows: Sequence[str], columns: Sequence[str]) -> str:
    """The matrix as plain text, labels down, answers across, a dot for nothing."""
    width = max(5, *(len(name) + 1 for name in columns))
    side = max(len(name) for name in rows)
    lines = [" " * side + "".join(f"{name:>{width}}" for name in columns)]
    for name, row in zip(rows, counts, strict=True):
        cells = "".join(f"{count if count else '·':>{width}}" for count in row)
        lines.append(f"{name:>{side}}{cells}")
    return "\n".join(lines)
