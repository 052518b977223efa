"""Trials of the reader: what it is shown, and what it made of it.

A trial says all that there is to say about its frame: the same trial gives the
same frame in any process, so whatever goes wrong can be looked at again.
"""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import nn
from device.doubts import number_of
from device.photographs import photograph
from device.reader import Reader
from device.reading import Frame
from tools.batches import begin_work
from tools.conditions import CONDITIONS, either, ordinary, plain_white
from tools.corruptions import corrupt
from tools.digit_notes import SPACINGS, write_digit, write_number
from tools.forms import BARE, photograph_cell
from tools.labels import NONE
from tools.pages import DIRT, write_page
from tools.rooms import IN_HAND, photograph_held
from tools.scoring import Outcome
from tools.surroundings import COVERED, OUT_OF_VIEW, write_with

Images = NDArray[np.uint8]
Labels = NDArray[np.uint8]
Rng = np.random.Generator

SIZES = ((640, 480), (480, 640), (320, 240))
"""Frames of single digits: the camera's, the same held upright, and a quarter of it."""

SMALL = (320, 240)
SLANTS = {"level": (0.0, 2.0), "to 10°": (2.0, 10.0), "to 20°": (10.0, 20.0)}
"""How far a line of digits is turned, to either side, in degrees."""

TURNED = 20.0
"""Notes with something around a number, or with one spoilt, are turned by up to these degrees."""

ALONE = 0.75
"""The share of a form's cells with one digit; the others have two."""

NUMBERS = [f"{spacing}, {slant}" for spacing in SPACINGS for slant in SLANTS]
"""The kinds of numbers in a line."""


class Part(StrEnum):
    """What a trial belongs to."""

    WHITE = "plain white"
    MODERATE = "moderate conditions"
    NOTE = "notes"
    NUMBER = "numbers"
    CORRUPTED = "corrupted"
    HELD = "held up"
    AROUND = "with something around"
    SPOILT = "spoilt"
    CELL = "cells of a form"
    PAGE = "small on a page"


@dataclass(frozen=True, slots=True)
class Trial:
    """One frame to be read.

    `kind` is a condition of `CONDITIONS`, a corruption, a spacing and a slant of a
    number, how far away a note is held, what is on it besides, how a cell of a
    form is cut out, or how small a number is on a page; `index` says which of MNIST's
    test digits is on it, or which number it is.
    """

    part: Part
    kind: str
    index: int
    seed: int

    @property
    def rng(self) -> Rng:
        """What decides all that is left to chance, never mind which trials came before."""
        return np.random.default_rng([self.seed, list(Part).index(self.part), self.index])

    def draw(self, images: Images, labels: Labels) -> tuple[Frame, str]:
        """The frame and the number that is on it."""
        rng = self.rng
        if self.part is Part.NUMBER:
            return _draw_number(self.kind, images, labels, rng)
        if self.part is Part.HELD:
            some = rng.integers(len(images), size=rng.integers(1, 5))
            frame = photograph_held(list(images[some]), rng, self.kind, SIZES[0])
            return frame, _number(labels[some])
        if self.part is Part.CELL:
            some = rng.integers(len(images), size=1 if rng.random() < ALONE else 2)
            frame = photograph_cell(list(images[some]), rng, self.kind)
            return frame, NONE if self.kind == BARE else _number(labels[some])
        if self.part is Part.PAGE:
            return _draw_page(self.kind, images, labels, rng)
        image, label = images[self.index % len(images)], str(labels[self.index % len(images)])
        if self.part is Part.CORRUPTED:
            return corrupt(self.kind, image, rng), label
        if self.part in (Part.AROUND, Part.SPOILT):
            return self._draw_with(images, labels, rng)
        size = SMALL
        if self.part is Part.NOTE:
            conditions, size = CONDITIONS[self.kind](rng), SIZES[rng.integers(len(SIZES))]
        else:
            conditions = plain_white(rng) if self.part is Part.WHITE else ordinary(rng)
        return photograph(write_digit(image, rng, conditions, size), rng, conditions), label

    def _draw_with(self, images: Images, labels: Labels, rng: Rng) -> tuple[Frame, str]:
        """Draw a number with something around it, or spoilt, which makes it none to read."""
        is_spoilt = self.part is Part.SPOILT
        some = rng.integers(len(images), size=rng.integers(2 if is_spoilt else 1, 5))
        if self.kind == COVERED:
            held = photograph_held(list(images[some]), rng, IN_HAND, SIZES[0], is_covered=True)
            return held, NONE
        # No border is turned.
        lean_deg = 0.0 if self.kind == OUT_OF_VIEW else rng.uniform(-TURNED, TURNED)
        conditions = replace(ordinary(rng), lean_deg=lean_deg)
        ink = write_with(list(images[some]), rng, conditions, SIZES[0], self.kind)
        label = NONE if is_spoilt else _number(labels[some])
        return photograph(ink, rng, conditions), label


