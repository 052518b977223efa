"""Kilometres to miles: a machine that learns a single number.

Picture a machine with one dial, c. You give it kilometres, it multiplies them by c and
calls that miles. Nobody has told it what c should be, so the dial is set at random.

What it does have is one true example: 100 kilometres are 62.137 miles. It answers, and
we compare. The truth less the answer is the error, and the error is all it learns from:
a positive one says turn up, a negative one says turn down, a large one says turn far.
Turning too far does no harm. The error then changes its sign, and leads back.

Left to itself, the machine makes up half of its error at every step. It never arrives,
and after a dozen steps that doesn't matter to anybody. Guess, measure the error, change
a little: all that comes later is these three, with more dials.
"""

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from tools.lessons.desk import Desk
from tools.lessons.drawing import BLUE, FAINT, INK, ORANGE, VIOLET, label, new_figure

KILOMETRES, MILES = 100.0, 62.137
"""The one example that the machine learns from."""

BY_HAND = (0.5, 0.6, 0.7, 0.61)
"""Dials as a person tries them: better, better, too far, back."""


class Attempt(NamedTuple):
    """What came of one position of the dial."""

    c: float
    answer: float
    error: float


def attempt(c: float) -> Attempt:
    """Answer, and compare the answer with the truth."""
    answer = KILOMETRES * c
    return Attempt(c, answer, MILES - answer)


def refine(c: float, steps: int, rate: float = 0.5) -> list[Attempt]:
    """Start with the dial at c, and let each error turn it."""
    attempts = [attempt(c)]
    for _ in range(steps):
        c += rate * attempts[-1].error / KILOMETRES
        attempts.append(attempt(c))
    return attempts


def teach(desk: Desk) -> Figure:
    """Turn the dial by hand, then by rule, then from wherever it happened to stand."""
    by_hand = [attempt(c) for c in BY_HAND]
    desk.say("The dial turned by hand: 100 km are 62.137 miles")
    show(desk, by_hand)
    by_rule = refine(0.5, steps=8)
    desk.say("The dial turned by rule: c grows by half of error / kilometres")
    show(desk, by_rule)
    rng = np.random.default_rng(31)
    by_chance = [refine(c, steps=8) for c in rng.uniform(0.0, 1.2, 3)]
    desk.say("The same rule from three random dials:")
    for attempts in by_chance:
        first, last = attempts[0], attempts[-1]
        desk.say(f"  c {first.c:.3f} -> {last.c:.3f}   error {first.error:.3f} -> {last.error:.3f}")
    return draw(by_hand, by_rule, by_chance)


def show(desk: Desk, attempts: list[Attempt]) -> None:
    """Print what came of each attempt."""
    rows = [
        (str(number), f"{each.c:.6f}", f"{each.answer:.3f}", f"{each.error:.3f}")
        for number, each in enumerate(attempts, 1)
    ]
    desk.table(("attempt", "c", "miles", "error"), rows)


def draw(by_hand: list[Attempt], by_rule: list[Attempt], by_chance: list[list[Attempt]]) -> Figure:
    """Draw the lines that the dials make, and how the errors shrink."""
    figure = new_figure()
    lines, errors = figure.subplots(1, 2)
    for number, each in enumerate(by_rule[:6]):
        end = 125 * each.c
        lines.plot([0, 125], [0, end], color=BLUE, alpha=0.25 + 0.15 * number, lw=1.4)
        if number < 3:
            lines.text(127, end, f"{each.c:.3f}", va="center", fontsize=8, color=BLUE)
    lines.plot(KILOMETRES, MILES, "o", color=INK, markersize=6, zorder=3)
    lines.annotate(
        "the truth: 62.137", (KILOMETRES, MILES), (35, 68), fontsize=9, color=INK,
        arrowprops={"arrowstyle": "-", "color": INK, "shrinkB": 5},
    )  # fmt: skip
    lines.set(xlim=(0, 142), ylim=(0, 85))
    label(lines, "Every position of the dial is a line", "kilometres", "miles")
    errors.axhline(0, color=FAINT, lw=0.8)
    for number, attempts in enumerate(by_chance):
        name = "by rule, from random dials" if not number else None
        draw_errors(errors, attempts, ".-", VIOLET, name)
    draw_errors(errors, by_hand, "s--", ORANGE, "by hand")
    draw_errors(errors, by_rule, "o-", BLUE, "by rule, from 0.5")
    errors.legend(frameon=False, fontsize=8.5)
    label(errors, "The rule halves the error every time", "attempt", "error (miles)")
    return figure


def draw_errors(
    axes: Axes, attempts: list[Attempt], mark: str, colour: str, name: str | None
) -> None:
    """Draw the errors of attempts in their order."""
    numbers = range(1, len(attempts) + 1)
    course = [each.error for each in attempts]
    axes.plot(numbers, course, mark, color=colour, lw=1.2, markersize=6, label=name)
