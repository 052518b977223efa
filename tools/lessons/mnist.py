"""The talk's network learns to read handwritten digits.

Everything is in place. 60,000 digits written by Americans at school and at work, each 28 by
28 pixels, go in as 784 signals between 0.01 and 1; 200 hidden nodes listen; ten outputs
answer, one for each digit, and the strongest is taken. Where the digit is known the target
is 0.99 at its node and 0.01 elsewhere: a sigmoid never quite reaches 0 or 1, and a weight
that strains for it only grows.

Learning is the loop that we have met since the first lesson. Show a digit, compare, split
the error back, step downhill; then the next. Once through all of them is an epoch. Then come
10,000 digits that the network has never seen, written by other people, and we keep score.

One can also learn from ten digits at once, by the mean of what each would change. That is a
tenth of the steps and as many multiplications in all, but in larger matrix products, which
computers like better. The steps may be longer in return: a mean of ten is less of a gamble.
"""

import time
from collections.abc import Callable
from typing import NamedTuple, cast

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure, SubFigure
from numpy.typing import NDArray
from rich.progress import Progress

import nn
from device import preparation
from tools.download import fetch_mnist
from tools.lessons.desk import Desk
from tools.lessons.drawing import BLUE, FAINT, INK, ORANGE, RED, hide_axes, label, new_figure
from tools.mnist import Mnist, load_mnist
from tools.scoring import answer_glyphs

Advance = Callable[[int], None]
"""Told how many digits more have been learnt from."""

LEARNING_RATE = 0.1
BATCH_SIZE = 10
BATCH_LEARNING_RATE = 1.0
QUICK = 3000
"""Digits to learn from, and a third to be tested with, when time is short."""


class Epoch(NamedTuple):
    """The share of test digits read right after an epoch, and the seconds it took to learn."""

    accuracy: float
    seconds: float


def learn_one_by_one(network: nn.Network, mnist: Mnist, advance: Advance) -> None:
    """Show every digit once, in the order of the file."""
    for image, digit in zip(mnist.train_images, mnist.train_labels, strict=True):
        network.train(nn.scale_inputs(image.ravel()), nn.one_hot(digit))
        advance(1)


def learn_in_batches(network: nn.Network, mnist: Mnist, advance: Advance) -> None:
    """Show every digit once, ten at a time."""
    for start in range(0, len(mnist.train_labels), BATCH_SIZE):
        images = mnist.train_images[start : start + BATCH_SIZE].reshape(-1, 784)
        digits = mnist.train_labels[start : start + BATCH_SIZE]
        network.train(
            nn.scale_inputs(images), nn.one_hot(digits), learning_rate=BATCH_LEARNING_RATE
        )
        advance(len(digits))


WAYS = {"one by one": learn_one_by_one, "ten at a time": learn_in_batches}


def teach(desk: Desk) -> Figure:
    """Train the same network in both ways, and show the scorecard of the first."""
    mnist = load_mnist(desk.mnist or fetch_mnist())
    if desk.quick:
        third = QUICK // 3
        mnist = Mnist(*(a[:QUICK] for a in mnist[:2]), *(a[:third] for a in mnist[2:]))
    networks, courses = {}, {}
    for way in WAYS:
        networks[way] = nn.Network.talk(rng=np.random.default_rng(1), learning_rate=LEARNING_RATE)
        courses[way] = train(networks[way], way, mnist, desk)
    show_courses(desk, courses)

    network = networks["one by one"]
    answers = answer_glyphs(network, mnist.test_images)
    show_scorecard(desk, mnist, answers)
    keep(desk, network, float(np.mean(answers == mnist.test_labels)))
    return draw(mnist, answers, courses)


def train(network: nn.Network, way: str, mnist: Mnist, desk: Desk) -> list[Epoch]:
    """Train a network in one of the ways, and keep score after every epoch."""
    course = []
    with Progress(console=desk.console, transient=True) as bar:
        task = bar.add_task(way, total=desk.epochs * len(mnist.train_labels))
        for _ in range(desk.epochs):
            start = time.monotonic()
            WAYS[way](network, mnist, lambda count: bar.advance(task, count))
            seconds = time.monotonic() - start
            answers = answer_glyphs(network, mnist.test_images)
            course.append(Epoch(float(np.mean(answers == mnist.test_labels)), seconds))
    return course


