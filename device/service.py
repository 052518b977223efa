"""The daemon: one loop that waits for the button and answers it.

Everything comes in through one inbox: edges of the button, frames, orders from signals.
The loop takes one event after the other and then lets time pass for whatever depends on
it, and that is all; nothing in it waits for the camera.

What it survives, each shown on the status light and tried again with growing pauses:

- no camera, a camera that hangs, a button whose pin is busy: it can't answer meanwhile,
  and after `service.retries` tries in a row it gives up and leaves the rest to systemd;
- weights that are missing or bad: the shipped ones read on (after a reload, those that
  were in use), for as long as it takes;
- a display or the status light that is busy or gone: the others go on without it.

What it dies of: no pins at all, shipped weights that fail their self-test, a mistake in
the program. It raises, the process exits with 1, and the unit starts it again.

A press counts when the button goes down (when it comes up again, where holding means
something). During a reading one press is remembered and read right after it; further ones
are the same press. While the answer shows, a press begins a new reading. In live mode a
press ends it. While a fault keeps the appliance from answering, a press tries again at
once what has failed, and is used up by that.
"""

from __future__ import annotations

import contextlib
import logging
import math
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, StrEnum
from queue import Empty
from typing import TYPE_CHECKING, Any, Protocol

from device.board import Board
from device.button import Edge, Gesture
from device.camera import Camera
from device.camera_thread import CameraFailed, CameraOpened, CameraThread, FrameTaken
from device.config import CameraConfig, Config
from device.errors import BadConfig, CameraError, CameraHung, DeviceError
from device.light import Fault
from device.systemd import Notifier

if TYPE_CHECKING:  # numpy is not loaded before the "starting" light is on
    from device.reading import Frame, Reading

log = logging.getLogger(__name__)


class State(StrEnum):
    """What the appliance is doing."""

    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    SHOWING = "showing"
    LIVE = "live"
    FAULT = "fault"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How things stood after something changed.

    `frame` and `reading` are the last ones, and None from a press until there are new ones.
    `fault` is what is wrong, in words. `light` names a pattern of `device.light.PATTERNS`.
    """

    state: State
    frame: Frame | None
    reading: Reading | None
    fault: str | None
    light: str


class Reads(Protocol):
    """What the service asks of a reader."""

    def read(self, frame: Frame) -> Reading:
        """Read a frame; what can't be read is a refusal, never an error."""


CameraFactory = Callable[[CameraConfig], Camera]
ReaderFactory = Callable[[str], Reads]
Observer = Callable[[Snapshot], None]


class Order(Enum):
    """What may be asked of the loop from outside, from any thread or signal handler."""

    PRESS = "press"
    RELOAD = "reload"
    STOP = "stop"


class Retry:
    """When to try again what has failed: after a pause that doubles each time."""

    def __init__(self, first_s: float, most_s: float) -> None:
        self._first_s = first_s
        self._most_s = most_s
        self.clear()

    def clear(self) -> None:
        """Forget the failures: it works."""
        self.failures = 0
        self.due_s = math.inf

    def fail(self, now_s: float) -> None:
        """Count a failure and fix the time of the next try."""
        pause_s = min(self._first_s * 2.0**self.failures, self._most_s)
        self.failures = min(self.failures + 1, 1000)
        self.due_s = now_s + pause_s


BOARD_FAULTS = (Fault.PINS_BUSY, Fault.DISPLAY_GONE)

MARGIN_S = 1.0
"""How much longer than it was given the camera may take before it counts as hung."""

CLOSE_S = 0.4
"""How long to wait for the camera to close, of the second that SIGTERM leaves."""


