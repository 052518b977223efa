"""How the appliance stands, and who is told: the status light, systemd, an observer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.board import Board
from device.faults import Faults
from device.snapshot import Observer, Snapshot, State
from device.systemd import Notifier

if TYPE_CHECKING:  # numpy is not loaded before the "starting" light is on
    from device.reading import Frame, Reading


class Status:
    """The state, and what goes with it.

    Parameters
    ----------
    board
        Its status light shows the state.
    faults
        What is wrong now.
    notifier
        Tells systemd.
    observer
        Is told of every change.

    Attributes
    ----------
    state
        What the appliance is doing.
    frame, reading
        The last ones, None from a press until there are new ones.
    watchers
        How many people look through the camera.
    was_ready
        Whether systemd has been told that presses are answered.
    """

    def __init__(
        self, board: Board, faults: Faults, notifier: Notifier, observer: Observer | None
    ) -> None:
        self._board = board
        self._faults = faults
        self._notifier = notifier
        self._observer = observer
        self.state = State.STARTING
        self.frame: Frame | None = None
        self.reading: Reading | None = None
        self.watchers = 0
        self.was_ready = False

    def begin(self) -> None:
        """Light the light before anything that takes long."""
        self._board.show_light(State.STARTING)
        self.tell()

    def go(self, state: State) -> None:
        """Be in a state, and tell everybody."""
        self.state = state
        self._board.show_light(self._light())
        if state is State.READY and not self.was_ready:
            self.was_ready = True
            self._notifier.ready()
        faults = self._faults.words
        self._notifier.status(f"{state}; {faults}" if faults else state)
        self.tell()

    def watch(self, watchers: int) -> None:
        """Note how many people look through the camera, and let the light say so."""
        self.watchers = watchers
        if self.state is State.READY:
            self.go(State.READY)

    def tell(self) -> None:
        """Tell the observer how things stand."""
        if self._observer is not None:
            faults, light = self._faults.words, self._board.light
            self._observer(Snapshot(self.state, self.frame, self.reading, faults, light))

    def extend_start(self, seconds: float) -> None:
        """Ask systemd for so much more time, as long as it waits to hear that all is ready."""
        if not self.was_ready:
            self._notifier.extend_start(seconds)

    def end(self) -> None:
        """Say that the appliance is on its way out."""
        self.state = State.STOPPING
        self._notifier.stopping()

    def _light(self) -> str:
        """The pattern for the state; with nothing else to say, the light says what is wrong."""
        if self.state is State.SHOWING and self.reading is not None:
            return "refused" if self.reading.number is None else "answered"
        if self._faults.worst and self.state in (State.READY, State.FAULT):
            return self._faults.worst
        if self.state is State.READY and self.watchers:
            return "watched"
        return self.state
