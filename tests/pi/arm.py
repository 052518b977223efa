"""Debian's packages on an ARM1176, the Zero's processor, read what this machine reads.

Emulated is the processor alone: files, processes and time are this machine's.
"""

import json
import signal
import struct
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.notes import write_note
from device.reading import Frame
from tests.pi.root import armel
from tests.pi.stage import REPOSITORY, Unproven, run
from tools.zero.debian import PROGRAMS
from tools.zero.machine import gpiozero

NEEDS = PROGRAMS
NEEDS_ROOT = False

SIGHT = Path(__file__).with_name("guest") / "sight.py"
SEED = 6
NUMBERS = ("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "1743", "60", "314159", "888")
NOTES = 28
ROUNDED = 2
"""Grey levels that a glyph's pixel may be off: Pillow 9, Bookworm's, rounds otherwise than later
ones when it scales, on every processor."""

SUMMED = 1e-5
"""How far the outputs for the same glyph may be off: each processor adds in its own order."""

Sight = dict[str, NDArray[Any]]
"""What `guest/sight.py` writes."""

MOVW, MOV = 0xE3000007, 0xE3A00007
"""7 into register 0; ARMv7's way, which an ARM1176 doesn't know, and everybody's."""


def prove() -> Iterator[str]:
    """Compare what the two processors say."""
    yield prove_processor()
    python = armel() / "python"
    yield prove_check(python)
    with tempfile.TemporaryDirectory() as folder:
        pictures = write_pictures(Path(folder))
        yield see(python, pictures, Path(folder))
        yield compare(read(Path(sys.executable), pictures), read(python, pictures))


# --- the processor ---


def prove_processor() -> str:
    """Show that what was built for an ARMv7 dies here of an illegal instruction, as on a Zero."""
    with tempfile.TemporaryDirectory() as folder:
        seen = list[int]()
        for first, processor in ((MOV, "arm1176"), (MOVW, "arm1176"), (MOVW, "cortex-a7")):
            path = Path(folder) / f"{first:x}"
            path.write_bytes(program(first))
            path.chmod(0o755)
            command = ["qemu-arm", "-cpu", processor, str(path)]
            # Of an illegal instruction QEMU may leave a core in the folder it runs in.
            seen.append(subprocess.run(command, capture_output=True, cwd=folder).returncode)
    if seen != [7, -signal.SIGILL, 7]:
        raise Unproven(f"QEMU's ARM1176 is none: programs ended with {seen}")
    return "an instruction of ARMv7 is illegal here, as on a Zero"


def program(first: int) -> bytes:
    """Make a program for Linux on ARM: one instruction, then exit with what is in register 0."""
    code = struct.pack("<3I", first, 0xE3A07001, 0xEF000000)
    headers, address = 52 + 32, 0x10000
    size = headers + len(code)
    ident = b"\x7fELF\x01\x01\x01".ljust(16, b"\0")
    elf = (2, 40, 1, address + headers, 52, 0, 0x05000000, 52, 32, 1, 0, 0, 0)
    segment = (1, 0, address, address, size, size, 5, 0x1000)
    return ident + struct.pack("<2H5I6H", *elf) + struct.pack("<8I", *segment) + code


# --- what the appliance says ---


def inkling(python: Path, *words: str) -> str:
    """Run a command of the appliance and return what it prints."""
    return run_python(python, "-m", "device", *words)


def run_python(python: Path, *words: str | Path) -> str:
    """Run Python with the appliance to import, and return what it prints."""
    variables = {
        "PYTHONPATH": f"{REPOSITORY}:{gpiozero()}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }
    return run([python, "-P", *words], timeout_s=900, variables=variables).stdout


def prove_check(python: Path) -> str:
    """Let the appliance check itself, with the processor that Python says it runs on."""
    machine = run([python, "-c", "import platform; print(platform.machine())"], timeout_s=120)
    if machine.stdout.strip() != "armv6l":
        raise Unproven(f"Python runs on {machine.stdout.strip()}, not on an armv6l")
    lines = inkling(python, "check", "--simulate").splitlines()
    bad = [line for line in lines if not line.startswith("ok ")]
    if bad or len(lines) < 4:
        raise Unproven(f"inkling check on an ARM1176 says: {'; '.join(bad) or 'next to nothing'}")
    versions = [line.split(maxsplit=1)[1] for line in lines[1:3]]
    return f"inkling check on armv6l: {len(lines)} parts, each ok ({', '.join(versions)})"


def write_pictures(folder: Path) -> list[Path]:
    """Write notes, and photographs that are to be refused."""
    rng = np.random.default_rng(SEED)
    frames: dict[str, Frame] = {
        f"{number}-{index}": write_note(number, rng)
        for index, number in ((index, NUMBERS[index % len(NUMBERS)]) for index in range(NOTES))
    }
    frames |= {
        "blank": np.full((480, 640), 190, np.uint8),
        "dark": rng.integers(0, 9, (480, 640), np.uint8),
        "bright": np.full((480, 640), 255, np.uint8),
        "noise": rng.integers(0, 256, (480, 640), np.uint8),
        "cut off": np.roll(write_note("8", rng), 320, axis=1),
    }
    for name, frame in frames.items():
        Image.fromarray(frame).save(folder / f"{name}.png")
    return [folder / f"{name}.png" for name in frames]


def see(python: Path, pictures: list[Path], folder: Path) -> str:
    """Compare what the two Pythons prepare, and what their networks make of the same glyphs."""
    here, there = folder / "here.npz", folder / "there.npz"
    run_python(Path(sys.executable), SIGHT, here, "-", *pictures)
    run_python(python, SIGHT, there, here, *pictures)
    return compare_sight(dict(np.load(here)), dict(np.load(there)))


def compare_sight(here: Sight, there: Sight) -> str:
    """Tell how close glyphs and outputs are; raise Unproven where they are too far apart."""
    ours, theirs = here["glyphs"].astype(int), there["glyphs"].astype(int)
    if ours.shape != theirs.shape:
        raise Unproven(f"{len(ours)} glyphs here, {len(theirs)} on an ARM1176")
    greys = np.abs(ours - theirs).max()
    if greys > ROUNDED:
        raise Unproven(f"a glyph differs by {greys} grey levels; allowed: {ROUNDED}")
    outputs = np.abs(here["outputs"] - there["outputs"]).max()
    if outputs > SUMMED:
        raise Unproven(f"outputs for one glyph differ by {outputs:.0e}; allowed: {SUMMED:.0e}")
    return f"{len(ours)} glyphs within {greys} grey levels, outputs for the same {outputs:.0e}"


def read(python: Path, pictures: list[Path]) -> list[dict[str, Any]]:
    """Read pictures with one of the two Pythons."""
    lines = inkling(python, "read", "--json", *map(str, pictures)).splitlines()
    return [json.loads(line) for line in lines]


def compare(here: list[dict[str, Any]], there: list[dict[str, Any]]) -> str:
    """Tell that both read the same; raise Unproven where they don't."""
    for ours, theirs in zip(here, there, strict=True):
        name = Path(ours["picture"]).stem
        for key in ("number", "refusal"):
            if ours[key] != theirs[key]:
                raise Unproven(f"note {name}: {ours[key]!r} here, {theirs[key]!r} on an ARM1176")
        for one, other in zip(ours["digits"], theirs["digits"], strict=True):
            if one["box"] != other["box"]:
                raise Unproven(f"note {name}: {one['box']} here, {other['box']} on an ARM1176")
    numbers = sum(line["number"] is not None for line in here)
    refusals = sorted({line["refusal"].partition(":")[0] for line in here if line["refusal"]})
    if not numbers or len(refusals) < 3:
        raise Unproven(f"too little to compare: {numbers} numbers, refusals: {refusals}")
    return (
        f"inkling read: the same on {len(here)} notes, {numbers} of them numbers, refused as "
        f"{', '.join(refusals)}"
    )
