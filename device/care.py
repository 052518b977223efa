"""Looking after what the appliance can't do without: note what fails, try again, give up."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from device.board import Board
from device.camera import Camera
from device.camera_thread import CameraEvent, CameraLink, CameraOpened
from device.config import CameraConfig, Config
from device.errors import CameraError, CameraHung
from device.faults import Fault, Faults
from device.retry import Retry
from device.status import Status
from device.supply import Supply
from device.weights import ReaderFactory, Weights

if TYPE_CHECKING:  # numpy is not loaded before the "starting" light is on
    from device.reading import Frame

CameraFactory = Callable[[CameraConfig], Camera]

CAMERA_FAULTS = (Fault.NO_CAMERA, Fault.CAMERA_HUNG)
BOARD_FAULTS = (Fault.PINS_BUSY, Fault.DISPLAY_GONE)


class Care:
    """Opens camera, board and weights, and tries again what has failed.

    Parameters
    ----------
    camera_factory
        Opens the camera; called in the camera's own thread.
    board
        Whose parts may be missing.
    reader_factory
        Makes a reader from a path to weights.
    faults
        Where it notes what is wrong.
    status
        Asks systemd for more time where a camera keeps it waiting.
    settle
        Is called when something has failed or come back.
    throttled
        Tells the firmware's bits, see `device.supply`.
    config
        The configuration to begin with.

    Attributes
    ----------
    camera, weights
        What it looks after, besides the board.
    """

    def __init__(
        self,
        camera_factory: CameraFactory,
        board: Board,
        reader_factory: ReaderFactory,
        faults: Faults,
        status: Status,
        settle: Callable[[], None],
        throttled: Callable[[], int | None],
        config: Config,
    ) -> None:
        self._board = board
        self._board_faults: dict[Fault, str] = {}
        self._faults = faults
        self._status = status
        self._settle = settle
        self._supply = Supply(faults, throttled)
        self._config = config
        pace = (config.service.retry_s, config.service.retry_most_s)
        self._camera_retry, self._board_retry, self._weights_retry = (Retry(*pace) for _ in "123")
        self._retries = (self._camera_retry, self._board_retry, self._weights_retry)
        self.camera = CameraLink(camera_factory, board.inbox)
        self.weights = Weights(reader_factory, faults, self._weights_retry)

    @property
    def has_failed(self) -> bool:
        """Whether no press can be answered until something comes back."""
        return self._faults.any(*CAMERA_FAULTS) or not self._board.can_be_pressed

    @property
    def is_whole(self) -> bool:
        """Whether everything is there."""
        return self.camera.is_open and self.weights.reader is not None

    @property
    def due_s(self) -> float:
        """When something has to be looked after, by the monotonic clock."""
        retries = (retry.due_s for retry in self._retries)
        return min(self.camera.deadline_s, self._supply.due_s, *retries)

    def begin(self) -> None:
        """Open everything."""
        # The camera takes its second or two to open while numpy and the weights load.
        self.camera.open(self._config.camera)
        self.weights.load(self._config.reading.weights)
        self._check_board()

    def take_up(self, config: Config) -> None:
        """Follow another configuration."""
        old, self._config = self._config, config
        for retry in self._retries:
            retry.pace(config.service.retry_s, config.service.retry_most_s)
        self.weights.load(config.reading.weights)
        if config.board != old.board:
            self._board.reconfigure(config.board)
            self._check_board()
        if config.camera != old.camera and not self._faults.any(*CAMERA_FAULTS):
            self.camera.open(config.camera)

    def take(self, event: CameraEvent) -> Frame | None:
        """Take in what the camera answers; return the frame that was ordered, if it is one."""
        try:
            frame = self.camera.take(event)
        except CameraError as error:
            self._lose_camera(error)
            return None
        if isinstance(event, CameraOpened) and self.camera.is_open:
            self._faults.remove(*CAMERA_FAULTS)
            self._settle()
        if frame is not None:
            self._camera_retry.clear()
        return frame

    def check_camera(self, now_s: float) -> None:
        """Give up a camera that is overdue."""
        try:
            self.camera.check(now_s)
        except CameraHung as error:
            self._lose_camera(error)

    def look_after(self, now_s: float) -> None:
        """Try again what has failed and is due, and see how everything does."""
        if self._camera_retry.take(now_s):
            self.camera.open(self._config.camera)
        if self._board_retry.take(now_s):
            self._open_board(now_s)
        if self._weights_retry.take(now_s):
            self.weights.load(self._config.reading.weights)
            self._settle()
        if self._supply.look(now_s):
            self._settle()
        self._check_board()

    def hurry(self) -> None:
        """Try what has failed at once."""
        for retry in self._retries:
            retry.hurry()

    def _lose_camera(self, error: CameraError) -> None:
        fault = Fault.CAMERA_HUNG if isinstance(error, CameraHung) else Fault.NO_CAMERA
        self._faults.replace({fault: str(error)}, CAMERA_FAULTS)
        self._camera_retry.fail(time.monotonic())
        longest_s = self._config.service.retry_most_s + self._config.camera.open_timeout_s
        self._status.extend_start(longest_s)
        if self._camera_retry.failures > self._config.service.retries:
            raise error
        self._settle()

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