def _draw_number(kind: str, images: Images, labels: Labels, rng: Rng) -> tuple[Frame, str]:
    spacing, slant = kind.split(", ")
    some = rng.integers(len(images), size=rng.integers(2, 9))
    conditions = replace(ordinary(rng), lean_deg=either(rng, *SLANTS[slant]))
    ink = write_number(list(images[some]), rng, conditions, (640, 480), spacing)
    return photograph(ink, rng, conditions), _number(labels[some])


def _draw_page(kind: str, images: Images, labels: Labels, rng: Rng) -> tuple[Frame, str]:
    some = rng.integers(len(images), size=rng.integers(1, 4))
    conditions = ordinary(rng)
    page = write_page(list(images[some]), rng, conditions, kind)
    return photograph(page, rng, conditions), NONE if kind == DIRT else _number(labels[some])


def _number(labels: Labels) -> str:
    return "".join(map(str, labels))


@dataclass(frozen=True, slots=True)
class Result:
    """What the reader made of a trial.

    `guess` is what it would have answered if it might never refuse, and
    `confidence` how sure it was of that; both tell nothing where no digit was found.
    """

    trial: Trial
    label: str
    number: str | None
    reason: str | None
    guess: str
    confidence: float

    @property
    def outcome(self) -> Outcome:
        """Right, misread or refused."""
        if self.number is None:
            return Outcome.REFUSED
        return Outcome.RIGHT if self.number == self.label else Outcome.MISREAD


@dataclass(frozen=True, slots=True)
class Tally:
    """Shares of a number of trials; right, misread and refused sum to 1.

    `error` is what would have been wrong if the reader had answered all of them.
    """

    count: int
    right: float
    misread: float
    refused: float
    error: float

    @classmethod
    def of(cls, results: Sequence[Result]) -> "Tally":
        """The tally of at least one result."""
        outcomes = [result.outcome for result in results]
        right, misread, refused = (outcomes.count(each) / len(results) for each in Outcome)
        wrong = sum(result.guess != result.label for result in results)
        return cls(len(results), right, misread, refused, wrong / len(results))

    def as_json(self) -> dict[str, float]:
        """The shares, rounded to what 10,000 trials can tell."""
        names = ("right", "misread", "refused", "error")
        return {"count": self.count, **{name: round(getattr(self, name), 5) for name in names}}


def run_trials(
    trials: Sequence[Trial], weights: Path, images: Images, labels: Labels, workers: int
) -> Iterator[Result]:
    """The results in the order of the trials, as they come."""
    # Spawned: a fork of a process that has threads (a progress bar's) can lock up.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _prepare, (weights, images, labels)) as pool:
        yield from pool.map(_try, trials, chunksize=max(1, min(50, len(trials) // (4 * workers))))


_bench: list[Callable[[Trial], Result]] = []


def _prepare(weights: Path, images: Images, labels: Labels) -> None:
    """Keep reader and digits in a worker, else they would be sent with every trial."""
    begin_work()
    reader = Reader(nn.load(weights))
    _bench[:] = [lambda trial: examine(reader, trial, images, labels)]


def _try(trial: Trial) -> Result:
    return _bench[0](trial)


def examine(reader: Reader, trial: Trial, images: Images, labels: Labels) -> Result:
    """Show the trial's frame to the reader."""
    frame, label = trial.draw(images, labels)
    reading = reader.read(frame)
    return Result(
        trial,
        label,
        reading.number,
        reading.reason,
        reading.candidates[0] if reading.candidates else number_of(reading.digits),
        min((digit.confidence for digit in reading.digits), default=0.0),
    )
