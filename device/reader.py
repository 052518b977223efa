"""From a frame to an answer, or to a refusal."""

import time
from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np
from numpy.typing import NDArray

from device.doubts import doubt_number, number_of
from device.lattice import Group, Lattice, best_way, is_digit, regions
from device.looks import Outputs, first_look, make_sure
from device.preparation import VERSION, Glyph, Writing, find_writing
from device.preparation.bands import without_bands
from device.preparation.beyond import goes_on_beyond
from device.preparation.cut_out import fills, is_cut_out, is_ink
from device.preparation.gather import (
    Line,
    are_several_numbers,
    in_several_lines,
    is_at_border,
    line_of,
    shows_camera_frame,
)
from device.preparation.held_note import find_held_note, find_other_notes
from device.preparation.near import find_near_view
from device.preparation.per_cent import has_per_cent
from device.preparation.quality import has_glare, is_blurred, is_dark
from device.preparation.turned import find_level_view
from device.preparation.view import View
from device.reading import Box, Digit, Frame, Reading, Refusal
from nn import BadWeights, LoadedNetwork

MOST_DIGITS = 8
ANSWERS = (*"0123456789", "none")

SIZE = (28, 28)
"""Rows and columns of the pictures that the network was trained on."""

SETTLED = (Refusal.UNSURE, Refusal.NOT_WHOLE, Refusal.NOTHING_WRITTEN)
"""Where a note is refused with such a reason, it is the note that was meant."""

MAYBE_SMALL = (Refusal.NOTHING_WRITTEN, Refusal.CUT_OFF, Refusal.BLURRED)
"""So writing is refused, too, that is small in a large picture."""

DOUBTFUL = (Refusal.UNSURE, Refusal.NOT_A_DIGIT)
"""Where digits are doubted for such a reason, they are looked at again as if they stood level…"""

SURE = 0.9
"""…and must be those that were read before with this confidence, of as many. What is read from
nearer alone must be as sure."""

FAINTEST = 32
"""A picture whose grey levels differ by less than this shows nothing."""


