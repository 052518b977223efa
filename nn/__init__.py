"""The neural network: initialise, train, query, backquery, save and load.

What only training needs, `nn.optimisers`, is imported by name, so that the appliance
doesn't pay for it.
"""

from pathlib import Path

from nn.activations import soften
from nn.card import Card
from nn.errors import (
    BadArchitecture,
    BadSignals,
    BadWeights,
    NetworkError,
    SaveFailed,
)
from nn.layers import Convolution, Dense, Dropout, MaxPooling
from nn.network import Network, one_hot, scale_inputs
from nn.store import LoadedNetwork, load

SHIPPED_WEIGHTS = Path(__file__).with_name("inkling.npz")
"""The weights that come with the program."""

__all__ = [
    "SHIPPED_WEIGHTS",
    "BadArchitecture",
    "BadSignals",
    "BadWeights",
    "Card",
    "Convolution",
    "Dense",
    "Dropout",
    "LoadedNetwork",
    "MaxPooling",
    "Network",
    "NetworkError",
    "SaveFailed",
    "load",
    "one_hot",
    "scale_inputs",
    "soften",
]
