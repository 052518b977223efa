"""What `make` does, in a copy of the project, with stand-ins for what a Pi has."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parents[1]
STAND_INS = REPOSITORY / "tests" / "far_side"
MAKES_OWN = (
    *("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "ARGS"),
    *("NOTES", "PI", "MNIST", "PYTHON", "MODEL_FILE"),
)

Done = subprocess.CompletedProcess[str]


class Checkout:
    """A copy of the project in a folder whose name a shell could stumble over."""

    def __init__(self, folder: Path, make: str) -> None:
        self.folder = folder / "someone's copy"
        self.state = folder / "state"
        self.dev = folder / "dev"
        self.model_file = folder / "model"
        self._make = make
        for part in ("device", "nn", "tools"):
            shutil.copytree(REPOSITORY / part, self.folder / part)
        for name in ("Makefile", "pyproject.toml"):
            shutil.copyfile(REPOSITORY / name, self.folder / name)
        for path in (self.state, self.dev):
            path.mkdir()

    def make(self, *words: str) -> Done:
        """Run make as on a machine that has nothing of ours, whatever runs these tests."""
        environment = {name: os.environ[name] for name in os.environ if name not in MAKES_OWN}
        environment["PATH"] = f"{STAND_INS}{os.pathsep}{environment['PATH']}"
        environment["FAR_STATE"] = str(self.state)
        seams = [f"MODEL_FILE={self.model_file}", f"DEV={self.dev}", "DESKTOP="]
        return subprocess.run(
            [self._make, *seams, *words],
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )

    def become_a_pi(self) -> None:
        self.model_file.write_bytes(b"Raspberry Pi Zero W Rev 1.1\0")
        packages = (REPOSITORY / "tools" / "pi-packages.txt").read_text()
        (self.state / "archive").write_text(packages)
        (self.state / "lists").write_text(packages)
        (self.state / "installed").write_text("python3-numpy\npython3-pil\n")
        (self.state / "user").write_text("1000\n")

    def setup(self) -> Done:
        return self.make("setup", f"PYTHON={sys.executable}")

    def pretend_to_be_set_up(self) -> None:
        """Leave an environment whose programs say what they were called with, a word a line."""
        programs = self.folder / ".venv" / "bin"
        programs.mkdir(parents=True)
        for name in ("inkling", "inkling-desk"):
            (programs / name).write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
            (programs / name).chmod(0o755)
        (self.folder / ".venv" / ".ready-run").write_text(f"{self.folder}\n")

    @property
    def commands(self) -> list[str]:
        path = self.state / "commands"
        return path.read_text().splitlines() if path.exists() else []


@pytest.fixture
def checkout(tmp_path: Path, needs: Callable[[str], str]) -> Checkout:
    return Checkout(tmp_path, needs("make"))


def script(path: Path, text: str) -> Path:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def launch(folder: Path, program: str, cwd: Path) -> str:
    return subprocess.run(
        [folder / ".venv" / "bin" / program, "--help"],
        cwd=cwd,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def test_bare_make_lists_every_target_with_a_line(checkout: Checkout) -> None:
    done = checkout.make()
    targets = re.search(r"^\.PHONY: (help .*)$", (checkout.folder / "Makefile").read_text(), re.M)
    assert targets is not None
    lines = [line.split(maxsplit=2) for line in done.stdout.splitlines()]
    assert [line[1] for line in lines] == targets[1].split()
    assert all(line[0] == "make" and len(line) == 3 for line in lines)
    assert not (checkout.folder / ".venv").exists()


# --- set-up on a Raspberry Pi ---


def test_on_a_pi_apt_brings_what_is_missing_and_pip_is_not_even_there(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.become_a_pi()
    done = checkout.setup()

    assert done.returncode == 0, done.stderr
    packages = (
        "libopenblas0-serial python3-gpiozero python3-lgpio python3-picamera2 python3-tornado"
    )
    assert f"setup: missing: {packages}\n" in done.stdout
    wanted = f"--no-install-recommends {packages}"
    assert [line.endswith(wanted) for line in checkout.commands] == [True]
    environment = (checkout.folder / ".venv" / "pyvenv.cfg").read_text()
    assert "include-system-site-packages = true" in environment
    assert not list((checkout.folder / ".venv").rglob("pip*"))
    assert launch(checkout.folder, "inkling", tmp_path).startswith("usage: inkling ")
    assert launch(checkout.folder, "inkling-desk", tmp_path).startswith("usage: inkling-desk ")


def test_a_set_up_that_is_made_is_not_made_again(checkout: Checkout) -> None:
    checkout.become_a_pi()
    checkout.setup()
    before = (checkout.folder / ".venv" / ".ready-run").stat().st_mtime_ns

    done = checkout.setup()

    assert done.returncode == 0
    assert "setup:" not in done.stdout
    assert (checkout.folder / ".venv" / ".ready-run").stat().st_mtime_ns == before


def test_a_set_up_that_was_cut_off_is_made_afresh(checkout: Checkout) -> None:
    checkout.become_a_pi()
    checkout.setup()
    (checkout.folder / ".venv" / ".ready-run").rename(checkout.folder / ".venv" / ".unfinished")
    (checkout.folder / ".venv" / "half").write_text("of something")
    (checkout.folder / ".venv" / "bin" / "inkling").write_text("torn")

    assert checkout.setup().returncode == 0

    assert not (checkout.folder / ".venv" / "half").exists()
    assert launch(checkout.folder, "inkling", checkout.folder).startswith("usage: inkling ")


def test_a_changed_pyproject_makes_the_set_up_again(checkout: Checkout) -> None:
    checkout.become_a_pi()
    checkout.setup()
    ready = checkout.folder / ".venv" / ".ready-run"
    os.utime(ready, (0, 0))

    checkout.setup()

    assert ready.stat().st_mtime > 0


def test_a_folder_that_was_moved_is_set_up_where_it_is_now(
    checkout: Checkout, tmp_path: Path
) -> None:
    checkout.become_a_pi()
    checkout.setup()
    checkout.folder = checkout.folder.rename(tmp_path / "moved")

    assert checkout.setup().returncode == 0

    assert launch(checkout.folder, "inkling", tmp_path).startswith("usage: inkling ")


def test_packages_that_can_not_be_had_are_said_with_the_way_out_and_then_mended(
    checkout: Checkout,
) -> None:
    checkout.become_a_pi()
    (checkout.state / "lists").write_text("")

    done = checkout.setup()
    assert done.returncode != 0
    assert "run  sudo apt-get update && sudo apt-get install -y" in done.stderr
    assert not (checkout.folder / ".venv" / ".ready-run").exists()

    (checkout.state / "lists").write_text((checkout.state / "archive").read_text())
    assert checkout.setup().returncode == 0


# --- which Python ---


def test_a_python_that_is_too_old_is_named(checkout: Checkout, tmp_path: Path) -> None:
    old = script(tmp_path / "python3", '[ "$1" = --version ] && echo Python 3.9.2')
    done = checkout.make("setup", f"PYTHON={old}")
    assert done.returncode != 0
    assert "setup: Python 3.11 or newer is needed, found Python 3.9.2" in done.stderr
    assert not (checkout.folder / ".venv").exists()


def test_no_python_at_all_is_said(checkout: Checkout, tmp_path: Path) -> None:
    done = checkout.make("setup", f"PYTHON={tmp_path}/nowhere")
    assert done.returncode != 0
    assert "Python 3.11 or newer is needed, found none: install one" in done.stderr


def test_a_debian_without_ensurepip_gets_the_line_that_installs_it(
    checkout: Checkout, tmp_path: Path
) -> None:
    python = script(
        tmp_path / "python3",
        f'case "$*" in *ensurepip*) exit 1 ;; esac\nexec {sys.executable} "$@"',
    )
    done = checkout.make("setup", f"PYTHON={python}")
    assert done.returncode != 0
    assert "has no ensurepip: sudo apt install python3-venv" in done.stderr


# --- what the targets call ---


@pytest.mark.parametrize(
    ("model", "devices", "words"),
    [
        ("Raspberry Pi Zero W", ["gpiochip0", "video0"], ["run"]),
        ("Raspberry Pi Zero W", ["gpiochip0"], ["run", "--simulate"]),
        ("Some other board", ["gpiochip0", "video0"], ["run", "--simulate"]),
        (None, ["video0"], ["run", "--simulate"]),
    ],
)
def test_make_run_uses_camera_and_pins_where_a_pi_has_them(
    checkout: Checkout, model: str | None, devices: list[str], words: list[str]
) -> None:
    checkout.pretend_to_be_set_up()
    if model is not None:
        checkout.model_file.write_text(model)
    for name in devices:
        (checkout.dev / name).touch()

    done = checkout.make("run")

    assert done.stdout.splitlines() == words


def test_make_run_opens_the_page_where_there_is_a_desktop(checkout: Checkout) -> None:
    checkout.pretend_to_be_set_up()
    done = checkout.make("run", "DESKTOP=:0; touch ran")
    assert done.stdout.splitlines() == ["run", "--simulate", "--browser"]
    assert not (checkout.folder / "ran").exists()


def test_make_run_takes_a_folder_of_notes_whatever_its_name(checkout: Checkout) -> None:
    checkout.pretend_to_be_set_up()
    done = checkout.make("run", "NOTES=my notes; touch ran")
    assert done.stdout.splitlines() == ["run", "--simulate", "--notes", "my notes; touch ran"]
    assert not (checkout.folder / "ran").exists()


def test_make_train_and_bench_take_the_folder_of_mnist(checkout: Checkout) -> None:
    checkout.pretend_to_be_set_up()
    for name, own in (("train", ["--out", "nn/inkling.npz"]), ("bench", [])):
        assert checkout.make(name).stdout.splitlines() == [name, *own]
        words = checkout.make(name, "MNIST=my mnist", "ARGS=--seed 3").stdout.splitlines()
        assert words == [name, *own, "--mnist", "my mnist", "--seed", "3"]


FOR_A_PI = ("deploy", "deploy-weights", "rollback", "status", "logs")


@pytest.mark.parametrize("target", FOR_A_PI)
def test_what_is_done_with_a_pi_asks_which(checkout: Checkout, target: str) -> None:
    checkout.pretend_to_be_set_up()
    done = checkout.make(target)
    assert done.returncode != 0
    assert f"make {target}: which Pi? make {target} PI=user@host" in done.stderr


@pytest.mark.parametrize(
    "pi", ["pi@kitchen pi@attic", "-oProxyCommand=touch ran", "x; touch ran", "$(touch ran)"]
)
def test_the_pi_is_handed_on_as_one_word_that_is_no_option(checkout: Checkout, pi: str) -> None:
    checkout.pretend_to_be_set_up()
    pi_for_make = pi.replace("$", "$$")
    for target in FOR_A_PI:
        done = checkout.make(target, f"PI={pi_for_make}", "ARGS=--port 2222")
        assert done.stdout.splitlines() == [target, "--port", "2222", "--", pi]
    assert not (checkout.folder / "ran").exists()


def test_make_clean_leaves_what_was_trained(checkout: Checkout) -> None:
    checkout.pretend_to_be_set_up()
    for path in ("out/mine.npz", "device/__pycache__/x.pyc", ".mypy_cache/x", "nn/inkling.npz"):
        (checkout.folder / path).parent.mkdir(exist_ok=True, parents=True)
        (checkout.folder / path).touch()

    assert checkout.make("clean").returncode == 0

    assert (checkout.folder / "out/mine.npz").exists()
    assert (checkout.folder / "nn/inkling.npz").exists()
    for path in (".venv", "device/__pycache__", ".mypy_cache"):
        assert not (checkout.folder / path).exists()
