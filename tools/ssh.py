"""One ssh connection, over which several commands are run."""

import contextlib
import re
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from tools.errors import ConnectionLost, DeployFailed

OPTIONS = {
    "ConnectTimeout": "15",
    # A Pi whose Wi-Fi has gone is noticed within a minute.
    "ServerAliveInterval": "15",
    # The user's own configuration may ask for these, meaning interactive logins.
    "RemoteCommand": "none",
    "ClearAllForwardings": "yes",
    "ForwardAgent": "no",
    "LogLevel": "ERROR",
}

FAULTS = (
    (
        "HOST IDENTIFICATION HAS CHANGED",
        "its host key is not the one known: if the Pi was set up anew, "
        "forget the old key with ssh-keygen -R {host}",
    ),
    ("Host key verification failed", "its host key is not known yet: accept it with ssh {target}"),
    ("Permission denied", "it does not let us in: try ssh {target}, or ssh-copy-id {target}"),
    ("Connection refused", "nothing listens there: switch ssh on in raspi-config, or give --port"),
    ("Could not resolve hostname", "no machine has that name: is it on? Its address works as well"),
    ("timed out|No route to host|unreachable", "it does not answer: is it on, and on the network?"),
)
"""What ssh says, and what we say to the user."""


class Connection:
    """A connection to `target`, opened on entry: a password is asked for once.

    Raises
    ------
    DeployFailed
        With one line that says what is wrong with the connection, or the last
        line that a command complained with.
    """

    def __init__(self, target: str, *, port: int | None, identity: Path | None) -> None:
        self.target = target
        # A folder of our own, short: a socket's path has at most 104 characters on macOS.
        self._folder = tempfile.TemporaryDirectory(prefix="ink", dir="/tmp")
        self._socket = Path(self._folder.name, "s")
        self._options = ["-S", str(self._socket)]
        for name, value in OPTIONS.items():
            self._options += ["-o", f"{name}={value}"]
        if port is not None:
            self._options += ["-p", str(port)]
        if identity is not None:
            self._options += ["-i", str(identity), "-o", "IdentitiesOnly=yes"]

    def __enter__(self) -> Self:
        complaints = Path(self._folder.name, "complaints")
        try:
            with complaints.open("wb") as file:
                self._master = subprocess.Popen(
                    ["ssh", "-M", "-N", *self._options, "--", self.target],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=file,
                )
            self._wait(complaints)
        except FileNotFoundError as error:
            self._folder.cleanup()
            raise DeployFailed("ssh is not installed: sudo apt install openssh-client") from error
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
        """Hang up; as often as you like."""
        # Nothing is under way, and SIGTERM is now and then overslept until ServerAliveInterval.
        self._master.kill()
        self._master.wait()
        self._folder.cleanup()

    def run(self, command: str, *, stdin: bytes = b"") -> str:
        """Run `command` in the far shell and give back what it printed."""
        done = subprocess.run(self._ssh(command), input=stdin, capture_output=True)
        self._check(done.returncode, done.stderr)
        return done.stdout.decode(errors="replace")

    def follow(self, command: str, told: Callable[[str], None], *, stdin: bytes = b"") -> None:
        """Run `command`, and hand on each line that it prints, as it comes."""
        with (
            tempfile.TemporaryFile() as complaints,
            subprocess.Popen(
                self._ssh(command),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complaints,
            ) as ssh,
        ):
            assert ssh.stdin is not None
            assert ssh.stdout is not None
            with contextlib.suppress(BrokenPipeError):  # it ended without reading
                ssh.stdin.write(stdin)
                ssh.stdin.close()
            for line in ssh.stdout:
                told(line.decode(errors="replace").rstrip())
            status = ssh.wait()
            complaints.seek(0)
            self._check(status, complaints.read())

    def _ssh(self, command: str) -> list[str]:
        return ["ssh", "-T", *self._options, "--", self.target, command]

    def _wait(self, complaints: Path) -> None:
        """Wait for the socket, for as long as it takes somebody to type a password."""
        while not self._socket.exists():
            if self._master.poll() is not None:
                raise DeployFailed(f"{self.target}: {self._fault(complaints.read_bytes())}")
            time.sleep(0.02)

    def _fault(self, complaints: bytes) -> str:
        text = complaints.decode(errors="replace")
        for pattern, advice in FAULTS:
            if re.search(pattern, text, re.IGNORECASE):
                return advice.format(target=self.target, host=self.target.rpartition("@")[2])
        return f"ssh failed: {last_line(text)}"

    def _check(self, status: int, complaints: bytes) -> None:
        """What ssh itself fails of is 255, else the status is the command's."""
        if status == 255:
            raise ConnectionLost(f"{self.target}: the connection was lost: run it again")
        if status != 0:
            text = complaints.decode(errors="replace")
            raise DeployFailed(f"{self.target}: {last_line(text)}")


def last_line(text: str) -> str:
    """Give the last line that says something."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "failed, as it says above"
