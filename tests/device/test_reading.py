"""A reading is an answer or a refusal, in words and as JSON."""

import json
from dataclasses import FrozenInstanceError

import numpy as np
import pytest

from device.reading import Box, Digit, Reading, Refusal


def a_digit(digit: int = 7, confidence: float = 0.98765) -> Digit:
    outputs = tuple(confidence if each == digit else 0.001 for each in range(10))
    glyph = np.zeros((28, 28), np.uint8)
    return Digit(digit, confidence, 1, Box(10, 20, 60, 40), outputs, glyph)


def test_a_reading_is_never_both_an_answer_and_a_refusal() -> None:
    with pytest.raises(ValueError, match="either a number or a refusal"):
        Reading("7", Refusal.UNSURE)


def test_a_reading_is_never_nothing() -> None:
    with pytest.raises(ValueError, match="either a number or a refusal"):
        Reading(None, None)


def test_an_answer_has_no_reason() -> None:
    assert Reading("7", None, (a_digit(),)).reason is None


@pytest.mark.parametrize("refusal", Refusal)
def test_a_refusal_says_its_name(refusal: Refusal) -> None:
    assert Reading(None, refusal).reason == refusal.value


def test_a_refusal_between_two_names_both() -> None:
    reading = Reading(None, Refusal.UNSURE, candidates=("17", "77"))
    assert reading.reason == "unsure: 17 or 77"


def test_a_reading_cannot_be_changed() -> None:
    reading = Reading("7", None)
    with pytest.raises(FrozenInstanceError):
        reading.number = "8"  # type: ignore[misc]  # what is tried is the mistake


def test_equal_readings_are_equal_though_their_glyphs_are_arrays() -> None:
    one, other = (Reading("7", None, (a_digit(),), 0.5) for _ in range(2))
    assert one == other
    assert one != Reading("7", None, (a_digit(confidence=0.9),), 0.5)
    assert len({one, other}) == 1


def test_an_answer_as_json_has_what_the_command_prints() -> None:
    reading = Reading("7", None, (a_digit(),), 0.021034)
    assert json.loads(json.dumps(reading.as_json())) == {
        "number": "7",
        "refusal": None,
        "digits": [
            {"digit": 7, "confidence": 0.9877, "runner_up": 1, "box": [10, 20, 60, 40]},
        ],
        "seconds": 0.021,
    }


def test_a_refusal_as_json_has_no_number_but_what_was_found() -> None:
    reading = Reading(None, Refusal.UNSURE, (a_digit(), a_digit(3)), 0.02, ("73", "13"))
    printed = reading.as_json()
    assert printed["number"] is None
    assert printed["refusal"] == "unsure: 73 or 13"
    assert [digit["digit"] for digit in printed["digits"]] == [7, 3]


def test_nothing_found_as_json_is_an_empty_list() -> None:
    assert Reading(None, Refusal.NOTHING_WRITTEN).as_json() == {
        "number": None,
        "refusal": "nothing written",
        "digits": [],
        "seconds": 0.0,
    }
