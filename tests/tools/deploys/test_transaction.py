"""The far side alone, stopped at each of its operations: what it leaves is old or new."""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from tests.tools.deploys.far import REPOSITORY, STAND_INS
from tools.far.machine import shut_camera

# All of the program that the far side itself asks something of.
PROGRAM = (
    *("device/__init__.py", "device/config.py", "device/config.toml", "device/errors.py"),
    *("device/keys.py", "device/page/__init__.py", "device/page/guard.py"),
    *("device/page/password.py", "device/page/work.py"),
    *("systemd/inkling.service", "systemd/page.conf", "systemd/polkit.rules"),
    "systemd/sysusers.conf",
)

# Every operation by which it changes a file, or lets another program do so, is numbered.
CHANGES = (
    *("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.chown"),
    *("shutil.copyfile", "subprocess.Popen", "inkling.step", "open"),
)
STOPPED = """
import os, runpy, signal, sys
count, stop, events = 0, int(sys.argv.pop(1)), sys.argv.pop(1).split()

def count_changes(event, args):
    global count
    reads = event == "open" and not (isinstance(args[2], int) and args[2] & 3)
    if event in events and not reads:
        count += 1
        if count == stop:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count_changes)
sys.argv[0] = "tools.far"
runpy.run_module("tools.far", run_name="__main__", alter_sys=True)
"""

READ = set[tuple[bytes, bytes]]()
"""Readers of the configuration, and what each could read: asked once, it takes long."""


