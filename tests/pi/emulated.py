"""A whole Zero, emulated: its console, its lines, its clock."""

import contextlib
import json
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import IO, Any, Self

from tests.pi.card import Card
from tests.pi.stage import Unproven

NEEDS = {"qemu-system-arm": "qemu-system-arm"}

SET, CLEAR, LEVELS = 0x2020001C, 0x20200028, 0x20200034
CLOCK, CLOCK_HIGH = 0x20003004, 0x20003008
"""Registers of the BCM2835, where the Zero has them: its lines, and microseconds since power-on."""

NANOSECONDS = 1
"""An instruction takes 2 to the power of this: 500 million a second, about what a Zero's processor
does at 1 GHz. So the Zero's clock tells the same however busy this machine is."""

ANSWER_S = 60.0
"""Of this machine's time, within which QEMU answers."""
LIMIT_S = 1200.0
"""Of this machine's time too, for anything that the Zero is to do."""

ARGUMENTS = " ".join(
    (
        "console=ttyAMA0,115200 root=/dev/mmcblk0 rw quiet panic=-1",
        "iomem=relaxed",  # for the report, which reads the time since power-on
        "initcall_blacklist=bcm2835_power_driver_init",  # QEMU lacks what it drives
        "systemd.show_status=0 systemd.getty_auto=0",
    )
)


class EmulatedZero:
    """Powered on at entry, and gone at the end.

    What `zero_card/report.py` tells is in `told`, the last lines of the console in `console`.
    Nothing is written to the card. Further `words` go to the kernel.
    """

    def __init__(self, card: Card, words: str = "") -> None:
        self._card = card
        self._words = f"{ARGUMENTS} {words}"
        self.told: dict[str, Any] = {}
        self.console: list[str] = []

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as ends:
            path = f"{ends.enter_context(tempfile.TemporaryDirectory(prefix='zero'))}/lines"
            listener = ends.enter_context(socket.socket(socket.AF_UNIX))
            listener.bind(path)
            listener.listen()
            listener.settimeout(ANSWER_S)
            self._qemu = self._start(path)
            ends.callback(self._end)
            try:
                self._lines = ends.enter_context(listener.accept()[0])
            except TimeoutError as error:
                raise Unproven(f"qemu-system-arm: {self._last_words()}") from error
            self._lines.settimeout(ANSWER_S)
            self._ends = ends.pop_all()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._ends.close()

    def _start(self, lines: str) -> "subprocess.Popen[str]":
        qemu = subprocess.Popen(
            self._command(lines),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="backslashreplace",
        )
        threading.Thread(target=self._listen, args=[qemu.stdout], daemon=True).start()
        return qemu

    def _end(self) -> None:
        self._qemu.kill()
        self._qemu.wait()

    def _command(self, lines: str) -> list[str]:
        card = self._card
        return [
            *("qemu-system-arm", "-M", "raspi0", "-m", "512", "-no-reboot", "-snapshot"),
            "-nodefaults",
            *("-display", "none", "-serial", "stdio", "-append", self._words),
            *("-icount", f"shift={NANOSECONDS},sleep=off"),
            *("-qtest", f"unix:{lines}", "-qtest-log", "/dev/null"),
            *("-kernel", str(card.kernel), "-dtb", str(card.device_tree)),
            *("-initrd", str(card.initial)),
            *("-drive", f"if=sd,format=raw,file={card.image}"),
        ]

    def _listen(self, console: IO[str]) -> None:
        for line in console:
            if line.startswith("@{"):
                self.told |= json.loads(line[1:])
            elif line.strip():
                self.console = [*self.console[-20:], line.strip()]

    def _last_words(self) -> str:
        return self.console[-1] if self.console else "no word"

    def report(self, name: str) -> Any:
        """What the Zero tells of this, as soon as it does."""
        self.wait_for(f"report of its {name}", lambda: name in self.told)
        return self.told[name]

    def wait_for(self, what: str, seen: Callable[[], bool]) -> None:
        """Wait until it is seen; raise Unproven where it never is."""
        deadline_s = time.monotonic() + LIMIT_S
        while not seen():
            if self._qemu.poll() is not None:
                raise Unproven(f"the Zero went off before {what}: {self._last_words()}")
            if time.monotonic() > deadline_s:
                raise Unproven(f"no {what} within {LIMIT_S:g} s: {self._last_words()}")
            time.sleep(0.02)

    # --- what hangs on it ---

    @property
    def clock_s(self) -> float:
        """Seconds since power-on, by the Zero's own clock."""
        high, low = self._register(CLOCK_HIGH), self._register(CLOCK)
        return ((high << 32) + low) / 1e6

    def level(self, gpio: int) -> bool:
        """Whether a line is high."""
        return bool(self._register(LEVELS) >> gpio & 1)

    def levels(self, gpios: tuple[int, ...]) -> tuple[bool, ...]:
        """Whether these lines are high, all at the same moment."""
        found = self._register(LEVELS)
        return tuple(bool(found >> gpio & 1) for gpio in gpios)

    def drive(self, gpio: int, *, high: bool) -> None:
        """Put a level on a line that the Zero reads."""
        self._ask(f"writel {SET if high else CLEAR} {1 << gpio}")

    def _register(self, address: int) -> int:
        return int(self._ask(f"readl {address}").split()[1], 16)

    def _ask(self, words: str) -> str:
        try:
            self._lines.sendall(f"{words}\n".encode())
            answer = b""
            while not answer.endswith(b"\n"):
                piece = self._lines.recv(256)
                if not piece:
                    raise ConnectionResetError("gone")
                answer += piece
        except OSError as error:
            raise Unproven(f"the Zero went off: {self._last_words()}") from error
        return answer.decode()
