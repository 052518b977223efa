"""What stands in for the hardware on a laptop: a camera over a pile of notes, and mock pins.

How a pile advances: a note lies under the camera for `captures_per_note`
captures, then the next one takes its place. A press takes one capture, so with
the 1 that a pile starts with each press photographs the next note. Live mode
wants several frames to agree, so whoever runs it raises the number while it
lasts, see `Pile.show_live`.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Protocol, Self

import numpy as np

from device.config import BoardConfig
from device.errors import BadPicture, CameraError
from device.notes import write_note
from device.picture import open_picture, printable
from device.reading import Frame

log = logging.getLogger(__name__)

LIVE_CAPTURES_PER_NOTE = 12
"""Live mode answers when three frames agree; the rest leave time to look at the answer."""

PICTURE_SUFFIXES = (
    *(".bmp", ".gif", ".jpeg", ".jpg", ".pbm", ".pgm"),
    *(".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp"),
)

NO_NOTE = "no note yet"

LONGEST_NOTE = 4
"""Digits on the longest note that a generated pile holds; most hold one."""


class Pile(ABC):
    """Notes that lie under a simulated camera one after the other, without end.

    Attributes
    ----------
    title : str
        What the note now under the camera is, for people.
    number : str or None
        What is truly written on it, where that is known.
    captures_per_note : int
        After how many captures the next note takes its place.
    """

    def __init__(self) -> None:
        self.title = NO_NOTE
        self.number: str | None = None
        self.captures_per_note = 1
        self._frame: Frame | None = None
        self._captures = 0
        self._closed = False
        self._own: Frame | None = None
        self._lock = RLock()  # whoever lays a note here is another thread than the camera's

    def capture(self, timeout_s: float) -> Frame:
        """Photograph the note under the camera; no pile ever needs the whole `timeout_s`.

        Raises
        ------
        CameraError
            When the pile is closed, or holds nothing that can be opened.
        """
        with self._lock:
            if self._own is None and self._captures >= self.captures_per_note:
                self.lay_next()
            frame = self.look(timeout_s)
            self._captures += self._own is None
            return frame

    def look(self, timeout_s: float) -> Frame:
        """Look at the note under the camera, which stays there for the next capture."""
        with self._lock:
            if self._closed:
                raise CameraError("the simulated camera is closed")
            if self._own is not None:
                return self._own.copy()
            if self._frame is None:
                self._frame = self._next_note()
            return self._frame.copy()

    @property
    def has_own(self) -> bool:
        """Whether a note that somebody laid there covers the pile."""
        return self._own is not None

    def lay(self, frame: Frame, title: str) -> None:
        """Lay a note of one's own on the pile; it stays until it is taken away."""
        with self._lock:
            self._own, self.title, self.number = frame, title, None

    def lay_next(self) -> None:
        """Lay the pile's next note under the camera."""
        with self._lock:
            self._own, self._captures = None, 0
            if not self._closed:
                self._frame = self._next_note()

    def show_live(self, live: bool) -> None:
        """Leave each note under the camera for as long as live mode wants to look at it."""
        self.captures_per_note = LIVE_CAPTURES_PER_NOTE if live else 1

    def close(self) -> None:
        """Put the pile away. Safe to call more than once."""
        self._closed = True
        self._frame = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @abstractmethod
    def _next_note(self) -> Frame:
        """Photograph the next note and set `title` and `number` to it."""


class GeneratedPile(Pile):
    """Notes that the program itself writes and photographs; two of three hold one digit.

    Parameters
    ----------
    rng : numpy.random.Generator
        Where numbers, handwriting, paper and light come from: the same seed, the same pile.
    size : tuple of int
        (width, height) of the frames in pixels.
    """

    def __init__(self, rng: np.random.Generator, size: tuple[int, int] = (640, 480)) -> None:
        super().__init__()
        self._rng = rng
        self._size = size

    def _next_note(self) -> Frame:
        length = 1 if self._rng.random() < 2 / 3 else int(self._rng.integers(2, LONGEST_NOTE + 1))
        number = "".join(str(digit) for digit in self._rng.integers(0, 10, length))
        frame = write_note(number, self._rng, size=self._size)
        self.number = number
        self.title = f"the note says {number}"
        return frame


