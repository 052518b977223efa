"""What the appliance's tests build it from: parts that behave, and a harness that runs it."""

import queue
import socket
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np

from device.board import Board
from device.config import BoardConfig, CameraConfig, Config, ServiceConfig
from device.errors import CameraError
from device.pins import simulated_pins
from device.poweroff import PowerOff
from device.reading import Frame, Reading, Refusal
from device.service import Service
from device.simulation import SimulatedBoard
from device.snapshot import Snapshot, State
from device.systemd import Notifier

PATIENCE_S = 10.0
"""After so long a test that waits has failed; none waits that long when all is well."""

QUICK = Config(
    camera=CameraConfig(frame_interval_s=0.02, capture_timeout_s=0.5, open_timeout_s=1.0),
    board=BoardConfig(bounce_s=0.002),
    service=ServiceConfig(retry_s=0.05, retry_most_s=0.05),
)
"""The defaults, in a hurry."""

REFUSED = 255
"""The grey of a frame that `FrameReader` refuses."""


def note(number: int) -> Frame:
    """A frame that `FrameReader` reads as this number."""
    return np.full((480, 640), number, np.uint8)


class FrameReader:
    """Reads the number that a frame is grey with."""

    def __init__(self) -> None:
        self.frames = 0
        self.may_read = threading.Event()
        self.may_read.set()

    def read(self, frame: Frame) -> Reading:
        self.may_read.wait(PATIENCE_S)
        self.frames += 1
        grey = int(frame[0, 0])
        if grey == REFUSED:
            return Reading(None, Refusal.NOTHING_WRITTEN)
        return Reading(str(grey), None)


class NoteCamera:
    """Photographs one note after the other; where one is an error, that is what happens.

    A note that is an Event lets the capture hang until it is set, as a camera does that
    never comes back: no time-out ends it.
    """

    def __init__(self, notes: Sequence[int | CameraError | threading.Event]) -> None:
        self._notes = list(notes)
        self._last = 0
        self.closed = False

    def capture(self, timeout_s: float) -> Frame:
        assert not self.closed
        note_now = self._notes.pop(0) if self._notes else self._last
        if isinstance(note_now, CameraError):
            raise note_now
        if isinstance(note_now, threading.Event):
            note_now.wait(PATIENCE_S)
            raise CameraError("came back too late")
        self._last = note_now
        return note(note_now)

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class SystemdSocket:
    """systemd's end of the notification socket."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(path))
        self.messages: list[str] = []

    def wait_for(self, start: str, patience_s: float = PATIENCE_S) -> str:
        """Wait for a message that begins so, after those that were waited for before."""
        self._socket.settimeout(patience_s)
        while True:
            message = self._socket.recv(4096).decode()
            self.messages.append(message)
            if message.startswith(start):
                return message

    def drain(self) -> list[str]:
        """Take what has come until now; return all messages that ever came."""
        self._socket.setblocking(False)
        try:
            while True:
                self.messages.append(self._socket.recv(4096).decode())
        except BlockingIOError:
            return self.messages

    def close(self) -> None:
        self._socket.close()


class Appliance:
    """The service on simulated pins, running in a thread, with its snapshots kept.

    Everything about it may be replaced; what isn't is a camera that sees a 7.
    """

    def __init__(
        self,
        config: Config = QUICK,
        camera: Callable[[CameraConfig], Any] | None = None,
        reader: Callable[[str], Any] | None = None,
        *,
        pins: Any = None,
        notifier: Notifier | None = None,
        load_config: Callable[[], Config] | None = None,
        onlooker: Callable[[Frame], None] | None = None,
        power_off: PowerOff | None = None,
        throttled: Callable[[], int | None] = lambda: None,
    ) -> None:
        self.config = config
        self.pins = simulated_pins() if pins is None else pins
        self.board = Board(config.board, self.pins)
        self.lamps = SimulatedBoard(self.pins, config.board)
        self.snapshots: list[Snapshot] = []
        self._seen = 0
        self.error: BaseException | None = None
        self._changed = threading.Condition()
        self.service = Service(
            camera or (lambda _: NoteCamera([7])),
            self.board,
            reader or (lambda _: FrameReader()),
            config,
            notifier or Notifier(),
            self._observe,
            load_config=load_config,
            onlooker=onlooker,
            power_off=power_off,
            throttled=throttled,
        )
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.service.stop()
        self.join()

    def join(self) -> None:
        """Wait for the end."""
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive(), "the service does not end"

    def press(self) -> None:
        """Press the button and let go, as long as it takes for both to count."""
        self.lamps.press()
        time.sleep(4 * self.config.board.bounce_s)
        self.lamps.release()
        time.sleep(4 * self.config.board.bounce_s)

    def hold(self) -> None:
        """Keep the button down for a hold."""
        self.lamps.press()
        time.sleep(self.config.board.hold_s + 0.1)
        self.lamps.release()
        time.sleep(4 * self.config.board.bounce_s)

    def wait_for(self, wanted: Callable[[Snapshot], bool], what: str = "it") -> Snapshot:
        """Wait for a snapshot as wanted, after the one that was waited for before."""
        with self._changed:
            while True:
                while self._seen < len(self.snapshots):
                    self._seen += 1
                    if wanted(self.snapshots[self._seen - 1]):
                        return self.snapshots[self._seen - 1]
                came = self._changed.wait(PATIENCE_S)
                assert came, f"{what} did not come; last: {self.snapshots[-1:]}"

    def wait_for_state(self, *states: State) -> Snapshot:
        """Wait until it is in one of these states."""
        return self.wait_for(lambda snapshot: snapshot.state in states, " or ".join(states))

    def wait_for_answer(self, number: str | None) -> Snapshot:
        """Wait until it shows this answer, None for a refusal."""
        return self.wait_for(
            lambda snapshot: (
                snapshot.state is State.SHOWING
                and snapshot.reading is not None
                and snapshot.reading.number == number
            ),
            f"the answer {number}",
        )

    def answers(self) -> list[str | None]:
        """Every answer that was shown, in order."""
        showing: list[str | None] = []
        before: Reading | None = None
        for snapshot in self.snapshots:
            if snapshot.state is State.SHOWING and snapshot.reading is not before:
                assert snapshot.reading is not None
                showing.append(snapshot.reading.number)
            before = snapshot.reading if snapshot.state is State.SHOWING else before
        return showing

    def _observe(self, snapshot: Snapshot) -> None:
        with self._changed:
            self.snapshots.append(snapshot)
            self._changed.notify_all()

    def _run(self) -> None:
        try:
            self.service.run()
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self.error = error
        with self._changed:
            self._changed.notify_all()


def with_board(config: Config = QUICK, **changes: Any) -> Config:
    """A configuration with other keys in [board]."""
    return replace(config, board=replace(config.board, **changes))


def with_service(config: Config = QUICK, **changes: Any) -> Config:
    """A configuration with other keys in [service]."""
    return replace(config, service=replace(config.service, **changes))


def wait_until(condition: Callable[[], bool], what: str = "it") -> None:
    """Wait until something is so that nobody reports."""
    end = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < end, f"{what} did not come"
        time.sleep(0.005)


def take_all(inbox: "queue.SimpleQueue[Any]") -> list[Any]:
    """What waits in an inbox."""
    events = []
    while not inbox.empty():
        events.append(inbox.get_nowait())
    return events
