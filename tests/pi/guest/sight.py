"""What this processor's libraries make of pictures, and the network of the glyphs given.

Called with the file to write, the file whose glyphs to query (- for its own) and
pictures. Writes `glyphs` (n, 28, 28) uint8 and `outputs` (n, 11) float32.
"""

import sys
from pathlib import Path

import numpy as np

import nn
from device.picture import open_picture
from device.preparation import prepare


def main(out: str, given: str, *pictures: str) -> None:
    """Prepare the pictures, query the glyphs, write both."""
    found = [glyph.pixels for each in pictures for glyph in prepare(open_picture(Path(each)))]
    glyphs = np.stack(found)
    asked = glyphs if given == "-" else np.load(given)["glyphs"]
    outputs = nn.load(nn.SHIPPED_WEIGHTS).query(nn.scale_inputs(asked.reshape(len(asked), -1)))
    np.savez(out, glyphs=glyphs, outputs=outputs)


main(*sys.argv[1:])
