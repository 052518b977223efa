"""From a press to its answer: the frame, the reading, the displays, and live mode."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from device.agreement import Agreement
from device.board import Board
from device.camera_thread import CameraLink
from device.config import Config
from device.snapshot import State
from device.status import Status
from device.weights import Weights

if TYPE_CHECKING:  # numpy is not loaded before the "starting" light is on
    from device.reading import Frame, Reading

READINGS = f"{__name__}.readings"
"""The log that has one line a reading."""


Onlooker = Callable[["Frame"], None]


class Answering:
    """Reads what is held up to the camera, once or all the time.

    Parameters
    ----------
    board
        Shows the answers.
    camera
        Gives the frames.
    weights
        Read them.
    status
        The state of the appliance, which a reading moves on.
    catch_up
        Takes in what came while a frame was read, for it came during the reading.
    onlooker
        Is given the frames that `look` asked for.
    config
        For how long to show, and how to make up one's mind in live mode.

    Attributes
    ----------
    again
        Whether somebody has pressed during the reading, so that one more follows.
    capture_at_s
        When to take live mode's next frame, by the monotonic clock; infinite for never.
    """

    def __init__(
        self,
        board: Board,
        camera: CameraLink,
        weights: Weights,
        status: Status,
        catch_up: Callable[[], None],
        onlooker: Onlooker | None,
        config: Config,
    ) -> None:
        self._board = board
        self._camera = camera
        self._weights = weights
        self._status = status
        self._catch_up = catch_up
        self._onlooker = onlooker
        self.config = config
        self.again = False
        self.capture_at_s = math.inf
        self._show_until_s = math.inf
        self._agreement = Agreement(config.reading.live_frames)

    @property
    def due_s(self) -> float:
        """When something has to be done that nobody asks for."""
        showing = self._status.state is State.SHOWING
        return min(self.capture_at_s, self._show_until_s if showing else math.inf)

    def pass_time(self, now_s: float) -> None:
        """Take live mode's next frame, or be done with showing, where it is time to."""
        if now_s >= self.capture_at_s:
            self._capture()
        if self._status.state is State.SHOWING and now_s >= self._show_until_s:
            self.rest()

    def begin(self) -> None:
        """Answer a press."""
        self._forget()
        self._status.go(State.BUSY)
        self._capture()

    def begin_live(self) -> None:
        """Read all the time from now on."""
        in_flight = self._camera.deadline_s < math.inf
        self._forget()
        self._agreement = Agreement(self.config.reading.live_frames)
        self._status.go(State.LIVE)
        if not in_flight:
            self._capture()

    def look(self) -> None:
        """Ask for a frame for the onlooker, where the camera has nothing else to do."""
        if self._is_idle and self._camera.deadline_s == math.inf:
            self._camera.look()

    def take(self, frame: Frame) -> None:
        """Read a frame, or pass it on to the onlooker."""
        if self._is_idle and self._onlooker is not None:
            self._onlooker(frame)
        elif self._status.state is State.LIVE:
            self._weigh_live(frame, self._weights.read(frame))
        elif self._status.state is State.BUSY:
            self._read(frame)

    def rest(self) -> None:
        """Be ready for the next press."""
        self.pause()
        self.again = False
        self._status.go(State.READY)

    def pause(self) -> None:
        """Show nothing and take no more frames."""
        self._board.clear()
        self.capture_at_s = math.inf

    @property
    def _is_idle(self) -> bool:
        return self._status.state in (State.READY, State.SHOWING)

    def _forget(self) -> None:
        self._board.clear()
        self._status.frame = self._status.reading = None
        self.again = False

    def _capture(self) -> None:
        self.capture_at_s = math.inf
        self._camera.capture()

    def _read(self, frame: Frame) -> None:
        self._status.frame = frame
        self._status.tell()
        reading = self._weights.read(frame)
        self._catch_up()
        if self._status.state is not State.BUSY:
            return
        again = self.again
        self._answer(reading)
        if again:
            self.begin()

    def _answer(self, reading: Reading) -> None:
        self._status.reading = reading
        self._announce(reading)
        show_s = self.config.board.show_s
        self._show_until_s = time.monotonic() + show_s if show_s else math.inf
        self._status.go(State.SHOWING)

    def _announce(self, reading: Reading) -> None:
        words = reading.number if reading.number is not None else f"refused: {reading.reason}"
        logging.getLogger(READINGS).info("%s (%.2f s)", words, reading.seconds)
        self._board.announce(reading.number, words)

    def _weigh_live(self, frame: Frame, reading: Reading) -> None:
        """Answer when so many frames in a row say the same."""
        self._status.frame, self._status.reading = frame, reading
        if self._agreement.hear(reading.number):
            if reading.number is None:
                self._board.clear()
            else:
                self._announce(reading)
        self.capture_at_s = time.monotonic() + self.config.camera.frame_interval_s
        self._status.tell()
