"""What can go wrong with a network and its weights, each error also a builtin."""


class NetworkError(Exception):
    """Base of every error that this package raises on purpose: one line, meant to be read."""


class BadArchitecture(NetworkError, ValueError):
    """The layers, their settings or the loss don't make a network."""


class BadSignals(NetworkError, ValueError):
    """Inputs or targets don't fit the network that they are given to."""


class BadWeights(NetworkError, ValueError):
    """A weights file is missing, torn, foreign, or not what it says it is."""


class SaveFailed(NetworkError, OSError):
    """The weights couldn't be written; what was there before is untouched."""
