"""The look that all pictures of the lessons and of the mind share."""

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image

from tools.files import written_aside

INK, FAINT, PALE = "#22262b", "#8a9097", "#e4e7ea"
BLUE, ORANGE, GREEN, RED, VIOLET = "#1f6fb4", "#d97706", "#0b8a6a", "#c0392b", "#7d55b5"
COLOURS = (BLUE, ORANGE, GREEN, VIOLET, RED)

_PALETTE = 128
"""So many colours are plenty for a line drawing, and a third of the bytes."""


def new_figure(width: float = 8.4, height: float = 4.2) -> Figure:
    """A white sheet, in inches."""
    return Figure(figsize=(width, height), dpi=125, layout="constrained", facecolor="white")


def label(axes: Axes, title: str, across: str = "", up: str = "") -> None:
    """Name a chart and its axes, and take away all lines that say nothing."""
    axes.set_title(title, loc="left", color=INK, fontsize=10.5, fontweight="bold", pad=9)
    axes.set_xlabel(across, color=INK, fontsize=9)
    axes.set_ylabel(up, color=INK, fontsize=9)
    axes.tick_params(colors=FAINT, labelcolor=INK, labelsize=8.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["left", "bottom"]].set_color(FAINT)


def hide_axes(axes: Axes, title: str = "") -> None:
    """Leave nothing but the drawing itself, and its name."""
    label(axes, title)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_visible(False)


def place_nodes(layers: Sequence[int]) -> list[list[tuple[float, float]]]:
    """Where each node of each layer stands: layers from left to right, the first node on top."""
    return [
        [(3.0 * column, (nodes - 1) / 2 - row) for row in range(nodes)]
        for column, nodes in enumerate(layers)
    ]


def draw_node(axes: Axes, place: tuple[float, float], value: str, colour: str = INK) -> None:
    """Draw a node as a circle with its value in it."""
    axes.plot(*place, "o", markersize=34, markerfacecolor="white", markeredgecolor=colour)
    axes.lines[-1].set(markeredgewidth=1.8, zorder=3)
    axes.text(*place, value, ha="center", va="center", fontsize=8.5, color=colour, zorder=4)


def write_on_link(
    axes: Axes, start: tuple[float, float], end: tuple[float, float], text: str, share: float
) -> None:
    """Write on a link, so far along it as `share` says."""
    across, up = np.add(np.multiply(start, 1 - share), np.multiply(end, share)).tolist()
    axes.text(
        across, up, text, ha="center", va="center", fontsize=8, color=INK, zorder=2,
        bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none"},
    )  # fmt: skip


def to_png(figure: Figure) -> bytes:
    """The drawing as a small PNG."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()  # type: ignore[no-untyped-call]  # matplotlib's gap
    pixels = np.asarray(canvas.buffer_rgba())  # type: ignore[no-untyped-call]  # as above
    picture = Image.fromarray(pixels).convert("RGB")
    content = io.BytesIO()
    # The method that keeps rare colours: a single red word among a thousand grey pixels. One pass
    # of k-means brings the common ones back to what they were: grey ground stays grey.
    method, plain = Image.Quantize.MAXCOVERAGE, Image.Dither.NONE
    few = picture.quantize(_PALETTE, method, kmeans=1, dither=plain)
    few.save(content, "PNG", optimize=True)
    return content.getvalue()


def save_picture(path: Path, figure: Figure) -> None:
    """Write the drawing in place of what stood at `path`."""
    with written_aside(path) as file:
        file.write(to_png(figure))
