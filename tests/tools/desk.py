"""Small folders and networks that the desk's commands can be tried on for real."""

import csv
import os
import struct
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

import nn
from device import preparation
from tools.training import Examples

DIGITS = (*"0123456789",)


def make_digits(count: int, rng: np.random.Generator) -> Examples:
    """Glyphs that are learnt at a glance: a digit is a bar in a row of its own, and some noise."""
    labels = (np.arange(count) % 10).astype(np.uint8)
    glyphs = rng.integers(0, 60, (count, 28, 28), dtype=np.uint8)
    for glyph, label in zip(glyphs, labels, strict=True):
        glyph[4 + 2 * label : 6 + 2 * label, 4:24] = 255
    return Examples(glyphs, labels)


def write_mnist(folder: Path, train: int = 200, test: int = 50) -> Path:
    """A folder that looks like MNIST."""
    rng = np.random.default_rng(5)
    folder.mkdir()
    for part, count in (("train", train), ("t10k", test)):
        examples = make_digits(count, rng)
        write_idx(folder / f"{part}-images-idx3-ubyte", 2051, examples.glyphs)
        write_idx(folder / f"{part}-labels-idx1-ubyte", 2049, examples.labels)
    return folder


def write_idx(path: Path, magic: int, values: NDArray[np.uint8]) -> None:
    """One file in MNIST's own form."""
    header = struct.pack(f">{1 + values.ndim}I", magic, *values.shape)
    path.write_bytes(header + values.tobytes())


def write_bar_network(path: Path) -> Path:
    """Weights that read `make_digits` without an error: each output looks for one bar."""
    network = nn.Network(784, [nn.Dense(10, activation="softmax")])
    looks = np.zeros((10, 28, 28), np.float32)
    for digit in range(10):
        looks[digit, 4 + 2 * digit : 6 + 2 * digit, 4:24] = 1
    network.layers[0].weights[...] = looks.reshape(10, 784)
    network.save(path, nn.Card("bars", preparation.VERSION, DIGITS))
    return path


def write_sure_network(path: Path, digit: int) -> Path:
    """Weights that take whatever they are shown for the same digit."""
    network = nn.Network(784, [nn.Dense(11, activation="softmax")])
    network.layers[0].biases[digit] = 20
    network.save(path, nn.Card("sure", preparation.VERSION, (*DIGITS, "none")))
    return path


def write_pictures(folder: Path, rows: Iterable[tuple[str, str, str]]) -> Path:
    """A folder with `labels.csv` and a picture for each row; what is labelled none is blank."""
    folder.mkdir(parents=True)
    with (folder / "labels.csv").open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(("file", "label", "notes"))
        for name, label, notes in rows:
            table.writerow((name, label, notes))
            strokes = 0 if label == "none" else len(label)
            draw_note(strokes).save(folder / name)
    return folder


def draw_note(strokes: int) -> Image.Image:
    """Light paper with that many thick upright strokes in a line."""
    note = Image.new("L", (320, 240), 215)
    draw = ImageDraw.Draw(note)
    for number in range(strokes):
        column = 60 + 70 * number
        draw.line((column, 70, column, 170), fill=30, width=10)
    return note


def inkling_desk(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run the command as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "tools", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=os.environ | environment,
    )
