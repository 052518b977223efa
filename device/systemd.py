"""Telling systemd how the service does: the notification protocol of sd_notify(3)."""

import logging
import math
import os
import socket
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Self

log = logging.getLogger(__name__)


class Notifier:
    """Sends states to the socket that systemd names, or to nobody where it names none.

    Parameters
    ----------
    address
        The socket's path, one that begins with @ in the abstract namespace, or None.
    watchdog_s
        Within how many seconds systemd wants a sign of life; None where it wants none.
    """

    def __init__(self, address: str | None = None, watchdog_s: float | None = None) -> None:
        self._address = "\0" + address[1:] if address and address[0] == "@" else address
        self._socket = (
            socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            if address
            else None
        )
        self.watchdog_s = watchdog_s
        self._pinged_s = -math.inf
        self._status = ""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read what systemd left in the environment: NOTIFY_SOCKET, WATCHDOG_USEC and _PID."""
        microseconds = environment.get("WATCHDOG_USEC", "")
        meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        watched = meant and microseconds.isdecimal() and int(microseconds) > 0
        return cls(
            environment.get("NOTIFY_SOCKET") or None,
            int(microseconds) / 1e6 if watched else None,
        )

    @property
    def ping_due_s(self) -> float:
        """When to ping next, by the monotonic clock: twice as often as the watchdog asks."""
        return math.inf if self.watchdog_s is None else self._pinged_s + self.watchdog_s / 2

    def ready(self) -> None:
        """Say that presses are answered, at the start or after a reload."""
        self._send("READY=1")

    def reloading(self) -> None:
        """Say that the configuration is being read again; `ready` ends it."""
        self._send(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """Say that the service is on its way out."""
        self._send("STOPPING=1")

    def ping(self, now_s: float) -> None:
        """Say that the loop still goes round, where it is time to."""
        if now_s >= self.ping_due_s:
            self._pinged_s = now_s
            self._send("WATCHDOG=1", wait_s=0.0)  # the next one will do as well

    def extend_start(self, seconds: float) -> None:
        """Ask for so much more time to start."""
        self._send(f"EXTEND_TIMEOUT_USEC={round(seconds * 1e6)}")

    def status(self, words: str) -> None:
        """Say in a line how things stand, where that has changed."""
        if words == self._status:
            return
        # Nobody is to wait for an answer because systemd is slow to hear how things stand.
        told = self._send("STATUS=" + words.replace("\n", " "), wait_s=0.0)
        self._status = words if told else ""

    def close(self) -> None:
        """Close the socket; closing twice is no mistake."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _send(self, message: str, wait_s: float = 0.5) -> bool:
        if self._socket is None or self._address is None:
            return False
        try:
            # systemd may be slow to empty the socket, but the loop must not hang on it. Only
            # one that is connected can be waited for: else it is tried as fast as can be.
            self._socket.settimeout(wait_s)
            self._socket.connect(self._address)
            self._socket.send(message.encode())
        except OSError as error:
            log.debug("systemd's socket took no %s: %s", message.split("=")[0], error)
            return False
        return True
