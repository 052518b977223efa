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

import logging
import math
import time
from collections.abc import Callable
from enum import Enum
from queue import Empty
from typing import TYPE_CHECKING, Any, NamedTuple

from device.agreement import Agreement
from device.board import Board
from device.button import Edge, Gesture
from device.camera import Camera
from device.camera_thread import CameraEvent, CameraLink, CameraOpened
from device.config import CameraConfig, Config
from device.errors import BadConfig, CameraError, CameraHung
from device.faults import Fault, Faults
from device.poweroff import PowerOff
from device.retry import Retry
from device.snapshot import Observer, Snapshot, State
from device.systemd import Notifier
from device.weights import ReaderFactory, Reads, Weights

if TYPE_CHECKING:  # numpy is not loaded before the "starting" light is on
    from device.reading import Frame, Reading

log = logging.getLogger(__name__)

READINGS = f"{__name__}.readings"
"""The log that has one line a reading."""

CameraFactory = Callable[[CameraConfig], Camera]
Onlooker = Callable[["Frame"], None]


class Order(Enum):
    """What may be asked of the loop from outside, from any thread or signal handler."""

    PRESS = "press"
    HOLD = "hold"
    LOOK = "look"
    RELOAD = "reload"
    STOP = "stop"


class Watched(NamedTuple):
    """So many people are looking through the camera."""

    watchers: int


CAMERA_FAULTS = (Fault.NO_CAMERA, Fault.CAMERA_HUNG)
BOARD_FAULTS = (Fault.PINS_BUSY, Fault.DISPLAY_GONE)

