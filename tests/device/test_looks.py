"""Looking at glyphs once, and again where the first look isn't sure."""

import numpy as np
import pytest
from numpy.typing import NDArray

import nn
from device.looks import SHIFTS, SURE_AT_SIGHT, first_look, look_closely, second_look

Floats = NDArray[np.float32]

TEMPERATURE = 1.3


class Ink(nn.Network):
    """Is the surer of a 1 the more ink there is in the middle row; keeps count of what it sees."""

    def __init__(self) -> None:
        super().__init__(784, [nn.Dense(11, activation="softmax")])
        self.weights = np.zeros_like(self.weights)
        self.layers[0].weights[1, 14 * 28 : 15 * 28] = 1.0
        self.seen = 0

    def query(self, inputs: object) -> Floats:
        outputs: Floats = super().query(inputs)  # type: ignore[arg-type]  # whatever it is given
        self.seen += len(outputs)
        return outputs


def bars(*lengths: int) -> NDArray[np.uint8]:
    """Glyphs with a bar of ink in the middle row, each of this length."""
    glyphs = np.zeros((len(lengths), 28, 28), np.uint8)
    for glyph, length in zip(glyphs, lengths, strict=True):
        glyph[14, :length] = 255
    return glyphs


def test_a_first_look_is_softened() -> None:
    network, glyphs = Ink(), bars(3, 5)
    hard = first_look(network, 1.0, glyphs)[:, 1]
    assert (first_look(network, TEMPERATURE, glyphs)[:, 1] < hard).all()


def test_a_second_look_is_the_mean_of_looks_at_what_was_shifted() -> None:
    network, glyphs = Ink(), bars(3, 20)
    seen = second_look(network, TEMPERATURE, glyphs)
    for glyph, outputs in zip(glyphs, seen, strict=True):
        each = [
            first_look(network, TEMPERATURE, np.roll(glyph, shift, (0, 1))[None])
            for shift in SHIFTS
        ]
        np.testing.assert_allclose(outputs, np.mean(each, axis=0)[0], rtol=1e-5)


def test_only_what_was_not_sure_is_looked_at_again() -> None:
    network, glyphs = Ink(), bars(28, 4, 28, 0)
    seen = look_closely(network, TEMPERATURE, glyphs)
    assert network.seen == 4 + 2 * len(SHIFTS)
    first, second = (look(network, TEMPERATURE, glyphs) for look in (first_look, second_look))
    assert first[0, 1] >= SURE_AT_SIGHT > first[1, 1]
    np.testing.assert_array_equal(seen[[0, 2]], first[[0, 2]])
    np.testing.assert_allclose(seen[[1, 3]], second[[1, 3]], rtol=1e-5)


@pytest.mark.parametrize("look", [first_look, second_look, look_closely])
def test_of_no_glyph_nothing_is_seen(look: object) -> None:
    assert callable(look)
    assert look(Ink(), TEMPERATURE, bars()).shape == (0, 11)