class Pi:
    """A folder that stands for a Pi's /, and the far side's program with something to deploy."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.state = folder / "state"
        self.brought = folder / "brought"

    @classmethod
    def new(cls, folder: Path) -> "Pi":
        pi = cls(folder)
        for path in (pi.root / "etc", pi.state):
            path.mkdir(parents=True)
        (pi.state / "user").write_text("0\n")
        shutil.copytree(REPOSITORY / "tools/far", pi.brought / "tools/far")
        (pi.brought / "tools/__init__.py").touch()
        return pi

    def copied(self, folder: Path) -> "Pi":
        shutil.copytree(self.folder, folder, symlinks=True)
        return Pi(folder)

    def bring(self, weights: str = "weights", **changes: str) -> str:
        """Put a release there, with lines added to modules; its name without its number."""
        release = self.brought / "release"
        for name in (*PROGRAM, "nn/inkling.npz"):
            text = (REPOSITORY / name).read_text() if name in PROGRAM else weights
            place = release / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text + changes.get(place.stem, ""))
        return self.seal()

    def put(self, name: str, text: str) -> None:
        """Change what lies there to be deployed."""
        (self.brought / "release" / name).write_text(text)
        self.seal()

    def seal(self) -> str:
        """Write the manifest; the release's name."""
        release = self.brought / "release"
        hashes = {
            name: sha256((release / name).read_bytes()).hexdigest()
            for name in (*PROGRAM, "nn/inkling.npz")
        }
        name = sha256(json.dumps(hashes).encode()).hexdigest()[:6]
        note = {"number": "1743", "refusal": None}
        told = {"release": name, "note": note, "files": hashes}
        (release / "manifest.json").write_text(json.dumps(told, indent=1))
        return name

    def run(self, *words: str, stop: int = 0, events: Sequence[str] = CHANGES) -> tuple[int, str]:
        """Run the far side, stopped before its operation of that number; how it ended."""
        done = subprocess.run(
            [sys.executable, "-B", "-P", "-c", STOPPED, str(stop), " ".join(events), *words],
            env={
                **os.environ,
                "PATH": f"{STAND_INS}{os.pathsep}{os.environ['PATH']}",
                "INKLING_ROOT": str(self.root),
                "FAR_STATE": str(self.state),
                "PYTHONPATH": str(self.brought),
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return done.returncode, done.stderr.strip()

    @property
    def config(self) -> Path:
        return self.root / "etc/inkling/config.toml"

    @property
    def current(self) -> Path:
        return self.root / "opt/inkling/current"

    @property
    def release(self) -> str:
        return self.current.readlink().name

    @property
    def releases(self) -> list[str]:
        return sorted(path.name for path in (self.root / "opt/inkling/releases").iterdir())

    def must_start(self) -> None:
        """What a boot finds is whole: the program, the unit and a configuration it can read."""
        manifest = json.loads((self.current / "manifest.json").read_text())
        for name, digest in manifest["files"].items():
            assert sha256((self.current / name).read_bytes()).hexdigest() == digest, name
        units = self.root / "etc/systemd/system"
        shipped = (self.current / "systemd/inkling.service").read_bytes()
        assert (units / "multi-user.target.wants/inkling.service").read_bytes() == shipped
        self._must_read_its_configuration()

    def _must_read_its_configuration(self) -> None:
        pair = ((self.current / "device/config.py").read_bytes(), self.config.read_bytes())
        if pair not in READ:
            code = (
                "import pathlib, sys, device.config as c; c.load_config(pathlib.Path(sys.argv[1]))"
            )
            subprocess.run(
                [sys.executable, "-B", "-P", "-c", code, self.config],
                env={**os.environ, "PYTHONPATH": str(self.current)},
                check=True,
            )
            READ.add(pair)

    def tree(self) -> str:
        found = sorted(self.root.rglob("*"))
        return repr([(path.relative_to(self.root), path.is_symlink()) for path in found])


@pytest.fixture
def pi(tmp_path: Path, needs: Callable[[str], str]) -> Pi:
    """One that runs a first release, while a second lies there."""
    needs("systemd-sysusers")
    pi = Pi.new(tmp_path / "pi")
    pi.bring()
    assert pi.run("deploy") == (0, "")
    pi.bring(guard="# New.\n", config="# New.\n")
    return pi


def test_wherever_a_deploy_is_killed_the_next_start_finds_old_or_new_and_the_next_deploy_all(
    pi: Pi, tmp_path: Path
) -> None:
    first, seen = pi.release, set()
    for stop in range(1, 1000):
        killed = pi.copied(tmp_path / f"{stop}")
        status, complaint = killed.run("deploy", stop=stop)
        killed.must_start()
        assert killed.release.partition("-")[0] in ("1", "2"), stop
        if status == 0:
            break
        assert status == -signal.SIGKILL, complaint
        if (left := killed.tree()) not in seen:
            seen.add(left)
            assert killed.run("deploy") == (0, ""), stop
            killed.must_start()
            assert killed.release != first
            assert killed.releases == sorted({first, killed.release}), stop
            assert killed.config.read_text().endswith("# New.\n")
        shutil.rmtree(killed.folder)
    assert stop > 50
    assert len(seen) > 10


def test_wherever_it_is_killed_on_its_way_back_the_next_start_finds_one_of_the_two(
    pi: Pi, tmp_path: Path
) -> None:
    first, gone_back = pi.release, set()
    (pi.state / "broken-release").write_text("/2-\n")
    for stop in range(1, 1000):
        killed = pi.copied(tmp_path / f"{stop}")
        status, complaint = killed.run("deploy", stop=stop, events=["os.rename", "os.remove"])
        killed.must_start()
        gone_back.add(killed.release == first)
        if status == 1:
            break
        assert status == -signal.SIGKILL, complaint
        shutil.rmtree(killed.folder)
    assert complaint.endswith(f"{first} runs again")
    assert (killed.release, killed.releases) == (first, [first])
    assert gone_back == {True, False}


def test_wherever_going_back_by_hand_is_killed_the_release_can_read_its_configuration(
    pi: Pi, tmp_path: Path
) -> None:
    first = pi.release
    # The second has a key more, which the first would refuse.
    keys = (REPOSITORY / "device/config.py").read_text()
    more = keys.replace("    log: str =", "    beep: bool = keys.flag(False)\n    log: str =")
    shipped = (REPOSITORY / "device/config.toml").read_text()
    pi.bring(config="")
    pi.put("device/config.py", more)
    pi.put("device/config.toml", shipped.replace("[service]\n", "[service]\nbeep = false\n"))
    assert pi.run("deploy") == (0, "")
    assert "beep" in pi.config.read_text()

    between = set()
    for stop in range(1, 1000):
        killed = pi.copied(tmp_path / f"{stop}")
        status, complaint = killed.run("rollback", stop=stop, events=["os.rename"])
        killed.must_start()
        between.add((killed.release == first, "beep" in killed.config.read_text()))
        if status == 0:
            break
        assert status == -signal.SIGKILL, complaint
        shutil.rmtree(killed.folder)
    assert killed.release == first
    # Newer with its own, newer with the older's, older with its own: never older with the newer's.
    assert between == {(False, True), (False, False), (True, False)}


def test_deploys_that_are_cut_off_one_after_the_other_do_not_fill_the_card(pi: Pi) -> None:
    for change in range(4):
        pi.bring(guard=f"# {change}.\n")
        # After the switch, and before it forgets what is too old.
        assert pi.run("deploy", stop=9, events=["inkling.step"])[0] == -signal.SIGKILL
        pi.must_start()
    assert [name.partition("-")[0] for name in pi.releases] == ["2", "3", "4", "5"]

    assert pi.run("rollback") == (0, "")
    assert [name.partition("-")[0] for name in pi.releases] == ["3", "4", "5"]
    assert pi.release.startswith("4-")


def test_a_second_deploy_is_refused_while_one_is_under_way_and_not_after_it_was_killed(
    pi: Pi,
) -> None:
    assert pi.run("deploy", stop=40)[0] == -signal.SIGKILL
    before = pi.tree()
    with (pi.root / "run/inkling-deploy.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        status, complaint = pi.run("deploy")
    assert status == 1
    assert complaint.startswith("another deploy is under way there, since ")
    assert pi.tree() == before

    assert pi.run("deploy") == (0, "")


def test_a_file_that_was_spoilt_on_its_way_is_named_and_the_old_release_runs_on(pi: Pi) -> None:
    before, release = pi.tree(), pi.release
    (pi.brought / "release/device/keys.py").write_text("spoilt\n")

    status, complaint = pi.run("deploy")

    assert status == 1
    assert complaint == (
        "device/keys.py is not what was sent (its SHA-256 differs): deploy again; "
        f"{release} runs on"
    )
    assert (pi.tree(), pi.release) == (before, release)


def test_a_release_that_was_changed_on_the_pi_is_brought_anew_and_the_change_is_kept(
    pi: Pi,
) -> None:
    pi.bring()  # the very same that runs
    changed = pi.current.resolve() / "device/keys.py"
    changed.write_text("mine\n")

    assert pi.run("deploy") == (0, "")

    assert pi.release.startswith("2-")
    assert changed.read_text() == "mine\n"
    pi.must_start()


def test_new_weights_are_taken_up_without_a_restart_or_left_again(pi: Pi) -> None:
    def counts() -> list[str]:
        return [(pi.state / name).read_text().strip() for name in ("invocation", "reloads")]

    pi.bring("other weights")
    assert pi.run("--weights-only", "deploy") == (0, "")
    assert counts() == ["1", "1"]
    second = pi.release
    assert (pi.current / "nn/inkling.npz").read_text() == "other weights"

    (pi.state / "broken-release").write_text("/3-\n")
    pi.bring("bad weights")
    status, complaint = pi.run("--weights-only", "deploy")
    assert status == 1
    assert "weights bad: self-test failed" in complaint
    assert complaint.endswith(f"{second} runs again")
    assert pi.release == second
    assert counts()[0] == "1"


def test_weights_alone_are_refused_where_the_program_is_another_or_nothing_runs(pi: Pi) -> None:
    release = pi.release
    assert pi.run("--weights-only", "deploy") == (
        1,
        f"not only the weights differ from {release}, as device/config.py: make deploy; "
        f"{release} runs on",
    )
    pi.bring("other weights")
    (pi.state / "active").write_text("auto-restart\n")
    assert "the service is not ready to reload" in pi.run("--weights-only", "deploy")[1]


CAMERA_OFF = "# camera_auto_detect=1\ndtoverlay=vc4-kms-v3d\ncamera_auto_detect=0\n"


def test_a_camera_that_the_firmware_keeps_off_is_enabled_and_said(pi: Pi) -> None:
    config = pi.root / "boot/firmware/config.txt"
    config.parent.mkdir(parents=True)
    config.write_text(CAMERA_OFF)
    active = (pi.state / "invocation").read_text()

    assert pi.run("deploy") == (0, "")

    assert config.read_text() == f"{CAMERA_OFF}\n[all]\ncamera_auto_detect=1\n"
    assert (pi.state / "invocation").read_text() == active  # it has no camera before a restart
    assert pi.run("deploy") == (0, "")
    assert config.read_text().count("\ncamera_auto_detect=1\n") == 1


@pytest.mark.parametrize(
    "text",
    ["camera_auto_detect=1\n", "dtoverlay=imx219\n", " dtoverlay = ov5647,rotation=0\n", None],
)
def test_a_camera_that_is_set_up_or_not_a_matter_of_the_firmware_is_left_alone(
    tmp_path: Path, text: str | None
) -> None:
    config = tmp_path / "boot/firmware/config.txt"
    config.parent.mkdir(parents=True)
    if text is not None:
        config.write_text(text)
    assert shut_camera(tmp_path) is None


def test_a_camera_whose_driver_is_there_needs_no_setting(tmp_path: Path) -> None:
    for path, text in (
        ("boot/firmware/config.txt", CAMERA_OFF),
        ("sys/class/video4linux/video0/name", "unicam-image\n"),
    ):
        (tmp_path / path).parent.mkdir(parents=True)
        (tmp_path / path).write_text(text)
    assert shut_camera(tmp_path) is None
