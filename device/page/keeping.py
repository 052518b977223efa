"""What is remembered of readings, in memory and on the disk, and how it is put right."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from device.config import PageConfig
from device.page.forms import Form, reading_form
from device.page.history import (
    NAME,
    Correction,
    Entry,
    History,
    encode_png,
    from_story,
    to_story,
)
from device.page.hub import Hub
from device.page.shelf import NotKept, Shelf, ShelfFull
from device.page.work import Work
from device.reading import Frame, Reading

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")


class Keeper:
    """History and the shelf, of one mind.

    Parameters
    ----------
    config
        How many readings to remember, and how many to keep.
    folder
        Where refused and corrected readings are kept; None keeps none.
    hub
        Is told of every change.
    work
        Encodes pictures.
    """

    def __init__(self, config: PageConfig, folder: Path | None, hub: Hub, work: Work) -> None:
        self._config = config
        self._hub = hub
        self._work = work
        self.history = History(config.history)
        self.shelf = (
            None if folder is None else Shelf(folder, config.keep_most, int(config.keep_mb * 1e6))
        )
        self.form: Form = self._form()
        """How it stands with the disk."""
        self.corrections = 0
        """How many have been made since the start."""
        self._disk = ThreadPoolExecutor(1, "page-disk")
        self._changing = asyncio.Lock()

    async def open(self) -> None:
        """Take stock of what was kept."""
        if self.shelf is not None:
            for entry in await self.on_disk(self._take_stock):
                self.history.restore(entry)

    def close(self) -> None:
        """Let the thread end."""
        self._disk.shutdown(wait=False, cancel_futures=True)

    def remember(self, reading: Reading, frame: Frame, title: str) -> Entry:
        """Take a reading into history."""
        entry, forgotten = self.history.add(reading, frame, time.time(), title)
        for name in forgotten:
            self._hub.tell("removed", {"id": name})
        self._hub.tell("reading", reading_form(entry))
        return entry

    async def keep_refusal(self, entry: Entry) -> None:
        """Keep a reading that was refused, if there is room and nobody forgot it meanwhile."""
        async with self._changing:
            try:
                entry = self.history.get(entry.name)
                await self._put(entry)
                self._change(entry.name, is_kept=True)
            except (KeyError, ShelfFull, NotKept):
                pass  # the shelf has told the log why, where it wasn't forgotten

    async def correct(self, name: str, correction: Correction) -> Entry:
        """Put a reading right, on the disk for good.

        Raises
        ------
        KeyError
            There is no such reading, or no picture of it any more.
        ShelfFull, NotKept
            There is no room.
        """
        async with self._changing:
            entry = self.history.get(name)
            await self._put(replace(entry, correction=correction))
            self.corrections += 1
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
            await self.on_disk(self.shelf.remove, name)
            return self._change(name, correction=None, is_kept=False)

    async def forget(self, name: str) -> None:
        """Forget a reading, on the disk too; KeyError where there is none."""
        async with self._changing:
            entry = self.history.get(name)
            if entry.is_kept and self.shelf is not None:
                await self.on_disk(self.shelf.remove, name)
            self.history.remove(name)
            self._hub.tell("removed", {"id": name})

    async def picture(self, name: str) -> bytes:
        """Give the picture of a reading as PNG; KeyError where there is none."""
        entry = self.history.get(name)
        if entry.frame is not None:
            return await self._work.share(("picture", name), encode_png, entry.frame)
        if not entry.is_kept:
            raise KeyError(name)
        return await self.file(name)

    async def file(self, name: str) -> bytes:
        """Give a file of the shelf; KeyError where it is gone."""
        if self.shelf is None:
            raise KeyError(name)
        return await self.on_disk(self.shelf.read, name)

    async def on_disk(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do what touches the disk, in the one thread that does, and say what it is like now."""

        def work() -> tuple[R | BaseException, Form]:
            try:
                done: R | BaseException = function(*args, **kwargs)
            except BaseException as error:  # noqa: BLE001 - raised again below
                done = error
            return done, self._form()

        done, form = await asyncio.get_running_loop().run_in_executor(self._disk, work)
        if form != self.form:
            self.form = form
            self._hub.tell("kept", form)
        if isinstance(done, BaseException):
            raise done
        return done

    async def _put(self, entry: Entry) -> None:
        """Write an entry to the shelf, and note what had to go for it."""
        shelf = self.shelf
        assert shelf is not None
        if entry.frame is None and not entry.is_kept:
            raise KeyError(entry.name)

        def put() -> list[str]:
            png = shelf.read(entry.name) if entry.frame is None else encode_png(entry.frame)
            return shelf.put(entry.name, to_story(entry), png)

        for gone in await self.on_disk(put):
            left = self.history.change(gone, is_kept=False)
            if left.frame is None:
                self.history.remove(gone)
                self._hub.tell("removed", {"id": gone})
            else:
                self._hub.tell("reading", reading_form(left))

    async def _bring_back(self, entry: Entry) -> None:
        """Get the frame off the shelf before it goes from there."""
        if entry.frame is None and self.shelf is not None:
            from device.picture import read_picture  # few ever put one right

            frame = read_picture(await self.on_disk(self.shelf.read, entry.name))
            self.history.change(entry.name, frame=frame)

    def _change(self, name: str, **changes: Any) -> Entry:
        entry = self.history.change(name, **changes)
        self._hub.tell("reading", reading_form(entry))
        return entry

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

    def _form(self) -> Form:
        shelf, config = self.shelf, self._config
        return {
            "on": shelf is not None,
            "number": 0 if shelf is None else len(shelf),
            "corrected": 0 if shelf is None else len(shelf.corrected),
            "bytes": 0 if shelf is None else shelf.size,
            "most": config.keep_most,
            "most_bytes": int(config.keep_mb * 1e6),
            "words": None if shelf is None else shelf.trouble,
        }
