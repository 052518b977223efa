"""Make `docs/reading.png`: a note that the program writes, and what it reads on it.

python -m tools.sample_reading docs/reading.png
"""

import sys
from pathlib import Path

import numpy as np

import nn
from device.explain import explain
from device.notes import write_note
from device.reader import Reader

NUMBER, SEED = "1743", 101
"""A shadow's edge runs through the digits, and the back of the note shines through."""


def main(path: Path, weights: Path = nn.SHIPPED_WEIGHTS) -> None:
    """Write the note, read it and draw the reading."""
    frame = write_note(NUMBER, np.random.default_rng(SEED))
    reading = Reader(nn.load(weights)).read(frame)
    explain(frame, reading, "note.png").quantize(64).save(path, optimize=True)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
