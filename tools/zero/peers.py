"""What else Debian has for a Zero that can read a digit, on the same emulated processor."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image

import nn
from device.preparation import VERSION, prepare
from device.reading import Frame
from nn.store import save
from tools.recipe import TALK, build_network
from tools.zero.machine import Counts, Machine

PACKAGES = ("python3-sklearn", "tesseract-ocr")
FEW, MANY = 1, 4


class Peer(NamedTuple):
    """What one costs: million instructions to start and for a digit, and memory in MB."""

    name: str
    what: str
    start: float
    digit: float
    memory_mb: float


def compare(machine: Machine, weights: Path, frame: Frame) -> list[Peer]:
    """Measure each on the same digit."""
    place = machine.folder / "tmp"
    place.mkdir()
    glyphs, picture, model = place / "glyphs.npy", place / "frame.npy", place / "model.joblib"
    np.save(picture, frame)
    (glyph,) = prepare(frame)
    np.save(glyphs, np.stack([glyph.pixels.ravel()] * 10))
    talk = _talk_network(place)
    machine.run_guest("peers.py", "fit", "1", str(model), str(glyphs))

    def ask(name: str, *files: Path) -> Callable[[int], Counts]:
        return lambda times: machine.run_guest("peers.py", name, str(times), *map(str, files))

    return [
        _measure("inkling", "a whole frame", ask("inkling", weights, picture)),
        _measure("inkling's network 784-200-10", "a 28×28 glyph", ask("network", talk, glyphs)),
        _measure(
            "scikit-learn's MLPClassifier 784-200-10",
            "a 28×28 glyph",
            ask("classifier", model, glyphs),
        ),
        _measure("Tesseract, --psm 10, digits", "a whole frame", _tesseract(machine, place, frame)),
    ]


def _talk_network(place: Path) -> Path:
    path = place / "talk.npz"
    labels = tuple("0123456789")
    save(build_network(TALK), path, nn.Card("talk", preparation=VERSION, labels=labels))
    return path


def _tesseract(machine: Machine, place: Path, frame: Frame) -> Callable[[int], Counts]:
    Image.fromarray(frame).save(place / "frame.png")
    pages = place / "pages.txt"

    def read(times: int) -> Counts:
        pages.write_text(f"{place / 'frame.png'}\n" * times)
        options = ("--psm", "10", "-c", "tessedit_char_whitelist=0123456789")
        return machine.run("tesseract", str(pages), "stdout", *options)

    return read


def _measure(name: str, what: str, run: Callable[[int], Counts]) -> Peer:
    few, many = run(FEW), run(MANY)
    digit = (many.total - few.total) / (MANY - FEW) / 1e6
    return Peer(name, what, few.total / 1e6 - digit, digit, few.peak_mb)
