import numpy as np
import pytest

import nn
from device.page.why import spoke_for


def ink_counter() -> nn.Network:
    """A network that says 1 for ink in the left half and 0 for ink in the right."""
    network = nn.Network(784, [nn.Dense(11, "softmax")])
    weights = np.zeros((11, 28, 28), np.float32)
    weights[1, :, :14] = 1.0
    weights[0, :, 14:] = 1.0
    network.layers[0].weights[...] = weights.reshape(network.layers[0].weights.shape)
    return network


def no_pause() -> None:
    """Nothing else is to be done."""


def two_strokes() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    glyph = np.zeros((28, 28), np.uint8)
    glyph[6:22, 6:9] = 255
    glyph[10:18, 19:21] = 255
    return glyph


def test_ink_that_speaks_for_a_digit_is_told_from_ink_that_speaks_against_it() -> None:
    spoke = spoke_for(ink_counter(), two_strokes(), 1, no_pause)
    assert spoke.shape == (28, 28)
    assert spoke[12, 7] > 0.5
    assert spoke[12, 20] < -0.3
    assert np.abs(spoke).max() == pytest.approx(1.0)


def test_where_there_is_no_ink_nothing_speaks() -> None:
    spoke = spoke_for(ink_counter(), two_strokes(), 1, no_pause)
    assert not spoke[two_strokes() == 0].any()


@pytest.mark.parametrize("grey", [0, 255])
def test_blank_and_full_glyphs_do_no_harm(grey: int) -> None:
    spoke = spoke_for(ink_counter(), np.full((28, 28), grey, np.uint8), 3, no_pause)
    assert np.isfinite(spoke).all()
    assert np.abs(spoke).max() <= 1.0


def test_long_work_pauses_again_and_again() -> None:
    pauses: list[None] = []
    spoke_for(ink_counter(), two_strokes(), 1, lambda: pauses.append(None))
    assert len(pauses) > 2
