"""What can go wrong on the desk, each error also a builtin."""


class DeskError(Exception):
    """Base of every error that the desk raises on purpose: one line, meant to be read."""


class BadExamples(DeskError, ValueError):
    """A file of training examples is missing, torn or foreign."""


class BadLabels(DeskError, ValueError):
    """A folder of pictures has no usable `labels.csv`."""


class BadOption(DeskError, ValueError):
    """An option has a value that can't be meant."""


class DownloadFailed(DeskError, OSError):
    """MNIST could not be fetched from any mirror."""


class BadCheckpoint(DeskError, ValueError):
    """A training can't be resumed from this file."""


class Diverged(DeskError, ArithmeticError):
    """The weights grew without bound while training."""


class NothingLearnt(DeskError, RuntimeError):
    """Training was interrupted before there was anything to keep."""


class DeployFailed(DeskError, OSError):
    """The Pi could not be reached, isn't one that runs inkling, or refused a step."""


class ConnectionLost(DeployFailed):
    """ssh's connection ended before what ran over it."""


class NotWritten(DeskError, OSError):
    """A file could not be written; what was there before is untouched."""


class BadTable(DeskError, ValueError):
    """A table of experiments is something else, or was damaged."""


class WorkerLost(DeskError, RuntimeError):
    """A process that computed for us is gone."""


class BadSheet(DeskError, ValueError):
    """A photograph shows no sheet, or one that can't be straightened."""
