"""The sheet as a PDF, all of it lines and letters, sharp at any size."""

from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_pdf import FigureCanvasPdf
from matplotlib.figure import Figure
from matplotlib.patches import Circle, Rectangle

from tools.files import written_aside
from tools.sheets.layout import (
    BOX_HEIGHT,
    BOX_WIDTH,
    CORNERS,
    DOT,
    DOTS,
    HEIGHT,
    MARK,
    PAPERS,
    TICK,
    WIDTH,
    boxes,
    column_ticks,
    origin,
    row_ticks,
)

MM_PER_INCH = 25.4

PALE, GREY = "#c4ccd4", "#707880"
"""Boxes are paler than any pen, so that they are never taken for writing."""

TITLE = "Write each digit ten times, one in each box, as you always do"
ADVICE = (
    "A dark pen. Stay inside the boxes; leave out what you like. Then photograph the whole sheet,\n"
    "all four corner marks on the picture, and give it to:  inkling-desk sheet PHOTO"
)


def draw_sheet(paper: str) -> Figure:
    """The sheet on 'a4' or 'letter'."""
    width, height = PAPERS[paper]
    figure = Figure(figsize=(width / MM_PER_INCH, height / MM_PER_INCH), facecolor="white")
    axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    # Millimetres from the first corner mark's centre, downwards as on the page.
    down, across = origin(paper)
    axes.set(xlim=(-across, width - across), ylim=(height - down, -down))
    axes.set_axis_off()
    _draw_corners(axes)
    _draw_ticks(axes)
    _draw_boxes(axes)
    axes.text(WIDTH / 2, 10.5, TITLE, ha="center", va="center", fontsize=13, color=GREY)
    axes.text(WIDTH / 2, 18.5, ADVICE, ha="center", va="center", fontsize=8.5, color=GREY)
    return figure


def print_sheet(path: Path, paper: str) -> None:
    """Write the sheet as a PDF, the same bytes every time."""
    with written_aside(path) as file:
        about: dict[str, Any] = {"Title": "inkling: a sheet for your digits", "CreationDate": None}
        FigureCanvasPdf(draw_sheet(paper)).print_pdf(file, metadata=about)  # type: ignore[no-untyped-call]  # matplotlib's gap


def _draw_corners(axes: Axes) -> None:
    for (down, across), dots in zip(CORNERS.values(), DOTS, strict=True):
        _square(axes, down, across, MARK)
        for dot_down, dot_across in dots:
            place = (across + dot_across, down + dot_down)
            axes.add_patch(Circle(place, DOT / 2, facecolor="white", linewidth=0))


def _draw_ticks(axes: Axes) -> None:
    for down in row_ticks():
        _square(axes, down, 0.0, TICK)
        _square(axes, down, WIDTH, TICK)
    for across in column_ticks():
        _square(axes, 0.0, across, TICK)
        _square(axes, HEIGHT, across, TICK)


def _square(axes: Axes, down: float, across: float, side: float) -> None:
    corner = (across - side / 2, down - side / 2)
    axes.add_patch(Rectangle(corner, side, side, facecolor="black", linewidth=0))


def _draw_boxes(axes: Axes) -> None:
    for box in boxes():
        axes.add_patch(
            Rectangle(
                (box.left, box.top),
                BOX_WIDTH,
                BOX_HEIGHT,
                fill=False,
                edgecolor=PALE,
                linewidth=0.8,
            )
        )
        if box.number == 0:
            middle = box.top + BOX_HEIGHT / 2
            axes.text(
                box.left - 4.5, middle, str(box.digit),
                ha="center", va="center", fontsize=17, color=PALE, fontweight="bold",
            )  # fmt: skip
