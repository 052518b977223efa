"""A machine that answers ssh as a Pi would, to folders that stand for its / and its state."""

import getpass
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

import nn
from device.preparation import VERSION
from tools import deploy_release

REPOSITORY = Path(__file__).parents[3]
STAND_INS = REPOSITORY / "tests" / "far_side"
PACKAGES = deploy_release.pi_packages(REPOSITORY)


class FarSide:
    """A machine that answers ssh as a Pi would: its / and its state are folders."""

    def __init__(self, folder: Path, sshd: str, keygen: str) -> None:
        self.root = folder / "root"
        self.state = folder / "state"
        self.programs = folder / "programs"
        self.identity = folder / "identity"
        self.known_hosts = folder / "known_hosts"
        self.log = folder / "sshd.log"
        self.target = f"{getpass.getuser()}@127.0.0.1"
        self.port = free_port()
        self._furnish()
        for key in (folder / "host_key", self.identity):
            subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
        self.know(folder / "host_key")
        self._process = self._start(folder, sshd)

    def _furnish(self) -> None:
        for path in ("proc/device-tree", "etc"):
            (self.root / path).mkdir(parents=True)
        self.say_model("Raspberry Pi Zero W Rev 1.1")
        self.say_system("raspbian", "12", "Raspbian GNU/Linux 12 (bookworm)")
        self.state.mkdir()
        (self.state / "archive").write_text("".join(f"{name}\n" for name in PACKAGES))
        (self.state / "installed").write_text("python3-numpy\npython3-pil\n")
        (self.state / "user").write_text("0\n")
        (self.state / "architecture").write_text("armhf\n")
        (self.state / "profile").write_text(f"export PATH={self.programs}:/usr/sbin:$PATH\n")
        shutil.copytree(STAND_INS, self.programs)
        # Not a link, by which Python would not find its environment.
        self.replace("python3", f'exec {sys.executable} "$@"')

    def _start(self, folder: Path, sshd: str) -> subprocess.Popen[bytes]:
        if os.getuid() == 0:
            Path("/run/sshd").mkdir(exist_ok=True)  # sshd won't start as root without it
        # Every login prints a greeting and has a narrow umask, as some machines do.
        shell = folder / "shell"
        shell.write_text(
            "#!/bin/sh\numask 077\necho Welcome\n"
            f". {self.state}/profile\n"
            f"export INKLING_ROOT={self.root} FAR_STATE={self.state}\n"
            'exec sh -c "$SSH_ORIGINAL_COMMAND"\n'
        )
        shell.chmod(0o755)
        (folder / "sshd_config").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder}/host_key\n"
            f"AuthorizedKeysFile {self.identity}.pub\nStrictModes no\nUsePAM no\nPidFile none\n"
            f"PasswordAuthentication no\nKbdInteractiveAuthentication no\nForceCommand {shell}\n"
        )
        process = subprocess.Popen([sshd, "-D", "-f", folder / "sshd_config", "-E", self.log])
        while not answers(self.port):
            assert process.poll() is None, self.log.read_text()
            time.sleep(0.01)
        return process

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()

    def hang_up(self) -> None:
        """Cut every connection that there is; what runs over one isn't told."""
        listening = self._process.pid
        children = Path(f"/proc/{listening}/task/{listening}/children")
        for pid in children.read_text().split():
            os.kill(int(pid), signal.SIGKILL)

    def lose(self, program: str) -> None:
        """Be without a program, whether or not the machine that the tests run on has it."""
        (self.programs / program).unlink()
        rest = self.state / "programs"
        rest.mkdir()
        for folder in ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"):
            for each in Path(folder).iterdir():
                if each.name != program and not (rest / each.name).is_symlink():
                    (rest / each.name).symlink_to(each)
        (self.state / "profile").write_text(f"export PATH={self.programs}:{rest}\n")

    def know(self, host_key: Path) -> None:
        kind, key, _ = Path(f"{host_key}.pub").read_text().split(maxsplit=2)
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {kind} {key}\n")

    def say_model(self, model: str) -> None:
        (self.root / "proc/device-tree/model").write_bytes(model.encode() + b"\0")

    def say_system(self, name: str, version: str, pretty: str) -> None:
        (self.root / "etc/os-release").write_text(
            f'ID={name}\nVERSION_ID="{version}"\nPRETTY_NAME="{pretty}"\n'
        )

    def replace(self, program: str, script: str) -> None:
        (self.programs / program).unlink(missing_ok=True)
        (self.programs / program).write_text(f"#!/bin/sh\n{script}\n")
        (self.programs / program).chmod(0o755)

    @property
    def current(self) -> Path:
        return self.root / "opt/inkling/current"

    @property
    def releases(self) -> list[str]:
        """The numbers of the releases that are there, but nothing else that may lie there."""
        return sorted(path.name for path in (self.root / "opt/inkling/releases").iterdir())

    @property
    def is_running(self) -> bool:
        active = self.state / "active"
        return active.exists() and active.read_text() == "running\n"

    @property
    def config(self) -> Path:
        return self.root / "etc/inkling/config.toml"

    @property
    def commands(self) -> list[str]:
        path = self.state / "commands"
        return path.read_text().splitlines() if path.exists() else []

    def tree(self) -> set[str]:
        return {str(path.relative_to(self.root)) for path in self.root.rglob("*")}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def write_weights(path: Path, seed: int, preparation: int = VERSION) -> None:
    network = nn.Network.talk(hidden_nodes=10, outputs=11, rng=np.random.default_rng(seed))
    card = nn.Card(name=path.stem, preparation=preparation, labels=(*"0123456789", "none"))
    network.save(path, card)
