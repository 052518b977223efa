"""The marks that a network is held to, and how far what was read reaches them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import nn
from device.looks import first_look, make_sure
from tools.coverage import Bin, expected_calibration_error, find_coverage, reliability
from tools.digit_notes import TOUCHING
from tools.mnist import Mnist
from tools.trials import Part, Result, Tally


@dataclass(frozen=True, slots=True)
class Mark:
    """A measure, and what it should be."""

    name: str
    found: float
    limit: float
    is_most: bool

    @property
    def is_reached(self) -> bool:
        """Whether the measure is as good as it should be."""
        return self.found <= self.limit if self.is_most else self.found >= self.limit


@dataclass(frozen=True, slots=True)
class Straight:
    """The network alone on the test digits as they are: no preparation, no refusal.

    `at_sight` and `answers`, (n,), are its likeliest digits at first sight and after second
    looks at those that weren't sure, as a reader takes them; `doubts` are of the latter.
    """

    labels: NDArray[np.uint8]
    at_sight: NDArray[np.intp]
    answers: NDArray[np.intp]
    doubts: NDArray[np.float64]

    @property
    def error_at_sight(self) -> float:
        """The share of wrong answers at first sight."""
        return float(np.mean(self.at_sight != self.labels))

    @property
    def error(self) -> float:
        """The share of wrong answers after second looks."""
        return float(np.mean(self.answers != self.labels))

    @property
    def rights(self) -> NDArray[np.bool_]:
        """Which answers are right: (n,)."""
        rights: NDArray[np.bool_] = self.answers == self.labels
        return rights

    @property
    def coverage(self) -> float:
        """The share that can be answered at 99.9 % right."""
        return find_coverage(self.doubts, self.rights)


def query_straight(network: nn.LoadedNetwork, mnist: Mnist) -> Straight:
    """Query the network with the test digits as they are."""
    temperature, glyphs = network.card.temperature, mnist.test_images
    first = first_look(network, temperature, glyphs)
    outputs = make_sure(network, temperature, glyphs, first).astype(np.float64)
    # The sum of the others keeps apart what as a confidence would be rounded to 1.
    answers = outputs[:, :10].argmax(axis=1)
    np.put_along_axis(others := outputs.copy(), answers[:, None], 0, axis=1)
    return Straight(mnist.test_labels, first[:, :10].argmax(axis=1), answers, others.sum(axis=1))


def select(results: Sequence[Result], part: Part) -> list[Result]:
    """The results of one part."""
    return [result for result in results if result.trial.part is part]


def by_kind(results: Sequence[Result]) -> dict[str, Tally]:
    """A tally for each kind, in the order of their first trials."""
    kinds: dict[str, list[Result]] = {}
    for result in results:
        kinds.setdefault(result.trial.kind, []).append(result)
    return {kind: Tally.of(some) for kind, some in kinds.items()}


def calibration(results: Sequence[Result]) -> list[Bin]:
    """How far the confidences of what was found can be trusted."""
    found = [result for result in results if result.guess]
    if not found:
        return []
    confidences = np.array([result.confidence for result in found])
    return reliability(confidences, np.array([r.guess == r.label for r in found]))


def split_touching(results: Sequence[Result]) -> dict[str, Tally]:
    """Numbers whose digits stand apart, and those in which some touch."""
    parts: dict[str, list[Result]] = {"apart": [], TOUCHING: []}
    for result in results:
        parts[TOUCHING if result.trial.kind.startswith(TOUCHING) else "apart"].append(result)
    return {name: Tally.of(some) for name, some in parts.items() if some}


def find_marks(straight: Straight, results: Sequence[Result]) -> list[Mark]:
    """Hold what was measured against what was set."""
    marks = [
        Mark("MNIST test error, straight", straight.error, 0.003, True),
        Mark("MNIST answered at 99.9 % right", straight.coverage, 0.98, False),
    ]
    for part in (Part.WHITE, Part.MODERATE):
        if some := select(results, part):
            error = Tally.of(some).error
            marks.append(Mark(f"MNIST test error, {part}", error, 0.005, True))
    if notes := select(results, Part.NOTE):
        tally = Tally.of(notes)
        marks.append(Mark("notes read right", tally.right, 0.99, False))
        marks.append(Mark("notes misread", tally.misread, 0.002, True))
        gap = expected_calibration_error(calibration(notes))
        marks.append(Mark("calibration error on notes", gap, 0.01, True))
    if numbers := select(results, Part.NUMBER):
        for name, tally in split_touching(numbers).items():
            marks.append(Mark(f"numbers exact, digits {name}", tally.right, 0.95, False))
            marks.append(Mark(f"numbers misread, digits {name}", tally.misread, 0.01, True))
    if corrupted := select(results, Part.CORRUPTED):
        mean = float(np.mean([tally.error for tally in by_kind(corrupted).values()]))
        marks.append(Mark("mean error under corruption", mean, 0.05, True))
    return marks
