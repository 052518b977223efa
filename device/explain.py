"""Draw what the reader found in a frame, and what it thought of it, as a picture for people."""

import os
from functools import cache
from math import ceil
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from device.errors import DeviceError
from device.picture import printable
from device.reading import Digit, Frame, Reading

PAPER = "#faf8f4"
INK = "#22262b"
FAINT = "#8b8f94"
TRACK = "#ebe7df"
ANSWER = "#0b7a75"
REFUSED = "#b3402a"

MARGIN = 32
GAP = 24
WIDTH_PX = 800
FRAME_HEIGHT_PX = 600
GLYPH_PX = 28 * 6
BAR_PX = 15
LABEL_PX = 40
VALUE_PX = 52
MOST_PANELS = 8
CORNER = (MARGIN, 128)
"""Where the frame stands, below the heading."""

Point = tuple[int, int]
Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


class ExplanationLost(DeviceError, OSError):
    """An explanation can't be written."""


class Explanations:
    """A folder of explanations, one PNG a picture, made with its parents where missing.

    Each is named after its picture; where two pictures of one run have the same name,
    the later one gets a number. What an earlier run wrote is replaced.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._taken: set[str] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ExplanationLost(_why(folder, error)) from error

    def write(self, picture: str | Path, frame: Frame, reading: Reading) -> Path:
        """Explain the reading of one picture.

        Returns
        -------
        Path
            The PNG.

        Raises
        ------
        ExplanationLost
            When it can't be written; nothing half written stays behind.
        """
        path = self.folder / self._name(Path(picture).stem)
        # Written aside, synced and renamed: a power cut leaves a whole picture or none.
        aside = self.folder / f".{os.getpid()}.part"
        try:
            with aside.open("wb") as file:
                explain(frame, reading, Path(picture).name).save(file, format="PNG")
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        except OSError as error:
            raise ExplanationLost(_why(path, error)) from error
        finally:
            aside.unlink(missing_ok=True)
        return path

    def _name(self, stem: str) -> str:
        # Sixty characters are at most 240 bytes, and a file name may have 255.
        stem, number = stem[:55], 1
        name = f"{stem}-read.png"
        while name.casefold() in self._taken:
            number += 1
            name = f"{stem}-read-{number}.png"
        self._taken.add(name.casefold())
        return name


def _why(path: Path, error: OSError) -> str:
    reason = (error.strerror or str(error)).lower()
    return printable(f"{path}: can't write the explanation: {reason}")


def explain(frame: Frame, reading: Reading, name: str = "") -> Image.Image:
    """Draw a reading: the frame with the boxes, the answer, and each digit as the network saw it.

    Parameters
    ----------
    frame
        What was read.
    reading
        What came of it.
    name
        What the frame is called.

    Returns
    -------
    Image
        RGB, 864 pixels wide and as high as it takes.
    """
    picture, scale = _scaled(frame)
    panels = reading.digits[:MOST_PANELS]
    across = 1 if len(panels) == 1 else 2
    panels_top = CORNER[1] + picture.height + GAP
    height = panels_top + ceil(len(panels) / across) * (GLYPH_PX + GAP) + MARGIN - GAP
    sheet = Image.new("RGB", (WIDTH_PX + 2 * MARGIN, height), PAPER)
    draw = ImageDraw.Draw(sheet)
    colour = ANSWER if reading.refusal is None else REFUSED
    _draw_heading(draw, reading, name)
    sheet.paste(picture, CORNER)
    _draw_boxes(draw, reading.digits, scale, colour)
    width = (WIDTH_PX - (across - 1) * GAP) // across
    for index, digit in enumerate(panels):
        row, column = divmod(index, across)
        corner = (MARGIN + column * (width + GAP), panels_top + row * (GLYPH_PX + GAP))
        _draw_panel(sheet, draw, digit, corner, width, colour)
    return sheet


def _scaled(frame: Frame) -> tuple[Image.Image, float]:
    """Fit the frame into its place; the few pixels of a tiny one are shown as what they are."""
    rows, columns = frame.shape
    scale = min(WIDTH_PX / columns, FRAME_HEIGHT_PX / rows)
    method = Image.Resampling.NEAREST if scale > 4 else Image.Resampling.BICUBIC
    size = (max(1, round(columns * scale)), max(1, round(rows * scale)))
    return Image.fromarray(frame).resize(size, method), scale


def _draw_heading(draw: ImageDraw.ImageDraw, reading: Reading, name: str) -> None:
    caption = f"{printable(name)}   {reading.seconds:.3f} s".strip()
    _write(draw, (MARGIN, 24), caption, _font(16), FAINT)
    if reading.reason is not None:
        _write(draw, (MARGIN, 58), f"Not read: {reading.reason}", _font(40), REFUSED)
        return
    _write(draw, (MARGIN, 50), reading.number or "", _font(56), ANSWER)
    least = min((digit.confidence for digit in reading.digits), default=0.0)
    across = int(draw.textlength(reading.number or "", _font(56)))
    _write(draw, (MARGIN + across + 20, 84), f"confidence {least:.3f}", _font(18), FAINT)


def _draw_boxes(
    draw: ImageDraw.ImageDraw,
    digits: tuple[Digit, ...],
    scale: float,
    colour: str,
) -> None:
    """Draw a box around each digit on the frame, with the digit on a tag above it."""
    font = _font(18)
    for digit in digits:
        top, left, height, width = (round(side * scale) for side in digit.box)
        left, top = left + CORNER[0] - 3, top + CORNER[1] - 3
        draw.rectangle((left, top, left + width + 5, top + height + 5), outline=colour, width=3)
        top = max(top - 24, CORNER[1])
        draw.rectangle((left, top, left + 20, top + 24), fill=colour)
        _write(draw, (left + 10, top + 12), str(digit.digit), font, PAPER, anchor="mm")


def _draw_panel(
    sheet: Image.Image,
    draw: ImageDraw.ImageDraw,
    digit: Digit,
    corner: Point,
    width: int,
    colour: str,
) -> None:
    """Draw one digit's glyph, and beside it what the network gave for each of 0 to 9."""
    left, top = corner
    glyph = Image.fromarray(digit.glyph).resize((GLYPH_PX, GLYPH_PX), Image.Resampling.NEAREST)
    sheet.paste(glyph, corner)
    rest = max(0.0, 1 - sum(digit.outputs))
    bars = [(str(label), value) for label, value in enumerate(digit.outputs)] + [("none", rest)]
    for row, (label, value) in enumerate(bars):
        chosen = label == str(digit.digit)
        bar_left, bar_right = left + GLYPH_PX + LABEL_PX + 8, left + width - VALUE_PX
        middle = top + row * BAR_PX + BAR_PX // 2 + 1
        ink = colour if chosen else INK if value >= 0.01 else FAINT
        _write(draw, (bar_left - 8, middle), label, _font(13), ink, anchor="rm")
        draw.rectangle((bar_left, middle - 4, bar_right, middle + 4), fill=TRACK)
        length = round((bar_right - bar_left) * min(1.0, max(0.0, value)))
        if length:
            fill = colour if chosen else FAINT
            draw.rectangle((bar_left, middle - 4, bar_left + length, middle + 4), fill=fill)
        _write(draw, (left + width, middle), f"{value:.3f}", _font(13), ink, anchor="rm")


def _write(
    draw: ImageDraw.ImageDraw, place: Point, text: str, font: Font, fill: str, anchor: str = "la"
) -> None:
    """Write a text, anchored where the font can be: a bitmap font knows Latin-1 and no anchors."""
    if isinstance(font, ImageFont.FreeTypeFont):
        draw.text(place, text, font=font, fill=fill, anchor=anchor)
        return
    plain = text.encode("latin-1", "replace").decode("latin-1")
    left, top, right, bottom = font.getbbox(plain)
    x = place[0] - {"l": 0, "m": (right - left) // 2, "r": right - left}[anchor[0]]
    y = place[1] - {"a": 0, "m": (bottom - top) // 2}[anchor[1]]
    draw.text((x, y), plain, font=font, fill=fill)


@cache
def _font(size_px: int) -> Font:
    """Find a font: DejaVu where it is installed, else the one inside Pillow."""
    try:
        return ImageFont.truetype("DejaVuSans.ttf", size_px)
    except OSError:
        pass
    try:
        return ImageFont.load_default(size_px)
    except TypeError:  # before Pillow 10.1 it has one size
        return ImageFont.load_default()
