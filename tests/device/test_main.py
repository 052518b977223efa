import os
import subprocess
import sys
from pathlib import Path

import pytest

from device import __version__
from device.__main__ import main
from device.errors import BadConfig


def inkling(*words: str | Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    clean = {key: value for key, value in os.environ.items() if key != "DEBUG"}
    return subprocess.run(
        [sys.executable, "-m", "device", *map(str, words)],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        env={**clean, **environment},
    )


@pytest.mark.parametrize("words", [[], ["fly"], ["run", "--fly"], ["read"], ["check", "now"]])
def test_wrong_usage_exits_with_2(words: list[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2


@pytest.mark.parametrize("option", ["--notes=.", "--plain", "--seed=1"])
def test_what_only_a_simulation_knows_is_refused_without_one(
    option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["run", option])
    assert caught.value.code == 2
    assert "need --simulate" in capsys.readouterr().err


def test_it_knows_its_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["--version"])
    assert caught.value.code == 0
    assert capsys.readouterr().out == f"inkling {__version__}\n"


@pytest.mark.parametrize("command", ["run", "read", "check"])
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main([command, "--help"])
    assert caught.value.code == 0
    assert capsys.readouterr().out.startswith(f"usage: inkling {command} ")


def test_a_failure_is_one_line_and_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    missing = tmp_path / "nowhere.toml"
    assert main(["run", "--config", str(missing)]) == 1
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == f"inkling: {missing}: can't be read: no such file or directory\n"


def test_debug_shows_where_it_failed(tmp_path: Path) -> None:
    quiet = inkling("run", "--config", tmp_path / "nowhere.toml")
    loud = inkling("run", "--config", tmp_path / "nowhere.toml", DEBUG="1")
    assert quiet.returncode == loud.returncode == 1
    assert "Traceback" not in quiet.stderr
    assert "Traceback" in loud.stderr
    assert BadConfig.__name__ in loud.stderr
    assert loud.stderr.endswith(quiet.stderr)


@pytest.mark.usefixtures("laptop")
def test_without_hardware_run_says_what_is_missing_and_how_to_go_on() -> None:
    done = inkling("run")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "without a Pi: inkling run --simulate" in done.stderr


def test_the_command_line_is_parsed_without_numpy_pillow_and_gpiozero() -> None:
    code = (
        "import sys; from device.__main__ import main\n"
        "try: main(['run', '--help'])\n"
        "except SystemExit: pass\n"
        "print(*sorted({'numpy', 'PIL', 'gpiozero'} & set(sys.modules)), 'loaded')"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.splitlines()[-1].split() == ["loaded"]
