"""The training itself: epochs, validation, the best so far, and picking it up again."""

import json
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, astuple, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import nn
from nn.columns import Columns
from nn.folding import fold, make_plain
from nn.optimisers import Adam, GradientDescent, Optimiser
from tools.batches import Glyphs, Labels, epoch_batches
from tools.errors import BadCheckpoint, Diverged
from tools.files import read_arrays, written_aside
from tools.recipe import DECAYS, Recipe
from tools.scoring import answer_glyphs
from tools.shares import Shares

SETTLED_ON = 2_000
"""How many examples, undistorted as those of a query are, batch normalisation is measured on."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Glyphs uint8 (n, 28, 28) and labels uint8 (n,), 10 for "none"."""

    glyphs: Glyphs
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)


@dataclass(frozen=True, slots=True)
class Epoch:
    """How one epoch went; `errors` by the validation set's name, empty without any."""

    number: int
    loss: float
    errors: dict[str, float]
    seconds: float

    @property
    def error(self) -> float:
        """What the best epoch is chosen by: the mean over the validation sets, or the loss."""
        return float(np.mean(list(self.errors.values()))) if self.errors else self.loss


@dataclass
class Training:
    """A network in training.

    `plain` is what is validated after each epoch, and kept: the network with its
    averaged weights, and what only helps to learn folded into them. `best` holds the
    weights of `plain` of the best epoch by its validation; without a validation
    set, of the last.
    """

    network: nn.Network
    recipe: Recipe
    optimiser: Optimiser | None = None
    average: NDArray[Any] | None = None
    best: NDArray[Any] | None = None
    steps: int = 0
    history: list[Epoch] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.optimiser = make_optimiser(self.recipe)
        self.plain = make_plain(self.network)
        # Dense layers wait for memory, not for a core.
        convolves = any(isinstance(layer, nn.Convolution) for layer in self.network.layers)
        self._shares = Shares(self.network) if convolves else None
        if self.recipe.average:
            self.average = self.network.weights.copy()

    @property
    def best_epoch(self) -> Epoch:
        """The epoch that `best` is of."""
        if not self.history[-1].errors:
            return self.history[-1]
        return min(self.history, key=lambda epoch: epoch.error)

    @property
    def is_over(self) -> bool:
        """Whether all epochs are done, or none was better for too long."""
        if not self.history:
            return False
        waited = len(self.history) - self.best_epoch.number
        return len(self.history) >= self.recipe.epochs or 0 < self.recipe.patience <= waited

    def run_epoch(
        self,
        examples: Examples,
        validation: dict[str, Examples],
        *,
        workers: Executor | None = None,
        advance: Callable[[int], None] = lambda _: None,
    ) -> Epoch:
        """Train on every example once and measure; `advance` is told how many are done."""
        number, started = len(self.history) + 1, time.monotonic()
        if self._shares:
            self._shares.seed(self.recipe.seed, number, 1)
        else:
            self.network.rng = np.random.default_rng([self.recipe.seed, number, 1])
        total = 0.0
        batches = epoch_batches(examples.glyphs, examples.labels, self.recipe, number, workers)
        with np.errstate(over="ignore", invalid="ignore"):  # told below, in words
            for inputs, labels in batches:
                total += self._step(inputs, labels, len(examples)) * len(labels)
                advance(len(labels))
        if not np.isfinite(total):
            raise Diverged(f"epoch {number}: the loss is no number any more; lower --learning-rate")
        self._settle(examples)
        errors = {name: find_error(self.plain, held) for name, held in validation.items()}
        epoch = Epoch(number, total / len(examples), errors, time.monotonic() - started)
        self.history.append(epoch)
        if self.best_epoch is epoch:
            self.best = self.plain.weights.copy()
        return epoch

    def _step(self, inputs: NDArray[np.float32], labels: Labels, examples: int) -> float:
        """One batch; returns its loss."""
        per_epoch = -(-examples // self.recipe.batch_size)
        done = self.steps / (per_epoch * self.recipe.epochs)
        rate = self.recipe.learning_rate * DECAYS[self.recipe.decay](done)
        targets = make_targets(labels, self.network)
        gradients, loss = (self._shares or self.network).find_gradients(inputs, targets)
        self.network.step(gradients, learning_rate=rate, optimiser=self.optimiser)
        self.steps += 1
        if self.average is not None:
            # Early weights are soon forgotten: the average's memory grows with the steps.
            keep = min(self.recipe.average, (1 + self.steps) / (10 + self.steps))
            self.average += (1 - keep) * (self.network.weights - self.average)
        return loss / count_columns(self.network)

    def _settle(self, examples: Examples) -> None:
        """Bring `plain` up to where the training is."""
        live = self.network.weights.copy()
        if self.average is not None:
            self.network.weights = self.average
        rng = np.random.default_rng([self.recipe.seed, 2])
        some = examples.glyphs[rng.choice(len(examples), min(SETTLED_ON, len(examples)), False)]
        self.plain = fold(self.network, nn.scale_inputs(some.reshape(len(some), -1)))
        self.network.weights = live

    def save(self, path: Path) -> None:
        """Write all that is needed to go on from here."""
        state, own = _take_apart(self.optimiser)
        arrays: dict[str, Any] = {f"optimiser_{name}": array for name, array in own.items()}
        arrays |= {"weights": self.network.weights, "best": self.best}
        if self.average is not None:
            arrays["average"] = self.average
        story = {
            "recipe": asdict(self.recipe),
            "steps": self.steps,
            "optimiser": state,
            "history": [astuple(epoch) for epoch in self.history],
        }
        with written_aside(path) as file:
            np.savez(file, story=np.array(json.dumps(story)), **arrays)

    def restore(self, path: Path) -> None:
        """Go on from what `save` wrote.

        Raises
        ------
        BadCheckpoint
            It is damaged, or of a training with another recipe.
        """
        try:
            arrays = read_arrays(path)
            story = json.loads(str(arrays.pop("story")))
            self._require_same_recipe(path, story["recipe"])
            self.network.weights = arrays["weights"]
            self.best, self.average = arrays["best"], arrays.get("average")
            self.steps = story["steps"]
            self.history = [Epoch(*each) for each in story["history"]]
            own = {n.removeprefix("optimiser_"): a for n, a in arrays.items() if "optimiser_" in n}
            for name, value in (story["optimiser"] | own).items():
                setattr(self.optimiser, name, value)
        except BadCheckpoint:
            raise
        except (ValueError, KeyError, TypeError) as error:
            raise BadCheckpoint(
                f"{path}: not a checkpoint of this training; delete it, or leave out --resume"
            ) from error

    def _require_same_recipe(self, path: Path, other: dict[str, Any]) -> None:
        own = asdict(self.recipe)
        different = [name for name in own if other.get(name) != own[name]]
        if different:
            name = different[0]
            raise BadCheckpoint(
                f"{path}: was begun with {name.replace('_', ' ')} {other.get(name)}, "
                f"not {own[name]}; resume with the same options, or leave out --resume"
            )


def make_optimiser(recipe: Recipe) -> Optimiser | None:
    """The recipe's optimiser, fresh; None is the network's own plain gradient descent."""
    if recipe.optimiser == "momentum":
        return GradientDescent(momentum=0.9, weight_decay=recipe.weight_decay)
    if recipe.optimiser == "adam":
        return Adam(weight_decay=recipe.weight_decay)
    return GradientDescent(weight_decay=recipe.weight_decay) if recipe.weight_decay else None


def make_targets(labels: Labels, network: nn.Network) -> NDArray[np.float32]:
    """The targets that the network's outputs can reach: 0 and 1, or the talk's 0.01 and 0.99.

    Where it has columns, each is to give the whole answer.
    """
    columns = count_columns(network)
    outputs = network.outputs // columns
    if network.layers[-1].activation == "softmax":
        return np.tile(nn.one_hot(labels, outputs, off=0.0, on=1.0), columns)
    return nn.one_hot(labels, outputs)


def count_columns(network: nn.Network) -> int:
    """How many columns of a network learn to answer alone."""
    last = network.layers[-1]
    return last.columns if isinstance(last, Columns) else 1


def find_error(network: nn.Network, examples: Examples) -> float:
    """The share of examples that are answered wrongly.

    Where all are digits, the likeliest digit is the answer; "none" is an answer
    only where it may be right.
    """
    digits_only = bool((examples.labels < 10).all())
    answers = answer_glyphs(network, examples.glyphs, digits_only=digits_only)
    return float(np.mean(answers != examples.labels))


def split(examples: Examples, held_out: int, rng: np.random.Generator) -> tuple[Examples, Examples]:
    """Part `held_out` examples from the others, at random, both in their old order."""
    chosen = np.zeros(len(examples), dtype=bool)
    chosen[rng.choice(len(examples), held_out, replace=False)] = True
    return (
        Examples(examples.glyphs[~chosen], examples.labels[~chosen]),
        Examples(examples.glyphs[chosen], examples.labels[chosen]),
    )


def join(parts: Sequence[Examples]) -> Examples:
    """All examples in one."""
    return Examples(
        np.concatenate([part.glyphs for part in parts]),
        np.concatenate([part.labels for part in parts]),
    )


def _take_apart(optimiser: Optimiser | None) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """What the optimiser remembers: its plain values and its arrays."""
    memory = {} if optimiser is None else vars(optimiser)
    arrays = {name: value for name, value in memory.items() if isinstance(value, np.ndarray)}
    return {name: value for name, value in memory.items() if name not in arrays}, arrays
