"""The runner of the stages, with stages that need nothing."""

import os
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.pi.__main__ import STAGES, attempt, check_needs, load, main, parse, purpose
from tests.pi.stage import Unproven, missing_packages, run


class Sound:
    """A stage that proves what it says.

    And more that the list leaves out.
    """

    def __init__(self, needs: Mapping[str, str] | None = None, *, needs_root: bool = False) -> None:
        self.NEEDS = needs or {"sh": "dash", "/": "base-files"}
        self.NEEDS_ROOT = needs_root

    def prove(self) -> Iterator[str]:
        yield "the first thing"
        yield "the second thing"


class Broken(Sound):
    """A stage that gets half-way."""

    def prove(self) -> Iterator[str]:
        yield "the first thing"
        raise Unproven("the light is off, and should be on")


MISSING = {"no-such-program": "no-such-package", "/no/such/header.h": "another-package"}


def test_without_words_every_stage_runs() -> None:
    assert parse([]).stages == list(STAGES)


def test_stages_that_are_named_run_once_each_and_in_order() -> None:
    assert parse(["lines", "arm", "lines"]).stages == ["arm", "lines"]


def test_a_stage_that_does_not_exist_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["moon"])
    assert caught.value.code == 2
    assert f"no stage 'moon'; there are {', '.join(STAGES)}" in capsys.readouterr().err


def test_the_list_says_in_a_line_what_each_stage_proves(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(STAGES)
    assert all(re.fullmatch(r"\w+ +\w.*\.", line) for line in lines)


def test_a_stage_s_first_line_is_its_purpose() -> None:
    assert purpose(Sound()) == "A stage that proves what it says."


@pytest.mark.parametrize("name", STAGES)
def test_what_a_stage_needs_is_named_with_its_debian_package(name: str) -> None:
    stage = load(name)
    assert all(re.fullmatch(r"[a-z0-9][a-z0-9.+-]+", package) for package in stage.NEEDS.values())
    assert isinstance(stage.NEEDS_ROOT, bool)


def test_each_proof_is_a_line_with_the_stage_and_the_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert attempt("sound", Sound()) is None
    lines = capsys.readouterr().out.splitlines()
    assert [re.sub(r" +[\d.]+ s ", "", line) for line in lines] == [
        "sound the first thing",
        "sound the second thing",
        "sound proved",
    ]


def test_a_stage_that_fails_says_so_in_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    error = attempt("broken", Broken())
    assert str(error) == "the light is off, and should be on"
    assert capsys.readouterr().out.splitlines()[-1].endswith(f"FAILED: {error}")


def test_the_end_says_once_more_which_stages_failed_and_why(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    stages = {"arm": Broken(), "lines": Sound(), "camera": Sound(MISSING)}
    monkeypatch.setattr("tests.pi.__main__.load", stages.__getitem__)
    assert main(["lines"]) == 0
    assert not capsys.readouterr().err
    assert main(list(stages)) == 1
    assert capsys.readouterr().err.splitlines() == [
        "pi-test: arm failed: the light is off, and should be on",
        "pi-test: camera failed: missing here: another-package no-such-package; "
        "sudo apt install another-package no-such-package",
    ]


def test_what_is_missing_is_told_with_the_command_that_brings_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert missing_packages(Sound(MISSING)) == ["another-package", "no-such-package"]
    assert attempt("bare", Sound(MISSING))
    assert capsys.readouterr().out.endswith(
        "missing here: another-package no-such-package; "
        "sudo apt install another-package no-such-package\n"
    )


def test_a_stage_that_needs_root_says_how_to_become_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(Unproven, match="needs root: sudo make pi-test STAGE=sound"):
        check_needs("sound", Sound(needs_root=True))


def test_what_a_program_complains_of_is_the_line_of_the_failure(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import sys; sys.exit('first\\nno space left')"]
    with pytest.raises(Unproven, match=r"python[\d.]*: exit status 1: no space left$"):
        run(command, timeout_s=60)
    assert run(command, timeout_s=60, allowed=(1,)).returncode == 1


def test_a_program_that_hangs_is_ended() -> None:
    with pytest.raises(Unproven, match=r"^sleep: no end within 0\.2 s$"):
        run(["sleep", "60"], timeout_s=0.2)
