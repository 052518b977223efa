"""`inkling-desk` says in one line what is wrong, and loads only what is asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools.desk import inkling_desk
from tools.__main__ import COMMANDS, one_line


@pytest.mark.parametrize("words", [(), ("juggle",), ("evaluate",), ("train", "--juggle")])
def test_wrong_usage_exits_with_2(words: tuple[str, ...]) -> None:
    done = inkling_desk(*words)
    assert done.returncode == 2
    assert done.stderr.startswith("usage: inkling-desk")


def test_help_names_every_command() -> None:
    done = inkling_desk("--help")
    assert done.returncode == 0
    assert all(f"    {name}" in done.stdout for name in COMMANDS)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_its_help(name: str) -> None:
    done = inkling_desk(name, "--help")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith(f"usage: inkling-desk {name}")


def test_help_loads_none_of_the_commands() -> None:
    program = (
        "import sys, tools.__main__ as desk\n"
        "try: desk.main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'numpy', 'rich', 'matplotlib', 'scipy'} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "[]"


def test_a_failure_is_one_line_and_its_traceback_is_for_those_who_ask(tmp_path: Path) -> None:
    plain = inkling_desk("evaluate", tmp_path / "nowhere")
    assert (plain.returncode, plain.stdout) == (1, "")
    assert plain.stderr == f"inkling-desk: {tmp_path}/nowhere: no such folder\n"
    debugging = inkling_desk("evaluate", tmp_path / "nowhere", DEBUG="1")
    assert debugging.returncode == 1
    assert "Traceback" in debugging.stderr


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(28, "No space left on device", "/a/b"), "/a/b: no space left on device"),
        (OSError(28, "No space left on device"), "no space left on device"),
        (ImportError("No module named 'rich'"), "No module named 'rich': make setup installs"),
        (ZeroDivisionError("by\nzero"), "unexpected ZeroDivisionError: by zero (DEBUG=1 shows"),
    ],
)
def test_errors_of_others_are_told_in_one_line_too(error: Exception, said: str) -> None:
    assert one_line(error).startswith(said)
    assert "\n" not in one_line(error)
