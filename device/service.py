"""The daemon: one loop that waits for the button and answers it.

Everything comes in through one inbox: edges of the button, frames, orders from signals.
The loop takes one event after the other and then lets time pass for whatever depends on
it, and that is all; nothing in it waits for the camera.

What it survives, each shown on the status light and tried again with growing pauses:

- no camera, a camera that hangs, a button whose pin is busy: it can't answer meanwhile,
  and after `service.retries` tries in a row, or when several calls into the camera hang
  for good, it gives up and leaves the rest to systemd;
- weights that are missing or bad: the shipped ones read on (after a reload, those that
  were in use), for as long as it takes;
- a display or the status light that is busy or gone: the others go on without it;
- a supply that is too weak, or too much heat: it reads on, slower.

What it dies of: no pins at all, shipped weights that fail their self-test, a mistake in
the program. It raises, the process exits with 1, and the unit starts it again.

A press counts when the button goes down (when it comes up again, where holding means
something). During a reading, or while it starts, one press is remembered and read right
after it; further ones are the same press. While the answer shows, a press begins a new
reading. In live mode a press ends it. While a fault keeps the appliance from answering, a
press tries again at once what has failed, and is used up by that.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from queue import Empty
from typing import Any

from device.answering import Answering, Onlooker
from device.board import Board
from device.button import Edge, Gesture
from device.camera_thread import CameraEvent
from device.care import CameraFactory, Care
from device.config import Config
from device.errors import BadConfig
from device.faults import Faults
from device.orders import Order, TakesOrders, Watched
from device.poweroff import PowerOff
from device.snapshot import Observer, State
from device.status import Status
from device.supply import throttled_bits
from device.systemd import Notifier
from device.weights import ReaderFactory, Reads

log = logging.getLogger(__name__)

CLOSE_S = 0.3
"""How long to wait for the camera to close, and for a shutdown to be under way, of the second
that SIGTERM leaves."""


class Service(TakesOrders):
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
    throttled
        Tells what the firmware says of the supply, see `device.supply`.
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
        throttled: Callable[[], int | None] = throttled_bits,
    ) -> None:
        super().__init__(board.inbox)
        self._board = board
        self._config = config
        self._notifier = notifier
        self._load_config = load_config
        self._reload_wanted = False
        self._power_off = power_off or PowerOff()

        faults = Faults()
        self._status = Status(board, faults, notifier, observer)
        self._care = Care(
            camera_factory,
            board,
            reader_factory,
            faults,
            self._status,
            self._settle,
            throttled,
            config,
        )
        self._camera, self._weights = self._care.camera, self._care.weights
        self._answering = Answering(
            board, self._camera, self._weights, self._status, self._catch_up, onlooker, config
        )
        self.camera_left_behind = False
        """Whether the camera would not close, so that its thread may still hang."""

    @property
    def reader(self) -> Reads | None:
        """What reads now; None while nothing is loaded yet."""
        return self._weights.reader

    @property
    def working(self) -> bool:
        """Whether the loop is with the reader, which may take long to load or to read."""
        return self._weights.working

    def run(self) -> None:
        """Work until stopped.

        Raises
        ------
        DeviceError
            Given up: what has failed, after `service.retries` further tries.
        """
        try:
            self._start()
            while self._status.state is not State.STOPPING:
                self._turn()
        finally:
            self._finish()

    # The loop.

    def _start(self) -> None:
        self._status.begin()
        self._care.begin()
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
            if (frame := self._care.take(event)) is not None:
                self._answering.take(frame)
        elif event is Order.PRESS:
            self._press()
        elif event is Order.HOLD:
            self._hold()
        elif event is Order.LOOK:
            self._answering.look()
        elif isinstance(event, Watched):
            self._status.watch(event.watchers)
        elif event is Order.RELOAD:
            self._reload_wanted = True
        elif event is Order.STOP:
            self._status.go(State.STOPPING)

    def _wait_s(self) -> float:
        """How long nothing will happen of itself."""
        due_s = min(self._care.due_s, self._answering.due_s, self._notifier.ping_due_s)
        waits = [due_s - time.monotonic(), self._board.tick()]
        feel_s = self._board.next_feel_s()
        waits.append(math.inf if feel_s is None else feel_s)
        if self._power_off.under_way:
            waits.append(0.2)
        return min(max(min(waits), 0.0), 3600.0)

    def _pass_time(self, now_s: float) -> None:
        """Do what has become due."""
        self._notifier.ping(now_s)
        if self._inbox.empty():  # else the pin, and the camera, are ahead of what waits there
            self._obey(self._board.feel())
            self._care.check_camera(now_s)
        self._answering.pass_time(now_s)
        self._care.look_after(now_s)
        if self._reload_wanted and self._status.state is not State.BUSY:
            self._reload()
        self._power_off.watch()

    def _catch_up(self) -> None:
        """Take in what came during a reading, for as long as that is what it is about."""
        while self._status.state is State.BUSY:
            try:
                self._take(self._inbox.get_nowait())
            except Empty:
                return

    # The button.

    def _obey(self, gestures: list[Gesture]) -> None:
        for gesture in gestures:
            if gesture is Gesture.PRESS:
                self._press()
            else:
                self._hold()

    def _press(self) -> None:
        match self._status.state:
            case State.READY | State.SHOWING:
                self._answering.begin()
            case State.BUSY | State.STARTING:
                self._answering.again = True
            case State.LIVE:
                self._answering.rest()
            case State.FAULT:
                self._care.hurry()

    def _hold(self) -> None:
        action = self._config.board.hold
        if action == "shutdown":
            self._board.clear()
            self._power_off.begin(self._config.service.shutdown_command)
        elif action == "live" and self._status.state in (State.READY, State.SHOWING, State.BUSY):
            self._answering.begin_live()

    # State.

    def _settle(self) -> None:
        """Find the state that follows from what is there and what is not."""
        state = self._status.state
        if state is State.STOPPING:
            return
        if self._care.has_failed:
            state = State.FAULT
        elif not self._care.is_whole:
            state = State.STARTING
        elif state in (State.FAULT, State.STARTING):
            state = State.READY
        if state in (State.FAULT, State.STARTING):
            self._answering.pause()
        if state is State.FAULT:
            self._answering.again = False  # the light has told whoever pressed
        self._status.go(state)
        if state is State.READY and self._answering.again:
            self._answering.begin()

    # Reload, and the end.

    def _reload(self) -> None:
        """Take up a new configuration and new weights, or keep the old where the new are bad."""
        self._reload_wanted = False
        if self._status.was_ready:
            self._notifier.reloading()
        try:
            config = self._config if self._load_config is None else self._load_config()
        except BadConfig as error:
            log.error("%s; the old configuration stays", error)
        else:
            self._take_up(config)
            log.info("reloaded")
        self._settle()
        if self._status.was_ready:
            self._notifier.ready()

    def _take_up(self, config: Config) -> None:
        has_moved = config.board != self._config.board
        if has_moved and self._status.state in (State.SHOWING, State.LIVE):
            self._answering.rest()
        if config.page != self._config.page:
            log.warning("[page] has changed: that counts from the next start")
        self._config = self._answering.config = config
        self._care.take_up(config)

    def _finish(self) -> None:
        self._status.end()
        self._board.close()
        self.camera_left_behind = not self._camera.close(CLOSE_S)
        self._power_off.close(CLOSE_S)
        self._status.tell()
