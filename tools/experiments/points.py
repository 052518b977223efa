"""One point of an experiment: how a network is made and trained, and how well it then reads."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

import nn
from tools.download import fetch_mnist
from tools.errors import BadOption, Diverged
from tools.mnist import Mnist, load_mnist
from tools.recipe import TALK
from tools.training import Examples, Training, find_error, split


@dataclass(frozen=True, slots=True)
class Point:
    """The talk's network and its training, with whatever is changed about them.

    `rotation_deg` is the angle by which every training example is turned to both
    sides and added, 0 for none; `layers` the number of hidden layers, each of
    `hidden_nodes`; `activation` is theirs.
    """

    learning_rate: float = 0.1
    epochs: int = 5
    hidden_nodes: int = 200
    examples: int = 30_000
    rotation_deg: float = 0.0
    layers: int = 1
    activation: str = "sigmoid"
    batch_size: int = 1
    seed: int = 1

    @property
    def cost(self) -> float:
        """About how many seconds it takes; only the ratios matter."""
        trained = self.examples * self.epochs * (3 if self.rotation_deg else 1)
        further = (self.layers - 1) * self.hidden_nodes / 784
        links = self.hidden_nodes * (1 + further)
        alone = 26.0 * (1 + self.layers) / 2 / self.batch_size
        return 1e-6 * trained * (alone + links * (0.29 if self.batch_size == 1 else 0.1))


class Digits(NamedTuple):
    """Which digits are trained on and tested with; no folder means those that are downloaded."""

    folder: Path | None
    digest: str
    tested: int


class Run(NamedTuple):
    """Points that differ in their epochs alone: measured one after another in one training."""

    points: tuple[Point, ...]

    @property
    def cost(self) -> float:
        """That of the longest of its points, which has the others on its way."""
        return self.points[-1].cost


def plan_runs(points: Iterable[Point]) -> list[Run]:
    """Gather points to runs, the longest first, so that no core is left with a long one alone."""
    alike: dict[Point, set[Point]] = defaultdict(set)
    for point in points:
        alike[replace(point, epochs=0)].add(point)
    runs = [Run(tuple(sorted(some, key=lambda point: point.epochs))) for some in alike.values()]
    return sorted(runs, key=lambda run: -run.cost)


def measure(run: Run, digits: Digits) -> list[float]:
    """Train once; the share of the test digits read right after each point's epochs."""
    mnist = _load(digits)
    test = Examples(mnist.test_images, mnist.test_labels)
    last = run.points[-1]
    examples = choose_examples(Examples(mnist.train_images, mnist.train_labels), last)
    training = begin_training(last)
    wanted = {point.epochs for point in run.points}
    accuracies: list[float] = []
    for number in range(1, last.epochs + 1):
        try:
            training.run_epoch(examples, {})
        except Diverged:
            # No failure of the experiment but its finding: such a network reads next to nothing.
            return accuracies + [_accuracy(training, test)] * (len(wanted) - len(accuracies))
        if number in wanted:
            accuracies.append(_accuracy(training, test))
    return accuracies


def _accuracy(training: Training, test: Examples) -> float:
    with np.errstate(over="ignore", invalid="ignore"):
        return round(1 - find_error(training.network, test), 6)


def begin_training(point: Point) -> Training:
    """The point's network, fresh. With the default values it is the talk's, weight by weight."""
    hidden = nn.Dense(point.hidden_nodes, point.activation, has_biases=False)
    layers = [hidden] * point.layers
    network = nn.Network(784, [*layers, nn.Dense(10, has_biases=False)], loss="split error")
    network.initialise(np.random.default_rng(point.seed))
    recipe = replace(
        TALK,
        seed=point.seed,
        epochs=point.epochs,
        learning_rate=point.learning_rate,
        batch_size=point.batch_size,
    )
    return Training(network, recipe)


def choose_examples(digits: Examples, point: Point) -> Examples:
    """So many of the training digits as the point has, drawn by its seed; turned copies added."""
    if point.examples < len(digits):
        rng = np.random.default_rng([point.seed, point.examples])
        digits = split(digits, point.examples, rng)[1]
    return add_turned(digits, point.rotation_deg) if point.rotation_deg else digits


def add_turned(digits: Examples, angle_deg: float) -> Examples:
    """Each example, then itself turned anticlockwise and clockwise, as in the talk's book."""
    from scipy.ndimage import rotate  # loads slowly, and only this needs it

    ways = [
        rotate(digits.glyphs, angle, axes=(2, 1), reshape=False, order=1)
        for angle in (angle_deg, -angle_deg)
    ]
    glyphs = np.stack([digits.glyphs, *ways], axis=1).reshape(-1, 28, 28)
    return Examples(glyphs, np.repeat(digits.labels, 3))


def find_digits(folder: Path | None, most: int) -> Digits:
    """The digits to experiment with, known by what is in them.

    Raises
    ------
    BadOption
        There are fewer training digits than some point wants.
    """
    folder = folder and folder.resolve()  # workers may run elsewhere
    mnist = _load_mnist(folder)
    if most > len(mnist.train_labels):
        raise BadOption(f"{most} examples: there are {len(mnist.train_labels)} training digits")
    return Digits(folder, _digest(folder), len(mnist.test_labels))


def _load(digits: Digits) -> Mnist:
    """The very digits that the experiment is about, wherever this process runs."""
    mnist = _load_mnist(digits.folder)
    if _digest(digits.folder) != digits.digest:
        raise BadOption(f"{digits.folder}: other digits on a worker than where the sweep began")
    return mnist


@cache
def _load_mnist(folder: Path | None) -> Mnist:
    return load_mnist(folder or fetch_mnist())


@cache
def _digest(folder: Path | None) -> str:
    digest = hashlib.sha256()
    for part in _load_mnist(folder):
        digest.update(part.tobytes())
    return digest.hexdigest()[:12]


def missing(wanted: Sequence[Point], known: Iterable[Point]) -> list[Point]:
    """The wanted points that aren't known yet, each once, in order."""
    done = set(known)
    return [point for point in dict.fromkeys(wanted) if point not in done]
