"""One stage of a reading, a number of times; run on the emulated processor by `inkling-desk cost`.

python stages.py STAGE TIMES FRAME.npy WEIGHTS.npz
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np

import nn
from device.looks import first_look, second_look
from device.preparation import find_writing
from device.preparation.hands import without_hands
from device.preparation.held_note import find_held_note
from device.preparation.ink import find_ink
from device.preparation.light import flatten, is_light_on_dark
from device.reader import Reader


def stages(frame: Path, weights: Path) -> dict[str, Callable[[], object]]:
    """Return each stage as something to call, all it needs worked out beforehand."""
    picture = np.load(frame, allow_pickle=False)
    network = nn.load(weights)
    reader = Reader(network)
    note = find_held_note(picture)
    paper = note.straighten(picture) if note else picture
    writing = find_writing(paper, is_note=note is not None)
    digits = [writing.draw(strokes).pixels for strokes in writing.digits]
    inputs = nn.scale_inputs(np.stack(digits).reshape(len(digits), -1))
    glyph, temperature = digits[0][np.newaxis], network.card.temperature
    first = first_look(network, temperature, glyph)
    canvas = 255 - writing.flat
    return {
        "reading": lambda: reader.read(picture),
        "note": lambda: find_held_note(picture),
        "hands": lambda: without_hands(writing.canvas, is_note=note is not None),
        "light": lambda: (is_light_on_dark(canvas), flatten(canvas)),
        "ink": lambda: find_ink(writing.flat),
        "glyphs": lambda: [writing.draw(strokes) for strokes in writing.digits],
        "query": lambda: network.query(inputs),
        "second look": lambda: second_look(network, temperature, glyph, first),
    }


def main(stage: str, times: str, frame: str, weights: str) -> None:
    """Run a stage once to warm up, then so many times."""
    run = stages(Path(frame), Path(weights))[stage]
    for _ in range(1 + int(times)):
        run()


if __name__ == "__main__":
    main(*sys.argv[1:])
