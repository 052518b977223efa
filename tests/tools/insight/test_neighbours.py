"""The nearest training digits, against a search that leaves out no pair."""

import numpy as np

import nn
from tests.tools.desk import make_digits
from tools.insight.neighbours import COUNT, find_nearest, find_neighbours
from tools.mnist import Mnist


def test_the_nearest_are_those_that_a_plain_search_finds() -> None:
    rng = np.random.default_rng(4)
    queries = rng.integers(0, 256, (3, 784), dtype=np.uint8)
    examples = rng.integers(0, 256, (5200, 784), dtype=np.uint8)  # more than are taken at once
    found = find_nearest(queries, examples)
    for query, nearest in zip(queries.astype(int), found, strict=True):
        distances = np.square(examples.astype(int) - query).sum(axis=1)
        assert nearest.tolist() == np.argsort(distances, kind="stable")[:COUNT].tolist()


def test_a_training_digit_is_nearest_to_itself() -> None:
    digits = make_digits(40, np.random.default_rng(1))
    mnist = Mnist(digits.glyphs, digits.labels, digits.glyphs, digits.labels)
    network = nn.Network.talk(hidden_nodes=20, rng=np.random.default_rng(1))
    found = find_neighbours(network, mnist, digits.glyphs[:5])
    assert found.by_pixels[:, 0].tolist() == found.by_hidden[:, 0].tolist() == [0, 1, 2, 3, 4]
    same_kind = digits.labels[found.by_pixels[:, :4]] == digits.labels[:5, np.newaxis]
    assert same_kind.all()


def test_no_queries_have_no_neighbours() -> None:
    digits = make_digits(10, np.random.default_rng(1))
    mnist = Mnist(digits.glyphs, digits.labels, digits.glyphs, digits.labels)
    network = nn.Network.talk(rng=np.random.default_rng(1))
    found = find_neighbours(network, mnist, np.empty((0, 28, 28), np.uint8))
    assert found.by_pixels.shape == found.by_hidden.shape == (0, COUNT)
