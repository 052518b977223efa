"""`inkling-desk accuracy` as a command, on a small folder like MNIST."""

import json
from itertools import chain
from pathlib import Path

import pytest
from PIL import Image

from tests.tools.desk import inkling_desk, write_mnist, write_sure_network
from tools.accuracy import spread
from tools.conditions import CONDITIONS
from tools.corruptions import CORRUPTIONS
from tools.forms import MARGINS
from tools.marks import Mark
from tools.pages import PAGES
from tools.rooms import SHARES
from tools.surroundings import AROUND, SPOILT
from tools.trials import NUMBERS

FEW = (
    *("--drawn", 20, "--count", 22, "--numbers", 12, "--corrupted", 2),
    *("--held", 9, "--around", 10, "--spoilt", 14, "--cells", 12, "--pages", 3),
    *("--workers", 2),
)


@pytest.fixture
def words(tmp_path: Path) -> list[object]:
    """Everything but how many: weights that say 7 to all, on 50 digits."""
    mnist = write_mnist(tmp_path / "mnist")
    weights = write_sure_network(tmp_path / "sure.npz", 7)
    return ["accuracy", "--mnist", mnist, "--weights", weights, "--out", tmp_path / "out"]


def test_everything_is_measured_and_drawn(words: list[object], tmp_path: Path) -> None:
    done = inkling_desk(*words, *FEW, "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["straight"] == {
        "count": 50,
        "error": 0.9,
        "error_at_sight": 0.9,
        "coverage": 0.0,
    }
    parts = summary["parts"]
    assert {name: part["count"] for name, part in parts.items()} == {
        "plain white": 20,
        "moderate conditions": 20,
        "notes": 22,
        "numbers": 12,
        "corrupted": 30,
        "held up": 9,
        "with something around": 10,
        "spoilt": 14,
        "cells of a form": 12,
        "small on a page": 3,
    }
    assert list(parts["notes"]["kinds"]) == list(CONDITIONS)
    assert list(parts["numbers"]["kinds"]) == NUMBERS
    assert list(parts["corrupted"]["kinds"]) == list(CORRUPTIONS)
    assert list(parts["held up"]["kinds"]) == list(SHARES)
    assert list(parts["with something around"]["kinds"]) == list(AROUND)
    assert list(parts["spoilt"]["kinds"]) == list(SPOILT)
    assert list(parts["cells of a form"]["kinds"]) == list(MARGINS)
    assert list(parts["small on a page"]["kinds"]) == list(PAGES)
    assert parts["spoilt"]["right"] == 0
    # Of these 20 digits 5 are a 7, and everything that is found is taken for one.
    assert 0 < parts["plain white"]["right"] <= 0.25
    assert parts["plain white"]["misread"] > 0.7
    assert summary["marks"]["notes misread"]["reached"] is False
    for name in ("coverage", "conditions", "calibration", "numbers", "corruptions"):
        with Image.open(tmp_path / "out" / f"{name}.png") as picture:
            assert picture.format == "PNG"
    assert (tmp_path / "out" / "notes-misread.png").exists()


def test_tables_are_printed_and_what_is_left_out_is_left_out(words: list[object]) -> None:
    parts = ("drawn", "count", "numbers", "held", "around", "spoilt", "cells", "pages")
    none = chain.from_iterable((f"--{part}", 0) for part in parts)
    done = inkling_desk(*words, *none, "--corrupted", 1)
    assert done.returncode == 0, done.stderr
    assert "MNIST's 50 test digits, straight: error 90.00%" in done.stdout
    assert "canny edges" in done.stdout
    assert "mean error under corruption" in done.stdout
    assert "Numbers in a line" not in done.stdout
    assert "notes" not in done.stdout


@pytest.mark.parametrize(
    ("option", "value"), [("--count", -1), ("--workers", 0), ("--seed", -3), ("--out", __file__)]
)
def test_an_option_that_cannot_be_meant_is_told_in_one_line(
    words: list[object], option: str, value: object
) -> None:
    done = inkling_desk(*words, option, value)
    assert done.returncode == 1
    assert done.stderr.startswith(f"inkling-desk: {option} {value}: ")
    assert done.stderr.count("\n") == 1


def test_a_few_digits_are_taken_from_all_over_the_set() -> None:
    assert spread(4, 100) == [0, 25, 50, 75]
    assert spread(100, 100) == list(range(100))
    assert spread(3, 2) == [0, 1, 2]


def test_a_mark_is_a_limit_to_either_side() -> None:
    assert Mark("error", 0.003, 0.003, is_most=True).is_reached
    assert not Mark("error", 0.0031, 0.003, is_most=True).is_reached
    assert Mark("right", 0.99, 0.99, is_most=False).is_reached
    assert not Mark("right", 0.98, 0.99, is_most=False).is_reached
