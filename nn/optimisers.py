"""Ways to move weights against their gradients; needed for training only.

An optimiser remembers the course of one network's training: make a new one for
a new network. Weight decay is decoupled from the gradients (Loshchilov & Hutter,
ICLR 2019) and takes the biases along, which are too few to matter.
"""

from typing import Protocol

import numpy as np

from nn.activations import Array


class Optimiser(Protocol):
    """Moves weights against their gradients."""

    def step(self, weights: Array, gradients: Array, learning_rate: float) -> None:
        """Change `weights` in place."""


class GradientDescent:
    """Plain gradient descent, with momentum where asked for.

    Parameters
    ----------
    momentum
        The share of the last step that is made again, 0 to below 1.
    weight_decay
        The share of each weight that a step takes away, times the learning rate.
    """

    def __init__(self, momentum: float = 0.0, weight_decay: float = 0.0) -> None:
        self.momentum = momentum
        self.weight_decay = weight_decay
        self._velocity: Array | None = None

    def step(self, weights: Array, gradients: Array, learning_rate: float) -> None:
        """Change `weights` in place."""
        if self._velocity is None:
            self._velocity = np.zeros_like(weights)
        self._velocity *= self.momentum
        self._velocity += gradients
        weights *= 1 - learning_rate * self.weight_decay
        weights -= learning_rate * self._velocity


class Adam:
    """Adam (Kingma & Ba, ICLR 2015), with decoupled weight decay AdamW.

    Parameters
    ----------
    mean_memory, square_memory
        How much of the running means of gradients and of their squares a step
        keeps (the paper's beta 1 and beta 2).
    weight_decay
        The share of each weight that a step takes away, times the learning rate.
    """

    def __init__(
        self, mean_memory: float = 0.9, square_memory: float = 0.999, weight_decay: float = 0.0
    ) -> None:
        self.mean_memory = mean_memory
        self.square_memory = square_memory
        self.weight_decay = weight_decay
        self._steps = 0
        self._mean: Array | None = None
        self._square: Array | None = None

    def step(self, weights: Array, gradients: Array, learning_rate: float) -> None:
        """Change `weights` in place."""
        if self._mean is None or self._square is None:
            self._mean, self._square = np.zeros_like(weights), np.zeros_like(weights)
        self._steps += 1
        self._mean += (1 - self.mean_memory) * (gradients - self._mean)
        self._square += (1 - self.square_memory) * (np.square(gradients) - self._square)
        # Both means start from 0; the rate makes up for it while they are young.
        grown = (1 - self.square_memory**self._steps) ** 0.5
        rate = learning_rate * grown / (1 - self.mean_memory**self._steps)
        weights *= 1 - learning_rate * self.weight_decay
        weights -= rate * self._mean / (np.sqrt(self._square) + 1e-8 * grown)
