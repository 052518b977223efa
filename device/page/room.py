"""What the page knows and does, all of it on the page's loop; only work goes to threads."""

import asyncio
import contextlib
import logging
import platform
import time
from collections import Counter
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from device import __version__
from device.config import Config
from device.page.answers import Answers
from device.page.eye import Eye, View
from device.page.forms import Form, board_form, reading_form, state_form
from device.page.hub import Hub, Watcher
from device.page.keeping import Keeper
from device.page.page import Controls
from device.page.reasons import Reasons
from device.page.work import STAND_BACK_S, Work
from device.reader import Reader
from device.reading import Frame
from device.snapshot import Snapshot, State
from device.vitals import memory_mb, power_warnings, temperature_c

log = logging.getLogger(__name__)

LAMPS_S = 0.1
"""How often the lamps are looked at while somebody watches."""

HEALTH_S = 10.0


class Room:
    """State and work behind the page.

    Parameters
    ----------
    config
        Of the whole appliance.
    controls
        What may be done with the appliance.
    folder
        Where refused and corrected readings are kept; None keeps none.
    """

    def __init__(self, config: Config, controls: Controls, folder: Path | None) -> None:
        self.config = config
        self.controls = controls
        self.hub = Hub(self._watchers_changed)
        self.work = Work()
        self.keeper = Keeper(config.page, folder, self.hub, self.work)
        self.reasons = Reasons(self.work)
        self.eye = Eye(
            controls.look, controls.reader, self._tell_view, config.page.frame_interval_s
        )
        self.ended = asyncio.Event()
        self.counts: Counter[str] = Counter()
        self.started_s = time.monotonic()
        self.last_fault: Form | None = None
        self._answers = Answers(config.reading.live_frames)
        self._tasks: set[asyncio.Task[None]] = set()
        self._snapshot = Snapshot(State.STARTING, None, None, None, "starting")
        self._state: Form = state_form(self._snapshot)
        self._board: Form = self.board()
        self._note: Form = self.note()
        self._power: list[str] | None = None
        self._watching = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._presses: list[bool] = []  # each tells whether it is a hold; the first is down now

    async def open(self) -> None:
        """Take stock of what was kept, and begin to look."""
        await self.keeper.open()
        for work in (self.eye.run(self.hub.arrived), self._watch_lamps(), self._watch_health()):
            self._start(work)

    def end(self) -> None:
        """Let `serve` come to its end."""
        self.ended.set()

    def close(self) -> None:
        """Stop all that runs."""
        for task in list(self._tasks):
            task.cancel()
        for part in (self.eye, self.work, self.keeper):
            part.close()

    # What the appliance tells.

    def take(self, snapshot: Snapshot, title: str) -> None:
        """Take in how things stand."""
        before, self._snapshot = self._snapshot, snapshot
        self._make_way(is_busy=snapshot.state is State.BUSY)
        self._note_fault(before.fault, snapshot.fault)
        state = state_form(snapshot)
        if state != self._state:
            self._state = state
            self.hub.tell("state", state)
        is_answer = self._answers.hear(snapshot)
        frame, reading = snapshot.frame, snapshot.reading
        # A frame without its reading is just being read: twenty browsers that fetch it now would
        # be in the way.
        if frame is None or reading is None or reading is before.reading:
            return
        self.eye.show(frame, reading)
        if is_answer:
            self.counts["answered" if reading.refusal is None else "refused"] += 1
            entry = self.keeper.remember(reading, frame, title)
            if reading.refusal is not None and self.keeper.shelf is not None:
                self._start(self.keeper.keep_refusal(entry))

    def _make_way(self, *, is_busy: bool) -> None:
        self.eye.is_busy = is_busy
        self.work.make_way(is_busy=is_busy)
        if is_busy:
            self._quiet.clear()
        else:
            self._quiet.set()

    # What the browser asks.

    def hello(self, watcher: Watcher | None = None) -> Form:
        """Write everything that there is to draw, for one who watches."""
        newest = next(iter(self.keeper.history), None)
        return {
            "instance": self.instance,
            "simulated": self.controls.pile is not None,
            "hold": self.config.board.hold,
            "you": None if watcher is None else watcher.number,
            "state": self._state,
            "board": self.board(),
            "note": self.note(),
            "frame": None if self.eye.view is None else self.eye.view.form(),
            "reading": None if newest is None else reading_form(newest),
            "watchers": self.hub.form(),
            "kept": self.keeper.form,
            "health": self.health(),
        }

    @property
    def instance(self) -> str:
        """Another text after every start."""
        return f"{id(self):x}-{int(self.started_s * 1000):x}"

    @property
    def state(self) -> State:
        """What the appliance is doing."""
        return self._snapshot.state

    def board(self) -> Form:
        """Write what is lit."""
        return board_form(self.controls.lamps(), self._snapshot)

    def note(self) -> Form:
        """Write what lies under a simulated camera."""
        pile = self.controls.pile
        if pile is None:
            return {"simulated": False, "title": None, "own": False}
        return {"simulated": True, "title": pile.title, "own": pile.has_own}

    async def stand_back(self) -> None:
        """Wait while the appliance reads, but not for ever."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._quiet.wait(), STAND_BACK_S)

    def health(self) -> Form:
        """Write how the appliance is."""
        reader = self.controls.reader()
        card = reader.network.card if isinstance(reader, Reader) else None
        return {
            "version": __version__,
            "python": platform.python_version(),
            "weights": None
            if card is None
            else {
                "name": card.name,
                "accuracy": dict(card.accuracy),
                "trained": dict(card.trained),
            },
            "temperature_c": temperature_c(),
            "power": self._power,
            "uptime_s": round(time.monotonic() - self.started_s, 1),
            "fault": self._snapshot.fault,
            "last_fault": self.last_fault,
            "memory_mb": memory_mb(),
        }

    def start_press(self, *, hold: bool) -> None:
        """Press the button, and let go of it a moment later; one more press may wait for that."""
        self.counts["presses"] += 1
        is_pressing = bool(self._presses)
        self._presses = [*self._presses[:1], hold]
        if not is_pressing:
            self._start(self._press())

    async def _press(self) -> None:
        while self._presses:
            self.controls.press(self._presses[0])
            try:
                hold, controls = self._presses[0], self.controls
                await asyncio.sleep(controls.hold_s if hold else controls.press_s)
            finally:
                self.controls.release()
            await asyncio.sleep(self.controls.press_s)  # the release is debounced too
            del self._presses[0]

    def lay(self, frame: Frame) -> None:
        """Lay a picture under the simulated camera."""
        assert self.controls.pile is not None
        self.controls.pile.lay(frame, "your own note")
        self._tell_note()

    async def lay_next(self) -> None:
        """Lay the pile's next note under the simulated camera."""
        assert self.controls.pile is not None
        await self.work.do(self.controls.pile.lay_next)
        self._tell_note()

    # Telling.

    def _tell_view(self, view: View) -> None:
        self.hub.tell("frame", view.form())

    def _tell_note(self) -> None:
        note = self.note()
        if note != self._note:
            self._note = note
            self.hub.tell("note", note)

    def _watchers_changed(self) -> None:
        form = self.hub.form()
        if form["number"] != self._watching:
            self._watching = form["number"]
            if self.config.page.show_watchers:
                self.controls.watch(self._watching)
        self.hub.tell("watchers", form)

    def _note_fault(self, before: str | None, now: str | None) -> None:
        if now is not None and now != before:
            self.last_fault = {"words": now, "at": time.time()}

    # Watching.

    async def _watch_lamps(self) -> None:
        while True:
            await self.hub.arrived.wait()
            if not self.eye.is_busy:  # then each event to twenty browsers is in its way
                board = self.board()
                if board != self._board:
                    self._board = board
                    self.hub.tell("board", board)
                self._tell_note()
            await asyncio.sleep(LAMPS_S)

    async def _watch_health(self) -> None:
        due_s = 0.0
        while True:
            self.hub.forget_glances()
            now_s = time.monotonic()
            if now_s >= due_s:
                due_s = now_s + HEALTH_S
                self._power = await self.keeper.on_disk(power_warnings)
                if self.hub.watchers:
                    self.hub.tell("health", self.health())
            await asyncio.sleep(1.0)

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the page: %s: %s", type(error).__name__, error, exc_info=error)
