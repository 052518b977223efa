"""What the appliance says about one frame."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Frame = NDArray[np.uint8]
"""A greyscale picture: (rows, columns), 0 is black, 255 is white."""


class Refusal(StrEnum):
    """Why a frame was not answered."""

    NOTHING_WRITTEN = "nothing written"
    TOO_DARK = "too dark"
    GLARE = "glare"
    BLURRED = "blurred"
    CUT_OFF = "cut off"
    NO_PAPER = "no plain paper"
    NOT_A_DIGIT = "not a digit"
    NOT_WHOLE = "no whole number"
    UNSURE = "unsure"
    TOO_MANY = "too many digits"
    SEVERAL_LINES = "several lines"
    SEVERAL_NUMBERS = "several numbers"


class Box(NamedTuple):
    """Where a digit stands in the frame, in pixels of that frame."""

    top: int
    left: int
    height: int
    width: int


@dataclass(frozen=True, slots=True)
class Digit:
    """One digit as the network saw it.

    `outputs` holds the probabilities of 0 to 9; what is missing from 1 is the
    probability that it is no digit at all. `glyph` is the (28, 28) inverted
    greyscale picture, uint8, ink high.
    """

    digit: int
    confidence: float
    runner_up: int
    box: Box
    outputs: tuple[float, ...]
    glyph: NDArray[np.uint8] = field(compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Reading:
    """The answer to one frame: a number, or a refusal, never both and never neither.

    `digits` holds what was found, also when the reading is refused.
    `seconds` is the time from frame to answer.
    """

    number: str | None
    refusal: Refusal | None
    digits: tuple[Digit, ...] = ()
    seconds: float = 0.0
    candidates: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if (self.number is None) == (self.refusal is None):
            raise ValueError("a reading has either a number or a refusal")

    @property
    def reason(self) -> str | None:
        """The refusal in words, with the two candidates where it was unsure between two."""
        if self.refusal is None:
            return None
        if self.candidates:
            return f"{self.refusal.value}: {' or '.join(self.candidates)}"
        return self.refusal.value

    def as_json(self) -> dict[str, Any]:
        """The reading as `inkling read --json` prints it, without the picture's name."""
        return {
            "number": self.number,
            "refusal": self.reason,
            "digits": [
                {
                    "digit": digit.digit,
                    "confidence": round(digit.confidence, 4),
                    "runner_up": digit.runner_up,
                    "box": list(digit.box),
                }
                for digit in self.digits
            ],
            "seconds": round(self.seconds, 4),
        }
