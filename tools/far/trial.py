"""Trying a release out: as the user that the service has, beside whatever runs."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tools.far.machine import last_line, lines, must, run
from tools.far.releases import Release
from tools.far.words import Failed

NOTE = "note.png"
TRIAL_S = 300.0
"""How long a check or a reading may take; a Zero that is busy takes half a minute."""

PYTHON = (sys.executable, "-B", "-P", "-m")


def try_out(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the release in `folder`, as the user that the service has."""
    as_user = ("runuser", "-u", "inkling", "--")
    try:
        return run([*as_user, *PYTHON, "device", *words], timeout_s=TRIAL_S, PYTHONPATH=str(folder))
    except subprocess.TimeoutExpired as error:
        raise Failed(f"inkling {words[0]} of {folder.name}: no end in {TRIAL_S:g} s") from error


def read_note(release: Release, folder: Path) -> None:
    """Read the note that the release brings, and compare with what the desk read."""
    done = try_out(folder, "read", "--json", str(folder / NOTE))
    if done.returncode != 0:
        raise Failed(f"{release.name} can't read its note: {last_line(done)}")
    found = json.loads(lines(done.stdout)[-1])
    wanted = release.manifest.get("note", {})  # none in one from before there were any
    here = {name: found.get(name) for name in wanted}
    if here != wanted:
        raise Failed(f"{release.name} reads its note as {here}; on the desk it was {wanted}")


def compile_all(folder: Path) -> None:
    """Spare the appliance the compiling; its user may not write there."""
    must([*PYTHON, "compileall", "-q", folder], "the program can't be compiled")


def check(release: Release, config: Path, meant: Path) -> None:
    """Let it check itself with the configuration that will stand at `meant`.

    Simulated, for camera and pins belong to the one that runs.
    """
    done = try_out(release.folder, "check", "--simulate", "--config", str(config))
    if done.returncode != 0:
        bad = [line for line in lines(done.stdout) if line.startswith("missing")]
        why = " ".join(bad[0].split()[1:]) if bad else last_line(done)
        why = why.replace(str(config), str(meant))
        raise Failed(f"{release.name} does not pass its check: {why}")


def plan_configuration(
    brought: Path, config: Path, before: Sequence[Release], shipped: Path
) -> dict[str, Any]:
    """Let the release that shall run say what becomes of the configuration.

    Writes `candidate.toml` in `brought`; gives back what `configuration.main` prints.
    """
    name = "device/config.toml"
    paths = [config, brought / "candidate.toml", brought / "page", shipped / name]
    paths += [release.folder / name for release in before]
    words = [*PYTHON, "tools.far.configuration", *map(str, paths)]
    done = run(words, PYTHONPATH=f"{shipped}{os.pathsep}{brought}")
    if done.returncode != 0:
        raise Failed(last_line(done))
    plan: dict[str, Any] = json.loads(done.stdout)
    return plan
