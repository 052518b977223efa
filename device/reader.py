"""From a frame to an answer, or to a refusal."""

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from device.preparation import VERSION, Glyph, Writing, find_writing
from device.preparation.components import Component
from device.preparation.cuts import cuts
from device.preparation.gather import in_several_lines, sides
from device.preparation.quality import has_glare, is_blurred, is_dark
from device.reading import Box, Digit, Frame, Reading, Refusal
from nn import BadWeights, LoadedNetwork, scale_inputs, soften

MOST_DIGITS = 8
ANSWERS = (*"0123456789", "none")

SIZE = (28, 28)
"""Rows and columns of the pictures that the network was trained on."""

FAINTEST = 32
"""A picture whose grey levels differ by less than this shows nothing."""

WIDE = 0.85
"""Strokes wider than this share of their height may be two digits that touch."""

SLIVER = 0.25
"""No half of a cut may be narrower than this share of the height…"""

STUNTED = 0.65
"""…or lower than this."""

SHIFTS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))
"""A second look moves the glyph by these (rows, columns): what it is must not hang on a pixel."""

BESIDE = 0.2
"""Parts of one digit are no further apart than this share of its height."""

Strokes = list[Component]
Look = tuple[Strokes, Digit]
"""Strokes, and what they were taken for."""


