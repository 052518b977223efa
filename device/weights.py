"""What reads, and with which weights: the configured ones, or else those that are there."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Protocol

from device.faults import Fault, Faults
from device.retry import Retry

if TYPE_CHECKING:  # numpy is not loaded before the "starting" light is on
    from device.reading import Frame, Reading

log = logging.getLogger(__name__)


class Reads(Protocol):
    """What the service asks of a reader."""

    def read(self, frame: Frame) -> Reading:
        """Read a frame; what can't be read is a refusal, never an error."""


ReaderFactory = Callable[[str], Reads]


class Weights:
    """Loads a reader, and keeps the one before where the new one is bad.

    Parameters
    ----------
    reader_factory
        Makes a reader from a path to weights, or from "" for the shipped ones, and tries
        its self-test. Raises OSError or ValueError where they are missing or bad.
    faults
        Where bad weights are noted.
    retry
        When to try them again.

    Attributes
    ----------
    reader
        What reads now; None while nothing is loaded yet.
    working
        Whether it loads or reads at this moment, which may take long.
    """

    def __init__(self, reader_factory: ReaderFactory, faults: Faults, retry: Retry) -> None:
        self._reader_factory = reader_factory
        self._faults = faults
        self._retry = retry
        self.reader: Reads | None = None
        self.working = False

    def load(self, wanted: str) -> None:
        """Load these weights; where they fail, keep those in use or take the shipped ones.

        Raises
        ------
        OSError, ValueError
            When the shipped ones fail and there are no others.
        """
        try:
            self.reader = self._make(wanted)
        except (OSError, ValueError) as error:
            if not wanted and self.reader is None:
                raise
            self._faults.add(Fault.WEIGHTS_BAD, str(error))
            self._retry.fail(time.monotonic())
            if self.reader is None:
                log.warning("reading with the shipped weights")
                self.reader = self._make("")
        else:
            self._retry.clear()
            self._faults.remove(Fault.WEIGHTS_BAD)

    def read(self, frame: Frame) -> Reading:
        """Read a frame, once something is loaded."""
        assert self.reader is not None
        with self._at_work():
            return self.reader.read(frame)

    def _make(self, weights: str) -> Reads:
        with self._at_work():
            return self._reader_factory(weights)

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        self.working = True
        try:
            yield
        finally:
            self.working = False
