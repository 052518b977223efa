"""How a network is trained: everything that decides what comes out, in one place."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from math import cos, pi

import numpy as np

import nn
from nn.columns import Columns
from nn.layers import Layer
from nn.normalisation import BatchNormalisation
from tools.errors import BadOption

DECAYS: dict[str, Callable[[float], float]] = {
    "none": lambda _: 1.0,
    "step": lambda done: 1.0 if done < 0.5 else 0.1 if done < 0.8 else 0.01,
    "cosine": lambda done: max(0.01, (1 + cos(pi * done)) / 2),
}
"""What the learning rate is multiplied by when a share of the training, 0 to 1, is done."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """Two trainings with the same recipe and the same digits give the same network.

    `network` is "talk" or an architecture (see `parse_layers`). `examples` is the
    number of glyphs generated beside MNIST's own when `augment` is set, `held_out`
    the number of training digits kept for validation; `settling` the last share of
    the epochs, in which glyphs are distorted half as much; `average` the decay of
    the moving average of the weights, 0 for none; `patience` the epochs without a
    better validation before training stops, 0 for never.
    """

    network: str
    seed: int = 1
    epochs: int = 30
    batch_size: int = 64
    shuffle: bool = True
    learning_rate: float = 0.001
    optimiser: str = "adam"
    weight_decay: float = 0.0
    decay: str = "cosine"
    augment: bool = True
    examples: int = 60_000
    held_out: int = 5_000
    settling: float = 0.0
    average: float = 0.999
    patience: int = 8

    @property
    def outputs(self) -> int:
        """Ten digits, and "none" where there are generated examples of it."""
        return 11 if self.augment else 10

    def strength(self, epoch: int) -> float:
        """How much glyphs are distorted in this epoch, counted from 1; 1 is the usual.

        Distorted glyphs teach what hands may do, and blur what they mostly do: the
        last epochs come nearer to that (He and others, "Data augmentation
        revisited", 2019).
        """
        return 0.5 if epoch > self.epochs * (1 - self.settling) else 1.0


TALK = Recipe(
    "talk",
    epochs=5,
    batch_size=1,
    shuffle=False,
    learning_rate=0.1,
    optimiser="descent",
    decay="none",
    augment=False,
    examples=0,
    held_out=0,
    average=0.0,
    patience=0,
)
"""Example by example, in the file's order, with all of the training digits: as in the talk."""

SHIPPED = Recipe(
    "conv3x24-norm-conv3x32-norm-pool-conv3x64-norm-conv3x64-norm-pool-conv3x160-norm-128",
    epochs=14,
    learning_rate=0.003,
    weight_decay=0.01,
    examples=400_000,
    settling=0.3,
    patience=0,
)
"""What makes the shipped weights."""


def base_recipe(network: str) -> Recipe:
    """The recipe that the options of `inkling-desk train` change.

    A network that is asked for with ten outputs has none for "no digit": it
    learns MNIST's digits as they are. Without batch normalisation it is taken
    half as fast.
    """
    named = {"talk": TALK, "shipped": SHIPPED}
    return named.get(network) or replace(
        SHIPPED,
        network=network,
        augment=not network.endswith("-10"),
        learning_rate=SHIPPED.learning_rate / (1 if "norm" in network else 2),
    )


def build_network(recipe: Recipe) -> nn.Network:
    """The recipe's network with its initial weights.

    Raises
    ------
    BadOption
        The architecture can't be read.
    """
    rng = np.random.default_rng(recipe.seed)
    if recipe.network == "talk":
        return nn.Network.talk(outputs=recipe.outputs, rng=rng)
    layers = parse_layers(recipe.network, recipe.outputs)
    has_convolution = any(isinstance(layer, nn.Convolution) for layer in layers)
    network = nn.Network((28, 28, 1) if has_convolution else 784, layers)
    network.initialise(rng)
    return network


def parse_layers(architecture: str, outputs: int) -> list[Layer]:
    """Layers from a line such as `784-200-10` or `conv5x16-pool-conv5x48-pool-128`.

    Numbers are dense layers of that many nodes (784 at the start and 10 or 11 at
    the end may be left out), `convKxC` is a convolution of C kernels of K by K,
    `convKxCgG` one in G groups, `norm` after either is batch normalisation, `pool`
    halves the picture, `dropP` silences P per cent of the nodes while training.
    `columnsG` at the end lets each of G groups learn to answer alone. Hidden nodes
    are ReLU, the outputs softmax.
    """
    words = architecture.lower().split("-")
    if words[0] == "784":
        words = words[1:]
    if words and words[-1] in ("10", "11"):
        if int(words[-1]) != outputs:
            raise BadOption(
                f"--network {architecture}: {outputs} outputs are trained here, not {words[-1]}; "
                "--augment has an eleventh for 'none', --no-augment ten"
            )
        words = words[:-1]
    last: Layer = nn.Dense(outputs, activation="softmax")
    if words and (match := re.fullmatch(r"columns([1-9][0-9]?)", words[-1])):
        last = Columns(int(match[1]), outputs)
        words = words[:-1]
    layers: list[Layer] = []
    for word in words:
        if word == "norm":
            layers[-1:] = _normalised(layers[-1:], architecture)
        else:
            layers.append(_layer(word, architecture))
    return [*layers, last]


def _normalised(layers: list[Layer], architecture: str) -> list[Layer]:
    """The last layer, linear, and the normalisation that takes over its activation."""
    if not (layers and isinstance(layers[0], nn.Convolution | nn.Dense)):
        raise BadOption(f"--network {architecture}: norm follows no layer of nodes")
    return [replace(layers[0], activation="linear", has_biases=False), BatchNormalisation()]


def _layer(word: str, architecture: str) -> Layer:
    if word == "pool":
        return nn.MaxPooling(2)
    if match := re.fullmatch(r"conv([1-9][0-9]?)x([1-9][0-9]{0,3})(?:g([1-9][0-9]?))?", word):
        return nn.Convolution(int(match[2]), int(match[1]), groups=int(match[3] or 1))
    if match := re.fullmatch(r"drop([1-9][0-9]?)", word):
        return nn.Dropout(int(match[1]) / 100)
    if re.fullmatch(r"[1-9][0-9]{0,4}", word):
        return nn.Dense(int(word), activation="relu")
    raise BadOption(
        f"--network {architecture}: {word!r} is no layer; allowed: talk, shipped, or layers "
        "such as 784-200-10 or conv5x16-pool-conv5x48-pool-drop30-128"
    )
