"""One's own digits as training examples: labelled pictures, brought to glyphs as any frame is."""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from device.errors import BadPicture
from device.picture import open_picture
from device.preparation import prepare
from tools.errors import BadLabels
from tools.labels import LabelledPicture, find_folders
from tools.training import Examples, join

SHARE = 0.1
"""How large a part of the training one's own digits are made by repeating them…"""

MOST_REPEATS = 100
"""…but none comes more often: it would be learnt by heart."""


def load_handwriting(root: Path) -> Examples:
    """The single digits of a labelled folder as glyphs; what can't be used is told on stderr.

    Raises
    ------
    BadLabels
        There is no usable digit in it.
    """
    glyphs, labels = [], []
    for folder in find_folders(root):
        for picture in folder.pictures:
            found = _glyph_of(picture)
            if isinstance(found, str):
                print(f"warning: {picture.path}: {found}; left out", file=sys.stderr)
            else:
                glyphs.append(found)
                labels.append(int(picture.label))
    if not glyphs:
        raise BadLabels(f"{root}: no picture of a single digit in it to learn from")
    return Examples(np.stack(glyphs), np.array(labels, dtype=np.uint8))


def _glyph_of(picture: LabelledPicture) -> NDArray[np.uint8] | str:
    """The picture's one glyph, or why it can't be learnt from."""
    if len(picture.label) != 1:
        return f"labelled {picture.label}, which is no single digit"
    try:
        found = prepare(open_picture(picture.path))
    except BadPicture as error:
        return str(error).removeprefix(f"{picture.path}: ")
    if len(found) != 1:
        return f"{len(found)} digits found in it, not 1" if found else "nothing found in it"
    return found[0].pixels


def add_handwriting(examples: Examples, own: Examples) -> Examples:
    """The examples and one's own, these repeated until they are a part that matters."""
    wanted = len(examples) * SHARE / (1 - SHARE)
    repeats = min(MOST_REPEATS, max(1, round(wanted / len(own))))
    return join([examples, *[own] * repeats])
