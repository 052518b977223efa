"""Debian's packages for a Zero, unpacked into a folder: what an emulated processor runs.

Nothing of them is installed: their scripts don't run, and neither root nor a registered
emulator is needed. What of the scripts' work Python needs is done here.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tools.cache import kept
from tools.errors import DeskError

SUITE = "bookworm"
MIRROR = f"deb http://deb.debian.org/debian {SUITE} main"
PROGRAMS = {"mmdebstrap": "mmdebstrap", "qemu-arm": "qemu-user"}
"""What must be installed, and the Debian package that has it."""


class Architecture(NamedTuple):
    """One of Debian's names for ARM, and the processor that QEMU is to be for it."""

    triplet: str
    processor: str


ARCHITECTURES = {
    "armel": Architecture("arm-linux-gnueabi", "arm1176"),
    "armhf": Architecture("arm-linux-gnueabihf", "cortex-a7"),
}
"""The Zero's own processor runs armel; armhf computes with its floating-point unit, as
Raspberry Pi OS does, but Debian's is made for ARMv7."""

PYTHON = """#!/bin/sh
# Runs this root's Python emulated, and its children too: they are started by the same name.
root=${{0%/*}}
exec qemu-arm -cpu {processor} -L "$root" -0 "$0" -E PYTHONHOME="$root/usr" \\
    "$root/usr/bin/python3" "$@"
"""


class NoRoot(DeskError, OSError):
    """Debian's packages can't be had here."""


def debian_root(architecture: str, packages: Sequence[str]) -> Path:
    """Return a folder with packages and all that they depend on; `python` in it runs theirs.

    Raises
    ------
    NoRoot
        With the last line that the program said that failed.
    """
    packages = sorted({"python3", *packages})
    return kept(
        f"{SUITE}-{architecture}",
        (Path(__file__), *packages),
        lambda root: _make(root, architecture, packages),
        takes="about 60 MB to download, two minutes",
    )


def mmdebstrap(*options: str) -> list[str]:
    """The words that run it, so that what root mounts for it ends with it, even when killed."""
    apart = [] if os.geteuid() else ["unshare", "--mount"]
    return [*apart, "mmdebstrap", "--quiet", *options]


def _make(root: Path, architecture: str, packages: Sequence[str]) -> None:
    triplet, processor = ARCHITECTURES[architecture]
    command = mmdebstrap("--variant=extract", f"--architectures={architecture}")
    command += ["--skip=check/qemu", "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr"]
    command += ['--aptopt=Acquire::Retries "5"', f"--include={','.join(packages)}"]
    _run([*command, SUITE, str(root), MIRROR])
    libraries = root / "usr/lib" / triplet
    for name in ("openblas-serial", "blas", "lapack"):  # as update-alternatives would
        for library in libraries.glob(f"{name}/lib*.so.[03]"):
            place = libraries / library.name
            if not place.is_symlink():
                place.symlink_to(f"{name}/{library.name}")
    python = root / "python"
    python.write_text(PYTHON.format(processor=processor))
    python.chmod(0o755)
    # Files that name Python 2's syntax are left out, as Debian does; their errors don't count.
    _run([str(python), "-m", "compileall", "-q", "-s", str(root), "-p", "/", f"{root}/usr/lib/"])


def _run(command: Sequence[str]) -> None:
    variables = {**os.environ, "LC_ALL": "C", "PYTHONDONTWRITEBYTECODE": ""}
    done = subprocess.run(command, capture_output=True, text=True, env=variables)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no word"])[-1]
        raise NoRoot(f"{Path(command[0]).name}: {last}")
