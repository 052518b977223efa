"""The neural network: initialise, train, query, backquery, save and load.

What only training needs, `nn.optimisers`, is imported by name, so that the appliance
doesn't pay for it.
"""

from pathlib import Path

from nn.activations import soften as soften
from nn.card import Card as Card
from nn.errors import BadArchitecture as BadArchitecture
from nn.errors import BadSignals as BadSignals
from nn.errors import BadWeights as BadWeights
from nn.errors import NetworkError as NetworkError
from nn.errors import SaveFailed as SaveFailed
from nn.layers import Dense as Dense
from nn.layers import Dropout as Dropout
from nn.network import Network as Network
from nn.pictures import Convolution as Convolution
from nn.pictures import MaxPooling as MaxPooling
from nn.signals import one_hot as one_hot
from nn.signals import scale_inputs as scale_inputs
from nn.store import LoadedNetwork as LoadedNetwork
from nn.store import load as load

SHIPPED_WEIGHTS = Path(__file__).with_name("inkling.npz")
"""The weights that come with the program."""
