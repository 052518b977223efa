"""Heavy work: in one thread beside the loop, once for all who want the same, after the reading."""

import asyncio
import threading
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, ParamSpec, TypeVar

from device.errors import DeviceError

MOST_WAITING = 16
"""So much work may wait; further requests are asked to come again."""

STAND_BACK_S = 3.0
"""How long work waits for a reading to end; a Zero takes a second or two."""

P = ParamSpec("P")
R = TypeVar("R")


class TooBusy(DeviceError):
    """There is too much to do already."""


class Work:
    """One thread for what would keep the page's loop waiting."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "page-work")
        self._waiting = 0
        self._under_way: dict[Hashable, asyncio.Task[Any]] = {}
        self._quiet = threading.Event()
        self._quiet.set()
        self._ended = False

    async def do(self, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Do one piece after the other.

        Raises
        ------
        TooBusy
            Enough waits already.
        """
        if self._waiting >= MOST_WAITING:
            raise TooBusy("too much to do: try again in a moment")
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(self._pool, lambda: function(*args, **kwargs))
        finally:
            self._waiting -= 1

    async def share(
        self, name: Hashable, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Do what goes by a name once for all who ask for it meanwhile; raises as `do` does."""
        task = self._under_way.get(name)
        if task is None:
            task = asyncio.get_running_loop().create_task(self.do(function, *args, **kwargs))
            self._under_way[name] = task
            task.add_done_callback(lambda _: self._under_way.pop(name))
        done: R = await asyncio.shield(task)
        return done

    def make_way(self, *, is_busy: bool) -> None:
        """Note whether the appliance reads, so that nothing may be in its way."""
        if is_busy:
            self._quiet.clear()
        else:
            self._quiet.set()

    def pause(self) -> None:
        """Let a reading go first: to be called by long work, in its thread, between its steps.

        Raises
        ------
        TooBusy
            Nobody wants the rest: the page is closed.
        """
        self._quiet.wait(STAND_BACK_S)
        if self._ended:
            raise TooBusy("the page is closed")

    def close(self) -> None:
        """Let the thread end at its next pause."""
        self._ended = True
        self._quiet.set()
        self._pool.shutdown(wait=False, cancel_futures=True)
