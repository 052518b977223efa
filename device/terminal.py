"""The simulated board in the terminal.

Textual keeps the main thread, the appliance runs in another, as it would on a Pi:
what it does comes here as snapshots and as the state of its pins, and what the
user does goes there through the pin of the button.
"""

import asyncio
import logging
import signal
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from threading import Thread
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Footer

from device.config import BoardConfig
from device.drawing import least_sure
from device.palette import CALM
from device.reading import Digit, Reading
from device.service import Service
from device.simulation import Pile, SimulatedBoard
from device.snapshot import Observer, Snapshot, State
from device.widgets import (
    Answer,
    Button,
    Camera,
    Glyphs,
    Leds,
    Light,
    Outputs,
    SegmentDigit,
)

LOOK_S = 0.04
"""How often the pins are looked at: well under the shortest blink."""

END_S = 3.0
"""How long the appliance may take to end before the terminal is given back without it."""

REMEMBERED = 5

WIDTHS = [(0, "-tiny"), (50, "-narrow"), (80, "-normal"), (132, "-wide")]
"""Style classes for the columns there are at least; the network's goes first."""

HEIGHTS = [(0, "-low"), (19, "-short"), (24, "-high")]
"""Style classes for the lines there are at least."""


class Told(Message):
    """The appliance did something; `title` and `number` are of the note it did it to."""

    def __init__(self, snapshot: Snapshot, pile: Pile) -> None:
        super().__init__()
        self.snapshot = snapshot
        self.title = pile.title
        self.number = pile.number