class Reader:
    """Reads frames with a network.

    Parameters
    ----------
    network : its card's thresholds say what is refused: `confidence`, the least
        confidence of an answer, for a number the product over its digits; `cut`,
        the same over those digits that had to be cut apart or put together.

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
        self._surest_cut = network.card.thresholds.get("cut", 0.95)

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
        reading = self._read_frame(frame)
        if reading.number is None and shows_camera_frame(frame.shape):
            # In a cell that is cut out, the edge of a shadow looks like a band.
            steady = without_bands(frame)
            reading = reading if steady is None else self._read_frame(steady)
        return replace(reading, seconds=time.perf_counter() - start)

    def _read_frame(self, frame: Frame) -> Reading:
        if not shows_camera_frame(frame.shape):
            # Nobody holds a note there: what looks like its edge is a form's line.
            return self._read_picture(frame)
        note = find_held_note(frame)
        reading = self._read_note(frame, note) if note else self._read_picture(frame)
        if not (reading.number or (note and reading.refusal in SETTLED)):
            reading = self._read_other_notes(frame, note, reading)
        if reading.number or reading.refusal in MAYBE_SMALL:
            reading = self._read_near(frame, note, reading)
        return reading

    def _read_other_notes(self, frame: Frame, note: View | None, refusal: Reading) -> Reading:
        """Read the first other note that can be read; else the refusal that tells most."""
        for other in find_other_notes(frame, note):
            reading = self._read_note(frame, other)
            if reading.number:
                return reading
            if reading.digits:
                refusal = reading
        return refusal

    def _read_note(self, frame: Frame, note: View) -> Reading:
        """Read what stands on a note that doesn't fill the frame."""
        reading = self._read_picture(note.straighten(frame), is_note=True)
        boxes = [digit.box for digit in reading.digits]
        if reading.number and goes_on_beyond(frame, note, boxes):
            reading = replace(reading, number=None, refusal=Refusal.CUT_OFF)
        return _to_frame(reading, note, frame)

    def _read_near(self, frame: Frame, note: View | None, reading: Reading) -> Reading:
        """Read what is small in a large picture again; what looks like 1s alone may be hairs."""
        near = find_near_view(frame, note, [digit.box for digit in reading.digits])
        if near is None:
            return reading
        closer = _to_frame(self._read_picture(near.straighten(frame)), near, frame)
        if closer.number is None:
            return closer if reading.number else reading
        is_sure = prod(digit.confidence for digit in closer.digits) >= SURE
        if closer.number == reading.number or (is_sure and set(closer.number) != {"1"}):
            return closer
        if reading.number is None:
            return reading
        candidates = closer.number, reading.number
        return replace(reading, number=None, refusal=Refusal.UNSURE, candidates=candidates)

    def _read_picture(self, frame: Frame, *, is_note: bool = False) -> Reading:
        """Read a picture that is all paper: a note to its edges, or what the camera sees of one."""
        writing = find_writing(frame, is_note=is_note)
        reading = self._read_writing(frame, writing, is_note=is_note)
        if self._is_in_doubt(reading) and (view := find_level_view(frame, writing)):
            reading = self._read_level(frame, view, reading, is_note=is_note)
        if reading.number is None and is_cut_out(frame):
            writing = find_writing(frame, is_cut_out=True)
            cut_out = self._read_writing(frame, writing)
            is_writing = cut_out.number and fills(writing) and is_ink(writing)
            reading = cut_out if is_writing else reading
        if reading.number is None and frame.shape == SIZE:
            reading = self._read_as_it_is(frame) or reading
        return reading

    def _is_in_doubt(self, reading: Reading) -> bool:
        """Tell whether it was refused for its digits, and not for what is beside them."""
        confidence = prod(digit.confidence for digit in reading.digits)
        return reading.refusal in DOUBTFUL and confidence < self._surest

    def _read_level(self, frame: Frame, view: View, refused: Reading, *, is_note: bool) -> Reading:
        """Read digits in a slanting line as if it were level; what was sure must stay the same."""
        level = view.straighten(frame)
        reading = self._read_writing(level, find_writing(level, is_note=is_note), is_note=is_note)
        is_same = len(reading.digits) == len(refused.digits) and all(
            before.digit == digit.digit or before.confidence < SURE
            for before, digit in zip(refused.digits, reading.digits, strict=True)
        )
        return _to_frame(reading, view, frame) if reading.number and is_same else refused

    def _read_writing(self, frame: Frame, writing: Writing, *, is_note: bool = False) -> Reading:
        refusal = _why_not_look(frame, writing)
        if refusal:
            return Reading(None, refusal)
        line = line_of(writing.digits)
        if are_several_numbers(writing.digits, line):
            return Reading(None, Refusal.SEVERAL_NUMBERS)
        groups = self._recognise(writing, line)
        digits = tuple(group.digit for group in groups)
        # Rings and a slash are no digits, and may be cut apart to some of which none is sure.
        gathered = [stroke for strokes in writing.digits for stroke in strokes]
        if has_per_cent(gathered + writing.too_small, line.tall):
            return Reading(None, Refusal.NOT_WHOLE, digits)
        if self._is_sure(groups):
            doubt = doubt_number(writing, line, groups, is_note=is_note)
            return doubt or Reading(number_of(digits), None, digits)
        doubtful = min(groups, key=lambda group: group.digit.confidence)
        refusal = _why_in_doubt(frame, writing, doubtful)
        candidates = _candidates(digits, doubtful.digit) if refusal is Refusal.UNSURE else ()
        return Reading(None, refusal, digits, candidates=candidates)

    def _is_sure(self, groups: Sequence[Group]) -> bool:
        """Tell whether a number is sure: one wrong digit makes it wrong, however long it is."""
        parts = prod(group.digit.confidence for group in groups if group.is_part)
        return parts >= self._surest_cut and (
            prod(group.digit.confidence for group in groups) >= self._surest
        )

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
        looks = [_digit(Glyph(g, box), out) for g, out in zip(both, self._query(both), strict=True)]
        digit = max(looks, key=lambda look: look.confidence)
        if digit.confidence >= self._surest_cut:
            return Reading(str(digit.digit), None, (digit,))
        if not is_digit(digit):
            return None
        candidates = _candidates((digit,), digit)
        return Reading(None, Refusal.UNSURE, (digit,), candidates=candidates)

    def _recognise(self, writing: Writing, line: Line) -> list[Group]:
        """Look once at every digit, and closer at those that weren't sure."""
        looks = self._look([writing.draw(strokes) for strokes in writing.digits])
        groups = [
            Group(strokes, look, is_doubtful=look.confidence < self._surest)
            for strokes, look in zip(writing.digits, looks, strict=True)
        ]
        found: list[Group] = []
        left = len(groups)
        for region in regions(groups, line):
            left -= len(region)
            parts = self._part(writing, region, line)
            if not parts or len(found) + len(parts) + left > MOST_DIGITS:
                parts = region
            found += parts
        return self._make_sure(found)

    def _part(self, writing: Writing, region: list[Group], line: Line) -> list[Group]:
        """Read a region as other digits than were gathered; an empty list if that fails."""
        if not any(group.is_doubtful for group in region):
            return []
        lattice = Lattice(region, writing.flat, line)
        spans = lattice.spans()
        if not spans:
            return []
        looks = self._look([writing.draw(strokes) for strokes in spans.values()])
        believed = {
            span: Group(strokes, look, is_part=True)
            for (span, strokes), look in zip(spans.items(), looks, strict=True)
            if lattice.may_be(strokes, look)
        }
        groups = believed | lattice.wholes
        way = best_way({span: group.digit for span, group in groups.items()})
        parts = [groups[span] for span in way]
        return parts if all(is_digit(part.digit) for part in parts) else []

    def _look(self, glyphs: Sequence[Glyph]) -> list[Digit]:
        outputs = self._query(np.stack([glyph.pixels for glyph in glyphs]))
        return [_digit(glyph, output) for glyph, output in zip(glyphs, outputs, strict=True)]

    def _make_sure(self, groups: Sequence[Group]) -> list[Group]:
        """Look again at what wasn't sure at sight."""
        digits = [group.digit for group in groups]
        glyphs = np.stack([digit.glyph for digit in digits])
        ten = np.array([digit.outputs for digit in digits], dtype=np.float32)
        seen = np.column_stack([ten, 1 - ten.sum(axis=1)])
        outputs = make_sure(self._network, self._network.card.temperature, glyphs, seen)
        return [
            replace(group, digit=_digit(Glyph(digit.glyph, digit.box), output))
            for group, digit, output in zip(groups, digits, outputs, strict=True)
        ]

    def _query(self, pixels: NDArray[np.uint8]) -> Outputs:
        return first_look(self._network, self._network.card.temperature, pixels)


