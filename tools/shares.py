"""The gradients of a batch, found in shares by threads: each takes a core."""

from concurrent.futures import ThreadPoolExecutor

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
        every = np.array_split(np.arange(len(inputs)), SHARES)
        parts = [slice(part[0], part[-1] + 1) for part in every if len(part)]
        for copy in self._copies:
            copy.weights = self._network.weights
        futures = [
            self._threads.submit(copy.find_gradients, inputs[part], targets[part])
            for copy, part in zip(self._copies, parts, strict=False)
        ]
        gradients, loss = np.zeros_like(self._network.weights), 0.0
        for future, part in zip(futures, parts, strict=True):
            some, their_loss = future.result()
            weight = (part.stop - part.start) / len(inputs)
            some *= weight
            gradients += some
            loss += weight * their_loss
        return gradients, loss