class Reader:
    """Reads frames with a network.

    Parameters
    ----------
    network : its card's thresholds say what is refused: `confidence`, the least
        confidence of an answer; `cut`, the same for digits that had to be cut
        apart.

    Raises
    ------
    BadWeights
        The network has not been trained through this preparation.
    """

    def __init__(self, network: LoadedNetwork) -> None:
        if network.card.preparation != VERSION or network.outputs != len(ANSWERS):
            raise BadWeights(
                f"{network.card.name}: has {network.outputs} outputs and was trained through "
                f"preparation {network.card.preparation}; needed are {len(ANSWERS)} and "
                f"{VERSION}: take the shipped weights, or train again"
            )
        self._network = network
        self._surest = network.card.thresholds.get("confidence", 0.9)
        self._surest_cut = network.card.thresholds.get("cut", 0.98)

    @property
    def network(self) -> LoadedNetwork:
        """What it reads with."""
        return self._network

    def read(self, frame: Frame) -> Reading:
        """Read the number on a frame.

        Parameters
        ----------
        frame : (rows, columns) uint8, from 28×28 to 12 megapixels.
        """
        start = time.perf_counter()
        reading = self._read_writing(frame)
        if reading.number is None and frame.shape == SIZE:
            reading = self._read_as_it_is(frame) or reading
        return replace(reading, seconds=time.perf_counter() - start)

    def _read_writing(self, frame: Frame) -> Reading:
        writing = find_writing(frame)
        refusal = _why_not_look(frame, writing)
        if refusal:
            return Reading(None, refusal)
        digits = self._recognise(writing)
        doubtful = min(digits, key=lambda digit: digit.confidence)
        if doubtful.confidence >= self._surest:
            return Reading("".join(str(digit.digit) for digit in digits), None, digits)
        refusal = _why_in_doubt(frame, writing, doubtful)
        candidates = _candidates(digits, doubtful) if refusal is Refusal.UNSURE else ()
        return Reading(None, refusal, digits, candidates=candidates)

    def _read_as_it_is(self, frame: Frame) -> Reading | None:
        """Query a frame that is in MNIST's form already, light on dark or dark on light.

        Where haze, noise or a line across hides what is writing, there may be a
        digit all the same; None where the network believes in none.
        """
        span = int(np.ptp(frame))
        if span < FAINTEST:
            return None
        stretched = np.rint((frame - frame.min()) * (255 / span)).astype(np.uint8)
        both = np.stack([stretched, 255 - stretched])
        box = Box(0, 0, *SIZE)
        looks = [
            _digit(Glyph(g, box, False), out)
            for g, out in zip(both, self._query(both), strict=True)
        ]
        digit = max(looks, key=lambda look: look.confidence)
        if digit.confidence >= self._surest_cut:
            return Reading(str(digit.digit), None, (digit,))
        if sum(digit.outputs) < 0.5:
            return None
        candidates = _candidates((digit,), digit)
        return Reading(None, Refusal.UNSURE, (digit,), candidates=candidates)

    def _recognise(self, writing: Writing) -> tuple[Digit, ...]:
        """Look once at every digit, and again at those that weren't sure."""
        found: list[Digit] = []
        digits = self._look([writing.draw(strokes) for strokes in writing.digits])
        looks = self._join(writing, list(zip(writing.digits, digits, strict=True)))
        for index, (strokes, digit) in enumerate(looks):
            if digit.confidence >= self._surest:
                found.append(digit)
                continue
            room = MOST_DIGITS - len(found) - (len(looks) - index - 1)
            parts = self._cut_apart(writing, strokes, room) if sum(digit.outputs) < 0.5 else []
            found += parts or [self._look_again(digit)]
        return tuple(found)

    def _join(self, writing: Writing, looks: list[Look]) -> list[Look]:
        """Put parts that stand apart together where that makes a digit: a 4 or 5 in two strokes."""
        joined = looks[:1]
        for strokes, digit in looks[1:]:
            before, last = joined[-1]
            doubtful = min(last.confidence, digit.confidence) < self._surest
            if doubtful and _are_near(before, strokes):
                (whole,) = self._look([writing.draw(before + strokes)])
                if whole.confidence >= self._surest_cut:
                    joined[-1] = (before + strokes, whole)
                    continue
            joined.append((strokes, digit))
        return joined

    def _look(self, glyphs: Sequence[Glyph]) -> list[Digit]:
        pixels = np.stack([glyph.pixels for glyph in glyphs])
        outputs = self._query(pixels)
        return [_digit(glyph, output) for glyph, output in zip(glyphs, outputs, strict=True)]

    def _look_again(self, digit: Digit) -> Digit:
        """Query small shifts of the glyph, and take the mean."""
        shifted = np.stack([np.roll(digit.glyph, shift, (0, 1)) for shift in SHIFTS])
        outputs = self._query(shifted).mean(axis=0)
        return _digit(Glyph(digit.glyph, digit.box, False), outputs)

    def _cut_apart(self, writing: Writing, strokes: Strokes, room: int) -> list[Digit]:
        """Try to read the strokes as several digits that touch; an empty list if that fails."""
        top, left, bottom, right = sides(strokes)
        if room < 2 or right - left < WIDE * (bottom - top):
            return []
        halves = [pair for pair in cuts(strokes) if all(_is_whole(s, bottom - top) for s in pair)]
        if not halves:
            return []
        looks = self._look([writing.draw(part) for pair in halves for part in pair])
        best: list[Digit] = []
        for (_, rest), first, last in zip(halves, looks[0::2], looks[1::2], strict=True):
            if first.confidence < self._surest_cut:
                continue
            tail = [last]
            if last.confidence < self._surest_cut:
                tail = self._cut_apart(writing, rest, room - 1)
            if tail and _least([first, *tail]) > _least(best):
                best = [first, *tail]
        return best

    def _query(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The probabilities of 0 to 9 and of no digit: (n, 11), softened by the temperature."""
        outputs = self._network.query(scale_inputs(pixels.reshape(len(pixels), -1)))
        return soften(outputs, self._network.card.temperature)


def _digit(glyph: Glyph, outputs: NDArray[np.float32]) -> Digit:
    runner_up, first = np.argsort(outputs[:10])[-2:].tolist()
    ten = tuple(outputs[:10].tolist())
    return Digit(first, ten[first], runner_up, glyph.box, ten, glyph.pixels)


def _is_whole(strokes: Strokes, tall: int) -> bool:
    """Tell whether this half of a cut has the size of a digit beside the other."""
    top, left, bottom, right = sides(strokes)
    return bottom - top >= STUNTED * tall and right - left >= SLIVER * tall


def _are_near(left: Strokes, right: Strokes) -> bool:
    """Tell whether two neighbours could be one digit in two parts."""
    top, first, bottom, end = sides(left + right)
    gap = sides(right)[1] - sides(left)[3]
    return gap <= BESIDE * (bottom - top) and end - first <= bottom - top


def _least(digits: Sequence[Digit]) -> float:
    return min((digit.confidence for digit in digits), default=0.0)


def _candidates(digits: Sequence[Digit], doubtful: Digit) -> tuple[str, str]:
    """The number as it was read, and with the runner-up where the doubt is greatest."""
    first = "".join(str(digit.digit) for digit in digits)
    other = "".join(str(d.runner_up if d is doubtful else d.digit) for d in digits)
    return first, other


def _why_not_look(frame: Frame, writing: Writing) -> Refusal | None:
    """Tell what keeps the writing from being a number at all."""
    if not writing.digits:
        if is_dark(frame):
            return Refusal.TOO_DARK
        return Refusal.GLARE if has_glare(frame) else Refusal.NOTHING_WRITTEN
    if in_several_lines(writing.digits):
        return Refusal.SEVERAL_LINES
    return Refusal.TOO_MANY if len(writing.digits) > MOST_DIGITS else None


def _why_in_doubt(frame: Frame, writing: Writing, doubtful: Digit) -> Refusal:
    """Tell what most likely made a digit hard to read: first what its writer can mend."""
    if not writing.is_chalk:
        if is_dark(frame):
            return Refusal.TOO_DARK
        if has_glare(frame):
            return Refusal.GLARE
    for strokes in writing.digits:
        glyph = writing.draw(strokes)
        if glyph.box == doubtful.box:
            if glyph.touches_border:
                return Refusal.CUT_OFF
            if is_blurred(writing.flat, strokes):
                return Refusal.BLURRED
    return Refusal.NOT_A_DIGIT if sum(doubtful.outputs) < 0.5 else Refusal.UNSURE
