"""Downhill in the fog, and the slope for one weight.

A network has thousands of weights, and no formula gives their best values at once. So go
about it as a walker in the hills at night, whose lamp shows only the ground at his feet:
feel which way it falls, take a step that way, feel again. The steeper the ground the longer
the step, and so the steps grow short by themselves where it levels out.

How long a step is on a given slope, the learning rate says. Too small, and the night is over
before the valley is reached. Too large, and each step lands on the opposite slope, perhaps
higher up than before.
And a walker who only goes downhill ends in the valley that he happened to start above, deep
or not: we begin from random weights, and try more than one beginning.

The height of the hills is the squared error, and for a weight that leads into an output node
its slope can be worked out: minus the error, times the slope of the logistic function, times
the signal on the link. We check it as one should: nudge the weight and measure.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

import nn
from tools.lessons.desk import Desk
from tools.lessons.drawing import (
    BLUE,
    FAINT,
    GREEN,
    INK,
    ORANGE,
    RED,
    VIOLET,
    label,
    new_figure,
)
from tools.lessons.neuron import logistic

Numbers = NDArray[np.floating]
Landscape = Callable[[float], float]

SIGNALS, WEIGHTS, ERROR = np.array([0.4, 0.5]), np.array([2.0, 3.0]), 0.8
"""Two hidden nodes' signals, the links that bring them to an output node, and its error."""

LEARNING_RATE = 0.1


def bowl(x: float) -> float:
    """A single valley with its floor at x = 1."""
    return (x - 1) ** 2 + 1


def bowl_slope(x: float) -> float:
    """How steeply the bowl rises at x."""
    return 2 * (x - 1)


def hills(x: float) -> float:
    """A wide valley with smaller ones in it."""
    return 0.12 * x**2 + float(np.cos(2.2 * x)) + 0.25 * x + 1.5


def hills_slope(x: float) -> float:
    """How steeply the hills rise at x."""
    return 0.24 * x - 2.2 * float(np.sin(2.2 * x)) + 0.25


def walk(slope: Landscape, x: float, rate: float, steps: int) -> list[float]:
    """Every place on the way down."""
    places = [x]
    for _ in range(steps):
        x -= rate * slope(x)
        places.append(x)
    return places


class Link(NamedTuple):
    """The slope of the squared error for the first weight, in three ways, and what it does."""

    worked_out: float
    measured: float
    by_the_package: float
    new_weight: float


def study_link() -> Link:
    """Work out the slope for the first weight, measure it, and ask the package for it."""
    output = float(logistic(WEIGHTS @ SIGNALS))
    target = output + ERROR
    worked_out = -ERROR * output * (1 - output) * SIGNALS[0]

    def height(weight: float) -> float:
        answer = float(logistic(np.array([weight, WEIGHTS[1]]) @ SIGNALS))
        return (target - answer) ** 2 / 2

    nudge = 1e-4
    measured = (height(WEIGHTS[0] + nudge) - height(WEIGHTS[0] - nudge)) / (2 * nudge)

    node = nn.Network(2, [nn.Dense(1, has_biases=False)], dtype=np.float64)
    node.weights = WEIGHTS
    node.train(SIGNALS, [target], learning_rate=LEARNING_RATE)
    change = float(node.weights[0] - WEIGHTS[0])
    return Link(
        worked_out, measured, -change / LEARNING_RATE, WEIGHTS[0] - LEARNING_RATE * worked_out
    )


def teach(desk: Desk) -> Figure:
    """Walk down a bowl and over hills at several rates; then find one weight's slope."""
    desk.say("Down the bowl y = (x - 1)² + 1 from x = 3, where the slope is 2 × (3 - 1) = 4")
    rates = (0.1, 0.5, 0.9, 1.0, 1.1)
    walks = [walk(bowl_slope, 3.0, rate, steps=5) for rate in rates]
    rows = [
        (f"{rate}", *(f"{x:.3f}" for x in places))
        for rate, places in zip(rates, walks, strict=True)
    ]
    desk.table(("rate", "start", "step 1", "step 2", "step 3", "step 4", "step 5"), rows)

    desk.say("Over the hills, 40 steps")
    courses = {start: walk(hills_slope, start, 0.05, 40) for start in (-2.7, 0.3, 2.9)}
    rows = [(f"{start}", "0.05", *where(places)) for start, places in courses.items()]
    for rate in (0.01, 0.2, 0.5):
        rows.append(("2.9", f"{rate}", *where(walk(hills_slope, 2.9, rate, 40))))
    desk.table(("start", "rate", "end", "height"), rows)

    link = study_link()
    desk.say("The slope for the weight 2.0, with the signal 0.4, the sum 2.3 and the error 0.8")
    slopes = link._asdict()
    new_weight = slopes.pop("new_weight")
    desk.table(("how", "slope"), [(how.replace("_", " "), f"{s:.5f}") for how, s in slopes.items()])
    desk.say(f"With the learning rate {LEARNING_RATE} the weight 2.0 becomes {new_weight:.5f}")
    return draw(courses)


def where(places: list[float]) -> tuple[str, str]:
    """Where a walk over the hills has ended."""
    return f"{places[-1]:.3f}", f"{hills(places[-1]):.3f}"


def draw(courses: dict[float, list[float]]) -> Figure:
    """Draw walks into the bowl at three rates, and walks over the hills from three places."""
    figure = new_figure(10.5, 3.9)
    left, right = figure.subplots(1, 2)
    for rate, steps, colour in ((0.1, 7, GREEN), (0.9, 7, ORANGE), (1.1, 4, RED)):
        draw_walk(left, bowl, walk(bowl_slope, 2.3, rate, steps), colour, f"rate {rate}")
    draw_land(left, bowl, -2.2, 4.2)
    label(left, "Steps too short, too long, far too long", "weight", "squared error")
    for (start, places), colour in zip(courses.items(), (BLUE, VIOLET, GREEN), strict=True):
        draw_walk(right, hills, places, colour, f"from {start}")
    draw_land(right, hills, -5.4, 5.6)
    label(right, "Where you end hangs on where you start", "weight", "squared error")
    return figure


def draw_land(axes: Axes, land: Landscape, left: float, right: float) -> None:
    """Draw the ground."""
    x = np.linspace(left, right, 300)
    heights = np.array([land(each) for each in x])
    axes.plot(x, heights, color=INK, lw=1.2, zorder=1)
    axes.fill_between(x, heights, heights.min() - 0.4, color=FAINT, alpha=0.15, lw=0)
    axes.margins(0)
    axes.legend(frameon=False, fontsize=8.5, loc="upper center")


def draw_walk(axes: Axes, land: Landscape, places: list[float], colour: str, name: str) -> None:
    """Draw the steps of a walk from place to place."""
    heights = [land(x) for x in places]
    axes.plot(places, heights, "o-", color=colour, lw=1, markersize=4, label=name, zorder=2)
    axes.plot(places[0], heights[0], "o", color=colour, markersize=9, zorder=2)
