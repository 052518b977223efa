"""Signals fed forward through a small network.

A nerve cell doesn't answer every touch. Below a threshold it is silent, above it fires. A
step would do, but nothing in nature has such corners, and a smooth curve has a slope
everywhere, which we shall need for learning. So a node adds up what comes in and answers
with the logistic function 1 / (1 + e^-x): near 0 for little, near 1 for much.

Nodes stand in layers, and every node listens to all the nodes before it, to each through a
link with a weight of its own. The sum that comes in at a node is its row of weights times
the signals, one by one, added up. All sums of a layer at once are a matrix product, W · I,
and this is why a computer is good at it: forward through the whole network is "multiply,
squash, multiply, squash", and no more than that.
"""

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

import nn
from tools.lessons.desk import Desk
from tools.lessons.drawing import (
    BLUE,
    FAINT,
    INK,
    ORANGE,
    draw_node,
    hide_axes,
    label,
    new_figure,
    place_nodes,
    write_on_link,
)

Numbers = NDArray[np.floating]

INPUTS = np.array([0.9, 0.1, 0.8])
INPUT_HIDDEN = np.array([[0.9, 0.3, 0.4], [0.2, 0.8, 0.2], [0.1, 0.5, 0.6]])
HIDDEN_OUTPUT = np.array([[0.3, 0.7, 0.5], [0.6, 0.5, 0.2], [0.8, 0.1, 0.9]])
"""A row for each node: the weights of the links that lead into it."""


def logistic(sums: ArrayLike) -> Numbers:
    """Answer as a node does: 0 to 1, and a half for nothing."""
    answers: Numbers = 1 / (1 + np.exp(-np.asarray(sums)))
    return answers


def threshold(sums: ArrayLike) -> Numbers:
    """Answer as a switch does: 0 or 1."""
    return (np.asarray(sums) > 0).astype(float)


def teach(desk: Desk) -> Figure:
    """Squash a few sums, then feed three signals forward and show all that comes by."""
    sums = np.arange(-4.0, 5.0, 2.0)
    squashed = zip(sums, threshold(sums), logistic(sums), strict=True)
    desk.say("What a node makes of its sum")
    lines = [(f"{x:g}", f"{switch:g}", f"{node:.4f}") for x, switch, node in squashed]
    desk.table(("x", "threshold", "logistic"), lines)

    hidden_sums = INPUT_HIDDEN @ INPUTS
    hidden = logistic(hidden_sums)
    output_sums = HIDDEN_OUTPUT @ hidden
    outputs = logistic(output_sums)
    desk.say("Three inputs, three hidden nodes, three outputs: X = W · I, O = logistic(X)")
    columns = (INPUTS, hidden_sums, hidden, output_sums, outputs)
    rows = [
        (str(node), *(f"{value:.3f}" for value in values))
        for node, values in enumerate(zip(*columns, strict=True), 1)
    ]
    desk.table(("node", "input", "hidden X", "hidden O", "output X", "output O"), rows)
    desk.say("The first hidden sum: 0.9 × 0.9 + 0.3 × 0.1 + 0.4 × 0.8 = 1.16")
    answer = ", ".join(f"{value:.3f}" for value in ask_the_package())
    desk.say(f"The package that the appliance runs answers: {answer}")
    return draw(hidden, outputs)


def ask_the_package() -> Numbers:
    """The same signals through the same weights by nn.Network."""
    network = nn.Network.talk(3, 3, 3, rng=np.random.default_rng(0))
    network.layers[0].weights[...] = INPUT_HIDDEN
    network.layers[1].weights[...] = HIDDEN_OUTPUT
    return network.query(INPUTS)


def draw(hidden: Numbers, outputs: Numbers) -> Figure:
    """Draw the two curves, and the network with its signals."""
    figure = new_figure(10.5, 3.9)
    curves, picture = figure.subplots(1, 2, width_ratios=(1, 1.55))
    sums = np.linspace(-6, 6, 241)
    curves.plot(sums, threshold(sums), color=FAINT, lw=1.4, label="threshold")
    curves.plot(sums, logistic(sums), color=BLUE, lw=2, label="logistic")
    curves.legend(frameon=False, fontsize=8.5, loc="upper left")
    label(curves, "A switch, and a node", "sum of what comes in", "answer")
    draw_signals(picture, [INPUTS, hidden, outputs])
    return figure


def draw_signals(axes: Axes, signals: list[Numbers]) -> None:
    """Draw the nodes with their signals and the links with their weights."""
    places = place_nodes([3, 3, 3])
    for layer, weights in enumerate((INPUT_HIDDEN, HIDDEN_OUTPUT)):
        for (node, before), weight in np.ndenumerate(weights):
            start, end = places[layer][before], places[layer + 1][node]
            axes.plot(*zip(start, end, strict=True), color=BLUE, lw=4.5 * weight, alpha=0.35)
            # Before the links cross, and the middle node's a little later.
            write_on_link(axes, start, end, f"{weight:g}", (0.2, 0.3, 0.2)[before])
    colours = (INK, BLUE, ORANGE)
    for layer, values in enumerate(signals):
        for place, value in zip(places[layer], values, strict=True):
            draw_node(axes, place, f"{value:.3g}" if not layer else f"{value:.3f}", colours[layer])
        axes.text(
            3.0 * layer, 1.62, ("inputs", "hidden", "outputs")[layer],
            ha="center", color=colours[layer], fontsize=9,
        )  # fmt: skip
    axes.set(xlim=(-0.6, 6.6), ylim=(-1.45, 1.8))
    hide_axes(axes, "Signals run from left to right")
