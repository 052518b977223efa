"""AND, OR and XOR: what one node can't do and three can.

A node weighs its inputs, adds a bias, and fires when the sum is above zero. Draw the four
possible inputs as the corners of a square, and the node is a straight line: it fires on one
side. One such line is AND, another is OR, and a simple rule finds them: whenever the node is
wrong, change the weights by the error times the input, and the bias by the error. It stops
as soon as nothing is wrong, which is why its line may just graze a corner.

XOR, one or the other but not both, has its two kinds on crossing diagonals. No straight
line parts them, and the rule shows it in its own way: from the third round on it makes the
same four mistakes for ever. In 1969 that was nearly the end of neural networks.

The way out is to work together. One node draws OR, another draws AND, and a third answers
"the first, but not the second". Even better, nobody has to work that out: three nodes that
answer by degrees, as in the next lesson, find a way of their own from the four examples. Most
of the time, that is: it hangs on the random weights that they begin with.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import nn
from tools.lessons.desk import Desk
from tools.lessons.drawing import BLUE, FAINT, INK, ORANGE, label, new_figure

Numbers = NDArray[np.floating]

CORNERS = np.array([(0, 0), (0, 1), (1, 0), (1, 1)], float)
TARGETS = {"AND": (0, 0, 0, 1), "OR": (0, 1, 1, 1), "XOR": (0, 1, 1, 0)}


class Round(NamedTuple):
    """Where the weights stood after all four examples, and how many came out wrong."""

    weights: tuple[float, float]
    bias: float
    mistakes: int


def fire(weights: Numbers, bias: float, inputs: Numbers) -> NDArray[np.bool_]:
    """What one node answers."""
    answers: NDArray[np.bool_] = inputs @ weights + bias > 0
    return answers


def learn(targets: tuple[int, ...], most_rounds: int = 10) -> list[Round]:
    """Teach one node until it makes no mistake in a round, or for as long as we care to."""
    weights, bias = np.zeros(2), 0.0
    rounds: list[Round] = []
    while len(rounds) < most_rounds and not (rounds and rounds[-1].mistakes == 0):
        mistakes = 0
        for inputs, target in zip(CORNERS, targets, strict=True):
            error = target - int(fire(weights, bias, inputs))
            weights = weights + error * inputs
            bias += error
            mistakes += abs(error)
        rounds.append(Round((float(weights[0]), float(weights[1])), bias, mistakes))
    return rounds


def together(inputs: Numbers) -> NDArray[np.bool_]:
    """XOR by three nodes with weights thought out: OR, but not AND."""
    either = fire(np.array([1.0, 1.0]), -0.5, inputs)
    both = fire(np.array([1.0, 1.0]), -1.5, inputs)
    return fire(np.array([1.0, -1.0]), -0.5, np.stack([either, both], axis=-1).astype(float))


def train_together(seed: int) -> nn.Network:
    """XOR by three nodes that find their weights themselves."""
    network = nn.Network(2, [nn.Dense(2), nn.Dense(1)], loss="cross-entropy", learning_rate=2.0)
    network.initialise(np.random.default_rng(seed))
    for _ in range(1000):
        network.train(CORNERS, np.array(TARGETS["XOR"])[:, np.newaxis])
    return network


def has_learnt(network: nn.Network) -> bool:
    """Whether every answer is clearly the right one."""
    return bool((np.abs(network.query(CORNERS)[:, 0] - TARGETS["XOR"]) < 0.1).all())


def teach(desk: Desk) -> Figure:
    """One node learns AND and OR, fails at XOR; then three learn it together."""
    learnt = {name: learn(targets) for name, targets in TARGETS.items()}
    for name, rounds in learnt.items():
        desk.say(f"One node learns {name}")
        rows = [
            (str(number), *(f"{weight:g}" for weight in each.weights), f"{each.bias:g}",
             str(each.mistakes))
            for number, each in enumerate(rounds, 1)
        ]  # fmt: skip
        desk.table(("round", "weight A", "weight B", "bias", "mistakes"), rows)
    networks = [train_together(seed) for seed in range(10)]
    network = next(filter(has_learnt, networks))
    desk.say("XOR by three nodes: thought out, and trained")
    answers = network.query(CORNERS)[:, 0]
    rows = [
        (f"{a:.0f}", f"{b:.0f}", str(target), str(int(thought)), f"{answer:.3f}")
        for (a, b), target, thought, answer in zip(
            CORNERS, TARGETS["XOR"], together(CORNERS), answers, strict=True
        )
    ]
    desk.table(("A", "B", "XOR", "thought out", "trained"), rows)
    found = sum(map(has_learnt, networks))
    desk.say(f"Of 10 random beginnings, {found} got there within 1000 steps")
    return draw(learnt, network)


def draw(learnt: dict[str, list[Round]], network: nn.Network) -> Figure:
    """Draw on which inputs each node, and the three together, say yes."""
    figure = new_figure(11, 3.1)
    charts = figure.subplots(1, 4)
    side = np.linspace(-0.4, 1.4, 181)
    plane = np.stack(np.meshgrid(side, side), axis=-1)
    for axes, (name, rounds) in zip(charts[:3], learnt.items(), strict=True):
        last = rounds[-1]
        yes = fire(np.array(last.weights), last.bias, plane).astype(float)
        draw_region(axes, side, yes, TARGETS[name])
        verdict = f"after {len(rounds)} rounds" if not last.mistakes else "never right"
        label(axes, f"{name}, one node: {verdict}", "A", "B")
    answers = network.query(plane.reshape(-1, 2)).reshape(plane.shape[:2])
    draw_region(charts[3], side, answers, TARGETS["XOR"])
    label(charts[3], "XOR, three nodes", "A", "B")
    return figure


def draw_region(axes: Axes, side: Numbers, answers: Numbers, targets: tuple[int, ...]) -> None:
    """Shade where the answer is yes, and mark what it should be at the corners."""
    axes.contourf(side, side, answers, levels=np.linspace(0, 1, 11), cmap="Blues", vmax=2.2)
    axes.contour(side, side, answers, levels=[0.5], colors=[FAINT], linewidths=1)
    for (a, b), target in zip(CORNERS, targets, strict=True):
        colour = ORANGE if target else "white"
        axes.plot(a, b, "o", markersize=15, markerfacecolor=colour, markeredgecolor=INK)
        axes.text(a, b, str(target), ha="center", va="center_baseline", fontsize=9, color=INK)
    axes.set(xticks=(0, 1), yticks=(0, 1), aspect="equal")
    axes.spines[:].set_color(BLUE)
