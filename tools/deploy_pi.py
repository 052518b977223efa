"""A Pi that is deployed to: what it is, what it lacks, and how to become root there."""

import getpass
import re
import shlex
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path

from tools.deploy_release import Files, pack
from tools.errors import BadOption, DeployFailed
from tools.ssh import Connection

TARGET = re.compile(r"(?:[A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9_][\w.:%-]*", re.ASCII)

DISTRIBUTIONS = ("debian", "raspbian")
"""Raspberry Pi OS says `debian` on 64 bits and `raspbian` on 32."""
VERSIONS = {"12": "Bookworm", "13": "Trixie"}
ARCHITECTURES = ("armhf", "arm64")
SUPPORTED = "Raspberry Pi OS 12 (Bookworm) or 13 (Trixie), 32 or 64 bits, on a Raspberry Pi"

# -m: a Pi has no clock that runs without power, and tar would warn of files from the future.
UNPACK = """
d=$(mktemp -d) && tar -xmf - -C "$d" && echo "inkling:folder=$d" && exit
[ -z "$d" ] || rm -rf "$d"
echo "unpacking failed: is the card full?" >&2
exit 1
"""

asking = threading.Lock()
"""Held by whoever talks to the user: one password is asked for at a time."""


@dataclass(frozen=True, slots=True)
class Nature:
    """What `far/probe.sh` tells; an empty text where there is nothing to tell."""

    model: str
    system: str
    distribution: str
    version: str
    architecture: str
    python: str
    systemd: str
    root: str
    """How to become root there: root, sudo, password or none."""
    address: str
    """The one that ssh reached."""
    missing: str

    @property
    def is_supported(self) -> bool:
        """Raspberry Pi OS, or Debian, of a version and on a processor that were tried."""
        return (
            "Raspberry Pi" in self.model
            and self.distribution in DISTRIBUTIONS
            and self.version in VERSIONS
            and self.architecture in ARCHITECTURES
        )


@dataclass(slots=True)
class Pi:
    """One Pi, over one connection."""

    connection: Connection
    nature: Nature
    _password: bytes | None = field(default=None, repr=False)

    @classmethod
    def probe(cls, connection: Connection, packages: Sequence[str], root: Path) -> "Pi":
        """Ask the far side what it is, and which of these packages it lacks."""
        command = f"sh -s -- {shlex.join(packages)}"
        script = (root / "tools" / "far" / "probe.sh").read_bytes()
        answers = tell_apart(connection.run(command, stdin=script))
        names = [field.name for field in fields(Nature)]
        if any(name not in answers for name in names):
            raise DeployFailed(f"{connection.target}: no plain shell answers there: is it a Pi?")
        return cls(connection, Nature(**{name: answers[name].strip() for name in names}))

    @property
    def target(self) -> str:
        """The Pi as ssh knows it."""
        return self.connection.target

    def check(self, *, force: bool) -> None:
        """Refuse what the appliance can't run on, and, unless forced, what nobody tried."""
        found, target = self.nature, self.target
        if not found.systemd:
            raise DeployFailed(f"{target}: {found.system} has no systemd, which runs the service")
        if not found.python or tuple(map(int, found.python.split("."))) < (3, 11):
            raise DeployFailed(
                f"{target}: {found.system} has Python {found.python or 'nowhere'}; needed: 3.11 "
                "or newer, as in Raspberry Pi OS 12 (Bookworm)"
            )
        if found.root == "none":
            raise DeployFailed(f"{target}: neither root nor sudo there: log in as root")
        if not force and not found.is_supported:
            raise DeployFailed(
                f"{target}: {found.system} ({found.architecture}) on "
                f"{found.model or 'no Raspberry Pi'}; supported: {SUPPORTED}; "
                "--force tries nevertheless"
            )

    def bring(self, files: Files) -> str:
        """Bring files into a folder of their own, and give back its path."""
        output = self.connection.run(f"sh -c {shlex.quote(UNPACK)}", stdin=pack(files))
        return tell_apart(output)["folder"]

    def discard(self, folder: str) -> None:
        """Remove what was brought."""
        self.connection.run(f"rm -rf -- {shlex.quote(folder)}")

    def run_far_side(
        self, folder: str, words: Sequence[str], told: Callable[[str, str], None], *, as_root: bool
    ) -> None:
        """Run the program that was brought, and hand on what it tells: names and values."""

        def hear(line: str) -> None:
            for name, value in tell_apart(line).items():
                told(name, value)

        command = ["env", f"PYTHONPATH={folder}", "python3", "-B", "-P", "-m", "tools.far", *words]
        sudo, password = self._way_to_root() if as_root else ([], b"")
        self.connection.follow(shlex.join([*sudo, *command]), hear, stdin=password)

    def _way_to_root(self) -> tuple[list[str], bytes]:
        """The words before a command that needs root, and what sudo reads."""
        if self.nature.root == "root":
            return [], b""
        if self.nature.root == "sudo":
            return ["sudo", "-n"], b""
        return ["sudo", "-S", "-k", "-p", ""], self._ask()

    def _ask(self) -> bytes:
        """Ask for the password that sudo wants there, once."""
        if self._password is None:
            if not sys.stdin.isatty():
                raise DeployFailed(
                    f"{self.target}: sudo asks for a password there: run this in a terminal"
                )
            with asking:
                typed = getpass.getpass(f"{self.target}: password for sudo: ")
            self._password = f"{typed}\n".encode()
        return self._password


def tell_apart(output: str) -> dict[str, str]:
    """Take our own lines out of whatever a login prints besides."""
    lines = (line.partition("inkling:")[2] for line in output.splitlines() if "inkling:" in line)
    return {name: value for name, equals, value in (line.partition("=") for line in lines)}


def check_target(target: str) -> None:
    """Refuse what ssh would take for an option, and what is no host's name."""
    if not TARGET.fullmatch(target):
        raise BadOption(f"deploy: {target!r} is no Pi; write user@host, as in pi@raspberrypi.local")
