"""A container with systemd and sshd that stands for a Pi: booted, reached by ssh, unplugged."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.pi.stage import Unproven, run
from tests.pi.systemd_root import NOBODY, USER, systemd_root

AT_STEP = """# Lets a test do something when a deploy comes to a step; nothing of ours knows of it.
import os
import sys


def at_step(event, args):
    if event == "inkling.step" and os.path.exists("/srv/at-step.py"):
        with open("/srv/at-step.py") as file:
            exec(file.read(), {"step": args[0]})


sys.addaudithook(at_step)
"""
MODULES = "usr/local/lib/python3.11/dist-packages"
BOOT_S = 90.0


class Container:
    """The container. Its disk stays from one boot to the next, and what is under /opt is small.

    Parameters
    ----------
    folder
        A new folder, for all that belongs to it.
    opt_mb
        The size of /opt.
    """

    def __init__(self, folder: Path, opt_mb: int) -> None:
        self.root = folder / "root"
        self.opt = folder / "opt"
        self.identity = folder / "identity"
        self.ssh_config = folder / "ssh_config"
        self.known_hosts = folder / "known_hosts"
        self.port = free_port()
        self._log = folder / "boot.log"
        self._nspawn: subprocess.Popen[bytes] | None = None
        run(["cp", "-a", "--reflink=auto", systemd_root(), self.root], timeout_s=300)
        self.opt.mkdir()
        self._opt_mb = opt_mb
        self._let_in(folder)
        (self.root / MODULES / "at_step.py").write_text(AT_STEP)
        (self.root / MODULES / "at_step.pth").write_text("import at_step\n")

    def _let_in(self, folder: Path) -> None:
        for key in (self.identity, folder / "other"):
            run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], timeout_s=60)
        public = Path(f"{self.identity}.pub").read_text()
        for home in ("root", f"home/{USER}", f"home/{NOBODY}"):
            keys = self.root / home / ".ssh/authorized_keys"
            keys.parent.mkdir(mode=0o700, exist_ok=True)
            keys.write_text(public)
            owner = keys.parent.parent.stat()
            for path in (keys, keys.parent):
                os.chown(path, owner.st_uid, owner.st_gid)
        (self.root / "etc/ssh/sshd_config.d/port.conf").write_text(
            f"Port {self.port}\nListenAddress 127.0.0.1\nUseDNS no\n"
        )
        self.know(self.root / "etc/ssh/ssh_host_ed25519_key.pub")
        self.ssh_config.write_text(
            f"UserKnownHostsFile {self.known_hosts}\nGlobalKnownHostsFile none\n"
            f"StrictHostKeyChecking yes\nHost 127.0.0.1\n  Port {self.port}\n"
            f"  IdentityFile {self.identity}\n  IdentitiesOnly yes\n"
        )

    def know(self, host_key: Path) -> None:
        """Let the desk expect this host key."""
        kind, key, *_ = host_key.read_text().split()
        self.known_hosts.write_text(f"[127.0.0.1]:{self.port} {kind} {key}\n")

    def boot(self) -> None:
        """Start it, and wait until systemd has finished booting."""
        command = ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit"]
        command += [f"--directory={self.root}", f"--bind={self.opt}:/opt", "--boot"]
        with self._log.open("ab") as log:
            self._nspawn = subprocess.Popen(
                [*command, "systemd.show_status=0"],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        wait_for(
            lambda: self.ask("systemctl is-system-running --wait") in ("running", "degraded"),
            BOOT_S,
            "the container does not boot",
        )

    def unplug(self) -> None:
        """Cut its power: every process in it ends at once, and nothing is said to any."""
        if self._nspawn is None or self._nspawn.poll() is not None:
            return
        children = Path(f"/proc/{self._nspawn.pid}/task/{self._nspawn.pid}/children")
        for pid in children.read_text().split():
            os.kill(int(pid), signal.SIGKILL)
        self._nspawn.wait()
        self._nspawn = None

    def _must_live(self) -> None:
        if self._nspawn is not None and self._nspawn.poll() is not None:
            said = self._log.read_text(errors="backslashreplace")[-500:]
            raise Unproven(f"the container is gone: {ending(self._nspawn.returncode, said)}")

    def ask(self, command: str, user: str = "root") -> str:
        """What a command in it prints; the empty text where it can't be reached."""
        self._must_live()
        ssh = ["ssh", "-F", str(self.ssh_config), "-oConnectTimeout=5", "-oLogLevel=ERROR"]
        done = subprocess.run(
            [*ssh, f"{user}@127.0.0.1", command],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def at_step(self, code: str) -> None:
        """Let this Python run in a deploy at each of its steps, named `step`; "" for none."""
        place = self.root / "srv/at-step.py"
        if code:
            place.write_text(code)
        else:
            place.unlink(missing_ok=True)

    def __enter__(self) -> Self:
        options = f"size={self._opt_mb}m,mode=755"
        run(["mount", "-t", "tmpfs", "-o", options, "opt", self.opt], timeout_s=30)
        try:
            self.boot()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End it, and give its mount back."""
        self.unplug()
        run(["umount", self.opt], timeout_s=30)


def wait_for(
    condition: Callable[[], bool],
    seconds: float,
    otherwise: str,
    by: "subprocess.Popen[str] | None" = None,
) -> None:
    """Wait until something is so; no longer than the process lives by which it should come."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline or (by is not None and by.poll() is not None):
            raise Unproven(otherwise)
        time.sleep(0.2)


def ending(status: int, said: str) -> str:
    """How a program ended, and what it said, in a line."""
    lines = [line.strip() for line in said.splitlines()]
    return f"exit status {status}: {' | '.join(filter(None, lines)) or 'no word'}"


def free_port() -> int:
    """A port of this machine that nobody has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
