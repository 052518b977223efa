import numpy as np
import pytest

import nn


def test_inputs_and_targets_are_scaled_as_in_the_talk() -> None:
    pixels = np.arange(256, dtype=np.uint8).reshape(16, 16)
    scaled = nn.scale_inputs(pixels)
    assert scaled.shape == (16, 16)
    np.testing.assert_allclose(scaled, pixels / 255 * 0.99 + 0.01, rtol=1e-6)
    assert nn.one_hot([2, 0], 3).tolist() == pytest.approx(
        np.array([[0.01, 0.01, 0.99], [0.99, 0.01, 0.01]])
    )
    assert nn.one_hot([1], 2, off=0, on=1).tolist() == [[0, 1]]
