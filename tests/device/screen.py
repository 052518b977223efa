"""A program in a real pseudo-terminal, and what its screen shows."""

import fcntl
import os
import pty
import select
import signal
import struct
import termios
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

import pyte

DEADLINE_S = 60.0


class Terminal:
    """Runs a program in a terminal of `size` (columns, lines) until it ends or the test does."""

    def __init__(
        self, command: list[str], env: Mapping[str, str], size: tuple[int, int] = (80, 24)
    ) -> None:
        self.screen = pyte.Screen(*size)
        self._stream = pyte.ByteStream(self.screen)
        self.output = b""
        self._pid, self._fd = pty.fork()
        if self._pid == 0:
            os.execvpe(command[0], command, env)
        self.resize(size)

    def resize(self, size: tuple[int, int]) -> None:
        self.screen.resize(size[1], size[0])
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))

    def write(self, keys: str) -> None:
        os.write(self._fd, keys.encode())

    def kill(self, number: signal.Signals) -> None:
        os.kill(self._pid, number)

    def text(self) -> str:
        return "\n".join(self.screen.display)

    def until(self, happened: Callable[[str], bool], keys: str = "") -> str:
        """Take what the program writes until the screen's text is as it should be.

        `keys` are typed meanwhile, and again after a while: a press of a button that is
        down already is none.
        """
        deadline_s = time.monotonic() + DEADLINE_S
        type_s = time.monotonic()
        while not happened(self.text()):
            assert time.monotonic() < deadline_s, f"it never happened:\n{self.text()}"
            if keys and time.monotonic() >= type_s:
                self.write(keys)
                type_s = time.monotonic() + 3.0
            if not self._take(0.1):
                raise AssertionError(f"it ended too early:\n{self.text()}")
        return self.text()

    def end(self) -> int:
        """Wait for the program's end; return its exit status."""
        deadline_s = time.monotonic() + DEADLINE_S
        while self._take(0.1):
            assert time.monotonic() < deadline_s, f"it never ended:\n{self.text()}"
        pid, self._pid = self._pid, 0
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def _take(self, wait_s: float) -> bool:
        """Take some output; tell whether there may be more."""
        if not select.select([self._fd], [], [], wait_s)[0]:
            return True
        try:
            output = os.read(self._fd, 65536)
        except OSError:  # how Linux says that nobody has the other side open any more
            return False
        self.output += output
        self._stream.feed(output)
        return bool(output)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._pid:
            os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
        os.close(self._fd)
