"""A deploy to systemd and sshd: killed, unplugged, cut off and spoilt at every step."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import nn
from tests.pi.container import Container, wait_for
from tests.pi.stage import REPOSITORY, Unproven
from tests.pi.systemd_root import FROM_THE_PI_S_OWN_ARCHIVE, NOBODY, PRESSES, USER

NEEDS = {
    "systemd-nspawn": "systemd-container",
    "mmdebstrap": "mmdebstrap",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "dpkg-deb": "dpkg",
}
NEEDS_ROOT = True

OPT_MB = 40
READY_S = 120.0

KILL = "import os, signal\nif step == {step!r}: os.killpg(os.getpgid(0), signal.SIGKILL)\n"
WAIT = (
    "import pathlib, time\n"
    "if step == {step!r}:\n"
    "    pathlib.Path('/srv/waiting').touch()\n"
    "    while pathlib.Path('/srv/waiting').exists(): time.sleep(0.1)\n"
)
SPOIL = """
import hashlib, json, os, pathlib
if step == "copy":
    brought = pathlib.Path(os.environ["PYTHONPATH"], "release")
    place, manifest = brought / {name!r}, brought / "manifest.json"
    place.write_bytes({content!r})
    told = json.loads(manifest.read_text())
    if {is_meant!r}:
        told["files"][{name!r}] = hashlib.sha256(place.read_bytes()).hexdigest()
        manifest.write_text(json.dumps(told))
"""

CHANGED = """
import hashlib, json
for name, digest in json.load(open("manifest.json"))["files"].items():
    if hashlib.sha256(open(name, "rb").read()).hexdigest() != digest: print(name)
"""


class Done(NamedTuple):
    """How a command of the desk ended."""

    status: int
    lines: list[str]
    complaint: str


def prove() -> Iterator[str]:
    """Deploy to a container in every way that can go wrong."""
    with tempfile.TemporaryDirectory(prefix="inkling-deploy-") as name:
        folder = Path(name)
        with Container(folder, OPT_MB) as container:
            desk = Desk(folder, container)
            yield "systemd and sshd run in a container, with nothing of ours"
            yield from prove_the_first(desk)
            yield from prove_refusals(desk)
            yield from prove_ways_back(desk)
            yield from prove_one_at_a_time(desk)
            yield from prove_cuts(desk)


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
        wait_for(lambda: ask("systemctl is-active inkling") == "active", READY_S, "not ready")
        release = self.release
        if release not in releases:
            raise Unproven(f"{release} runs; expected: {' or '.join(releases)}")
        if changed := ask(f"cd /opt/inkling/current && python3 -c '{CHANGED}'"):
            raise Unproven(f"{release} isn't whole: {changed}")
        count = "journalctl -u inkling -o cat --no-pager | grep -c 'segments'"
        before = ask(count)
        ask(f"echo >>{PRESSES}")
        wait_for(lambda: ask(count) != before, READY_S, f"{release} answers no press")
        return release


def prove_the_first(desk: Desk) -> Iterator[str]:
    """From a bare system to a reading, and the same again."""
    line = desk.must_fail("deploy", "--no-force", saying="supported: Raspberry Pi OS 12")
    yield f"refused: {line.partition(': ')[2]}"
    steps = steps_of(desk.must("deploy", "--dry-run"))
    if desk.container.ask("ls /opt; id -u inkling"):
        raise Unproven("a dry run changed something")
    yield f"a dry run tells {len(steps)} steps and takes none: {' '.join(steps)}"
    done = desk.must("deploy")
    if not any(line.endswith(" ".join(FROM_THE_PI_S_OWN_ARCHIVE)) for line in done.lines):
        raise Unproven(f"the packages that were missing are not named: {done.lines}")
    first = desk.must_run(desk.release)
    yield f"deployed from nothing, with two packages from apt: {first} reads"
    desk.must("deploy")
    if desk.must_run(first) and desk.container.ask("ls -A /opt/inkling/releases") != first:
        raise Unproven("the same again is another release")
    yield "deployed again: the same release"


def prove_refusals(desk: Desk) -> Iterator[str]:
    """What can't be is said in one line, and the appliance runs on."""
    container, release, pid = desk.container, desk.release, desk.main_pid
    desk.change()

    container.know(container.identity.with_name("other.pub"))
    desk.must_fail("deploy", saying="its host key is not the one known")
    container.know(container.root / "etc/ssh/ssh_host_ed25519_key.pub")
    desk.must_fail("deploy", saying="sudo asks for a password", user=NOBODY)

    container.ask("head -c 100M /dev/zero >/opt/fill")
    desk.must_fail("deploy", saying="make room on the card")
    container.ask("rm /opt/fill")

    for name, is_meant, saying in (
        ("device/reader.py", False, "device/reader.py is not what was sent"),
        ("nn/inkling.npz", True, "does not pass its check: shipped weights"),
    ):
        container.at_step(SPOIL.format(name=name, content=b"torn", is_meant=is_meant))
        desk.must_fail("deploy", saying=saying)
    container.at_step("")
    if desk.must_run(release) and desk.main_pid != pid:
        raise Unproven("the service was restarted")
    if container.ask("ls -A /opt/inkling/releases") != release:
        raise Unproven("what was refused left something behind")
    yield (
        "another host key, no sudo, a full card, a file changed on its way, a bad network: "
        "one line each, and the service runs on without a restart"
    )


