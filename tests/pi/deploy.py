"""A deploy to systemd and sshd: killed, unplugged, cut off and spoilt at every step."""

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import nn
from tests.pi.container import Container, wait_for
from tests.pi.desk import READY_S, Desk, Done
from tests.pi.stage import Unproven
from tests.pi.systemd_root import FROM_THE_PI_S_OWN_ARCHIVE, NOBODY
from tools.far.releases import KEPT

NEEDS = {
    "systemd-nspawn": "systemd-container",
    "mmdebstrap": "mmdebstrap",
    "ssh": "openssh-client",
    "ssh-keygen": "openssh-client",
    "dpkg-deb": "dpkg",
}
NEEDS_ROOT = True

OPT_MB = 40

KILL = "import os, signal\nif step == {step!r}: os.killpg(os.getpgid(0), signal.SIGKILL)\n"
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
    desk.change()
    with desk.held("check"):
        desk.must_fail("deploy", saying="another deploy is under way")
        yield "a second deploy at once is refused"
        old = desk.release
    wait_for(lambda: desk.release != old, READY_S, "without its desk, a deploy ends nowhere")
    wait_for(
        lambda: "under way" not in "".join(desk.run("status").lines), READY_S, "it does not end"
    )
    yield f"its desk gone, the deploy ended by itself: {desk.must_run(desk.release)} runs"


def prove_cuts(desk: Desk) -> Iterator[str]:
    """Killed at each step, and without power at each step, it runs the old or the new."""
    container = desk.container
    give_work(desk, packages=True)
    steps = steps_of(desk.must("deploy", "--dry-run"))
    for before, step in pairwise(["bringing", *steps]):
        old = desk.must_run(desk.release)
        give_work(desk, packages=step == "packages")
        container.at_step(KILL.format(step=step))
        killed = desk.must_fail("deploy", saying=f"lost at {before}")
        now = desk.must_run(desk.release)

        give_work(desk, packages=step == "packages")
        with desk.held(step) as process:
            container.unplug()
            _, unplugged = process.communicate()
        if process.returncode != 1 or "\n" in unplugged.strip():
            raise Unproven(f"unplugged at {step}: {unplugged}")
        container.boot()
        after = desk.must_run(desk.release)
        if not number(old) <= number(now) <= number(after):
            raise Unproven(f"{step}: {old} ran, then {now}, then {after}")
        pile = container.ask("ls /opt/inkling/releases").split()
        if len(pile) > KEPT + 1:
            raise Unproven(f"what is cut off piles up: {pile}")
        yield f"{step}: killed, {now} ran on; unplugged, {after} runs after the boot"
    yield f"the desk said: {killed}"
    yield f"and: {unplugged.strip()}"
    final = desk.must_run(desk.must("deploy").lines[-1].rpartition(" ")[2])
    left = container.ask("ls -A /opt/inkling/releases").split()
    if len(left) != KEPT or final not in left:
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
