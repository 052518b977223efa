"""The training digits that are most like a given picture."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import nn
from nn.activations import Array
from tools.insight.hidden import hidden_signals
from tools.mnist import Mnist

COUNT = 8


class Neighbours(NamedTuple):
    """Indices of training digits, (queries, COUNT), nearest first: by pixels and by the network."""

    by_pixels: NDArray[np.int64]
    by_hidden: NDArray[np.int64]


def find_neighbours(network: nn.Network, mnist: Mnist, glyphs: NDArray[np.uint8]) -> Neighbours:
    """Search for glyphs, (n, 28, 28).

    Pixels are how it looks to us, the hidden layer how it looks to the network:
    where the two differ, the network has learnt what matters, or missed it.
    """
    if not len(glyphs):
        return Neighbours(np.empty((0, COUNT), np.int64), np.empty((0, COUNT), np.int64))
    seen = hidden_signals(network, mnist.train_images)
    return Neighbours(
        find_nearest(glyphs.reshape(-1, 784), mnist.train_images.reshape(-1, 784)),
        find_nearest(hidden_signals(network, glyphs), seen),
    )


def find_nearest(
    queries: Array | NDArray[np.uint8], examples: Array | NDArray[np.uint8], count: int = COUNT
) -> NDArray[np.int64]:
    """The nearest examples' indices, (queries, count), by Euclidean distance."""
    wanted = queries.astype(np.float32)
    distances = np.concatenate(
        [_distances(wanted, part.astype(np.float32)) for part in _parts(examples)], axis=1
    )
    return np.argsort(distances, axis=1, kind="stable")[:, :count]


def _parts(examples: Array | NDArray[np.uint8]) -> list[Array | NDArray[np.uint8]]:
    """Few at a time: as float32 all training digits would take 190 MB."""
    return [examples[start : start + 5000] for start in range(0, len(examples), 5000)]


def _distances(queries: Array, examples: Array) -> Array:
    """Squared distances but for each query's own length, which changes no order."""
    lengths: Array = np.square(examples).sum(axis=1) - 2 * queries @ examples.T
    return lengths
