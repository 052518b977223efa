"""Ladybirds and caterpillars: a line learnt from examples, in small steps.

A gardener measures what crawls by. Ladybirds are wide and short, caterpillars are thin and
long. Draw each as a point, width across and length up, and a straight line through the
corner, length = A × width, can part the two kinds. Learning means finding a good slope A.

Show it a ladybird: width 3.0, length 1.0. The line should run just above, so at 3.0 we
want 1.1. The line says A × 3.0, and the error E is what is missing. Add ΔA to the slope, and
the line at x rises by ΔA × x. It shall rise by E, so ΔA = E / x. That is the whole rule.

Taken at its word, the rule is a poor pupil: it fits the last example perfectly and forgets
all before. So we moderate: go only a share L of the way, the learning rate. Each example
then leaves a trace, the newest the deepest, and no single odd beast can undo the others.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tools.lessons.desk import Desk
from tools.lessons.drawing import BLUE, FAINT, GREEN, INK, RED, label, new_figure


class Beast(NamedTuple):
    """What was measured, and what it is."""

    kind: str
    width: float
    length: float

    @property
    def target(self) -> float:
        """Where the line should pass: a little above a ladybird, a little below a caterpillar."""
        return self.length + (0.1 if self.kind == "ladybird" else -0.1)


class Step(NamedTuple):
    """What one example did to the slope."""

    beast: Beast
    answer: float
    error: float
    change: float
    slope: float


LADYBIRD, CATERPILLAR = Beast("ladybird", 3.0, 1.0), Beast("caterpillar", 1.0, 3.0)
FIRST_SLOPE = 0.25


def learn(beasts: list[Beast], rate: float, slope: float = FIRST_SLOPE) -> list[Step]:
    """Show the line one beast after the other."""
    steps = []
    for beast in beasts:
        answer = slope * beast.width
        error = beast.target - answer
        change = rate * error / beast.width
        slope += change
        steps.append(Step(beast, answer, error, change, slope))
    return steps


def wander_by(count: int, rng: np.random.Generator) -> list[Beast]:
    """A garden's worth of beasts, no two alike, in no order."""
    beasts = []
    for _ in range(count):
        long, short = rng.normal(3.0, 0.35), rng.normal(1.0, 0.15)
        is_ladybird = rng.random() < 0.5
        beasts.append(
            Beast("ladybird", long, short) if is_ladybird else Beast("caterpillar", short, long)
        )
    return beasts


def count_right(beasts: list[Beast], slope: float) -> int:
    """How many lie on their own side of the line."""
    return sum((b.length < slope * b.width) == (b.kind == "ladybird") for b in beasts)


def teach(desk: Desk) -> Figure:
    """Show the two examples at full rate and at half; then a whole garden."""
    pair = [LADYBIRD, CATERPILLAR]
    desk.say(f"The line starts with the slope A = {FIRST_SLOPE}")
    for rate in (1.0, 0.5):
        desk.say(f"Learning rate L = {rate}: A grows by L × E / x")
        show(desk, learn(pair, rate))
    desk.say("The same two in the other order. At full rate only the last one counts:")
    for rate in (1.0, 0.5):
        desk.say(f"  L = {rate}: A ends at {learn(pair[::-1], rate)[-1].slope:.4f}")
    garden = wander_by(40, np.random.default_rng(5))
    walk = learn(garden, rate=0.1)
    desk.say(f"\nForty beasts at L = 0.1: A ends at {walk[-1].slope:.4f}, and the line has")
    desk.say(f"{count_right(garden, walk[-1].slope)} of 40 on their own side")
    return draw(pair, garden, walk)


def show(desk: Desk, steps: list[Step]) -> None:
    """Print what each example did."""
    rows = [
        (
            step.beast.kind, f"{step.beast.width:.1f}", f"{step.answer:.4f}",
            f"{step.beast.target:.1f}", f"{step.error:.4f}", f"{step.change:.4f}",
            f"{step.slope:.4f}",
        )
        for step in steps
    ]  # fmt: skip
    desk.table(("example", "x", "A × x", "wanted", "E", "ΔA", "new A"), rows)


def draw(pair: list[Beast], garden: list[Beast], walk: list[Step]) -> Figure:
    """Draw the lines after each of the two examples, at both rates, and the garden's."""
    figure = new_figure(10.5, 3.9)
    full, half, whole = figure.subplots(1, 3)
    for axes, rate in ((full, 1.0), (half, 0.5)):
        first, second = learn(pair, rate)
        draw_line(axes, FIRST_SLOPE, FAINT, 1.4, "at first")
        draw_line(axes, first.slope, RED, 1.4, "after the ladybird")
        draw_line(axes, second.slope, INK, 2, "after the caterpillar")
    draw_line(whole, FIRST_SLOPE, FAINT, 1.4, "at first")
    for number, step in enumerate(walk):
        draw_line(whole, step.slope, BLUE, 0.3, None if number else "after each")
    draw_line(whole, walk[-1].slope, INK, 2, "after all forty")
    titles = {
        full: "L = 1: the last example wins",
        half: "L = 0.5: both leave a trace",
        whole: "L = 0.1: a whole garden",
    }
    for axes, title in titles.items():
        draw_beasts(axes, garden if axes is whole else pair)
        axes.legend(loc="center right", fontsize=8, framealpha=0.9, edgecolor="white")
        axes.set(xlim=(0, 4.2), ylim=(0, 4.2), aspect="equal", xticks=range(5), yticks=range(5))
        label(axes, title, "width", "length")
    return figure


def draw_beasts(axes: Axes, beasts: list[Beast]) -> None:
    """Draw each kind by its own mark; name them where there is room."""
    for kind, mark, colour in (("ladybird", "o", RED), ("caterpillar", "D", GREEN)):
        places = [(beast.width, beast.length) for beast in beasts if beast.kind == kind]
        widths, lengths = zip(*places, strict=True)
        axes.scatter(widths, lengths, marker=mark, color=colour, s=24, zorder=3)
        if len(places) == 1:
            beside = {"ladybird": (0, -24, "center"), "caterpillar": (-8, -3, "right")}[kind]
            axes.annotate(
                kind, places[0], beside[:2], textcoords="offset points", ha=beside[2], fontsize=8.5
            )


def draw_line(axes: Axes, slope: float, colour: str, width: float, name: str | None = None) -> None:
    """Draw one line to the edge of the chart."""
    reach = min(4.2, 4.2 / slope)
    axes.plot([0, reach], [0, slope * reach], color=colour, lw=width, label=name)