class FolderPile(Pile):
    """The pictures of a folder in the order of their names, and then from the first again.

    What can't be opened is said once in the log and left out.

    Raises
    ------
    CameraError
        When the folder is missing or holds no picture that can be opened.
    """

    def __init__(self, folder: str | Path) -> None:
        super().__init__()
        self._folder = Path(folder)
        self._paths = _pictures(self._folder)
        self._position = 0
        self._ahead: Frame | None = None
        if self.is_through:
            raise self._nothing_opens()
        self._ahead = None  # it may change until somebody presses

    @property
    def is_through(self) -> bool:
        """Whether no picture is left, so that the next note is the first one again."""
        with self._lock:
            return not self._look_ahead()

    def _next_note(self) -> Frame:
        if not self._look_ahead():
            self._position = 0
            if not self._look_ahead():
                raise self._nothing_opens()
        frame, self._ahead = self._ahead, None
        assert frame is not None
        self.title = printable(self._paths[self._position].name)
        self._position += 1
        return frame

    def _look_ahead(self) -> bool:
        """Open the next picture that opens, before the pile's end."""
        while self._ahead is None and self._position < len(self._paths):
            try:
                self._ahead = open_picture(self._paths[self._position])
            except BadPicture as error:
                log.warning("left out of the pile: %s", error)
                del self._paths[self._position]
        return self._ahead is not None

    def _nothing_opens(self) -> CameraError:
        return CameraError(f"{self._folder}: none of its pictures opens; give another folder")


def _pictures(folder: Path) -> list[Path]:
    """List the picture files of a folder in name order."""
    try:
        paths = sorted(folder.iterdir())
    except OSError as error:
        reason = (error.strerror or "can't be read").lower()
        raise CameraError(f"{folder}: {reason}; give a folder of pictures") from error
    pictures = [path for path in paths if path.suffix.lower() in PICTURE_SUFFIXES]
    pictures = [path for path in pictures if not path.name.startswith(".")]
    if not pictures:
        known = " ".join(PICTURE_SUFFIXES)
        raise CameraError(f"{folder}: no pictures in this folder; pictures end in {known}")
    return pictures


class MockPin(Protocol):
    """What the simulated board asks of a pin of gpiozero's `MockFactory`."""

    function: str
    pull: str
    state: float

    def drive_low(self) -> None:
        """Connect the pin to ground."""

    def drive_high(self) -> None:
        """Let its pull-up have it."""


class MockPins(Protocol):
    """gpiozero's `MockFactory`: the same pin each time that its number is given."""

    def pin(self, name: int) -> MockPin:
        """Give the pin with this GPIO number."""


class SimulatedBoard:
    """The board as somebody before it meets it: lamps to look at, a button to press.

    It knows only the mock pins, so it shows what the appliance put on them and
    presses where a real button would.
    """

    def __init__(self, pins: MockPins, config: BoardConfig) -> None:
        self._pins = pins
        self._config = config
        self.press_s = 0.1 + config.bounce_s
        """How long a press that is no hold keeps the button down."""
        self.hold_s = config.hold_s + 0.3
        """How long a hold does."""

    def press(self) -> None:
        """Push the button down: it connects its pin, which is pulled up, to ground."""
        self._pins.pin(self._config.button).drive_low()

    def release(self) -> None:
        """Let go of the button."""
        self._pins.pin(self._config.button).drive_high()

    @property
    def displays(self) -> tuple[str, ...]:
        """The displays that are wired."""
        return self._config.displays

    @property
    def pressed(self) -> bool:
        """Whether the button is down."""
        pin = self._pins.pin(self._config.button)
        # Until the appliance pulls the pin up, low means nothing.
        return pin.pull == "up" and not pin.state

    @property
    def segments(self) -> frozenset[str]:
        """The letters, a to g, of the segments that glow."""
        lit = self._lit(self._config.seven_segment, active_high=not self._config.common_anode)
        return frozenset(letter for letter, on in zip("abcdefg", lit, strict=True) if on)

    @property
    def ten_leds(self) -> tuple[bool, ...]:
        """The LEDs for 0 to 9."""
        return self._lit(self._config.ten_leds, self._config.active_high)

    @property
    def binary(self) -> tuple[bool, ...]:
        """The LEDs worth 8, 4, 2 and 1."""
        return self._lit(self._config.binary, self._config.active_high)

    @property
    def light(self) -> bool:
        """Whether the status light is lit at this moment."""
        return self._lit((self._config.light,), self._config.active_high)[0]

    def _lit(self, gpios: Sequence[int], active_high: bool) -> tuple[bool, ...]:
        # A pin that nobody has made an output drives no lamp, whatever it reads.
        pins = [self._pins.pin(gpio) for gpio in gpios]
        return tuple(pin.function == "output" and bool(pin.state) == active_high for pin in pins)
