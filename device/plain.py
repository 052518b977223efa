"""The simulated board without a terminal: one line a reading on standard output.

A line on standard input presses the button; a line that says `q`, or the end of the
input, ends. Where there is no input at all the program presses by itself: once for each
picture of a folder, a few times for notes that it writes.
"""

import os
import sys
from collections.abc import Callable, Iterator
from threading import Condition, Thread
from time import sleep

from device.drawing import least_sure, likelihood
from device.output import say
from device.reading import Reading
from device.service import Service
from device.simulation import FolderPile, Pile, SimulatedBoard
from device.snapshot import Observer, Snapshot, State

PRESSES = 10
"""How many notes are read from a pile without end when nobody is there to press."""


def run_plain(build: Callable[[Observer], Service], board: SimulatedBoard, pile: Pile) -> None:
    """Run the appliance in this thread, press its button from another, print what it reads.

    Parameters
    ----------
    build : callable
        Given an observer of snapshots, makes the appliance.
    board : SimulatedBoard
        The mock pins that the appliance is built on.
    pile : Pile
        The notes under its camera.

    Raises
    ------
    Exception
        What the appliance dies of.
    OutputLost
        When a line can't be written.
    SystemExit
        When whoever read the lines has gone.
    """
    printer = _Printer(board, pile)
    service = build(printer.observe)
    if _on_terminal():
        print("Enter presses the button, q and Enter end", file=sys.stderr)
    # A daemon: it may sit waiting for a line that never comes.
    Thread(target=_press, args=(pile, printer, service), daemon=True).start()
    service.run()


def line(title: str, reading: Reading, segments: frozenset[str]) -> str:
    """Write a reading as one line.

    >>> line("seven.png", Reading("7", None), frozenset("abc"))
    'seven.png: 7; segments abc'
    """
    answer = f"refused, {reading.reason}" if reading.number is None else reading.number
    if reading.number is not None and reading.digits:
        answer += f", {likelihood(reading.digits[least_sure(reading.digits)].confidence)} sure"
    return f"{title}: {answer}; segments {''.join(sorted(segments)) or 'dark'}"


class _Printer:
    """Prints each reading, and lets the presser wait for it."""

    def __init__(self, board: SimulatedBoard, pile: Pile) -> None:
        self._board = board
        self._pile = pile
        self._changed = Condition()
        self._state = State.STARTING
        self._readings = 0

    def observe(self, snapshot: Snapshot) -> None:
        """Take what the appliance tells; called in its thread."""
        answered = snapshot.state is State.SHOWING and self._state is not State.SHOWING
        if answered and snapshot.reading is not None:
            say(line(self._pile.title, snapshot.reading, self._board.segments))
        with self._changed:
            self._state = snapshot.state
            self._readings += answered
            self._changed.notify_all()

    def press(self) -> None:
        """Press the button once the appliance is ready, and wait until it has answered."""
        with self._changed:
            self._changed.wait_for(lambda: self._state in (State.READY, State.SHOWING))
            wanted = self._readings + 1
        self._board.press()
        sleep(self._board.press_s)
        self._board.release()
        with self._changed:
            self._changed.wait_for(lambda: self._readings >= wanted)
        sleep(self._board.press_s)  # the release is debounced too


def _press(pile: Pile, printer: _Printer, service: Service) -> None:
    for _ in _presses(pile):
        printer.press()
    service.stop()


def _presses(pile: Pile) -> Iterator[None]:
    """Yield once for each press: for each line of input, or by itself where there is none."""
    lines = _lines() if sys.stdin is not None else iter(())
    first = next(lines, None)
    if first is None and not _on_terminal():
        yield from _own_presses(pile)
    while first is not None and first.strip().lower() != b"q":
        yield
        first = next(lines, None)


def _own_presses(pile: Pile) -> Iterator[None]:
    if isinstance(pile, FolderPile):
        while not pile.is_through:
            yield
    else:
        yield from (None for _ in range(PRESSES))


def _on_terminal() -> bool:
    return sys.stdin is not None and sys.stdin.isatty()


def _lines() -> Iterator[bytes]:
    """Read lines of standard input, past its buffer.

    Python can't end while a thread waits for the lock of that buffer.
    """
    text = b""
    while chunk := os.read(sys.stdin.fileno(), 4096):
        *whole, text = (text + chunk).split(b"\n")
        yield from whole
    if text:
        yield text