def _to_frame(reading: Reading, view: View, frame: Frame) -> Reading:
    """Bring the boxes of what was read in a view back to the frame."""
    digits = (replace(d, box=view.to_frame(d.box, frame.shape)) for d in reading.digits)
    return replace(reading, digits=tuple(digits))


def _digit(glyph: Glyph, outputs: NDArray[np.float32]) -> Digit:
    runner_up, first = np.argsort(outputs[:10])[-2:].tolist()
    ten = tuple(outputs[:10].tolist())
    return Digit(first, ten[first], runner_up, glyph.box, ten, glyph.pixels)


def _candidates(digits: Sequence[Digit], doubtful: Digit) -> tuple[str, str]:
    """The number as it was read, and with the runner-up where the doubt is greatest."""
    other = "".join(str(d.runner_up if d is doubtful else d.digit) for d in digits)
    return number_of(digits), other


def _why_not_look(frame: Frame, writing: Writing) -> Refusal | None:
    """Tell what keeps the writing from being a number at all."""
    if not writing.digits:
        if is_dark(frame):
            return Refusal.TOO_DARK
        return Refusal.GLARE if has_glare(frame) else Refusal.NOTHING_WRITTEN
    if in_several_lines(writing.digits):
        return Refusal.SEVERAL_LINES
    return Refusal.TOO_MANY if len(writing.digits) > MOST_DIGITS else None


def _why_in_doubt(frame: Frame, writing: Writing, doubtful: Group) -> Refusal:
    """Tell what most likely made a digit hard to read: first what its writer can mend."""
    if not writing.is_chalk:
        if is_dark(frame):
            return Refusal.TOO_DARK
        if has_glare(frame):
            return Refusal.GLARE
    if is_at_border(doubtful.strokes, writing.flat.shape):
        return Refusal.CUT_OFF
    if is_blurred(writing.flat, doubtful.strokes):
        return Refusal.BLURRED
    return Refusal.UNSURE if is_digit(doubtful.digit) else Refusal.NOT_A_DIGIT
