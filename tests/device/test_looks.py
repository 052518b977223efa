"""Looking at glyphs once, and again where the first look isn't sure."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

import nn
from device.looks import SURE_AT_SIGHT, VIEWS, first_look, look_closely, second_look

Floats = NDArray[np.float32]

TEMPERATURE = 1.3


class Ink(nn.Network):
    """Is the surer of a 1 the more ink there is in the middle row; remembers what it sees."""

    def __init__(self) -> None:
        super().__init__(784, [nn.Dense(11, activation="softmax")])
        self.weights = np.zeros_like(self.weights)
        self.layers[0].weights[1, 14 * 28 : 15 * 28] = 1.0
        self.seen = 0
        self.glyphs = np.zeros((0, 28, 28), np.uint8)

    def query(self, inputs: ArrayLike) -> Floats:
        """Answer, and remember what was asked last."""
        asked = np.asarray(inputs)
        self.seen += len(asked)
        self.glyphs = ((asked - 0.01) / 0.99 * 255).round().astype(np.uint8).reshape(-1, 28, 28)
        outputs: Floats = super().query(inputs)
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


def test_a_second_look_is_the_mean_over_views() -> None:
    network, glyphs = Ink(), bars(3, 20)
    seen = second_look(network, TEMPERATURE, glyphs)
    views = network.glyphs.reshape(len(VIEWS), len(glyphs), 28, 28)
    for glyph, outputs in enumerate(seen):
        each = first_look(network, TEMPERATURE, views[:, glyph])
        np.testing.assert_allclose(outputs, each.mean(axis=0), rtol=1e-5)


def test_a_glyph_is_viewed_as_it_is_turned_either_way_larger_and_smaller() -> None:
    network, glyph = Ink(), np.zeros((1, 28, 28), np.uint8)
    glyph[0, 6:22, 11:17] = 255
    second_look(network, TEMPERATURE, glyph)
    straight, left, right, large, small = network.glyphs
    np.testing.assert_array_equal(straight, glyph[0])
    np.testing.assert_allclose(left, right[:, ::-1], atol=1)
    assert np.abs(left.astype(float) - straight).sum() > 0.1 * straight.sum()
    ink = [view.sum(dtype=float) for view in (small, straight, large)]
    scales = [VIEWS[-1][1], 1.0, VIEWS[-2][1]]
    assert ink == pytest.approx([scale**2 * ink[1] for scale in scales], rel=0.05)


def test_only_what_was_not_sure_is_looked_at_again() -> None:
    network, glyphs = Ink(), bars(28, 4, 28, 0)
    seen = look_closely(network, TEMPERATURE, glyphs)
    assert network.seen == 4 + 2 * len(VIEWS)
    first, second = (look(network, TEMPERATURE, glyphs) for look in (first_look, second_look))
    assert first[0, 1] >= SURE_AT_SIGHT > first[1, 1]
    np.testing.assert_array_equal(seen[[0, 2]], first[[0, 2]])
    np.testing.assert_allclose(seen[[1, 3]], second[[1, 3]], rtol=1e-5)


@pytest.mark.parametrize("look", [first_look, second_look, look_closely])
def test_of_no_glyph_nothing_is_seen(look: Callable[..., Floats]) -> None:
    assert look(Ink(), TEMPERATURE, bars()).shape == (0, 11)
