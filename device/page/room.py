"""What the page knows and does, all of it on the page's loop; only work goes to threads."""

import asyncio
import contextlib
import logging
import platform
import time
from collections import Counter
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from device import __version__
from device.config import Config
from device.errors import DeviceError
from device.page.eye import Eye, View
from device.page.forms import Form, board_form, reading_form, state_form
from device.page.history import (
    NAME,
    Correction,
    Entry,
    History,
    encode_png,
    from_story,
    to_story,
)
from device.page.hub import Hub, Watcher
from device.page.page import Controls
from device.page.shelf import NotKept, Shelf, ShelfFull
from device.reader import Reader
from device.reading import Frame
from device.snapshot import Snapshot, State
from device.vitals import memory_mb, power_warnings, temperature_c

log = logging.getLogger(__name__)

LAMPS_S = 0.1
"""How often the lamps are looked at while somebody watches."""

HEALTH_S = 10.0

STAND_BACK_S = 3.0
"""How long pictures wait for a reading to end; a Zero takes a second or two."""

GLANCE_S = 5.0
"""Who fetches pictures without listening to events counts as watching for so long."""

MOST_HEAVY = 4
"""So much work may wait; further requests are asked to come again."""

P = ParamSpec("P")
R = TypeVar("R")


class TooBusy(DeviceError):
    """There is too much to do already."""


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
        page = config.page
        self.history = History(page.history)
        self.shelf = (
            None if folder is None else Shelf(folder, page.keep_most, int(page.keep_mb * 1e6))
        )
        self.hub = Hub(self._watchers_changed)
        self.eye = Eye(controls.look, controls.reader, self._tell_view, page.frame_interval_s)
        self.ended = asyncio.Event()
        self.counts: Counter[str] = Counter()
        self.started_s = time.monotonic()
        self.last_fault: Form | None = None
        self.kept: Form = self._kept_form()
        self._disk = ThreadPoolExecutor(1, "page-disk")
        self._heavy = ThreadPoolExecutor(1, "page-work")
        self._heavy_waiting = 0
        self._changing = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()
        self._snapshot = Snapshot(State.STARTING, None, None, None, "starting")
        self._state: Form = state_form(self._snapshot)
        self._board: Form = self.board()
        self._note: Form = self.note()
        self._health: Form | None = None
        self._glances: dict[tuple[str, str | None], float] = {}
        self._watching = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        self._presses: list[bool] = []  # each tells whether it is a hold; the first is down now

    async def open(self) -> None:
        """Take stock of what was kept, and begin to look."""
        if self.shelf is not None:
            for entry in await self._on_disk(self._take_stock):
                self.history.restore(entry)
        for work in (self.eye.run(self.hub.arrived), self._watch_lamps(), self._watch_health()):
            self._start(work)

    def end(self) -> None:
        """Let `serve` come to its end."""
        self.ended.set()

    def close(self) -> None:
        """Stop all that runs."""
        for task in list(self._tasks):
            task.cancel()
        self.eye.close()
        for pool in (self._disk, self._heavy):
            pool.shutdown(wait=False, cancel_futures=True)

    # What the appliance tells.

    def take(self, snapshot: Snapshot, title: str) -> None:
        """Take in how things stand."""
        before, self._snapshot = self._snapshot, snapshot
        self.eye.is_busy = snapshot.state is State.BUSY
        if self.eye.is_busy:
            self._quiet.clear()
        else:
            self._quiet.set()
        self._note_fault(before.fault, snapshot.fault)
        state = state_form(snapshot)
        if state != self._state:
            self._state = state
            self.hub.tell("state", state)
        frame, reading = snapshot.frame, snapshot.reading
        if frame is None:
            return
        # A frame without its reading is just being read: twenty browsers that fetch it now would
        # be in the way.
        if reading is not None and reading is not before.reading:
            self.eye.show(frame, reading)
        is_new = reading is not None and reading is not before.reading
        if is_new and snapshot.state is State.SHOWING:
            assert reading is not None
            self.counts["answered" if reading.refusal is None else "refused"] += 1
            entry, forgotten = self.history.add(reading, frame, time.time(), title)
            self._tell_forgotten(forgotten)
            self.hub.tell("reading", reading_form(entry))
            if reading.refusal is not None and self.shelf is not None:
                self._start(self._keep_refusal(entry))

    # What the browser asks.

    def hello(self, watcher: Watcher | None = None) -> Form:
        """Write everything that there is to draw."""
        newest = next(iter(self.history), None)
        return {
            "instance": self.instance,
            "simulated": self.controls.pile is not None,
            "hold": self.config.board.hold,
            "state": self._state,
            "board": self.board(),
            "note": self.note(),
            "frame": None if self.eye.view is None else self.eye.view.form(),
            "reading": None if newest is None else reading_form(newest),
            "watchers": self.watchers(watcher),
            "kept": self.kept,
            "health": self.health(),
        }

    @property
    def instance(self) -> str:
        """Another text after every start."""
        return f"{id(self):x}-{int(self.started_s * 1000):x}"

    def board(self) -> Form:
        """Write what is lit."""
        return board_form(self.controls.lamps(), self._snapshot)

    def note(self) -> Form:
        """Write what lies under a simulated camera."""
        pile = self.controls.pile
        if pile is None:
            return {"simulated": False, "title": None, "own": False}
        return {"simulated": True, "title": pile.title, "own": pile.has_own}

    def watchers(self, you: Watcher | None = None) -> Form:
        """Write who watches."""
        now_s = time.monotonic()
        listening = [
            {
                "address": watcher.address,
                "since_s": round(now_s - watcher.since_s, 1),
                "you": watcher is you,
            }
            for watcher in self.hub.watchers
        ]
        glancing = [
            {"address": address, "since_s": 0.0, "you": False} for address, _ in self._glances
        ]
        return {"number": len(listening) + len(glancing), "watchers": listening + glancing}

    async def stand_back(self) -> None:
        """Wait while the appliance reads, but not for ever."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._quiet.wait(), STAND_BACK_S)

    def glance(self, address: str, token: str | None) -> None:
        """Note that somebody fetched a picture; without a stream that too is watching."""
        if not any((w.address, w.token) == (address, token) for w in self.hub.watchers):
            self._glances[(address, token)] = time.monotonic()
            self._watchers_changed()

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

    _power: list[str] | None = None

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

    async def correct(self, name: str, correction: Correction) -> Entry:
        """Put a reading right, on the disk for good.

        Raises
        ------
        KeyError
            There is no such reading, or no picture of it any more.
        ShelfFull, NotKept
            There is no room.
        """
        assert self.shelf is not None
        async with self._changing:
            entry = self.history.get(name)
            changed = replace(entry, correction=correction)
            await self._put(changed)
            self.counts["corrections"] += 1
            return self._change(name, correction=correction, is_kept=True)

    async def take_back(self, name: str) -> Entry:
        """Take a correction back; what was no refusal is then kept no longer."""
        async with self._changing:
            entry = self.history.get(name)
            if entry.correction is None:
                return entry
            if entry.reading.refusal is not None:
                await self._put(replace(entry, correction=None))
                return self._change(name, correction=None)
            await self._bring_back(entry)
            assert self.shelf is not None
            await self._on_disk(self.shelf.remove, name)
            return self._change(name, correction=None, is_kept=False)

    async def forget(self, name: str) -> None:
        """Forget a reading, on the disk too; KeyError where there is none."""
        async with self._changing:
            entry = self.history.get(name)
            if entry.is_kept and self.shelf is not None:
                await self._on_disk(self.shelf.remove, name)
            self.history.remove(name)
            self.hub.tell("removed", {"id": name})

    async def picture(self, name: str) -> bytes:
        """Give the picture of a reading as PNG; KeyError where there is none."""
        entry = self.history.get(name)
        if entry.frame is not None:
            return await self.work(encode_png, entry.frame)
        if self.shelf is None or not entry.is_kept:
            raise KeyError(name)
        return await self._on_disk(self.shelf.read, name)

    async def kept_file(self, name: str) -> bytes:
        """Give a file of the shelf; KeyError where it is gone."""
        if self.shelf is None:
            raise KeyError(name)
        return await self._on_disk(self.shelf.read, name)

    async def work(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do heavy work, one piece after the other.

        Raises
        ------
        TooBusy
            Enough waits already.
        """
        if self._heavy_waiting >= MOST_HEAVY:
            raise TooBusy("too much to do: try again in a moment")
        self._heavy_waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._heavy, lambda: function(*args, **kwargs))
        finally:
            self._heavy_waiting -= 1

    def lay(self, frame: Frame) -> None:
        """Lay a picture under the simulated camera."""
        assert self.controls.pile is not None
        self.controls.pile.lay(frame, "your own note")
        self._tell_note()

    async def lay_next(self) -> None:
        """Lay the pile's next note under the simulated camera."""
        assert self.controls.pile is not None
        await self.work(self.controls.pile.lay_next)
        self._tell_note()

    # Telling.

    def _tell_view(self, view: View) -> None:
        self.hub.tell("frame", view.form())

    def _tell_note(self) -> None:
        note = self.note()
        if note != self._note:
            self._note = note
            self.hub.tell("note", note)

    def _tell_forgotten(self, names: list[str]) -> None:
        for name in names:
            self.hub.tell("removed", {"id": name})

    def _watchers_changed(self) -> None:
        form = self.watchers()
        if form["number"] != self._watching:
            self._watching = form["number"]
            if self.config.page.show_watchers:
                self.controls.watch(self._watching)
        self.hub.tell("watchers", form)

    def _note_fault(self, before: str | None, now: str | None) -> None:
        if now is not None and now != before:
            self.last_fault = {"words": now, "at": time.time()}

    def _change(self, name: str, **changes: Any) -> Entry:
        entry = self.history.change(name, **changes)
        self.hub.tell("reading", reading_form(entry))
        return entry

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
            now_s = time.monotonic()
            for key in [key for key, at_s in self._glances.items() if now_s > at_s + GLANCE_S]:
                del self._glances[key]
                self._watchers_changed()
            if now_s >= due_s:
                due_s = now_s + HEALTH_S
                self._power = await self._on_disk(power_warnings)
                if self.hub.watchers:
                    self.hub.tell("health", self.health())
            await asyncio.sleep(1.0)

    # Keeping.

    async def _keep_refusal(self, entry: Entry) -> None:
        async with self._changing:
            try:
                entry = self.history.get(entry.name)
                await self._put(entry)
                self._change(entry.name, is_kept=True)
            except KeyError:
                pass  # forgotten meanwhile
            except (ShelfFull, NotKept) as error:
                log.warning("%s", error)

    async def _put(self, entry: Entry) -> None:
        """Write an entry to the shelf, and note what had to go for it."""
        shelf = self.shelf
        assert shelf is not None
        if entry.frame is None and not entry.is_kept:
            raise KeyError(entry.name)

        def put() -> list[str]:
            png = shelf.read(entry.name) if entry.frame is None else encode_png(entry.frame)
            return shelf.put(entry.name, to_story(entry), png)

        for gone in await self._on_disk(put):
            left = self.history.change(gone, is_kept=False)
            if left.frame is None:
                self.history.remove(gone)
                self.hub.tell("removed", {"id": gone})
            else:
                self.hub.tell("reading", reading_form(left))

    async def _bring_back(self, entry: Entry) -> None:
        """Get the frame off the shelf before it goes from there."""
        if entry.frame is None and self.shelf is not None:
            from device.picture import read_picture

            frame = read_picture(await self._on_disk(self.shelf.read, entry.name))
            self.history.change(entry.name, frame=frame)

    def _take_stock(self) -> list[Entry]:
        assert self.shelf is not None
        entries = []
        for name, story in self.shelf.open():
            try:
                if NAME.fullmatch(name):
                    entries.append(from_story(name, story))
            except ValueError as error:
                log.warning("%s: %s", self.shelf.folder / name, error)
        return entries

    async def _on_disk(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do what touches the disk, in the one thread that does, and say what it is like now."""

        def work() -> tuple[R | BaseException, Form]:
            try:
                done: R | BaseException = function(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - raised again below
                done = error
            return done, self._kept_form()

        done, kept = await asyncio.get_running_loop().run_in_executor(self._disk, work)
        if kept != self.kept:
            self.kept = kept
            self.hub.tell("kept", kept)
        if isinstance(done, BaseException):
            raise done
        return done

    def _kept_form(self) -> Form:
        shelf, page = self.shelf, self.config.page
        return {
            "on": shelf is not None,
            "number": 0 if shelf is None else len(shelf),
            "corrected": 0 if shelf is None else len(shelf.corrected),
            "bytes": 0 if shelf is None else shelf.size,
            "most": page.keep_most,
            "most_bytes": int(page.keep_mb * 1e6),
            "words": None if shelf is None else shelf.trouble,
        }

    def _start(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._finished)

    def _finished(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("the page: %s: %s", type(error).__name__, error, exc_info=error)