def show_courses(desk: Desk, courses: dict[str, list[Epoch]]) -> None:
    """Print how both ways went."""
    desk.say("784 inputs, 200 hidden nodes, 10 outputs: test digits read right")
    rows = [
        (way, str(number), f"{epoch.accuracy:.2%}", f"{epoch.seconds:.1f} s")
        for way, course in courses.items()
        for number, epoch in enumerate(course, 1)
    ]
    desk.table([f"learning rate {LEARNING_RATE}", "epoch", "right", "time"], rows)


def show_scorecard(desk: Desk, mnist: Mnist, answers: NDArray[np.int64]) -> None:
    """Print the answers to the first ten, and the score of each digit."""
    right = answers == mnist.test_labels
    desk.say("The scorecard of the one taught one by one")
    rows = [
        (str(index), str(label), str(answer), str(int(score)))
        for index, label, answer, score in zip(
            range(10), mnist.test_labels[:10], answers[:10], right[:10], strict=True
        )
    ]  # fmt: skip
    desk.table(("test digit", "is", "read as", "score"), rows)
    rows = [
        (str(digit), str((mnist.test_labels == digit).sum()),
         str(right[mnist.test_labels == digit].sum()),
         f"{right[mnist.test_labels == digit].mean():.1%}")
        for digit in range(10)
    ]  # fmt: skip
    desk.table(("digit", "tested", "right", "share"), rows)
    desk.say(f"performance = {right.sum()} / {right.size} = {right.mean():.4f}")


def keep(desk: Desk, network: nn.Network, accuracy: float) -> None:
    """Save the network, for `inkling-desk mind`."""
    card = nn.Card(
        name="the talk's network",
        preparation=preparation.VERSION,
        labels=tuple("0123456789"),
        trained={"seed": 1, "epochs": desk.epochs, "learning_rate": LEARNING_RATE},
        accuracy={"mnist_test_error": 1 - accuracy},
    )
    path = desk.out / "talk.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    network.save(path, card)
    desk.say(f"kept as {path}: inkling-desk mind --weights {path} looks inside")


def draw(mnist: Mnist, answers: NDArray[np.int64], courses: dict[str, list[Epoch]]) -> Figure:
    """Draw digits with their answers, the course of learning, and what is hard to read."""
    figure = new_figure(9.6, 5.0)
    strip, charts = cast(tuple[SubFigure, SubFigure], figure.subfigures(2, 1, height_ratios=(1, 3)))
    draw_digits(strip.subplots(1, 12), mnist, answers)
    strip.suptitle("Test digits, and what they were read as", fontsize=10.5, fontweight="bold")
    course, digits = charts.subplots(1, 2)
    for (way, epochs), colour in zip(courses.items(), (BLUE, ORANGE), strict=True):
        shares = [100 * epoch.accuracy for epoch in epochs]
        course.plot(range(1, len(shares) + 1), shares, "o-", color=colour, label=way)
    course.set_xticks(range(1, len(shares) + 1))
    course.legend(frameon=False, fontsize=8.5)
    label(course, "The score after each epoch", "epoch", "read right (%)")
    wrong = answers != mnist.test_labels
    shares = [100 * wrong[mnist.test_labels == digit].mean() for digit in range(10)]
    digits.bar(range(10), shares, color=BLUE)
    digits.set_xticks(range(10))
    label(digits, "What it gets wrong", "digit", "misread (%)")
    return figure


def draw_digits(charts: NDArray[np.object_], mnist: Mnist, answers: NDArray[np.int64]) -> None:
    """Draw the first eight test digits, and of those after them the first four misread."""
    misread = 8 + np.flatnonzero(answers[8:] != mnist.test_labels[8:])[:4]
    axes: Axes
    for axes, index in zip(charts, [*range(8), *misread], strict=False):
        axes.imshow(mnist.test_images[index], cmap="gray_r", interpolation="nearest")
        hide_axes(axes)
        axes.spines[:].set_visible(True)
        axes.spines[:].set_color(FAINT)
        axes.spines[:].set_linewidth(0.5)
        is_right = answers[index] == mnist.test_labels[index]
        axes.set_xlabel(str(answers[index]), fontsize=11, color=INK if is_right else RED)
