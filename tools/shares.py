"""The gradients of a batch, found in shares by threads: each takes a core."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nn

SHARES = 2
"""Always as many, on however many cores: sums in another order would be other weights."""

Floats = NDArray[np.float32]


class Shares:
    """Finds a network's gradients with copies of it that work side by side.

    numpy lets other threads run while it computes, so that threads are enough.
    """

    def __init__(self, network: nn.Network) -> None:
        self._network = network
        self._copies = [
            nn.Network(network.inputs, network.layers, loss=network.loss) for _ in range(SHARES)
        ]
        self._threads = ThreadPoolExecutor(SHARES)

    def seed(self, *seed: int) -> None:
        """Let each copy's dropout draw from a generator of its own."""
        for share, copy in enumerate(self._copies):
            copy.rng = np.random.default_rng([*seed, share])

    def find_gradients(self, inputs: Floats, targets: Floats) -> tuple[Floats, float]:
        """Return what `nn.Network.find_gradients` would."""
        copies = self._copies[: len(inputs)]  # no share is empty
        warnings = np.geterr()  # which each thread would have of its own
        futures = [
            self._threads.submit(
                self._find, copy, inputs[share::SHARES], targets[share::SHARES], warnings
            )
            for share, copy in enumerate(copies)
        ]
        gradients, loss = np.zeros_like(self._network.weights), 0.0
        for share, future in enumerate(futures):
            some, their_loss = future.result()
            weight = len(inputs[share::SHARES]) / len(inputs)
            some *= weight
            gradients += some
            loss += weight * their_loss
        return gradients, loss

    def _find(
        self, copy: nn.Network, inputs: Floats, targets: Floats, warnings: Any
    ) -> tuple[Floats, float]:
        copy.weights = self._network.weights
        with np.errstate(**warnings):
            return copy.find_gradients(inputs, targets)
