"""The whole appliance in this process, and the machine around it: systemd, disk, pins, process."""

import logging
import os
import resource
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
from gpiozero.pins.mock import MockFactory, MockPin

from device.answering import READINGS
from device.board import Board
from device.camera import PiCamera
from device.config import load_config
from device.errors import DeviceError
from device.page.page import Page
from device.page.wiring import real_controls
from device.reading import Frame, Reading
from device.run_command import make_reader
from device.service import Service
from device.signals import obeying_signals
from device.simulation import SimulatedBoard
from device.snapshot import Snapshot, State
from device.systemd import Notifier
from tests.device.appliance import SystemdSocket
from tests.endurance.camera import Picamera2, Sensor
from tests.endurance.clock import Clock

PATIENCE_S = 60.0
"""Of the real clock: what hasn't come by then is lost."""


class Lost(AssertionError):
    """Something that had to come didn't, or came twice, or wasn't true."""


class Pins(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """Simulated pins, of which some may be broken."""

    def __init__(self) -> None:
        super().__init__()
        self.broken: set[int] = set()

    def pin(self, name: int, pin_class: Any = None, **options: Any) -> MockPin:
        pins = self

        class Pin(MockPin):  # type: ignore[misc]  # gpiozero has no types
            def _set_state(self, value: float) -> None:
                if name in pins.broken:
                    raise OSError(5, "Input/output error")
                super()._set_state(value)

        return super().pin(name, pin_class=Pin, **options)


class LapBoard(Board):
    """A board that counts how often the loop has nothing left to do."""

    def __init__(self, *args: Any) -> None:
        self.lap = threading.Condition()
        self.laps = 0
        super().__init__(*args)

    def next_feel_s(self) -> float | None:
        """The loop asks this at the end of each turn, right before it waits."""
        with self.lap:
            if self.inbox.empty():
                self.laps += 1
                self.lap.notify_all()
        return super().next_feel_s()


class Journal(logging.Handler):
    """Counts the lines of the log by what writes them."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.lines: Counter[str] = Counter()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines[record.name] += 1

    @property
    def readings(self) -> int:
        """The lines that tell of a reading."""
        return self.lines[READINGS]

    @property
    def others(self) -> int:
        return self.lines.total() - self.readings


class Machine:
    """Runs the appliance, starts it again when it gives up, and keeps what it tells.

    `live` is called in the main thread; everything else in another.
    """

    def __init__(self, folder: Path, rng: np.random.Generator) -> None:
        self.folder = folder
        self.config = folder / "config.toml"
        self.weights = folder / "weights.npz"
        self.clock = Clock()
        self.sensor = Sensor(rng)
        self.systemd = SystemdSocket(folder / "notify")
        self.journal = Journal()
        self.service: Service | None = None
        self.starts = 0
        self.readings = 0
        self.reading: Reading | None = None
        self.snapshot: Snapshot | None = None
        self.faults = 0
        self.fault_light = ""
        self.snapshots = 0
        self.looks = 0
        self.over = False
        self.failure: BaseException | None = None
        self.changed = threading.Condition()
        self._main = threading.main_thread()

    # The main thread: the process, and systemd that starts it again.

    def live(self, story: Callable[["Machine"], None]) -> None:
        """Run the appliance for as long as a story goes on in another thread."""
        Picamera2.sensor = self.sensor
        log = logging.getLogger("device")
        log.addHandler(self.journal)
        log.setLevel(logging.INFO)
        log.propagate = False
        teller = threading.Thread(target=self._tell, args=(story,), name="story")
        with self.clock.ruling():
            teller.start()
            while not self.over:
                self._run()
            teller.join()
        log.removeHandler(self.journal)
        self.systemd.close()

    def _run(self) -> None:
        config = load_config(self.config)
        self.pins = Pins()
        with ExitStack() as parts:
            board = parts.enter_context(LapBoard(config.board, self.pins, self.clock.monotonic))
            notifier = parts.enter_context(Notifier(str(self.systemd.path), watchdog_s=30.0))
            page = Page(config)
            parts.callback(page.close)
            service = Service(
                lambda wanted: PiCamera(wanted, Picamera2),
                board,
                make_reader,
                config,
                notifier,
                lambda snapshot: self._observe(snapshot, page),
                onlooker=lambda frame: self._see(frame, page),
                load_config=lambda: load_config(self.config),
            )
            page.connect = lambda: real_controls(service, board)
            self.board, self.lamps = board, SimulatedBoard(self.pins, config.board)
            with self.changed:
                self.snapshot, self.reading, self.service = None, None, service
                self.starts += 1
            with obeying_signals(lambda: service):
                try:
                    service.run()
                except DeviceError:
                    pass  # systemd starts it again
                except BaseException as error:  # noqa: BLE001 - the story tells it
                    self.failure = error
        with self.changed:
            self.service = None
            self.over = self.over or self.failure is not None
            self.changed.notify_all()
        self.sensor.end()

    def _observe(self, snapshot: Snapshot, page: Page) -> None:
        page.observe(snapshot)
        with self.changed:
            new = snapshot.state is State.SHOWING and snapshot.reading is not self.reading
            if new:
                self.readings += 1
                self.reading = snapshot.reading
            if snapshot.state is State.FAULT and self.state is not State.FAULT:
                self.faults += 1
                self.fault_light = snapshot.light
            self.snapshot = snapshot
            self.snapshots += 1
            self.changed.notify_all()

    def _see(self, frame: Frame, page: Page) -> None:
        page.see(frame)
        with self.changed:
            self.looks += 1
            self.changed.notify_all()

    def _tell(self, story: Callable[["Machine"], None]) -> None:
        try:
            story(self)
        except BaseException as error:  # noqa: BLE001 - the main thread raises it
            self.failure = self.failure or error
        self.fill_disk(full=False)
        self.over = True
        self.sensor.end()
        if self.service is not None:
            self.signal(signal.SIGTERM)

    # The other threads.

    def signal(self, number: signal.Signals) -> None:
        """Send a real signal, to the thread that the kernel would choose."""
        assert self._main.ident is not None
        signal.pthread_kill(self._main.ident, number)

    def wait_for(self, wanted: Callable[[], bool], what: str) -> None:
        """Wait until something is so, after whatever the appliance tells."""
        end_s = time.perf_counter() + PATIENCE_S
        with self.changed:
            while not (wanted() or self.over):
                if time.perf_counter() > end_s:
                    raise Lost(f"{what} did not come; last: {self._last()}")
                self.changed.wait(0.01)  # the camera tells nobody that it hangs
        if self.over:
            raise Lost(f"it ended while waiting for {what}")

    def _last(self) -> str:
        last = self.snapshot
        return "nothing" if last is None else f"{last.state}, light {last.light}, {last.fault}"

    def catch_up(self) -> None:
        """Wait until the loop has seen all that came and every lamp is as it has to be."""
        service, board = self.service, self.board
        with board.lap:
            board.inbox.put(None)
            before = board.laps
            while board.laps == before and service is not None and self.service is service:
                board.lap.wait(0.01)

    def advance(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.advance(seconds)
        self.catch_up()

    @property
    def state(self) -> State | None:
        """What the appliance says that it does; None while it doesn't run."""
        snapshot = self.snapshot
        return None if snapshot is None or self.service is None else snapshot.state

    @staticmethod
    def fill_disk(*, full: bool) -> None:
        """Let every write to a file fail, or none."""
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (0 if full else hard, hard))


def open_files() -> int:
    """How many descriptors this process has."""
    return len(list(Path("/proc/self/fd").iterdir()))


def resident_mb() -> float:
    """How much memory this process has in use."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
