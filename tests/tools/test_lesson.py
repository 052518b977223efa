"""`inkling-desk lesson` as a command; what the lessons teach has tests of its own."""

import importlib
from pathlib import Path

import pytest

from tests.tools.desk import inkling_desk
from tools.__main__ import main
from tools.lessons import LESSONS

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("words", [("lesson", "--list"), ("lesson",)])
def test_the_lessons_are_listed_in_their_order(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(LESSONS)


def test_a_lesson_begins_with_its_own_words(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lesson", "predict", "--out", str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert said.startswith("Kilometres to miles: a machine that learns a single number.\n")
    assert said.rstrip().endswith(f"drawn as {tmp_path}/predict.png")


def test_the_same_lesson_draws_the_same_picture_to_the_byte(tmp_path: Path) -> None:
    for name in ("a", "b"):
        assert main(["lesson", "classify", "--out", str(tmp_path / name)]) == 0
    pictures = [(tmp_path / name / "classify.png").read_bytes() for name in ("a", "b")]
    assert pictures[0] == pictures[1]


def test_an_unknown_lesson_is_wrong_usage_and_the_known_are_named() -> None:
    done = inkling_desk("lesson", "juggling")
    assert done.returncode == 2
    assert all(name in done.stderr for name in LESSONS)


def test_epochs_that_nobody_can_mean_are_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lesson", "mnist", "--epochs", "0"]) == 1
    assert capsys.readouterr().err == "inkling-desk: --epochs 0: give 1 to 100\n"


def test_a_folder_without_digits_is_told_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["lesson", "mnist", "--mnist", str(tmp_path), "--out", str(tmp_path)]) == 1
    assert capsys.readouterr().err.startswith(f"inkling-desk: {tmp_path}: no train-images")


@pytest.mark.parametrize("name", LESSONS)
def test_every_lesson_can_be_read_aloud(name: str) -> None:
    lesson = importlib.import_module(f"tools.lessons.{name}")
    assert str(lesson.__doc__).count("\n") >= 10
    source = Path(str(lesson.__file__)).read_text(encoding="utf-8")
    assert source.count("\n") < 240


@pytest.mark.parametrize("name", LESSONS)
def test_the_guide_takes_the_reader_through_every_lesson(name: str) -> None:
    guide = (ROOT / "docs" / "learning.md").read_text(encoding="utf-8")
    assert f"inkling-desk lesson {name}" in guide
    assert f"(learning/{name}.png)" in guide
    assert (ROOT / "docs" / "learning" / f"{name}.png").stat().st_size < 60_000
