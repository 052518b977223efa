"""Bring code, weights, unit and configuration to a Pi over ssh, and start the service.

Nothing is asked of the Pi but ssh, sh and tar: what runs there is `deploy.sh`, which
is brought along. A release is a folder named after its content,
`/opt/inkling/releases/0.1.0-1a2b3c4d5e6f`, and `/opt/inkling/current` points to the
one that runs.
"""

import argparse
import hashlib
import io
import re
import shlex
import sys
import tarfile
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

import nn
from device.reader import Reader
from tools.deploy_page import PageWish
from tools.errors import BadOption, DeployFailed
from tools.ssh import Connection

ROOT = Path(__file__).parents[1]
PARTS = ("device", "nn", "systemd")
TARGET = re.compile(r"(?:[A-Za-z0-9_][\w.-]*@)?[A-Za-z0-9_][\w.:%-]*", re.ASCII)
SUPPORTED = {"debian": 12, "raspbian": 12}
"""Raspberry Pi OS says `debian` on 64 bits and `raspbian` on 32; 12 is Bookworm."""

# -m: a Pi has no clock that runs without power, and tar would warn of files from the future.
UNPACK = """
d=$(mktemp -d) && tar -xmf - -C "$d" && echo "inkling:folder=$d" && exit
rm -rf "$d"
echo "unpacking failed: is the card full?" >&2
exit 1
"""

Files = dict[str, bytes]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe `inkling-desk deploy`."""
    parser.add_argument("pi", metavar="user@host", help="the Pi, as ssh knows it")
    parser.add_argument("--port", type=int, help="ssh's port, if not 22")
    parser.add_argument("--identity", type=Path, metavar="FILE", help="the private key to use")
    parser.add_argument("--weights", type=Path, metavar="FILE", help="weights of your own training")
    parser.add_argument(
        "--page", action="store_true", help="let the network reach the page, with a password"
    )
    parser.add_argument(
        "--new-page-password", action="store_true", help="the same, with another password"
    )
    parser.add_argument("--dry-run", action="store_true", help="look at the Pi and change nothing")
    parser.add_argument("--force", action="store_true", help="try a system that isn't supported")


def main(args: argparse.Namespace) -> int:
    """Deploy, telling each step; every failure is a `DeployFailed` of one line."""
    check_target(args.pi)
    files = release_files(args.weights or ROOT / "nn" / nn.SHIPPED_WEIGHTS.name)
    release = release_name(files)
    packages = pi_packages()
    with Connection(args.pi, port=args.port, identity=args.identity) as connection:
        pi = probe(connection, packages)
        print(f"{args.pi}: {pi.model or 'not a Raspberry Pi'}, {pi.system}", flush=True)
        check_support(pi, args.pi, force=args.force)
        size_mb = sum(map(len, files.values())) / 1e6
        print(f"bringing inkling {release} ({len(files)} files, {size_mb:.1f} MB)", flush=True)
        if args.dry_run:
            print(f"would install: {pi.missing or 'no packages'}; changed nothing")
            return 0
        wants_page = args.page or args.new_page_password
        page = PageWish(another=args.new_page_password) if wants_page else None
        install(connection, pi, release, files, page)
    print(f"running; its log: ssh {args.pi} journalctl -fu inkling")
    return 0


def check_target(target: str) -> None:
    """Refuse what ssh would take for an option, and what is no host's name."""
    if not TARGET.fullmatch(target):
        raise BadOption(f"deploy: {target!r} is no Pi; write user@host, as in pi@raspberrypi.local")


# --- what is brought ---


def release_files(weights: Path) -> Files:
    """Everything the appliance runs from, by its path in the release.

    Raises
    ------
    BadWeights
        When the reader would refuse the weights or they fail their self-test: better
        now than on the Pi.
    """
    if not (ROOT / "systemd" / "inkling.service").exists():
        raise DeployFailed(f"{ROOT}: no systemd folder; deploy from inkling's own folder")
    network = nn.load(weights)
    network.self_test()
    Reader(network)
    files = {
        path.relative_to(ROOT).as_posix(): path.read_bytes()
        for part in PARTS
        for path in sorted((ROOT / part).rglob("*"))
        if path.is_file() and is_ours(path)
    }
    files[f"nn/{nn.SHIPPED_WEIGHTS.name}"] = weights.read_bytes()
    return files


def is_ours(path: Path) -> bool:
    """Leave out caches, hidden files and what editors leave behind."""
    parts = path.relative_to(ROOT).parts
    return not any(part.startswith((".", "__pycache__")) or part.endswith("~") for part in parts)


