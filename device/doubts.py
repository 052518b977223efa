"""Doubts about a number of which every digit is sure: one may be missing, or be none."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from device.lattice import Group
from device.preparation import Writing
from device.preparation.components import Component
from device.preparation.gather import Line, line_through, shows_camera_frame
from device.preparation.ground import is_plain
from device.preparation.hands import may_be_covered
from device.preparation.lookalikes import (
    are_brackets,
    find_sevens,
    is_of_finer_pen,
    is_stunted,
    may_be_d,
    may_be_line,
    may_be_mark,
    may_be_ringed,
    may_be_slash,
    opens_or_closes,
    reach_beyond,
)
from device.preparation.missing import (
    goes_on,
    hangs_on_cell,
    is_digit_missing,
    is_in_line,
    may_be_rest,
)
from device.preparation.signs import find_marks, has_dot, has_sign
from device.reading import Digit, Reading, Refusal


def number_of(digits: Sequence[Digit]) -> str:
    """The digits in a row."""
    return "".join(str(digit.digit) for digit in digits)


def doubt_number(
    writing: Writing, line: Line, groups: Sequence[Group], *, is_note: bool
) -> Reading | None:
    """Doubt a number of which every digit is sure: one may be missing, or be none."""
    digits = tuple(group.digit for group in groups)
    # Each digit has the strokes that it was read of, cut apart or put together.
    writing = replace(writing, digits=[group.strokes for group in groups])
    marks = find_marks(writing, line)
    # The digits may stand in a steeper line than is believed.
    turned = line_through(writing.digits, line)
    refusal = _why_refuse(writing, marks, line, turned, groups)
    candidates = () if refusal else _find_candidates(groups, line, turned, writing.flat.shape)
    if candidates:
        return Reading(None, Refusal.UNSURE, digits, candidates=candidates)
    if not refusal and _is_cut_off(writing, marks, line, groups, is_note=is_note):
        refusal = Refusal.CUT_OFF
    return Reading(None, refusal, digits) if refusal else None


def _why_refuse(
    writing: Writing,
    marks: list[Component],
    line: Line,
    turned: Line,
    groups: Sequence[Group],
) -> Refusal | None:
    """Tell what on the note, beside the digits, makes none of them, or more than they are."""
    digits, shape = [group.digit.digit for group in groups], writing.flat.shape
    if not is_plain(writing, are_ones=not writing.is_chalk and set(digits) == {1}):
        return Refusal.NO_PAPER
    if is_digit_missing(writing.left_out, writing.digits, line, shape):
        return Refusal.CUT_OFF
    if writing.cell is not None and hangs_on_cell(
        writing.too_small, writing.digits, writing.cell, line
    ):
        return Refusal.CUT_OFF
    if has_sign(marks, writing, line) or (
        len(groups) > 1 and has_sign(find_marks(writing, turned), writing, turned)
    ):
        return Refusal.NOT_WHOLE
    if has_dot(marks, list(zip(digits, writing.digits, strict=True)), line, shape):
        return Refusal.NOT_A_DIGIT
    if digits == [0] and may_be_d(writing.digits[0]):
        return Refusal.NOT_A_DIGIT
    # Few hands join their 1s; they are rather the strokes of a 4, an H, an N, a V.
    if any(_is_cut_one(one) and _is_cut_one(other) for one, other in pairwise(groups)):
        return Refusal.NOT_A_DIGIT
    return Refusal.CUT_OFF if digits == [1] and may_be_line(writing.digits[0], shape) else None


def _is_cut_one(group: Group) -> bool:
    return group.is_part and group.digit.digit == 1


def _find_candidates(
    groups: Sequence[Group], line: Line, turned: Line, shape: tuple[int, ...]
) -> tuple[str, ...]:
    """What it may be where a digit may be another one, or none; the likelier first."""
    number = number_of([group.digit for group in groups])
    rest = _without_marks(groups, line, turned, shape)
    if rest:
        without = number_of([group.digit for group in rest])
        written = [group.strokes for group in rest]
        marks = [group for group in groups if not any(group is other for other in rest)]
        are_stray = all(
            mark.digit.digit == 1 and is_of_finer_pen(mark.strokes, written) for mark in marks
        )
        return (without, number) if are_stray else (number, without)
    other = _with_other_digits(groups)
    return (number, other) if other != number else ()


def _with_other_digits(groups: Sequence[Group]) -> str:
    """The number if what may be a ringed 1 is no 0, and what may be a 7 no 1."""
    # What was cut apart has a scrap of its neighbour.
    ones = [group for group in groups if group.digit.digit == 1 and not group.is_part]
    sevens = [ones[place] for place in find_sevens([one.strokes for one in ones])]
    digits = ""
    for group in groups:
        is_ringed = group.digit.digit == 0 and may_be_ringed(group.strokes)
        is_seven = any(group is seven for seven in sevens)
        digits += "1" if is_ringed else "7" if is_seven else str(group.digit.digit)
    return digits


def _is_cut_off(
    writing: Writing,
    marks: list[Component],
    line: Line,
    groups: Sequence[Group],
    *,
    is_note: bool,
) -> bool:
    """Tell whether some of the number may be under a hand, or beyond what the camera sees."""
    is_seen_whole = not is_note and not shows_camera_frame(writing.flat.shape)
    if not is_seen_whole and goes_on(writing, line):
        return True
    # What the edge of a note may have cut off is looked for beyond it, by the reader.
    if not is_note and any(
        may_be_rest(group.digit.digit, group.strokes, writing.flat) for group in groups
    ):
        return True
    written = [stroke for strokes in writing.digits for stroke in strokes]
    return any(
        may_be_covered(strokes, written, writing.hands) for strokes in writing.digits
    ) or any(
        may_be_covered([mark], written, writing.hands) and is_in_line(mark, writing.digits, line)
        for mark in marks
    )


def _without_marks(
    groups: Sequence[Group], line: Line, turned: Line, shape: tuple[int, ...]
) -> Sequence[Group] | None:
    """What is left of a number without those digits that may be none; None if it is all sure."""
    brackets = _find_brackets(groups, line.slope)
    if brackets:
        return [group for group in groups if not any(group is bracket for bracket in brackets)]
    for before, group, behind in zip(groups, groups[1:], groups[2:], strict=False):
        one, beside = group.strokes, (before.strokes, behind.strokes)
        is_wall = any(
            reach_beyond([one], beside, each.slope) or may_be_slash(one, beside, each.slope)
            for each in (line, turned)
        )
        if group.digit.digit == 1 and is_wall:
            return [other for other in groups if other is not group]
    for group in groups:
        others = [other for other in groups if other is not group]
        if others and _may_be_none(group, others, line, shape):
            return others
    return None


def _find_brackets(groups: Sequence[Group], slope: float) -> list[Group]:
    """Find those of the first and the last digit that may be brackets, or the walls of a box."""
    if len(groups) < 2:
        return []
    first, *between, last = groups
    if between and first.digit.digit == last.digit.digit == 1:
        inner = [group.strokes for group in between]
        ones = first.strokes, last.strokes
        if are_brackets(*ones) or reach_beyond(ones, inner, slope):
            return [first, last]
    ends = (first, groups[1]), (last, groups[-2])
    return [
        one
        for one, beside in ends
        if one.digit.digit == 1 and opens_or_closes(one.strokes, beside.strokes, slope)
    ]


def _may_be_none(group: Group, others: list[Group], line: Line, shape: tuple[int, ...]) -> bool:
    """Tell whether one of several digits may be no digit: a mark, an exponent, a degree."""
    beside = [other.strokes for other in others]
    if group.digit.digit != 1:
        return is_stunted(group.strokes, beside, line.slope)
    # The two sides of an open box are 1s to each other.
    no_ones = [other.strokes for other in others if other.digit.digit != 1]
    return may_be_mark(group.strokes, no_ones or beside, line.slope, shape)