class Warned(Message):
    """The appliance wrote a warning to its log."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Ended(Message):
    """The appliance has ended, by itself if there is an error."""

    def __init__(self, error: BaseException | None) -> None:
        super().__init__()
        self.error = error


class BoardApp(App[None]):
    """Draws the board and what the appliance sees, and presses its button.

    Parameters
    ----------
    build : callable
        Given an observer of snapshots, makes the appliance. It is called in the
        appliance's own thread, so that the screen is there while it starts.
    board : SimulatedBoard
        The mock pins that the appliance is built on.
    pile : Pile
        The notes under its camera.
    config : BoardConfig
        What is wired to the pins.

    Attributes
    ----------
    error : BaseException or None
        What the appliance died of.
    light : str
        The pattern that its status light shows, see `device.light.PATTERNS`.
    """

    TITLE = "inkling"
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = WIDTHS
    VERTICAL_BREAKPOINTS = HEIGHTS
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "press", "press"),
        Binding("h", "hold", "hold"),
        Binding("left", "choose(-1)", "digit", key_display="← →"),
        Binding("right", "choose(1)", show=False),
        Binding("q", "end", "end"),
        Binding("ctrl+c,ctrl+q", "end", show=False),
    ]
    CSS = """
    #eye { width: 1fr; }
    #mind { width: 30; }
    #eye > *, #mind > * {
        border: round $frame; border-title-color: $quiet; border-subtitle-color: $quiet;
    }
    #board { width: 14; border: round $board-edge; }
    #board, #board > * { background: $board; }
    Button { border: round $board-edge; }
    Button.-pressed { border: round $accent; background: $accent !important; color: $board; }

    .-wide #mind { width: 46; }
    .-narrow #mind, .-tiny #mind, .-tiny Camera, .-low Button { display: none; }
    .-short Glyphs, .-low Glyphs { height: 1fr; }
    .-short Outputs, .-low Outputs { height: 7; }
    .-short SegmentDigit, .-short Leds, .-low SegmentDigit, .-low Leds { margin: 0; }
    """

    def __init__(
        self,
        build: Callable[[Observer], Service],
        board: SimulatedBoard,
        pile: Pile,
        config: BoardConfig,
    ) -> None:
        super().__init__()
        self.register_theme(CALM)
        self.theme = CALM.name
        self.error: BaseException | None = None
        self._camera, self._answer = Camera(), Answer()
        self._glyphs, self._outputs = Glyphs(), Outputs()
        self._segments, self._lamp, self._button = SegmentDigit(), Light(), Button(board)
        self._ten_leds, self._binary = Leds("0123456789"), Leds("8421")
        self._build = build
        self._board = board
        self._pile = pile
        self._config = config
        self._appliance: Service | None = None
        self._ending = False
        self._reading: Reading | None = None
        self._number: str | None = None
        self.light = ""
        self._chosen = 0
        self._before: deque[str] = deque(maxlen=REMEMBERED)
        self._thread = Thread(target=self._work, name="appliance", daemon=True)

    def compose(self) -> ComposeResult:
        """Lay out what the camera sees, what the network saw, and the board."""
        displays = self._config.displays
        with Horizontal():
            with Vertical(id="eye"):
                yield self._camera
                yield self._answer
            with Vertical(id="mind"):
                yield self._glyphs
                yield self._outputs
            with Vertical(id="board"):
                if "seven_segment" in displays:
                    yield self._segments
                if "ten_leds" in displays:
                    yield self._ten_leds
                if "binary" in displays:
                    yield self._binary
                yield self._lamp
                yield self._button
        yield Footer()

    def on_mount(self) -> None:
        """Start the appliance once there is something to draw it on."""
        self.set_interval(LOOK_S, self._look)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self.action_end)
        self._thread.start()

    # The appliance's thread: it may only post messages.

    def _work(self) -> None:
        error: BaseException | None = None
        try:
            self._appliance = self._build(self._observe)
            if not self._ending:
                self._appliance.run()
        except BaseException as caught:  # noqa: BLE001 - raised again by whoever ran the app
            error = caught
        self.post_message(Ended(error))

    def _observe(self, snapshot: Snapshot) -> None:
        self.post_message(Told(snapshot, self._pile))

    # Textual's thread from here on.

    def on_told(self, told: Told) -> None:
        """Draw what the appliance did."""
        snapshot, reading = told.snapshot, told.snapshot.reading
        self.light = snapshot.light
        if reading is not None and reading is not self._reading:
            several = len(self._digits()) > 1
            self._reading, self._number = reading, told.number
            if several != (len(reading.digits) > 1):  # not each time, for the footer flickers
                self.refresh_bindings()
            self._chosen = least_sure(reading.digits)
            if snapshot.state is not State.LIVE:
                self._before.appendleft(reading.number or "—")
        # From a press until there is a new frame the last one stays, with what was read there.
        if snapshot.frame is not None:
            self._camera.show(snapshot.frame, reading.digits if reading else (), told.title)
        before = list(self._before)[1:]
        self._answer.show(self._reading, self._number, before, snapshot.fault)
        self._draw()

    def on_warned(self, warned: Warned) -> None:
        """Say for a while what the log warns of."""
        self.notify(warned.text, severity="warning", timeout=8, markup=False)

    def on_ended(self, ended: Ended) -> None:
        """Close the terminal after the appliance, with its error if it had one."""
        self.error = ended.error
        self.exit(return_code=0 if ended.error is None else 1)

    def action_press(self) -> None:
        """Press the button for a moment."""
        self._push(self._board.press_s)

    def action_hold(self) -> None:
        """Keep the button down until the appliance takes it for a hold."""
        self._push(self._board.hold_s)

    def action_choose(self, step: int) -> None:
        """Look at the next digit, or the one before it."""
        if digits := self._digits():
            self._chosen = (self._chosen + step) % len(digits)
            self._draw()

    def action_end(self) -> None:
        """End the appliance, and the terminal after it; asked twice, don't wait for it."""
        if self._ending:
            self.exit()
            return
        self._ending = True
        if self._appliance is not None:
            self._appliance.stop()
        self.set_timer(END_S, self.exit)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer in the footer only what there is to do now."""
        if action == "hold":
            return self._config.hold != "nothing"
        if action == "choose":
            return len(self._digits()) > 1
        return True

    def _push(self, seconds: float) -> None:
        if not self._board.pressed:
            self._board.press()
            self.set_timer(seconds, self._board.release)

    def _look(self) -> None:
        """Bring the panel of the board to what the pins say."""
        self._segments.show(self._board.segments)
        self._ten_leds.show(self._board.ten_leds)
        self._binary.show(self._board.binary)
        self._lamp.show(self._board.light, self.light)
        self._button.show(self._board.pressed)

    def _digits(self) -> Sequence[Digit]:
        return self._reading.digits if self._reading else ()

    def _draw(self) -> None:
        """Draw the digits as the network saw them."""
        digits = self._digits()
        self._glyphs.show(digits, self._chosen)
        self._outputs.show(digits, self._chosen)


class _Forward(logging.Handler):
    """Sends warnings from the log to the app: the terminal is drawn on, nobody else may write."""

    def __init__(self, app: BoardApp) -> None:
        super().__init__(logging.WARNING)
        self._app = app

    def emit(self, record: logging.LogRecord) -> None:
        self._app.post_message(Warned(record.getMessage()))


@contextmanager
def _log_on_screen(app: BoardApp) -> Iterator[None]:
    root = logging.getLogger()
    handlers = root.handlers[:]
    root.handlers[:] = [_Forward(app)]
    try:
        yield
    finally:
        root.handlers[:] = handlers


def run_in_terminal(
    build: Callable[[Observer], Service],
    board: SimulatedBoard,
    pile: Pile,
    config: BoardConfig,
) -> None:
    """Draw the simulated board until it is ended, see `BoardApp`.

    Raises
    ------
    BaseException
        What the appliance died of, once the terminal is as it was.
    """
    app = BoardApp(build, board, pile, config)
    with _log_on_screen(app):
        app.run()
    if app.error is not None:
        raise app.error
    if app.return_code:  # the screen itself failed, and Textual has said how
        raise SystemExit(app.return_code)
