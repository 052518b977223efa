"""The panels of the simulated board, as widgets of Textual."""

from collections.abc import Collection, Sequence
from itertools import groupby

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
from device.reading import Digit, Frame, Reading
from device.simulation import SimulatedBoard

GROUND: Colour = (0x10, 0x15, 0x1A)
PANEL: Colour = (0x16, 0x1D, 0x24)
PCB: Colour = (0x12, 0x2A, 0x26)
ACCENT: Colour = (0x5C, 0xC8, 0xB0)
GLOW: Colour = (0xFF, 0x6B, 0x4A)
LAMP: Colour = (0xFF, 0xC8, 0x57)
INK: Colour = (0xD5, 0xDE, 0xE3)
AMBER: Colour = (0xE5, 0xB5, 0x67)
RED: Colour = (0xF0, 0x71, 0x67)
UNLIT: Colour = (0x1B, 0x3B, 0x35)
QUIET: Colour = (0x5B, 0x6B, 0x78)


def css(colour: Colour) -> str:
    """Write a colour as a style sheet has it."""
    return "#{:02x}{:02x}{:02x}".format(*colour)


def half_blocks(pixels: Pixels) -> list[Strip]:
    """Turn (2 * rows, columns, 3) pixels into rows of half blocks."""
    return [
        Strip(
            [
                Segment("▀" * len(list(run)), Style(color=css(upper), bgcolor=css(lower)))
                for (upper, lower), run in groupby(
                    (tuple(up), tuple(low)) for up, low in zip(above, below, strict=True)
                )
            ],
            pixels.shape[1],
        )
        for above, below in zip(pixels[::2].tolist(), pixels[1::2].tolist(), strict=True)
    ]


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

    def show(self, frame: Frame | None, digits: Sequence[Digit]) -> None:
        """Show a frame and where its digits are."""
        self.frame, self.digits = frame, digits
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
        return draw_segments(self.lit, GLOW, UNLIT, PCB)


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
        return Text("\n").join(lines)

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

    def __init__(self, figures: str, *, id: str) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
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

    DEFAULT_CSS = """
    Button { height: 3; margin: 0 1; border: round #2f6b5d; text-align: center; }
    Button.-pressed { background: $accent; color: $background; border: round $accent; }
    """

    def __init__(self, board: SimulatedBoard) -> None:
        super().__init__(id="button")
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
            Text(f"after {reading.seconds:.3f} s", "dim"),
        ]
    lines = [Text.assemble((f" {reading.number} ", f"bold {css(GROUND)} on {css(ACCENT)}"))]
    if reading.digits:
        digit = reading.digits[least_sure(reading.digits)]
        lines[0].append(f"  {likelihood(digit.confidence)} sure")
        lines.append(Text(f"next best {digit.runner_up}, in {reading.seconds:.3f} s", "dim"))
    if number is not None:
        right = number == reading.number
        lines.append(
            Text("right" if right else f"misread: it says {number}", css(QUIET if right else AMBER))
        )
    return lines


def lamp(lit: bool, colour: Colour) -> Text:
    """Draw one lamp."""
    return Text("●", css(colour if lit else UNLIT))
