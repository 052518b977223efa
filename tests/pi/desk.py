"""Somebody who deploys, to a container: with a copy of the project, and the desk's commands."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.pi.container import Container, ending, wait_for
from tests.pi.stage import REPOSITORY, Unproven
from tests.pi.systemd_root import PRESSES, USER

READY_S = 120.0
"""Within which a deploy comes to a step, and the appliance to answering."""

WAIT = (
    "import pathlib, time\n"
    "if step == {step!r}:\n"
    "    pathlib.Path('/srv/waiting').touch()\n"
    "    while pathlib.Path('/srv/waiting').exists(): time.sleep(0.1)\n"
)
CHANGED = """
import hashlib, json
for name, digest in json.load(open("manifest.json"))["files"].items():
    if hashlib.sha256(open(name, "rb").read()).hexdigest() != digest: print(name)
"""

LAST_WORDS = (
    "systemctl show -P SubState -P StatusText inkling; journalctl -u inkling -o cat -n 3 --no-pager"
)


class Done(NamedTuple):
    """How a command of the desk ended."""

    status: int
    lines: list[str]
    complaint: str


class Desk:
    """The project as somebody has it who deploys: a copy, to be changed from deploy to deploy."""

    def __init__(self, folder: Path, container: Container) -> None:
        self.container = container
        self.project = folder / "project"
        for part in ("device", "nn", "systemd", "tools"):
            shutil.copytree(REPOSITORY / part, self.project / part)
        shutil.copy(REPOSITORY / "pyproject.toml", self.project)
        ssh = folder / "bin/ssh"
        ssh.parent.mkdir()
        ssh.write_text(f'#!/bin/sh\nexec {shutil.which("ssh")} -F {container.ssh_config} "$@"\n')
        ssh.chmod(0o755)
        self._environment = {**os.environ, "PATH": f"{ssh.parent}{os.pathsep}{os.environ['PATH']}"}
        self._environment["OPENBLAS_NUM_THREADS"] = "1"
        self._changes = 0

    def begin(self, command: str, *options: str, user: str = USER) -> subprocess.Popen[str]:
        """Begin a command of the desk."""
        if command.startswith("deploy") and "--no-force" not in options:
            options = ("--force", *options)  # it is no Pi
        words = [option for option in options if option != "--no-force"]
        return subprocess.Popen(
            [sys.executable, "-m", "tools", command, *words, f"{user}@127.0.0.1"],
            cwd=self.project,
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, command: str, *options: str, user: str = USER) -> Done:
        """Run a command of the desk to its end."""
        process = self.begin(command, *options, user=user)
        out, err = process.communicate()
        return Done(process.returncode, out.splitlines(), err.strip())

    @contextmanager
    def held(self, step: str) -> Iterator["subprocess.Popen[str]"]:
        """A deploy that waits at this step; in the end its desk is gone, and it may go on."""
        waiting = self.container.root / "srv/waiting"
        self.container.at_step(WAIT.format(step=step))
        process = self.begin("deploy")
        try:
            come_to(step, waiting, process)
            yield process
        finally:
            end(process)
            self.container.at_step("")
            waiting.unlink(missing_ok=True)

    def change(self, name: str = "device/agreement.py", text: str = "") -> None:
        """Change the program, so that there is something new to deploy."""
        self._changes += 1
        place = self.project / name
        place.write_text(f"{place.read_text()}\n# Change {self._changes}.\n{text}")

    def restore(self, name: str) -> None:
        """Take changes back."""
        shutil.copy(REPOSITORY / name, self.project / name)

    def must(self, command: str, *options: str) -> Done:
        """Run a command that has to succeed."""
        done = self.run(command, *options)
        if done.status != 0:
            raise Unproven(f"{command} {' '.join(options)}: {done.complaint}")
        return done

    def must_fail(self, command: str, *options: str, saying: str, user: str = USER) -> str:
        """Run a command that has to fail, with one line in which these words are."""
        done = self.run(command, *options, user=user)
        if done.status != 1 or saying not in done.complaint or "\n" in done.complaint:
            raise Unproven(f"{command} should have said {saying!r}: {done}")
        return done.complaint

    @property
    def release(self) -> str:
        """What the appliance runs from."""
        return Path(self.container.ask("readlink /opt/inkling/current")).name

    @property
    def main_pid(self) -> str:
        """The service's process."""
        return self.container.ask("systemctl show -P MainPID inkling")

    def must_run(self, *releases: str) -> str:
        """The appliance runs one of these releases, and reads when its button is pressed."""
        ask = self.container.ask
        self._await(lambda: ask("systemctl is-active inkling") == "active", "not ready")
        release = self.release
        if release not in releases:
            raise Unproven(f"{release} runs; expected: {' or '.join(releases)}")
        if changed := ask(f"cd /opt/inkling/current && python3 -c '{CHANGED}'"):
            raise Unproven(f"{release} isn't whole: {changed}")
        count = "journalctl -u inkling -o cat --no-pager | grep -c 'segments'"
        before = ask(count)
        ask(f"echo >>{PRESSES}")
        self._await(lambda: ask(count) != before, f"{release} answers no press")
        return release

    def _await(self, condition: Callable[[], bool], otherwise: str) -> None:
        """Wait for the appliance; where it doesn't come, add what it says itself."""
        try:
            wait_for(condition, READY_S, otherwise)
        except Unproven as error:
            words = self.container.ask(LAST_WORDS).splitlines()
            raise Unproven(f"{error}; the appliance said {' | '.join(words)}") from error


def come_to(step: str, waiting: Path, process: "subprocess.Popen[str]") -> None:
    """Wait until a deploy waits at this step; else say what its desk said until then."""
    try:
        wait_for(waiting.exists, READY_S, f"the deploy does not come to {step}", process)
    except Unproven as error:
        raise Unproven(f"{error}: {end(process)}") from error


def end(process: "subprocess.Popen[str]") -> str:
    """End a command of the desk that hasn't ended; how it did, and what it said."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    out, err = process.communicate()
    return ending(process.returncode, out + err)
