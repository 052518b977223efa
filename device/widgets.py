"""The panels of the simulated board, as widgets of Textual."""

from collections.abc import Collection, Sequence
from functools import lru_cache
from itertools import groupby

from rich.color import Color
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.strip import Strip
from textual.widget import Widget

from device.drawing import (
    Colour,
    Pixels,
    bar,
    draw_frame,
    draw_glyphs,
    draw_segments,
    least_sure,
    likelihood,
)
from device.palette import ACCENT, AMBER, BOARD, GLOW, GROUND, LAMP, QUIET, RED, UNLIT, css
from device.reading import Digit, Frame, Reading
from device.simulation import SimulatedBoard


def half_blocks(pixels: Pixels) -> list[Strip]:
    """Turn (2 * rows, columns, 3) pixels into rows of half blocks."""
    uppers, lowers = pixels[::2].tolist(), pixels[1::2].tolist()
    return [
        Strip([_run(pair, len(list(run))) for pair, run in groupby(zip(upper, lower, strict=True))])
        for upper, lower in zip(uppers, lowers, strict=True)
    ]


def _run(pair: tuple[list[int], list[int]], length: int) -> Segment:
    (upper, lower) = pair
    return Segment("▀" * length, _style(*upper, *lower))


@lru_cache(maxsize=8192)
def _style(*levels: int) -> Style:
    """Make the style of a half block; greys come again and again, and each costs some time."""
    return Style(color=Color.from_rgb(*levels[:3]), bgcolor=Color.from_rgb(*levels[3:]))


class Picture(Widget):
    """Pixels in the middle of a panel. Subclasses draw them for the room there is."""

    _strips: Sequence[Strip] = ()

    def draw(self, columns: int, rows: int) -> Pixels | None:
        """Draw for `rows` lines of `columns` characters, or nothing."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Draw again, for what changed or for a new size."""
        columns, rows = self.content_size
        pixels = self.draw(columns, rows) if columns and rows else None
        self._strips = [] if pixels is None else half_blocks(pixels)
        self.refresh()

    def on_resize(self) -> None:
        """Draw for the new size."""
        self.redraw()

    def render_line(self, y: int) -> Strip:
        """Give Textual one line of the picture, centred."""
        columns, rows = self.content_size
        line = y - (rows - len(self._strips)) // 2
        if not 0 <= line < len(self._strips):
            return Strip.blank(columns, self.rich_style)
        strip = self._strips[line]
        left = (columns - strip.cell_length) // 2
        right = columns - left - strip.cell_length
        return Strip(
            [Segment(" " * left, self.rich_style), *strip, Segment(" " * right, self.rich_style)],
            columns,
        )


class Camera(Picture):
    """What the camera sees, with a box around each digit found."""

    BORDER_TITLE = "what the camera sees"
    DEFAULT_CSS = "Camera { height: 1fr; }"

    frame: Frame | None = None
    digits: Sequence[Digit] = ()

    def show(self, frame: Frame, digits: Sequence[Digit], title: str) -> None:
        """Show a frame, where its digits are, and which note it is of."""
        self.frame, self.digits = frame, digits
        self.border_subtitle = Text(title)  # not markup: a file may be called [b].png
        self.redraw()

    def draw(self, columns: int, rows: int) -> Pixels | None:
        """Draw the frame, as large as it fits."""
        if self.frame is None:
            return None
        return draw_frame(self.frame, self.digits, columns, rows, ACCENT)


class Glyphs(Picture):
    """The 28x28 that the network saw, of each digit found."""

    BORDER_TITLE = "what the network saw"
    DEFAULT_CSS = "Glyphs { height: 16; }"

    digits: Sequence[Digit] = ()
    chosen = 0

    def show(self, digits: Sequence[Digit], chosen: int) -> None:
        """Show these digits, the chosen one marked."""
        self.digits, self.chosen = digits, chosen
        self.redraw()

    def draw(self, columns: int, rows: int) -> Pixels | None:
        """Draw the glyphs, as large as they fit."""
        if not self.digits:
            return None
        glyphs = [digit.glyph for digit in self.digits]
        return draw_glyphs(glyphs, self.chosen, columns, rows, ACCENT, GROUND)


class SegmentDigit(Picture):
    """The seven-segment digit as its pins light it."""

    DEFAULT_CSS = "SegmentDigit { height: 9; margin: 1 0; }"

    lit: Collection[str] = frozenset()

    def show(self, lit: Collection[str]) -> None:
        """Light these segments, a to g."""
        if lit != self.lit:
            self.lit = lit
            self.redraw()

    def draw(self, columns: int, rows: int) -> Pixels | None:
        """Draw the segments; the digit has one size."""
        return draw_segments(self.lit, GLOW, UNLIT, BOARD)


