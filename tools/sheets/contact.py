"""The contact sheet: all boxes of a sheet at a glance, framed by what was made of them."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from tools.lessons.drawing import FAINT, GREEN, INK, ORANGE, RED, new_figure
from tools.sheets.contents import Cell, Verdict, describe
from tools.sheets.layout import COLUMNS, ROWS

COLOURS = {
    Verdict.RIGHT: GREEN,
    Verdict.OTHERWISE: RED,
    Verdict.REFUSED: ORANGE,
    Verdict.EMPTY: "#d5d9dd",
    Verdict.SEVERAL: FAINT,
}
GAP = 0.06
"""Between two boxes, as a share of a box."""


def draw_contact_sheet(cells: Sequence[Cell], title: str) -> Figure:
    """Draw every box at its place; those that aren't kept are crossed out."""
    figure = new_figure(8.4, 11.2)
    figure.suptitle(f"{title}\n{describe(cells)}", x=0.02, ha="left", color=INK, fontsize=10)
    axes = figure.subplots()
    axes.set(xlim=(-0.45, COLUMNS), ylim=(ROWS + 0.35, -0.05))
    axes.set_axis_off()
    for cell in cells:
        _draw(axes, cell)
    for digit in range(ROWS):
        axes.text(-0.25, digit + 0.5, str(digit), ha="center", va="center", fontsize=17, color=INK)
    for number, verdict in enumerate(Verdict):
        place = 0.05 + 2 * number
        axes.add_patch(Rectangle((place, ROWS + 0.12), 0.16, 0.12, color=COLOURS[verdict]))
        axes.text(place + 0.22, ROWS + 0.18, verdict.value, va="center", fontsize=7.5, color=INK)
    return figure


def _draw(axes: Axes, cell: Cell) -> None:
    left, top = cell.box.number + GAP, cell.box.digit + GAP
    side = 1 - 2 * GAP
    # Stretched to full contrast, or pencil on a shadowed sheet couldn't be seen.
    low, high = np.percentile(cell.picture, [0.5, 90])
    axes.imshow(
        cell.picture, cmap="gray", vmin=min(low, high - 40), vmax=high, aspect="auto",
        extent=(left, left + side, top + side, top),
    )  # fmt: skip
    colour = COLOURS[cell.verdict]
    axes.add_patch(Rectangle((left, top), side, side, fill=False, edgecolor=colour, linewidth=2.2))
    if not cell.is_kept:
        axes.plot((left, left + side), (top, top + side), color=colour, linewidth=1.2)
    if cell.verdict is Verdict.OTHERWISE:
        said = cell.notes.split()[2]
        axes.text(
            left + 0.05, top + 0.07, said, va="top", fontsize=9, color="white", fontweight="bold",
            bbox={"boxstyle": "round,pad=0.15", "facecolor": RED, "edgecolor": "none"},
        )  # fmt: skip