class Service:
    """Join camera, board and reader into the appliance.

    Parameters
    ----------
    camera_factory
        Opens the camera; called in the camera's own thread.
    board
        Button, displays and light. The service closes it at its end.
    reader_factory
        Makes a reader from a path to weights, or from "" for the shipped ones, and tries
        its self-test. Raises OSError or ValueError where they are missing or bad.
    config
        The configuration to begin with.
    notifier
        Tells systemd.
    observer
        Is told of every change, in the loop's thread.
    load_config
        Reads the configuration again, for a reload. None keeps the one in use, and a
        reload reads the weights alone.
    """

    def __init__(
        self,
        camera_factory: CameraFactory,
        board: Board,
        reader_factory: ReaderFactory,
        config: Config,
        notifier: Notifier,
        observer: Observer | None = None,
        *,
        load_config: Callable[[], Config] | None = None,
    ) -> None:
        self._camera_factory = camera_factory
        self._board = board
        self._reader_factory = reader_factory
        self._config = config
        self._notifier = notifier
        self._observer = observer
        self._load_config = load_config
        self._inbox = board.inbox

        self._state = State.STARTING
        self._reader: Reads | None = None
        self._camera: CameraThread | None = None
        self._last_camera: CameraThread | None = None
        self._camera_open = False
        self._camera_deadline_s = math.inf
        self._camera_error: CameraError | None = None
        self._capture_at_s = math.inf
        self._faults: dict[Fault, str] = {}
        self._frame: Frame | None = None
        self._reading: Reading | None = None
        self._again = False
        self._reload_wanted = False
        self._show_until_s = math.inf
        self._live: list[str | None] = []
        self._live_shown: str | None = None
        self._shutdown: subprocess.Popen[bytes] | None = None
        self._was_ready = False
        self._pinged_s = -math.inf
        self._set_retries()
        self.working = False
        """Whether the loop is with the reader, which may take long to load or to read."""
        self.camera_left_behind = False
        """Whether the camera would not close, so that its thread may still hang."""

    # From outside, from any thread.

    def press(self) -> None:
        """Press the button without a button."""
        self._inbox.put(Order.PRESS)

    def reload(self) -> None:
        """Read configuration and weights again."""
        self._inbox.put(Order.RELOAD)

    def stop(self) -> None:
        """End `run`."""
        self._inbox.put(Order.STOP)

    def run(self) -> None:
        """Work until stopped.

        Raises
        ------
        DeviceError
            Given up: what has failed, after `service.retries` further tries.
        """
        try:
            self._start()
            while self._state is not State.STOPPING:
                self._turn()
        finally:
            self._finish()

    # The loop.

    def _start(self) -> None:
        self._board.show_light("starting")
        self._tell()
        # The camera takes its second or two to open while numpy and the weights load.
        self._open_camera()
        self._load_reader()
        self._check_board()
        self._settle()

    def _turn(self) -> None:
        try:
            event = self._inbox.get(timeout=self._wait_s())
        except Empty:
            event = None
        self._take(event)
        self._pass_time(time.monotonic())

    def _take(self, event: Any) -> None:
        if isinstance(event, Edge):
            self._obey(self._board.feel(event))
        elif isinstance(event, CameraOpened | FrameTaken | CameraFailed):
            # A camera that was given up may still answer; nobody waits for it any more.
            if event.source is self._camera:
                self._take_from_camera(event)
        elif event is Order.PRESS:
            self._press()
        elif event is Order.RELOAD:
            self._reload_wanted = True
        elif event is Order.STOP:
            self._go(State.STOPPING)

    def _wait_s(self) -> float:
        """How long nothing will happen of itself."""
        now_s = time.monotonic()
        moments = [
            self._camera_deadline_s,
            self._capture_at_s,
            self._show_until_s if self._state is State.SHOWING else math.inf,
            *(retry.due_s for retry in self._retries),
        ]
        if self._notifier.ping_s is not None:
            moments.append(self._pinged_s + self._notifier.ping_s)
        waits = [moment - now_s for moment in moments]
        waits.append(self._board.tick())
        feel_s = self._board.next_feel_s()
        waits.append(math.inf if feel_s is None else feel_s)
        if self._shutdown is not None:
            waits.append(0.2)
        return min(max(min(waits), 0.0), 3600.0)

    def _pass_time(self, now_s: float) -> None:
        """Do what has become due."""
        if self._notifier.ping_s is not None and now_s >= self._pinged_s + self._notifier.ping_s:
            self._notifier.ping()
            self._pinged_s = now_s
        self._obey(self._board.feel())
        if now_s >= self._camera_deadline_s:
            self._give_up_camera()
        if now_s >= self._capture_at_s:
            self._capture(now_s)
        if self._state is State.SHOWING and now_s >= self._show_until_s:
            self._rest()
        self._try_again(now_s)
        if self._reload_wanted and self._state is not State.BUSY:
            self._reload()
        self._watch_shutdown()
        self._board.tick()
        self._check_board()

    # The button.

    def _obey(self, gestures: list[Gesture]) -> None:
        for gesture in gestures:
            if gesture is Gesture.PRESS:
                self._press()
            else:
                self._hold()

    def _press(self) -> None:
        match self._state:
            case State.READY | State.SHOWING:
                self._begin_reading()
            case State.BUSY:
                self._again = True
            case State.LIVE:
                self._rest()
            case State.FAULT:
                for retry in self._retries:
                    if retry.failures:
                        retry.due_s = -math.inf

    def _hold(self) -> None:
        action = self._config.board.hold
        if action == "shutdown" and self._state is not State.STOPPING:
            self._shut_down()
        elif action == "live" and self._state in (State.READY, State.SHOWING, State.BUSY):
            self._begin_live()

    # Reading.

    def _begin_reading(self) -> None:
        self._board.clear()
        self._frame = self._reading = None
        self._again = False
        self._go(State.BUSY)
        self._capture(time.monotonic())

    def _begin_live(self) -> None:
        in_flight = self._camera_deadline_s < math.inf
        self._board.clear()
        self._frame = self._reading = None
        self._again = False
        self._live, self._live_shown = [], None
        self._go(State.LIVE)
        if not in_flight:
            self._capture(time.monotonic())

    def _capture(self, now_s: float) -> None:
        if self._camera is None:
            return
        timeout_s = self._config.camera.capture_timeout_s
        self._capture_at_s = math.inf
        self._camera_deadline_s = now_s + timeout_s + MARGIN_S
        self._camera.capture(timeout_s)

    def _read(self, frame: Frame) -> None:
        self._camera_deadline_s = math.inf
        if self._state not in (State.BUSY, State.LIVE) or self._reader is None:
            return
        self._frame = frame
        self._tell()
        with self._at_work():
            reading = self._reader.read(frame)
        if self._state is State.LIVE:
            self._weigh_live(reading)
            return
        # What came in during the reading came while it was busy, whenever it is looked at.
        self._drain()
        if self._state is State.BUSY:
            again = self._again
            self._answer(reading)
            if again:
                self._begin_reading()

    def _drain(self) -> None:
        while self._state is State.BUSY:
            try:
                self._take(self._inbox.get_nowait())
            except Empty:
                return

    def _answer(self, reading: Reading) -> None:
        self._reading = reading
        words = reading.number if reading.number is not None else f"refused: {reading.reason}"
        log.info("%s (%.2f s)", words, reading.seconds)
        self._board.announce(reading.number, words)
        show_s = self._config.board.show_s
        self._show_until_s = time.monotonic() + show_s if show_s else math.inf
        self._go(State.SHOWING)

    def _weigh_live(self, reading: Reading) -> None:
        """Answer when so many frames in a row say the same."""
        self._reading = reading
        self._live = [*self._live, reading.number][-self._config.reading.live_frames :]
        agreed = len(self._live) == self._config.reading.live_frames and len(set(self._live)) == 1
        if agreed and self._live[0] != self._live_shown:
            self._live_shown = reading.number
            if reading.number is None:
                self._board.clear()
            else:
                log.info("%s (%.2f s)", reading.number, reading.seconds)
                self._board.announce(reading.number, reading.number)
        self._capture_at_s = time.monotonic() + self._config.camera.frame_interval_s
        self._tell()

    def _rest(self) -> None:
        """Be ready for the next press."""
        self._board.clear()
        self._capture_at_s = math.inf
        self._again = False
        self._go(State.READY)

    # The camera.

    def _open_camera(self) -> None:
        config = self._config.camera
        self._camera_open = False
        self._camera = self._last_camera = CameraThread(
            lambda: self._camera_factory(config), self._inbox, after=self._last_camera
        )
        self._camera_deadline_s = time.monotonic() + config.open_timeout_s

    def _take_from_camera(self, event: CameraOpened | FrameTaken | CameraFailed) -> None:
        match event:
            case CameraOpened():
                self._camera_open = True
                self._camera_deadline_s = math.inf
                self._clear_fault(Fault.NO_CAMERA, Fault.CAMERA_HUNG)
                self._settle()
            case FrameTaken():
                self._camera_retry.clear()
                if event.order == event.source.orders:  # else live mode ordered it and has ended
                    self._read(event.frame)
            case CameraFailed():
                self._lose_camera(event.error)

    def _give_up_camera(self) -> None:
        seconds = self._config.camera.capture_timeout_s
        doing = f"gave no frame in {seconds:g} s" if self._camera_open else "doesn't open"
        self._lose_camera(CameraHung(f"the camera hangs: it {doing}: check the ribbon cable"))

    def _lose_camera(self, error: CameraError) -> None:
        if self._camera is not None:
            self._camera.close()
        self._camera, self._camera_open = None, False
        self._camera_deadline_s = self._capture_at_s = math.inf
        self._camera_error = error
        hung = isinstance(error, CameraHung)
        self._clear_fault(Fault.CAMERA_HUNG, Fault.NO_CAMERA)
        self._camera_retry.fail(time.monotonic())
        self._raise_fault(Fault.CAMERA_HUNG if hung else Fault.NO_CAMERA, str(error))
        if not self._was_ready:
            pause_s = self._config.service.retry_most_s
            self._notifier.extend_start(pause_s + self._config.camera.open_timeout_s)
        if self._camera_retry.failures > self._config.service.retries:
            raise error
        self._settle()

    # The weights.

    def _load_reader(self) -> None:
        """Load the weights; where the configured ones fail, keep those in use or the shipped."""
        wanted = self._config.reading.weights
        try:
            self._reader = self._make_reader(wanted)
        except (OSError, ValueError) as error:
            if not wanted and self._reader is None:
                raise
            kept = "those in use" if self._reader is not None else "the shipped ones"
            self._raise_fault(Fault.WEIGHTS_BAD, f"{error}; {kept} read on")
            self._reader_retry.fail(time.monotonic())
            if self._reader is None:
                self._reader = self._make_reader("")
        else:
            self._reader_retry.clear()
            self._clear_fault(Fault.WEIGHTS_BAD)

    def _make_reader(self, weights: str) -> Reads:
        with self._at_work():
            return self._reader_factory(weights)

    @contextlib.contextmanager
    def _at_work(self) -> Iterator[None]:
        self.working = True
        try:
            yield
        finally:
            self.working = False

    # The board.

    def _check_board(self) -> None:
        """Turn what the board is missing into faults."""
        faults = self._board.faults
        before = {fault: self._faults.get(fault) for fault in BOARD_FAULTS}
        if before == {fault: faults.get(fault) for fault in BOARD_FAULTS}:
            return
        for fault in BOARD_FAULTS:
            if fault in faults:
                self._raise_fault(fault, faults[fault])
            else:
                self._clear_fault(fault)
        if not faults:
            self._board_retry.clear()
        elif math.isinf(self._board_retry.due_s):
            self._board_retry.fail(time.monotonic())
        self._settle()

    def _open_board(self, now_s: float) -> None:
        self._board.open_missing()
        if self._board.missing:
            self._board_retry.fail(now_s)
        pressless = not self._board.can_be_pressed
        if pressless and self._board_retry.failures > self._config.service.retries:
            raise self._board.missing["button"]
        self._check_board()

    # Faults.

    def _set_retries(self) -> None:
        service = self._config.service
        first_s, most_s = service.retry_s, service.retry_most_s
        self._camera_retry = Retry(first_s, most_s)
        self._board_retry = Retry(first_s, most_s)
        self._reader_retry = Retry(first_s, most_s)
        self._retries = (self._camera_retry, self._board_retry, self._reader_retry)

    def _try_again(self, now_s: float) -> None:
        if now_s >= self._camera_retry.due_s:
            self._camera_retry.due_s = math.inf
            self._open_camera()
        if now_s >= self._board_retry.due_s:
            self._board_retry.due_s = math.inf
            self._open_board(now_s)
        if now_s >= self._reader_retry.due_s and self._state is not State.BUSY:
            self._reader_retry.due_s = math.inf
            self._load_reader()
            self._settle()

    def _raise_fault(self, fault: Fault, words: str) -> None:
        if self._faults.get(fault) != words:
            log.warning("%s: %s", fault, words)
        self._faults[fault] = words

    def _clear_fault(self, *faults: Fault) -> None:
        for fault in faults:
            if self._faults.pop(fault, None) is not None:
                log.warning("%s: over", fault)

    # State.

    def _settle(self) -> None:
        """Find the state that follows from what is there and what is not."""
        able = self._camera_open and self._reader is not None and self._board.can_be_pressed
        if self._state is State.STOPPING:
            return
        if able and self._state in (State.STARTING, State.FAULT):
            self._go(State.READY)
        elif not able and (self._faults or self._state is not State.STARTING):
            self._board.clear()
            self._go(State.FAULT if self._faults else State.STARTING)
        else:
            self._go(self._state)

    def _go(self, state: State) -> None:
        self._state = state
        self._board.show_light(self._light())
        if state is State.READY and not self._was_ready:
            self._was_ready = True
            self._notifier.ready()
        self._notifier.status(self._status())
        self._tell()

    def _light(self) -> str:
        """The pattern for the state; with nothing else to say, the light says what is wrong."""
        if self._state is State.SHOWING and self._reading is not None:
            return "refused" if self._reading.number is None else "answered"
        if self._faults and self._state in (State.READY, State.FAULT):
            return min(self._faults, key=list(Fault).index)
        return self._state.value

    def _status(self) -> str:
        words = [self._state.value]
        words += [f"{fault}: {why}" for fault, why in self._faults.items()]
        return "; ".join(words)

    def _tell(self) -> None:
        if self._observer is None:
            return
        fault = "; ".join(f"{fault}: {why}" for fault, why in self._faults.items()) or None
        self._observer(Snapshot(self._state, self._frame, self._reading, fault, self._board.light))

    # Reload, shutting the Pi down, the end.

    def _reload(self) -> None:
        """Take up a new configuration and new weights, or keep the old where the new are bad."""
        self._reload_wanted = False
        if self._was_ready:
            self._notifier.reloading()
        try:
            config = self._config if self._load_config is None else self._load_config()
        except BadConfig as error:
            log.error("%s; the old configuration stays", error)
        else:
            self._take_up(config)
            log.info("reloaded")
        self._settle()
        if self._was_ready:
            self._notifier.ready()

    def _take_up(self, config: Config) -> None:
        old, self._config = self._config, config
        if config.service != old.service:
            failing = [retry.failures > 0 for retry in self._retries]
            self._set_retries()
            for retry, failed in zip(self._retries, failing, strict=True):
                retry.due_s = -math.inf if failed else math.inf
        self._load_reader()
        if config.board != old.board:
            if self._state in (State.SHOWING, State.LIVE):
                self._rest()
            self._board.reconfigure(config.board)
            self._check_board()
        if config.camera != old.camera and self._camera is not None:
            self._camera.close()
            self._open_camera()

    def _shut_down(self) -> None:
        if self._shutdown is not None:
            return
        command = self._config.service.shutdown_command
        log.info("held: shutting down with %s", " ".join(command))
        self._board.clear()
        try:
            self._shutdown = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        except OSError as error:
            log.error("can't shut down: %s: %s", command[0], error.strerror or error)

    def _watch_shutdown(self) -> None:
        if self._shutdown is None or self._shutdown.poll() is None:
            return
        if self._shutdown.returncode:
            log.error(
                "can't shut down: %s ended with %d: does polkit allow it to this user?",
                " ".join(self._config.service.shutdown_command),
                self._shutdown.returncode,
            )
        self._shutdown = None

    def _finish(self) -> None:
        self._state = State.STOPPING
        self._notifier.stopping()
        self._board.close()
        if self._last_camera is not None:
            self.camera_left_behind = not self._last_camera.close(CLOSE_S)
        self._tell()


__all__ = ["DeviceError", "Order", "Reads", "Service", "Snapshot", "State"]