CLOSE_S = 0.3
"""How long to wait for the camera to close, and for a shutdown to be under way, of the second
that SIGTERM leaves."""


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
    onlooker
        Is given the frames that `look` asked for, in the loop's thread.
    load_config
        Reads the configuration again, for a reload. None keeps the one in use, and a
        reload reads the weights alone.
    power_off
        Shuts the machine down; None does so by the configured command.
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
        onlooker: Onlooker | None = None,
        load_config: Callable[[], Config] | None = None,
        power_off: PowerOff | None = None,
    ) -> None:
        self._board = board
        self._config = config
        self._notifier = notifier
        self._observer = observer
        self._onlooker = onlooker
        self._watchers = 0
        self._load_config = load_config
        self._inbox = board.inbox

        self._state = State.STARTING
        self._camera = CameraLink(camera_factory, self._inbox)
        self._capture_at_s = math.inf
        self._faults = Faults()
        self._board_faults: dict[Fault, str] = {}
        self._frame: Frame | None = None
        self._reading: Reading | None = None
        self._again = False
        self._reload_wanted = False
        self._show_until_s = math.inf
        self._agreement = Agreement(config.reading.live_frames)
        self._power_off = power_off or PowerOff()
        self._was_ready = False
        self._pinged_s = -math.inf
        pace = (config.service.retry_s, config.service.retry_most_s)
        self._camera_retry, self._board_retry, self._reader_retry = (Retry(*pace) for _ in "123")
        self._retries = (self._camera_retry, self._board_retry, self._reader_retry)
        self._weights = Weights(reader_factory, self._faults, self._reader_retry)
        self.camera_left_behind = False
        """Whether the camera would not close, so that its thread may still hang."""

    # From outside, from any thread.

    def press(self) -> None:
        """Press the button without a button."""
        self._inbox.put(Order.PRESS)

    def hold(self) -> None:
        """Hold the button without a button."""
        self._inbox.put(Order.HOLD)

    def look(self) -> None:
        """Ask for a frame for the onlooker; while the appliance has other work there is none."""
        self._inbox.put(Order.LOOK)

    def watch(self, watchers: int) -> None:
        """Tell how many people look through the camera: the status light shows that some do."""
        self._inbox.put(Watched(watchers))

    @property
    def reader(self) -> Reads | None:
        """What reads now; None while nothing is loaded yet."""
        return self._weights.reader

    @property
    def working(self) -> bool:
        """Whether the loop is with the reader, which may take long to load or to read."""
        return self._weights.working

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
        self._camera.open(self._config.camera)
        self._weights.load(self._config.reading.weights)
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
        elif isinstance(event, CameraEvent):
            self._take_from_camera(event)
        elif event is Order.PRESS:
            self._press()
        elif event is Order.HOLD:
            self._hold()
        elif event is Order.LOOK:
            self._look()
        elif isinstance(event, Watched):
            self._be_watched(event.watchers)
        elif event is Order.RELOAD:
            self._reload_wanted = True
        elif event is Order.STOP:
            self._go(State.STOPPING)

    def _wait_s(self) -> float:
        """How long nothing will happen of itself."""
        now_s = time.monotonic()
        moments = [
            self._camera.deadline_s,
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
        if self._power_off.under_way:
            waits.append(0.2)
        return min(max(min(waits), 0.0), 3600.0)

    def _pass_time(self, now_s: float) -> None:
        """Do what has become due."""
        if self._notifier.ping_s is not None and now_s >= self._pinged_s + self._notifier.ping_s:
            self._notifier.ping()
            self._pinged_s = now_s
        if self._inbox.empty():  # else the pin is ahead of the edges that wait there
            self._obey(self._board.feel())
        try:
            self._camera.check(now_s)
        except CameraHung as error:
            self._lose_camera(error)
        if now_s >= self._capture_at_s:
            self._capture()
        if self._state is State.SHOWING and now_s >= self._show_until_s:
            self._rest()
        self._try_again(now_s)
        if self._reload_wanted and self._state is not State.BUSY:
            self._reload()
        self._power_off.watch()
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
                    retry.hurry()

    def _hold(self) -> None:
        action = self._config.board.hold
        if action == "shutdown":
            self._board.clear()
            self._power_off.begin(self._config.service.shutdown_command)
        elif action == "live" and self._state in (State.READY, State.SHOWING, State.BUSY):
            self._begin_live()

    # Reading.

    def _begin_reading(self) -> None:
        self._board.clear()
        self._frame = self._reading = None
        self._again = False
        self._go(State.BUSY)
        self._capture()

    def _look(self) -> None:
        idle = self._state in (State.READY, State.SHOWING)
        if idle and self._camera.deadline_s == math.inf:
            self._camera.look()

    def _be_watched(self, watchers: int) -> None:
        self._watchers = watchers
        if self._state is State.READY:
            self._go(State.READY)

    def _begin_live(self) -> None:
        in_flight = self._camera.deadline_s < math.inf
        self._board.clear()
        self._frame = self._reading = None
        self._again = False
        self._agreement = Agreement(self._config.reading.live_frames)
        self._go(State.LIVE)
        if not in_flight:
            self._capture()

    def _capture(self) -> None:
        self._capture_at_s = math.inf
        self._camera.capture()

    def _read(self, frame: Frame) -> None:
        if self._state not in (State.BUSY, State.LIVE):
            return
        if self._state is State.LIVE:
            self._weigh_live(frame, self._weights.read(frame))
            return
        self._frame = frame
        self._tell()
        reading = self._weights.read(frame)
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
        self._announce(reading)
        show_s = self._config.board.show_s
        self._show_until_s = time.monotonic() + show_s if show_s else math.inf
        self._go(State.SHOWING)

    def _announce(self, reading: Reading) -> None:
        words = reading.number if reading.number is not None else f"refused: {reading.reason}"
        logging.getLogger(READINGS).info("%s (%.2f s)", words, reading.seconds)
        self._board.announce(reading.number, words)

    def _weigh_live(self, frame: Frame, reading: Reading) -> None:
        """Answer when so many frames in a row say the same."""
        self._frame, self._reading = frame, reading
        if self._agreement.hear(reading.number):
            if reading.number is None:
                self._board.clear()
            else:
                self._announce(reading)
        self._capture_at_s = time.monotonic() + self._config.camera.frame_interval_s
        self._tell()

    def _rest(self) -> None:
        """Be ready for the next press."""
        self._board.clear()
        self._capture_at_s = math.inf
        self._again = False
        self._go(State.READY)

    # The camera.

    def _take_from_camera(self, event: CameraEvent) -> None:
        try:
            frame = self._camera.take(event)
        except CameraError as error:
            self._lose_camera(error)
            return
        if isinstance(event, CameraOpened) and self._camera.is_open:
            self._faults.remove(*CAMERA_FAULTS)
            self._settle()
        if frame is not None:
            self._camera_retry.clear()
            if self._state in (State.READY, State.SHOWING) and self._onlooker is not None:
                self._onlooker(frame)
            self._read(frame)

    def _lose_camera(self, error: CameraError) -> None:
        fault = Fault.CAMERA_HUNG if isinstance(error, CameraHung) else Fault.NO_CAMERA
        self._faults.replace({fault: str(error)}, CAMERA_FAULTS)
        self._camera_retry.fail(time.monotonic())
        if not self._was_ready:
            pause_s = self._config.service.retry_most_s
            self._notifier.extend_start(pause_s + self._config.camera.open_timeout_s)
        if self._camera_retry.failures > self._config.service.retries:
            raise error
        self._settle()

    # The board.

    def _check_board(self) -> None:
        """Turn what the board is missing into faults."""
        faults = self._board.faults
        if faults == self._board_faults:
            return
        self._board_faults = faults
        self._faults.replace(faults, BOARD_FAULTS)
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

    # State.

    def _try_again(self, now_s: float) -> None:
        if self._camera_retry.take(now_s):
            self._camera.open(self._config.camera)
        if self._board_retry.take(now_s):
            self._open_board(now_s)
        if self._reader_retry.take(now_s):
            self._weights.load(self._config.reading.weights)
            self._settle()

    def _settle(self) -> None:
        """Find the state that follows from what is there and what is not."""
        if self._state is State.STOPPING:
            return
        if self._faults.any(*CAMERA_FAULTS) or not self._board.can_be_pressed:
            state = State.FAULT
        elif not self._camera.is_open or self.reader is None:
            state = State.STARTING
        elif self._state in (State.FAULT, State.STARTING):
            state = State.READY
        else:
            state = self._state
        if state in (State.FAULT, State.STARTING):
            self._board.clear()
            self._capture_at_s = math.inf
        self._go(state)

    def _go(self, state: State) -> None:
        self._state = state
        self._board.show_light(self._light())
        if state is State.READY and not self._was_ready:
            self._was_ready = True
            self._notifier.ready()
        faults = self._faults.words
        self._notifier.status(f"{state}; {faults}" if faults else state)
        self._tell()

    def _light(self) -> str:
        """The pattern for the state; with nothing else to say, the light says what is wrong."""
        if self._state is State.SHOWING and self._reading is not None:
            return "refused" if self._reading.number is None else "answered"
        if self._faults.worst and self._state in (State.READY, State.FAULT):
            return self._faults.worst
        if self._state is State.READY and self._watchers:
            return "watched"
        return self._state

    def _tell(self) -> None:
        if self._observer is not None:
            faults, light = self._faults.words, self._board.light
            self._observer(Snapshot(self._state, self._frame, self._reading, faults, light))

    # Reload, and the end.

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
        for retry in self._retries:
            retry.pace(config.service.retry_s, config.service.retry_most_s)
        self._weights.load(self._config.reading.weights)
        if config.board != old.board:
            if self._state in (State.SHOWING, State.LIVE):
                self._rest()
            self._board.reconfigure(config.board)
            self._check_board()
        if config.camera != old.camera and not self._faults.any(*CAMERA_FAULTS):
            self._camera.open(config.camera)

    def _finish(self) -> None:
        self._state = State.STOPPING
        self._notifier.stopping()
        self._board.close()
        self.camera_left_behind = not self._camera.close(CLOSE_S)
        self._power_off.close(CLOSE_S)
        self._tell()
