"""The live picture: looked at as often as can be afforded, and only while somebody watches."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from io import BytesIO

import numpy as np
from PIL import Image

from device.page.aiming import Advice, advise
from device.page.forms import Form, advice_form, box_form
from device.reading import Box, Frame, Reading
from device.weights import Reads

WIDEST = 640
"""A frame is sent no wider or higher than this, in pixels."""

QUALITY = 70

SHARE = 4
"""For each second that the digits are looked for, the eye rests so many."""

COSTLY_S = 0.25
"""Where finding the digits takes longer, they are looked for in half the frame's resolution."""

ALIKE = 12
"""Frames are alike if no part of one is more grey levels brighter than the same of the other."""

PART = 16

BUSY_S = 0.1
"""How soon to ask again whether the appliance still reads."""

PATIENCE_S = 1.0
"""After so long without a frame that was asked for, it is asked for again."""


@dataclass(frozen=True, slots=True)
class Outline:
    """A digit that was found in a live picture."""

    box: Box
    digit: int
    confidence: float


@dataclass(frozen=True, slots=True)
class View:
    """One picture to show; `is_live` if it is only looked at, not read."""

    number: int
    at: float
    frame: Frame
    is_live: bool
    outlines: tuple[Outline, ...] = ()
    answer: str | None = None
    advice: tuple[Advice, ...] = field(default=())

    def form(self) -> Form:
        """Write what there is to say about it."""
        return {
            "number": self.number,
            "at": self.at,
            "width": self.frame.shape[1],
            "height": self.frame.shape[0],
            "live": self.is_live,
            "boxes": [
                {
                    "box": box_form(outline.box),
                    "digit": outline.digit,
                    "confidence": round(outline.confidence, 3),
                }
                for outline in self.outlines
            ],
            "answer": self.answer,
            "advice": advice_form(self.advice),
        }


