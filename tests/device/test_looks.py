"""Looking at glyphs once, and again where the first look isn't sure."""

import numpy as np
import pytest
from numpy.typing import ArrayLike, NDArray

import nn
from device.looks import (
    MEAN_TEMPERATURE,
    SURE_AT_SIGHT,
    VIEWS,
    first_look,
    make_sure,
    second_look,
)

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


def first_and_second(network: Ink, glyphs: NDArray[np.uint8]) -> tuple[Floats, Floats]:
    first = first_look(network, TEMPERATURE, glyphs)
    return first, second_look(network, TEMPERATURE, glyphs, first)


def test_a_second_look_is_the_sharpened_mean_over_the_first_and_the_views() -> None:
    network, glyphs = Ink(), bars(3, 20)
    first, seen = first_and_second(network, glyphs)
    views = network.glyphs.reshape(len(VIEWS), len(glyphs), 28, 28)
    for glyph, outputs in enumerate(seen):
        each = [first[glyph], *first_look(network, TEMPERATURE, views[:, glyph])]
        mean = np.mean(each, axis=0)
        np.testing.assert_allclose(outputs, nn.soften(mean, MEAN_TEMPERATURE), rtol=1e-5)
        assert outputs.max() > mean.max()


def test_a_glyph_is_viewed_turned_either_way_larger_and_smaller() -> None:
    network, glyph = Ink(), np.zeros((1, 28, 28), np.uint8)
    glyph[0, 6:22, 11:17] = 255
    first_and_second(network, glyph)
    left, right, large, small = network.glyphs
    np.testing.assert_allclose(left, right[:, ::-1], atol=1)
    assert np.abs(left.astype(float) - glyph[0]).sum() > 0.1 * glyph.sum()
    ink = [view.sum(dtype=float) / glyph.sum() for view in (large, small)]
    assert ink == pytest.approx([scale**2 for _, scale in VIEWS[-2:]], rel=0.05)


def test_only_what_was_not_sure_is_looked_at_again() -> None:
    network, glyphs = Ink(), bars(28, 4, 28, 0)
    first, second = first_and_second(network, glyphs)
    network.seen = 0
    seen = make_sure(network, TEMPERATURE, glyphs, first)
    assert network.seen == 2 * len(VIEWS)
    assert first[0, 1] >= SURE_AT_SIGHT > first[1, 1]
    np.testing.assert_array_equal(seen[[0, 2]], first[[0, 2]])
    np.testing.assert_allclose(seen[[1, 3]], second[[1, 3]], rtol=1e-5)


def test_of_no_glyph_nothing_is_seen() -> None:
    none = first_look(Ink(), TEMPERATURE, bars())
    assert none.shape == (0, 11)
    assert make_sure(Ink(), TEMPERATURE, bars(), none).shape == (0, 11)
    assert second_look(Ink(), TEMPERATURE, bars(), none).shape == (0, 11)