def prove_ways_back(desk: Desk) -> Iterator[str]:
    """A release that doesn't start, weights alone, and going back by hand."""
    container, first = desk.container, desk.release
    module = "device/simulated_run.py"
    desk.change(module, 'raise SystemExit("it does not start")\n')
    line = desk.must_fail("deploy", saying=f"it does not start; {first} runs again")
    desk.must_run(first)
    yield f"a release that does not start: {line.partition(': ')[2]}"

    desk.restore(module)
    second = desk.must_run(desk.must("deploy").lines[-1].rpartition(" ")[2])
    pid = desk.main_pid
    write_other_weights(desk.project / "nn/inkling.npz")
    third = desk.must_run(desk.must("deploy-weights").lines[-1].rpartition(" ")[2])
    if desk.main_pid != pid or third == second:
        raise Unproven(f"new weights restarted the service, or are not there: {third}")
    yield f"weights alone, without a restart: {third}"

    desk.change()
    desk.must_fail("deploy-weights", saying="not only the weights differ")
    desk.must("rollback")
    desk.must_run(second)
    desk.must("rollback")
    desk.must_run(first)
    yield f"gone back to {second}, and to {first}"

    container.ask("echo '# mine' >>/etc/inkling/config.toml")
    done = desk.must("deploy")
    if not any("which was edited" in line for line in done.lines):
        raise Unproven("an edited configuration is not said to be kept")
    if not container.ask("tail -n 1 /etc/inkling/config.toml") == "# mine":
        raise Unproven("an edited configuration was overwritten")
    container.ask("sed -i '$d' /etc/inkling/config.toml")
    yield "an edited configuration is kept"


def prove_one_at_a_time(desk: Desk) -> Iterator[str]:
    """Two deploys don't meet; one whose desk has gone comes to its end."""
    container, waiting = desk.container, desk.container.root / "srv/waiting"
    desk.change()
    container.at_step(WAIT.format(step="check"))
    process = desk.begin("deploy")
    wait_for(waiting.exists, READY_S, "the first of two deploys does not begin")
    desk.must_fail("deploy", saying="another deploy is under way")
    yield "a second deploy at once is refused"
    old = desk.release
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    container.at_step("")
    waiting.unlink()
    wait_for(lambda: desk.release != old, READY_S, "without its desk, a deploy ends nowhere")
    wait_for(
        lambda: "under way" not in "".join(desk.run("status").lines), READY_S, "it does not end"
    )
    yield f"its desk gone, the deploy ended by itself: {desk.must_run(desk.release)} runs"


def prove_cuts(desk: Desk) -> Iterator[str]:
    """Killed at each step, and without power at each step, it runs the old or the new."""
    container = desk.container
    give_work(desk, packages=True)
    for step in steps_of(desk.must("deploy", "--dry-run")):
        old = desk.must_run(desk.release)
        give_work(desk, packages=step == "packages")
        container.at_step(KILL.format(step=step))
        killed = desk.must_fail("deploy", saying="")
        now = desk.must_run(desk.release)

        give_work(desk, packages=step == "packages")
        container.at_step(WAIT.format(step=step))
        process = desk.begin("deploy")
        waiting = container.root / "srv/waiting"
        wait_for(waiting.exists, READY_S, f"the deploy does not come to {step}")
        container.unplug()
        _, unplugged = process.communicate()
        if process.returncode != 1 or "\n" in unplugged.strip():
            raise Unproven(f"unplugged at {step}: {unplugged}")
        container.at_step("")
        waiting.unlink()
        container.boot()
        after = desk.must_run(desk.release)
        if not number(old) <= number(now) <= number(after):
            raise Unproven(f"{step}: {old} ran, then {now}, then {after}")
        yield f"{step}: killed, {now} ran on; unplugged, {after} runs after the boot"
    yield f"the desk said: {killed}"
    yield f"and: {unplugged.strip()}"
    final = desk.must_run(desk.must("deploy").lines[-1].rpartition(" ")[2])
    left = container.ask("ls -A /opt/inkling/releases").split()
    if len(left) != 3 or final not in left:
        raise Unproven(f"not the last three releases are kept: {left}")
    yield f"after all that {final} is deployed, and two from before are kept"


def give_work(desk: Desk, *, packages: bool) -> None:
    """Change what the next deploy looks at, so that every step has something to do."""
    desk.change()
    desk.change("device/config.toml")
    desk.container.ask("mkdir -p /opt/inkling/releases/.left")
    if packages:
        desk.container.ask(f"dpkg --purge {FROM_THE_PI_S_OWN_ARCHIVE[0]}")


def number(release: str) -> int:
    """Which it was."""
    return int(release.partition("-")[0])


def steps_of(done: Done) -> list[str]:
    """The steps that a dry run tells."""
    told = [line.partition(": ")[2] for line in done.lines]
    return [words.partition(":")[0] for words in told if words.partition(":")[0].isalpha()]


def write_other_weights(path: Path) -> None:
    """Give the network another name: other weights to every hash, the same answers."""
    network = nn.load(path)
    network.save(path, replace(network.card, name="another"))
