"""Batch normalisation while training; test_layers has its gradients."""

import numpy as np
import pytest

from nn.normalisation import BatchNormalisation


def test_sums_come_out_with_mean_0_and_variance_1() -> None:
    layer = BatchNormalisation("linear")
    layer.connect((5, 4, 3))
    layer.weights, layer.biases = np.ones(3, np.float32), np.zeros(3, np.float32)
    sums = np.random.default_rng(1).normal([-20, 0, 3], [9, 1, 0.1], (50, 5, 4, 3))
    outputs = layer.feed_forward(sums.astype(np.float32), True, None)
    assert outputs.mean(axis=(0, 1, 2)) == pytest.approx(np.zeros(3), abs=1e-3)
    assert outputs.std(axis=(0, 1, 2)) == pytest.approx(np.ones(3), abs=1e-3)
