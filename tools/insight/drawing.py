"""The pictures of `inkling-desk mind`."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from nn.activations import Array
from tools.insight.looking import Findings
from tools.insight.misreading import Score
from tools.lessons.drawing import BLUE, FAINT, INK, RED, hide_axes, label, new_figure

DIGIT_COLOURS = (
    "#1f6fb4", "#c0392b", "#0b8a6a", "#d97706", "#7d55b5",
    "#8a5a2b", "#d6569b", "#5f6b76", "#8a9a12", "#0e9bb5",
)  # fmt: skip
"""One for each digit, told apart on white and on black."""

MOST_WEIGHTS = 64
MOST_MISREAD = 60


def draw_imagined(findings: Findings) -> Figure:
    """Draw a row of ten digits for each way of asking."""
    ways = findings.imagined
    figure = new_figure(9.6, 0.35 + 1.22 * len(ways))
    rows = figure.subplots(len(ways), 10, squeeze=False)
    for charts, way in zip(rows, ways, strict=True):
        for digit, (axes, picture) in enumerate(zip(charts, way.pictures, strict=True)):
            draw_glyph(axes, 1 - picture, f"{way.confidences[digit]:.3f}")
    figure.suptitle(
        "What it thinks that 0 to 9 look like, and what it answers to its own picture",
        fontsize=10.5, fontweight="bold", color=INK,
    )  # fmt: skip
    return figure


def draw_glyph(
    axes: Axes, picture: Array | NDArray[np.uint8], below: str, colour: str = INK
) -> None:
    """Draw one small picture, ink dark, with a word below."""
    axes.imshow(picture, cmap="gray", interpolation="nearest")
    hide_axes(axes)
    axes.spines[:].set_visible(True)
    axes.spines[:].set_color(FAINT)
    axes.spines[:].set_linewidth(0.5)
    axes.set_xlabel(below, fontsize=8.5, color=colour, labelpad=2)


def weights_sheet(weights: Array, columns: int) -> NDArray[np.uint8]:
    """Lay pictures of weights out side by side, (rows, columns, 3): blue excites, red inhibits."""
    shown = weights[:MOST_WEIGHTS]
    shown = shown / np.maximum(np.abs(shown).max(axis=(1, 2), keepdims=True), 1e-12)
    side = shown.shape[1]
    lines = -(-len(shown) // columns)
    sheet = np.full((lines * (side + 1) + 1, columns * (side + 1) + 1, 3), 255, np.uint8)
    for number, picture in enumerate(shown):
        line, column = divmod(number, columns)
        top, left = line * (side + 1) + 1, column * (side + 1) + 1
        sheet[top : top + side, left : left + side] = _coloured(picture)
    return sheet


def _coloured(weights: Array) -> NDArray[np.uint8]:
    """Weights from -1 to 1 as red, white and blue."""
    ends = np.where(weights[..., np.newaxis] > 0, (24, 90, 160), (178, 40, 30))
    share = np.abs(weights)[..., np.newaxis] ** 0.8
    mixed: NDArray[np.uint8] = (255 + (ends - 255) * share).astype(np.uint8)
    return mixed


def draw_weights(findings: Findings) -> Figure:
    """Draw the first layer's weights, the strongest first."""
    weights = findings.weights
    columns = 16 if len(weights) > 16 else 8
    sheet = weights_sheet(weights, columns)
    figure = new_figure(9.6, 9.6 * sheet.shape[0] / sheet.shape[1] + 0.4)
    axes = figure.subplots()
    axes.imshow(sheet, interpolation="nearest")
    shown = min(len(weights), MOST_WEIGHTS)
    which = f"{shown} of {len(weights)}" if shown < len(weights) else f"all {shown}"
    hide_axes(axes, f"What {which} nodes of the first layer look for: blue excites, red inhibits")
    return figure


def draw_map(findings: Findings) -> Figure:
    """Draw the digits as the last hidden layer arranges them."""
    figure = new_figure(7.2, 6.4)
    axes = figure.subplots()
    places, (labels, answers) = findings.map.places, findings.mapped.T
    wrong = labels != answers
    across, up = places.T
    axes.scatter(across, up, s=7, c=[DIGIT_COLOURS[each] for each in labels], alpha=0.7, lw=0)
    axes.scatter(across[wrong], up[wrong], s=40, facecolor="none", edgecolor=INK, lw=0.9)
    for digit, middle in middles(places, labels).items():
        axes.text(
            *middle, str(digit), fontsize=17, fontweight="bold", color=DIGIT_COLOURS[digit],
            ha="center", va="center", bbox={"facecolor": "white", "alpha": 0.7, "lw": 0, "pad": 1},
        )  # fmt: skip
    title = f"{len(labels):,} test digits in the last hidden layer; ringed ones are misread"
    label(axes, title, f"first of two directions, {findings.map.kept:.0%} of the variance in both")
    axes.set(xticks=[], yticks=[])
    return figure


def middles(places: Array, labels: NDArray[np.int64]) -> dict[int, tuple[float, float]]:
    """Where most of each digit lie."""
    return {
        digit: (float(middle[0]), float(middle[1]))
        for digit in range(10)
        if (labels == digit).any()
        for middle in [np.median(places[labels == digit], axis=0)]
    }


def draw_misread(score: Score) -> Figure:
    """Draw the misread digits as a contact sheet, the surest first."""
    shown = score.misread[:MOST_MISREAD]
    lines = max(1, -(-len(shown) // 10))
    figure = new_figure(9.6, 0.4 + 1.32 * lines)
    charts: Sequence[Axes] = figure.subplots(lines, 10, squeeze=False).ravel().tolist()
    for axes in charts:
        hide_axes(axes)
    for axes, each in zip(charts, shown, strict=False):
        words = f"{each.label} → {each.answer}  {each.confidence:.0%}"
        draw_glyph(axes, 255 - each.glyph, words, RED)
    figure.suptitle(
        f"{len(score.misread)} of {score.tested:,} misread, the surest first",
        fontsize=10.5, fontweight="bold", color=INK,
    )  # fmt: skip
    return figure


def draw_neighbours(findings: Findings) -> Figure:
    """Draw each query with its nearest training digits by pixels and by the hidden layer."""
    queries, (by_pixels, by_hidden) = findings.queries, findings.neighbours
    count = by_pixels.shape[1]
    figure = new_figure(9.6, 0.5 + 1.12 * 2 * len(queries))
    charts = figure.subplots(2 * len(queries), count + 1, squeeze=False)
    for row, (line, nearest) in enumerate(_alternate(by_pixels, by_hidden)):
        query = queries[row // 2]
        draw_glyph(charts[row, 0], 255 - query.glyph, query.name if row % 2 == 0 else "")
        charts[row, 0].spines[:].set_color(BLUE)
        charts[row, 0].spines[:].set_linewidth(2)
        charts[row, 0].set_ylabel(line, fontsize=8.5, color=INK)
        for axes, index in zip(charts[row, 1:], nearest, strict=True):
            digit = str(findings.mnist.train_labels[index])
            draw_glyph(axes, 255 - findings.mnist.train_images[index], digit)
    figure.suptitle(
        "Pictures on the left, and the training digits most like them",
        fontsize=10.5, fontweight="bold", color=INK,
    )  # fmt: skip
    return figure


def _alternate(
    by_pixels: NDArray[np.int64], by_hidden: NDArray[np.int64]
) -> list[tuple[str, NDArray[np.int64]]]:
    pairs = zip(by_pixels, by_hidden, strict=True)
    return [each for pixels, hidden in pairs for each in (("pixels", pixels), ("network", hidden))]
