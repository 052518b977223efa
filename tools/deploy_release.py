"""A release as the desk brings it: files, the manifest that tells of them, one archive."""

import hashlib
import io
import json
import tarfile
import tomllib
from pathlib import Path

import nn
from device.picture import open_picture
from device.reader import Reader
from tools.errors import DeployFailed

ROOT = Path(__file__).parents[1]
PARTS = ("device", "nn", "systemd")
WEIGHTS = f"nn/{nn.SHIPPED_WEIGHTS.name}"
NOTE = "note.png"
"""Read on the desk, and on the Pi before and after the switch: the answers have to be the same."""

Files = dict[str, bytes]


def release_files(root: Path, weights: Path | None) -> Files:
    """Everything the appliance runs from, by its path in the release, and the manifest.

    Parameters
    ----------
    root
        inkling's own folder.
    weights
        The weights to bring; None takes those that are shipped.

    Raises
    ------
    BadWeights
        When the reader would refuse the weights or they fail their self-test: better
        now than on the Pi.
    """
    if not (root / "systemd" / "inkling.service").exists():
        raise DeployFailed(f"{root}: no systemd folder; deploy from inkling's own folder")
    chosen = root / WEIGHTS if weights is None else weights
    network = nn.load(chosen)
    network.self_test()
    note = root / "tools" / "far" / NOTE
    files = {
        path.relative_to(root).as_posix(): path.read_bytes()
        for part in PARTS
        for path in sorted((root / part).rglob("*"))
        if path.is_file() and is_ours(path.relative_to(root))
    }
    files |= {WEIGHTS: chosen.read_bytes(), NOTE: note.read_bytes()}
    told = {"weights": network.card.name, "preparation": network.card.preparation}
    return {
        **files,
        "manifest.json": manifest(root, files, {**told, "note": answer(network, note)}),
    }


def is_ours(path: Path) -> bool:
    """Leave out caches, hidden files and what editors leave behind."""
    return not any(
        part.startswith((".", "__pycache__")) or part.endswith("~") for part in path.parts
    )


def answer(network: nn.LoadedNetwork, note: Path) -> dict[str, str | None]:
    """What the desk reads on the note that goes along, as `inkling read --json` says it."""
    reading = Reader(network).read(open_picture(str(note))).as_json()
    return {name: reading[name] for name in ("number", "refusal")}


def manifest(root: Path, files: Files, told: dict[str, object]) -> bytes:
    """Name every file with its SHA-256, and the release after all of them."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}
    content = hashlib.sha256(json.dumps(hashes).encode()).hexdigest()
    found = {"release": f"{version}-{content[:12]}", "version": version, **told, "files": hashes}
    return json.dumps(found, indent=1).encode()


def release_name(files: Files) -> str:
    """The name in the manifest: the same files are the same release."""
    return str(json.loads(files["manifest.json"])["release"])


def far_side(root: Path) -> Files:
    """The program that the Pi runs during a deploy."""
    modules = [root / "tools" / "__init__.py", *sorted((root / "tools" / "far").glob("*.py"))]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in modules}


def pi_packages(root: Path) -> list[str]:
    """Debian's packages that the appliance needs."""
    lines = (root / "tools" / "pi-packages.txt").read_text().splitlines()
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
