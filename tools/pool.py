"""The generated training glyphs, kept in the user's cache folder: they take minutes to make."""

import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import platformdirs

import device
from device import preparation
from tools.batches import Glyphs, Labels
from tools.examples import build_pool
from tools.files import read_arrays, written_aside
from tools.training import Examples

Build = Callable[..., tuple[Glyphs, Labels]]
"""What makes glyphs, as `tools.examples.build_pool` does."""

MADE_BY = (
    "preparation/*.py",
    "notes.py",
    "photographs.py",
    "strokes.py",
    "../tools/digit_notes.py",
    "../tools/examples.py",
    "../tools/parts.py",
    "../tools/shapes.py",
)
"""The sources that glyphs are made by, from the device's folder: when one changes, so do they."""


def load_or_build(
    digits: Examples,
    count: int,
    seed: int,
    *,
    workers: int,
    progress: Callable[[int], None],
    folder: Path | None = None,
    build: Build = build_pool,
) -> Examples:
    """`count` glyphs made from the digits; `progress` is told how many are done.

    What was made before by the same sources from the same digits is taken from
    the cache; a damaged file there is made again.
    """
    folder = folder or platformdirs.user_cache_path("inkling") / "glyphs"
    path = folder / f"{_key(digits, count, seed)}.npz"
    if path.exists():
        try:
            return _load(path)
        except (OSError, ValueError, KeyError):
            print(f"{path}: damaged; made again", file=sys.stderr)
    rng = np.random.default_rng(seed)
    glyphs, labels = build(
        digits.glyphs, digits.labels, rng, count=count, progress=progress, workers=workers
    )
    with written_aside(path) as file:
        np.savez(file, glyphs=glyphs, labels=labels)
    return Examples(glyphs, labels)


def _load(path: Path) -> Examples:
    arrays = read_arrays(path)
    glyphs, labels = arrays["glyphs"], arrays["labels"]
    if glyphs.dtype != np.uint8 or glyphs.shape != (len(labels), 28, 28) or not len(labels):
        raise ValueError(f"{glyphs.dtype} {glyphs.shape} are no glyphs")
    return Examples(glyphs, labels)


def _key(digits: Examples, count: int, seed: int) -> str:
    """A name that says the preparation's version, and differs where anything else does."""
    digest = hashlib.sha256(f"{count} {seed}".encode())
    digest.update(digits.glyphs.tobytes())
    digest.update(digits.labels.tobytes())
    home = Path(device.__file__).parent
    for source in sorted(each for pattern in MADE_BY for each in home.glob(pattern)):
        digest.update(source.read_bytes())
    return f"preparation-{preparation.VERSION}-{digest.hexdigest()[:16]}"
