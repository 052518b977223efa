"""A real appliance on simulated pins, with a reader that answers what the test wrote down."""

from collections.abc import Callable

import numpy as np

from device.board import Board
from device.config import BoardConfig, CameraConfig, Config, ServiceConfig
from device.pins import simulated_pins
from device.reading import Box, Digit, Frame, Reading, Refusal
from device.service import Service
from device.simulated_run import minding
from device.simulation import Pile, SimulatedBoard
from device.snapshot import Observer
from device.systemd import Notifier
from device.weights import Reads


class Scripted:
    """Reads the answers it was given one after the other, and then the last one for ever."""

    def __init__(self, *readings: Reading) -> None:
        self._readings = list(readings)

    def read(self, frame: Frame) -> Reading:
        return self._readings.pop(0) if len(self._readings) > 1 else self._readings[0]


class BlankPile(Pile):
    """Bare sheets, numbered, one a grey level darker than the other."""

    count = 0

    def _next_note(self) -> Frame:
        self.count += 1
        self.title = f"sheet {self.count}"
        return np.full((480, 640), 255 - self.count % 200, np.uint8)


def a_digit(digit: int, confidence: float = 0.9) -> Digit:
    rest = (1 - confidence) / 9
    outputs = tuple(confidence if label == digit else rest for label in range(10))
    glyph = np.zeros((28, 28), np.uint8)
    glyph[4:24, 12:16] = 255
    return Digit(digit, confidence, (digit + 1) % 10, Box(120, 200, 240, 120), outputs, glyph)


def answer(number: str, *confidences: float) -> Reading:
    sure = confidences or (0.9,) * len(number)
    digits = tuple(a_digit(int(n), c) for n, c in zip(number, sure, strict=True))
    return Reading(number, None, digits, 0.02)


REFUSED = Reading(None, Refusal.UNSURE, (a_digit(4, 0.5),), 0.02, ("4", "9"))


class Bench:
    """Everything that the drawn board is joined to."""

    def __init__(self, *readings: Reading, **keys: object) -> None:
        self.config = Config(
            camera=CameraConfig(frame_interval_s=0.02),
            board=BoardConfig(**({"displays": ("seven_segment", "ten_leds")} | keys)),  # type: ignore[arg-type]  # tests name single keys
            service=ServiceConfig(retries=0),
        )
        self.pins = simulated_pins()
        self.pile: Pile = BlankPile()
        self.simulated = SimulatedBoard(self.pins, self.config.board)
        self.reader_factory: Callable[[str], Reads] = lambda _: Scripted(*readings)

    def build(self, observer: Observer) -> Service:
        board = Board(self.config.board, self.pins)
        notifier = Notifier.from_environment()
        return Service(
            lambda _: self.pile,
            board,
            self.reader_factory,
            self.config,
            notifier,
            minding(self.pile, observer),
        )
