"""The far side alone, stopped at each of its operations: what it leaves is old or new."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from device.config import load_config
from tests.tools.deploys.far import REPOSITORY, STAND_INS

# All of the program that the far side itself asks something of.
PROGRAM = (
    *("device/__init__.py", "device/config.py", "device/config.toml", "device/errors.py"),
    *("device/keys.py", "device/page/__init__.py", "device/page/guard.py"),
    *("device/page/password.py", "device/page/work.py"),
    *("systemd/inkling.service", "systemd/page.conf", "systemd/polkit.rules"),
    "systemd/sysusers.conf",
)

# Every operation by which it changes a file, or lets another program do so, is numbered.
STOPPED = """
import os, runpy, signal, sys
count, stop = 0, int(sys.argv.pop(1))
CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.chmod", "os.chown",
           "shutil.copyfile", "subprocess.Popen", "inkling.step"}

def count_changes(event, args):
    global count
    writes = event == "open" and isinstance(args[2], int) and args[2] & (os.O_WRONLY | os.O_RDWR)
    if event in CHANGES or writes:
        count += 1
        if count == stop:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(count_changes)
sys.argv[0] = "tools.far"
runpy.run_module("tools.far", run_name="__main__", alter_sys=True)
"""


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

    def bring(self, **changes: str) -> str:
        """Put a release there, with lines added to files; its name without its number."""
        release = self.brought / "release"
        hashes = {}
        for name in (*PROGRAM, "nn/inkling.npz"):
            source = REPOSITORY / name
            text = source.read_bytes() if name in PROGRAM else b"weights\n"
            place = release / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(text + changes.get(place.stem, "").encode())
            hashes[name] = sha256(place.read_bytes()).hexdigest()
        name = sha256(json.dumps(hashes).encode()).hexdigest()[:6]
        note = {"number": "1743", "refusal": None}
        told = {"release": name, "note": note, "files": hashes}
        (release / "manifest.json").write_text(json.dumps(told, indent=1))
        return name

    def run(self, *words: str, stop: int = 0) -> tuple[int, str]:
        """Run the far side, stopped before its operation of that number; how it ended."""
        done = subprocess.run(
            [sys.executable, "-B", "-P", "-c", STOPPED, str(stop), *words],
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
        load_config(self.config)

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
