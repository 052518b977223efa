"""Errors split back over the links that they came by.

At the outputs the error is plain: the target less the answer. But what should a hidden node
have said? Nobody ever told it. All we know is that the output was wrong, and which links it
listened to. So share the blame in proportion to the links: who had the strongest say in the
wrong answer takes the largest part of its error.

A hidden node that speaks to several outputs collects its part of each of their errors, and
that sum is taken for the hidden node's own error. From there it goes on, layer by layer,
until it reaches the front. Nothing is lost on the way: every layer's errors sum to the same.

Proportions need a division at every node. Leave it out, and what remains is a matrix product
with the weights turned over, Wᵀ · e, as simple on the way back as W · I was on the way
forward. It makes errors larger or smaller, but the strong links still get the large parts,
and the scale is in the learning rate's hands anyway. The talk's network learns like this.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import nn
from tools.lessons.desk import Desk
from tools.lessons.drawing import (
    BLUE,
    INK,
    ORANGE,
    RED,
    draw_node,
    hide_axes,
    new_figure,
    place_nodes,
    write_on_link,
)

Numbers = NDArray[np.floating]

OUTPUT_ERRORS = np.array([0.8, 0.5])
HIDDEN_OUTPUT = np.array([[2.0, 3.0], [1.0, 4.0]])
INPUT_HIDDEN = np.array([[3.0, 2.0], [1.0, 7.0]])
"""A row for each node: the weights of the links that lead into it."""


def shares(weights: Numbers) -> Numbers:
    """What part of its error each node hands back over each of its links."""
    parts: Numbers = weights / weights.sum(axis=1, keepdims=True)
    return parts


def split_back(weights: Numbers, errors: Numbers) -> Numbers:
    """Split errors back to the layer before, in proportion to the links."""
    return shares(weights).T @ errors


def simply_back(weights: Numbers, errors: Numbers) -> Numbers:
    """Carry errors back over the links as they are, without the division."""
    return weights.T @ errors


def teach(desk: Desk) -> Figure:
    """Split two errors back through two layers; then once more without the division."""
    hidden_errors = split_back(HIDDEN_OUTPUT, OUTPUT_ERRORS)
    input_errors = split_back(INPUT_HIDDEN, hidden_errors)
    desk.say("Errors split back in proportion to the link weights")
    layers = {"output": OUTPUT_ERRORS, "hidden": hidden_errors, "input": input_errors}
    rows = [
        (name, *(f"{error:.3f}" for error in errors), f"{errors.sum():.3f}")
        for name, errors in layers.items()
    ]
    desk.table(("layer", "node 1", "node 2", "sum"), rows)
    desk.say("The first hidden error: 0.8 × 2/(2+3) + 0.5 × 1/(1+4) = 0.32 + 0.10 = 0.42")

    simple = simply_back(HIDDEN_OUTPUT, OUTPUT_ERRORS)
    package = as_the_package_does(HIDDEN_OUTPUT, OUTPUT_ERRORS)
    desk.say("\nThe hidden errors in three ways")
    ways = {"split": hidden_errors, "without the division": simple, "by the package": package}
    rows = [
        (name, *(f"{error:.3f}" for error in errors), f"{errors[0] / errors[1]:.3f}")
        for name, errors in ways.items()
    ]
    desk.table(("way", "node 1", "node 2", "node 1 / node 2"), rows)
    desk.say("Both output nodes have links that sum to 5, so here even the proportions agree")
    return draw([input_errors, hidden_errors, OUTPUT_ERRORS])


def as_the_package_does(weights: Numbers, errors: Numbers) -> Numbers:
    """The same errors handed back by a layer of nn.Network."""
    network = nn.Network.talk(2, 2, 2, rng=np.random.default_rng(0))
    layer = network.layers[1]
    layer.weights[...] = weights
    handed_back: Numbers = layer.feed_back(errors[np.newaxis])[0]
    return handed_back


def draw(errors: list[Numbers]) -> Figure:
    """Draw the errors as streams, as wide as they are large, from the outputs to the inputs."""
    figure = new_figure(8.4, 3.6)
    axes = figure.subplots()
    places = place_nodes([2, 2, 2])
    for layer, weights in enumerate((INPUT_HIDDEN, HIDDEN_OUTPUT)):
        parts = shares(weights) * errors[layer + 1][:, np.newaxis]
        for (node, before), part in np.ndenumerate(parts):
            start, end = places[layer + 1][node], places[layer][before]
            axes.plot(*zip(start, end, strict=True), color=RED, lw=42 * part, alpha=0.22)
            axes.lines[-1].set(solid_capstyle="butt", zorder=1)
            write_on_link(axes, start, end, f"{weights[node, before]:g}: {part:.3g}", 0.27)
    draw_errors(axes, places, errors)
    axes.set(xlim=(-0.6, 6.6), ylim=(-0.85, 1.0))
    hide_axes(axes, "Errors run from right to left (on each link, its weight and its part)")
    return figure


def draw_errors(axes: Axes, places: list[list[tuple[float, float]]], errors: list[Numbers]) -> None:
    """Draw the nodes with their errors, and the sum of each layer."""
    names, colours = ("inputs", "hidden", "outputs"), (INK, BLUE, ORANGE)
    for layer, values in enumerate(errors):
        for place, value in zip(places[layer], values, strict=True):
            draw_node(axes, place, f"{value:.3g}", colours[layer])
        axes.text(
            3.0 * layer, 0.88, f"{names[layer]}: {values.sum():.2f} in all",
            ha="center", fontsize=9, color=colours[layer],
        )  # fmt: skip
