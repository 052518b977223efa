"""Shutting the Pi down by a command, as a button that is held may ask."""

import contextlib
import logging
import subprocess
from collections.abc import Sequence

log = logging.getLogger(__name__)


class PowerOff:
    """Run the command once at a time, and say in the log what became of it.

    It isn't waited for: while systemd shuts the machine down it sends this very process
    its SIGTERM, and the loop has to be there to hear it.
    """

    def __init__(self) -> None:
        self._child: subprocess.Popen[bytes] | None = None
        self._command: Sequence[str] = ()

    @property
    def under_way(self) -> bool:
        """Whether the command runs, as far as `watch` has seen."""
        return self._child is not None

    def begin(self, command: Sequence[str]) -> None:
        """Start the command, unless it runs already."""
        if self._child is not None:
            return
        self._command = command
        log.info("held: shutting down: %s", " ".join(command))
        try:
            self._child = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        except OSError as error:
            log.error("can't shut down: %s: %s", command[0], error.strerror or error)

    def watch(self) -> None:
        """Look how the command does."""
        if self._child is None or self._child.poll() is None:
            return
        if self._child.returncode:
            log.error(
                "can't shut down: %s ended with %d: does polkit allow it to this user?",
                " ".join(self._command),
                self._child.returncode,
            )
        self._child = None

    def close(self, wait_s: float) -> None:
        """Give the command a moment to end; it may well be waiting for us."""
        if self._child is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(wait_s)
            self.watch()


class NoPowerOff(PowerOff):
    """What a simulated board has in its place: it says what a Pi would do."""

    def begin(self, command: Sequence[str]) -> None:
        """Say it, and run nothing."""
        log.warning("held: a Pi would shut down now: %s", " ".join(command))
