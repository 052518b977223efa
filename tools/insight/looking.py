"""All that there is to see in a network, looked up once, for the pictures and the report."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import nn
from device.picture import open_picture
from device.preparation import prepare
from nn.activations import Array
from tools.errors import BadOption
from tools.insight.hidden import Map, first_weights, flatten_map, hidden_signals
from tools.insight.imagining import Imagined, imagine
from tools.insight.misreading import Score, misread_digits, misread_pictures
from tools.insight.neighbours import Neighbours, find_neighbours
from tools.mnist import Mnist

STUDIED = 10_000
"""So many training digits tell how ink lies together."""

MAPPED = 2_000
QUERIES = 5


@dataclass(frozen=True)
class Query:
    """A glyph whose neighbours are looked for, and what it is."""

    glyph: NDArray[np.uint8]
    name: str


@dataclass(frozen=True)
class Findings:
    """What was seen. `map` places the first `MAPPED` test digits, which are `mapped` so.

    `mapped` holds (label, answer) for each; `neighbours` has a row for each query.
    """

    network: nn.LoadedNetwork
    imagined: list[Imagined]
    weights: Array
    map: Map
    mapped: NDArray[np.int64]
    score: Score
    queries: list[Query]
    neighbours: Neighbours
    mnist: Mnist


def look(
    network: nn.LoadedNetwork, mnist: Mnist, tested: Path | None, pictures: list[Path]
) -> Findings:
    """Look into a network.

    Parameters
    ----------
    tested
        A tree of labelled pictures to look for misread ones in; MNIST's test digits
        without it.
    pictures
        To find the neighbours of; without them, of the misread digits.

    Raises
    ------
    BadOption
        The network doesn't take pictures of 28×28, or answers no digits.
    """
    if int(np.prod(network.inputs)) != 784 or network.outputs not in (10, 11):
        raise BadOption(
            f"{network.card.name}: {network.inputs} inputs and {network.outputs} outputs; "
            "give weights of a network that reads digits"
        )
    score = (
        misread_pictures(network, tested)
        if tested
        else misread_digits(network, mnist.test_images, mnist.test_labels)
    )
    queries = find_queries(pictures) if pictures else surest(score)
    glyphs = np.array([query.glyph for query in queries], np.uint8).reshape(-1, 28, 28)
    some = mnist.test_images[:MAPPED]
    answers = network.query(nn.scale_inputs(some.reshape(-1, 784)))[:, :10].argmax(axis=1)
    return Findings(
        network=network,
        imagined=imagine(network, mnist.train_images[:STUDIED]),
        weights=first_weights(network),
        map=flatten_map(hidden_signals(network, some)),
        mapped=np.stack([mnist.test_labels[:MAPPED], answers], axis=1),
        score=score,
        queries=queries,
        neighbours=find_neighbours(network, mnist, glyphs),
        mnist=mnist,
    )


def find_queries(pictures: list[Path]) -> list[Query]:
    """The digits on pictures, prepared as the appliance does it.

    Raises
    ------
    BadOption
        Nothing is written on one of them.
    """
    queries = []
    for path in pictures:
        glyphs = prepare(open_picture(path))
        if not glyphs:
            raise BadOption(f"{path}: nothing written on it; give a picture with a digit")
        for number, glyph in enumerate(glyphs, 1):
            name = path.name if len(glyphs) == 1 else f"{path.name}, digit {number}"
            queries.append(Query(glyph.pixels, name))
    return queries


def surest(score: Score) -> list[Query]:
    """The digits that the network misread with the least doubt."""
    return [
        Query(each.glyph, f"{each.label} read as {each.answer}") for each in score.misread[:QUERIES]
    ]