class Eye:
    """Looks while somebody watches, and tells of each picture.

    Everything here happens on the page's loop, but for the work that goes to threads.

    Parameters
    ----------
    look
        Asks the appliance for a frame, which comes to `take` unless it has other work.
    reader
        Gives what finds and reads the digits.
    tell
        Is given each new view.
    interval_s
        The least time from picture to picture.
    """

    def __init__(
        self,
        look: Callable[[], None],
        reader: Callable[[], Reads | None],
        tell: Callable[[View], None],
        interval_s: float,
    ) -> None:
        self._look = look
        self._reader = reader
        self._tell = tell
        self._interval_s = interval_s
        self._sight = ThreadPoolExecutor(1, "page-sight")
        self._finding = ThreadPoolExecutor(1, "page-finding")
        self._number = 0
        self._fresh: Frame | None = None
        self._came = asyncio.Event()
        self._found: tuple[Frame, tuple[Outline, ...], str | None] | None = None
        self._find_at_s = 0.0
        self._halve = False
        self._search: asyncio.Task[None] | None = None
        self._jpeg: tuple[int, asyncio.Future[bytes]] | None = None
        self.view: View | None = None
        self.is_busy = False
        """Whether the appliance reads, so that nothing may be in its way."""
        self.encoded = 0
        """How many pictures have been encoded."""

    async def run(self, watched: asyncio.Event) -> None:
        """Look for as long as somebody watches, again and again."""
        while True:
            await watched.wait()
            if self.is_busy:
                await asyncio.sleep(BUSY_S)
                continue
            begun_s = time.monotonic()
            self._came.clear()
            self._look()
            try:
                await asyncio.wait_for(self._came.wait(), PATIENCE_S)
            except TimeoutError:
                continue
            cost_s = await self._see()
            rest_s = begun_s + self._interval_s - time.monotonic()
            await asyncio.sleep(max(rest_s, SHARE * cost_s, 0.01))

    def take(self, frame: Frame) -> None:
        """Take a frame that was asked for."""
        self._fresh = frame
        self._came.set()

    def show(self, frame: Frame, reading: Reading) -> None:
        """Show a frame that has been read."""
        self._found = (frame, _outlines(reading), reading.number)
        self._publish(View(self._next(), time.time(), frame, False, *self._found[1:]))

    async def jpeg(self) -> bytes:
        """Encode the latest picture, once however many ask for it; KeyError if there is none."""
        view = self.view
        if view is None:
            raise KeyError("no picture yet")
        if self._jpeg is None or self._jpeg[0] != view.number:
            loop = asyncio.get_running_loop()
            self._jpeg = (view.number, loop.run_in_executor(self._sight, encode_jpeg, view.frame))
            self.encoded += 1
        return await asyncio.shield(self._jpeg[1])

    def close(self) -> None:
        """Let the threads end."""
        for pool in (self._sight, self._finding):
            pool.shutdown(wait=False, cancel_futures=True)

    async def _see(self) -> float:
        """Make a view of the fresh frame; return the seconds that it cost."""
        frame, self._fresh = self._fresh, None
        if frame is None or self.is_busy:
            return 0.0
        loop, begun_s = asyncio.get_running_loop(), time.monotonic()
        advice = await loop.run_in_executor(self._sight, advise, frame)
        if self.is_busy:  # a press came meanwhile, and its frame is the newer one
            return 0.0
        view = View(self._next(), time.time(), frame, True, advice=tuple(advice))
        if self._found is not None and are_alike(frame, self._found[0]):
            view = replace(view, outlines=self._found[1], answer=self._found[2])
        else:
            self._start_search(frame)
        self._publish(view)
        return time.monotonic() - begun_s

    def _start_search(self, frame: Frame) -> None:
        searching = self._search is not None and not self._search.done()
        if not searching and time.monotonic() >= self._find_at_s:
            self._search = asyncio.get_running_loop().create_task(self._find(frame))

    async def _find(self, frame: Frame) -> None:
        """Find the digits of a frame, and tell if it, or one like it, is still to be seen."""
        reader = self._reader()
        if reader is None:
            return
        loop, begun_s = asyncio.get_running_loop(), time.monotonic()
        step = 2 if self._halve and min(frame.shape) >= 120 else 1
        reading = await loop.run_in_executor(self._finding, reader.read, halved(frame, step))
        cost_s = time.monotonic() - begun_s
        self._find_at_s = time.monotonic() + SHARE * cost_s
        self._halve = self._halve or cost_s > COSTLY_S
        self._found = (frame, _outlines(reading, step), reading.number)
        view = self.view
        if view is not None and view.is_live and are_alike(view.frame, frame):
            self._publish(replace(view, outlines=self._found[1], answer=self._found[2]))

    def _publish(self, view: View) -> None:
        self.view = view
        self._tell(view)

    def _next(self) -> int:
        self._number += 1
        return self._number


def encode_jpeg(frame: Frame) -> bytes:
    """Encode a frame, no larger than `WIDEST`."""
    file, picture = BytesIO(), Image.fromarray(frame)
    factor = -(-max(frame.shape) // WIDEST)
    if factor > 1:
        picture = picture.reduce(factor)
    picture.save(file, "JPEG", quality=QUALITY)
    return file.getvalue()


def halved(frame: Frame, step: int) -> Frame:
    """Reduce a frame by a whole factor, by means."""
    if step == 1:
        return frame
    return np.asarray(Image.fromarray(frame).reduce(step))


def are_alike(one: Frame, other: Frame) -> bool:
    """Tell whether two frames show the same, but for the noise of the camera."""
    if one is other:
        return True
    if one.shape != other.shape:
        return False
    first, second = (np.asarray(Image.fromarray(frame).reduce(PART)) for frame in (one, other))
    return int(np.abs(first.astype(np.int16) - second).max()) <= ALIKE


def _outlines(reading: Reading, step: int = 1) -> tuple[Outline, ...]:
    return tuple(
        Outline(Box(*(side * step for side in digit.box)), digit.digit, digit.confidence)
        for digit in reading.digits
    )
