"""What the stage arm takes for the same, and what not."""

import copy
from typing import Any

import numpy as np
import pytest

from tests.pi.arm import ROUNDED, SUMMED, Sight, compare, compare_sight, program
from tests.pi.stage import Unproven

Lines = list[dict[str, Any]]


def line(number: str | None, refusal: str | None = None) -> dict[str, Any]:
    """What `inkling read --json` prints for a picture."""
    digits = [
        {"digit": int(digit), "confidence": 0.9, "box": [1, 2, 3, 4]} for digit in number or ""
    ]
    return {"picture": f"{number}.png", "number": number, "refusal": refusal, "digits": digits}


@pytest.fixture
def here() -> Lines:
    refused = [line(None, why) for why in ("too dark", "glare", "unsure: 1 or 7")]
    return [line("42"), line("7"), *refused]


def test_the_same_readings_are_the_same(here: Lines) -> None:
    assert compare(here, copy.deepcopy(here)) == (
        "inkling read: the same on 5 notes, 2 of them numbers, refused as glare, too dark, unsure"
    )


def sight(grey: int = 100, output: float = 0.5) -> Sight:
    return {
        "glyphs": np.full((3, 28, 28), grey, np.uint8),
        "outputs": np.full((3, 11), output, np.float32),
    }


def test_glyphs_may_be_rounded_otherwise_and_outputs_summed_otherwise() -> None:
    said = compare_sight(sight(), sight(100 - ROUNDED, 0.5 + SUMMED / 2))
    assert said.startswith("3 glyphs within 2 grey levels, outputs for the same 5e-06")


@pytest.mark.parametrize(
    ("there", "words"),
    [
        (sight(grey=97), "a glyph differs by 3 grey levels; allowed: 2"),
        (sight(output=0.51), "outputs for one glyph differ by 1e-02; allowed: 1e-05"),
        ({name: array[:2] for name, array in sight().items()}, "3 glyphs here, 2 on an ARM1176"),
    ],
)
def test_another_sight_is_told(there: Sight, words: str) -> None:
    with pytest.raises(Unproven, match=words):
        compare_sight(sight(), there)


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("number", "1", "note 7: '7' here, '1' on an ARM1176"),
        ("refusal", "glare", "note 7: None here, 'glare' on an ARM1176"),
    ],
)
def test_another_answer_is_told_with_its_note(
    here: Lines, key: str, value: str, words: str
) -> None:
    there = copy.deepcopy(here)
    there[1][key] = value
    with pytest.raises(Unproven, match=words):
        compare(here, there)


def test_a_digit_found_elsewhere_is_not_the_same(here: Lines) -> None:
    there = copy.deepcopy(here)
    there[1]["digits"][0]["box"][0] += 1
    with pytest.raises(Unproven, match="note 7"):
        compare(here, there)


def test_too_little_to_compare_proves_nothing(here: Lines) -> None:
    with pytest.raises(Unproven, match="too little to compare"):
        compare(here[:3], here[:3])


def test_the_program_that_is_tried_is_an_elf_for_arm() -> None:
    made = program(0xE3A00007)
    assert made[:7] == b"\x7fELF\x01\x01\x01"
    assert made[18:20] == (40).to_bytes(2, "little")
    assert made[-12:-8] == bytes.fromhex("0700a0e3")