def release_name(files: Files) -> str:
    """Name a release after its content: the same files are the same release."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    content = hashlib.sha256()
    for name, data in sorted(files.items()):
        content.update(f"{name}\0{len(data)}\0".encode() + data)
    return f"{version}-{content.hexdigest()[:12]}"


def pi_packages() -> list[str]:
    """Debian's packages that the appliance needs."""
    lines = (ROOT / "tools" / "pi-packages.txt").read_text().splitlines()
    return [line for line in lines if not line.startswith("#")]


def pack(files: Files) -> bytes:
    """Make the archive here: every tar on a Pi reads it, whatever tar this computer has."""
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return archive.getvalue()


# --- what is there ---


@dataclass(frozen=True, slots=True)
class Pi:
    """What `deploy.sh probe` tells; an empty text where there is nothing to tell."""

    model: str
    system: str
    distribution: str
    version: str
    python: str
    systemd: str
    root: str
    """How to become root there: root, sudo, password or none."""
    address: str
    """The one that ssh reached."""
    missing: str


def probe(connection: Connection, packages: list[str]) -> Pi:
    """Ask the far side what it is."""
    script = (ROOT / "tools" / "deploy.sh").read_bytes()
    answers = tell_apart(connection.run(f"sh -s probe {shlex.join(packages)}", stdin=script))
    names = [field.name for field in fields(Pi)]
    if any(name not in answers for name in names):
        raise DeployFailed(f"{connection.target}: no plain shell answers there: is it a Pi?")
    return Pi(**{name: answers[name].strip() for name in names})


def tell_apart(output: str) -> dict[str, str]:
    """Take our own lines out of whatever a login prints besides."""
    lines = (line.removeprefix("inkling:") for line in output.splitlines() if "inkling:" in line)
    return {name: value for name, equals, value in (line.partition("=") for line in lines)}


def check_support(pi: Pi, target: str, *, force: bool) -> None:
    """Refuse what the appliance can't run on, and, unless forced, what nobody tried."""
    if not pi.systemd:
        raise DeployFailed(f"{target}: {pi.system} has no systemd, which keeps the service running")
    if not pi.python or tuple(map(int, pi.python.split("."))) < (3, 11):
        raise DeployFailed(
            f"{target}: {pi.system} has Python {pi.python or 'nowhere'}; needed: 3.11 or newer, "
            "as in Raspberry Pi OS 12 (Bookworm)"
        )
    if pi.root == "none":
        raise DeployFailed(f"{target}: neither root nor sudo there: log in as root")
    if force or ("Raspberry Pi" in pi.model and is_supported(pi)):
        return
    raise DeployFailed(
        f"{target}: {pi.system} on {pi.model or 'no Raspberry Pi'}; supported: Raspberry Pi OS 12 "
        "(Bookworm) or newer on a Raspberry Pi; --force tries nevertheless"
    )


def is_supported(pi: Pi) -> bool:
    """Raspberry Pi OS, or Debian, new enough."""
    version = pi.version.partition(".")[0]
    least = SUPPORTED.get(pi.distribution)
    return least is not None and version.isdecimal() and int(version) >= least


# --- putting it in place ---


def install(
    connection: Connection, pi: Pi, release: str, files: Files, page: PageWish | None = None
) -> None:
    """Bring the archive into a folder of its own, and run `deploy.sh install` from there."""
    brought = {f"release/{name}": data for name, data in files.items()}
    for name in ("deploy.sh", "deploy_config.py"):
        brought[name] = (ROOT / "tools" / name).read_bytes()
    if page is not None:
        brought["page"] = page.brought()
    answers = tell_apart(connection.run(f"sh -c {shlex.quote(UNPACK)}", stdin=pack(brought)))
    folder = answers["folder"]
    try:
        run_as_root(
            connection, pi, ["sh", f"{folder}/deploy.sh", "install", release, *pi.missing.split()]
        )
    finally:
        # Also of a service that doesn't start: a password that was taken is told only here.
        quoted = shlex.quote(folder)
        ending = f"cat {quoted}/answer 2>/dev/null; rm -rf -- {quoted}"
        answers = tell_apart(connection.run(ending))
        if page is not None and (line := page.told(answers, connection.target, pi.address)):
            print(line, flush=True)


def run_as_root(connection: Connection, pi: Pi, words: list[str]) -> None:
    """Run a command there as root, letting sudo ask for a password where somebody can answer."""
    if pi.root == "root":
        connection.show(shlex.join(words))
    elif pi.root == "sudo":
        connection.show(shlex.join(["sudo", "-n", *words]))
    elif sys.stdin.isatty():
        connection.show(shlex.join(["sudo", *words]), terminal=True)
    else:
        raise DeployFailed(
            f"{connection.target}: sudo asks for a password there: run this in a terminal"
        )
