"""What every stage of `make pi-test` is, and what its module may use."""

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Protocol

# Where administrators' programs live that a user's PATH doesn't always name.
ADMINISTRATION = ("/usr/local/sbin", "/usr/sbin", "/sbin")
REPOSITORY = Path(__file__).parents[2]


class Stage(Protocol):
    """A module of this folder; the first line of its docstring says what it proves."""

    __doc__: str | None
    NEEDS: Mapping[str, str]
    """A program, or the path of a file, to the Debian package that has it."""
    NEEDS_ROOT: bool

    def prove(self) -> Iterator[str]:
        """Yield, in a line each, what has been proved.

        What it began, it ends, however it is left.

        Raises
        ------
        Unproven
            In one line: what was seen, and what should have been.
        """


class Unproven(Exception):
    """A stage did not see what it should have."""


def missing_packages(stage: Stage) -> list[str]:
    """The Debian packages that a stage needs and that are not there."""
    path = os.pathsep.join((os.environ.get("PATH", ""), *ADMINISTRATION))
    return sorted(
        {
            package
            for needed, package in stage.NEEDS.items()
            if not shutil.which(needed, path=path) and not ("/" in needed and Path(needed).exists())
        }
    )


def run(
    command: Sequence[str | Path],
    *,
    timeout_s: float,
    variables: Mapping[str, str] | None = None,
    folder: Path = REPOSITORY,
    allowed: Sequence[int] = (0,),
) -> subprocess.CompletedProcess[str]:
    """Run a program to its end; raise Unproven when it takes too long or fails."""
    name = Path(command[0]).name
    path = os.pathsep.join((os.environ.get("PATH", ""), *ADMINISTRATION))
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "PATH": path, **(variables or {})}
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="backslashreplace",
            cwd=folder,
            env=environment,
            timeout=timeout_s,
        )
    except subprocess.TimeoutExpired as error:
        raise Unproven(f"{name}: no end within {timeout_s:g} s") from error
    if done.returncode not in allowed:
        lines = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Unproven(
            f"{name}: exit status {done.returncode}: {lines[-1] if lines else 'no word'}"
        )
    return done
