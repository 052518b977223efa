"""Pictures of how training went and of what is confused with what."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from tools.files import written_aside
from tools.scoring import Confusion
from tools.training import Epoch


def draw_confusion(
    path: Path, counts: Confusion, rows: Sequence[str], columns: Sequence[str], title: str
) -> None:
    """Draw a confusion matrix as a PNG, each row shaded by its share of that label."""
    figure = Figure(figsize=(0.6 * len(columns) + 1.5, 0.55 * len(rows) + 1.5), layout="tight")
    axes = figure.subplots()
    totals = np.maximum(counts.sum(axis=1, keepdims=True), 1)
    shares = counts / totals
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            colour = "white" if shares[row, column] > 0.6 else "black"
            axes.text(column, row, str(count), ha="center", va="center", color=colour, fontsize=8)
    axes.set_xticks(range(len(columns)), columns, rotation=90 if max(map(len, columns)) > 3 else 0)
    axes.set_yticks(range(len(rows)), rows)
    axes.set(xlabel="answer", ylabel="label", title=title)
    save_figure(path, figure)


def draw_learning_curve(path: Path, history: Sequence[Epoch], title: str) -> None:
    """Draw loss and validation errors over the epochs as a PNG."""
    figure = Figure(figsize=(7, 5), layout="tight")
    loss_axes, error_axes = figure.subplots(2, 1, sharex=True)
    numbers = [epoch.number for epoch in history]
    loss_axes.plot(numbers, [epoch.loss for epoch in history], ".-", color="black")
    loss_axes.set(ylabel="training loss", title=title)
    for name in history[0].errors:
        errors = [100 * epoch.errors[name] for epoch in history]
        error_axes.plot(numbers, errors, ".-", label=name)
    if history[0].errors:
        error_axes.legend()
    error_axes.set(xlabel="epoch", ylabel="validation error (%)")
    save_figure(path, figure)


def save_figure(path: Path, figure: Figure) -> None:
    """Write the figure as a PNG in place of what stood at `path`."""
    # The canvas is named, so that no display and no global state of pyplot is involved.
    with written_aside(path) as file:
        FigureCanvasAgg(figure).print_png(file)  # type: ignore[no-untyped-call]  # matplotlib's gap