class Outputs(Widget):
    """The ten outputs of the network as bars: in one column where it fits, or else in two."""

    BORDER_TITLE = "its outputs"
    DEFAULT_CSS = "Outputs { height: 1fr; padding: 0 1; }"

    digit: Digit | None = None

    def show(self, digits: Sequence[Digit], chosen: int) -> None:
        """Show the outputs for the chosen digit."""
        self.digit = digits[chosen] if digits else None
        several = len(digits) > 1
        self.border_subtitle = f"digit {chosen + 1} of {len(digits)}" if several else ""
        self.refresh()

    def render(self) -> Text:
        """Draw the bars."""
        columns, rows = self.content_size
        abreast = 1 if rows >= 10 else 2
        width = (columns - 2 * (abreast - 1)) // abreast
        deep = 10 // abreast
        lines = [
            Text("  ").join(self._line(row + deep * column, width) for column in range(abreast))
            for row in range(deep)
        ]
        return Text("\n\n" if rows >= 2 * deep - 1 else "\n").join(lines)

    def _line(self, label: int, width: int) -> Text:
        """Draw one output: its digit, its bar and its value."""
        room = max(1, width - 7)
        if self.digit is None:
            return Text.assemble((f"{label} ", "dim"), " " * room, ("   · ", "dim"))
        value = self.digit.outputs[label]
        colour = css(ACCENT) if label == self.digit.digit else css(QUIET)
        weight = "bold" if label == self.digit.digit else "dim"
        return Text.assemble(
            (f"{label} ", weight), (bar(value, room), colour), (f" {value:.2f}", weight)
        )


class Leds(Widget):
    """LEDs as their pins light them, each with its figure, five to a line."""

    DEFAULT_CSS = "Leds { height: auto; margin-bottom: 1; text-align: center; }"

    lit: Sequence[bool] = ()

    def __init__(self, figures: str) -> None:
        super().__init__()
        self._figures = figures

    def show(self, lit: Sequence[bool]) -> None:
        """Light the LEDs, in the order of the figures."""
        if lit != self.lit:
            self.lit = lit
            self.refresh()

    def render(self) -> Text:
        """Draw the LEDs, figures outside."""
        lines = []
        for first in range(0, len(self._figures), 5):
            figures = Text(" ".join(self._figures[first : first + 5]), "dim")
            lamps = Text(" ").join(lamp(on, LAMP) for on in self.lit[first : first + 5])
            lines += [lamps, figures] if first else [figures, lamps]
        return Text("\n").join(lines)


class Light(Widget):
    """The status light as its pin blinks, and in words what the pattern means."""

    DEFAULT_CSS = "Light { height: 1fr; text-align: center; }"

    lit = False
    meaning = ""

    def show(self, lit: bool, meaning: str) -> None:
        """Light it or not, and say what it means."""
        if (lit, meaning) != (self.lit, self.meaning):
            self.lit, self.meaning = lit, meaning
            self.refresh()

    def render(self) -> Text:
        """Draw the light over its meaning."""
        return Text("\n").join([lamp(self.lit, ACCENT), Text(self.meaning, "dim")])


class Button(Widget):
    """The button, lit while it is down; the mouse presses and holds it too."""

    DEFAULT_CSS = "Button { height: 3; margin: 0 1; text-align: center; }"

    def __init__(self, board: SimulatedBoard) -> None:
        super().__init__()
        self._board = board

    def show(self, pressed: bool) -> None:
        """Draw it up or down."""
        self.set_class(pressed, "-pressed")

    def render(self) -> Text:
        """Say what presses it."""
        return Text("space")

    def on_mouse_down(self) -> None:
        """Push it down for as long as the mouse's button is."""
        self.capture_mouse()
        self._board.press()

    def on_mouse_up(self) -> None:
        """Let go of it, wherever the mouse is by now."""
        self.release_mouse()
        self._board.release()


class Answer(Widget):
    """The last answer or refusal in words, and those before it."""

    BORDER_TITLE = "the answer"
    DEFAULT_CSS = "Answer { height: 7; padding: 0 1; }"

    _lines: Sequence[Text] = ()

    def show(
        self,
        reading: Reading | None,
        number: str | None,
        before: Sequence[str],
        fault: str | None = None,
    ) -> None:
        """Say what was read last; `number` is what is truly on the note, where that is known."""
        self._lines = _verdict(reading, number)
        if fault is not None:
            self._lines = [Text(fault, f"bold {css(RED)}"), *self._lines[:3]]
        if before:
            self._lines.append(Text("  ".join(["before", *before]), "dim", no_wrap=True))
        self.refresh()

    def render(self) -> Text:
        """Draw the lines."""
        return Text("\n").join(self._lines)


def _verdict(reading: Reading | None, number: str | None) -> list[Text]:
    """Say an answer with how sure it is, or a refusal with its reason."""
    if reading is None:
        return [Text("space photographs a note", "dim")]
    if reading.number is None:
        return [
            Text("can't read it", f"bold {css(AMBER)}"),
            Text(reading.reason or ""),
            Text(f"after {reading.seconds:.2f} s", "dim"),
        ]
    lines = [Text.assemble((f" {reading.number} ", f"bold {css(GROUND)} on {css(ACCENT)}"))]
    if reading.digits:
        place = least_sure(reading.digits)
        digit = reading.digits[place]
        other = f"{reading.number[:place]}{digit.runner_up}{reading.number[place + 1 :]}"
        lines[0].append(f"  {likelihood(digit.confidence)} sure")
        lines.append(Text(f"next best {other}, in {reading.seconds:.2f} s", "dim"))
    if number is not None:
        right = number == reading.number
        lines.append(
            Text("right" if right else f"misread: it says {number}", css(QUIET if right else AMBER))
        )
    return lines


def lamp(lit: bool, colour: Colour) -> Text:
    """Draw one lamp."""
    return Text("●", css(colour if lit else UNLIT))
