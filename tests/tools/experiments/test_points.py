"""Each point is the talk's network with one thing changed, and nothing else."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nn
from tests.tools.desk import make_digits, write_mnist
from tools.errors import BadOption
from tools.experiments.points import (
    Digits,
    Point,
    Run,
    add_turned,
    begin_training,
    choose_examples,
    find_digits,
    measure,
    missing,
    plan_runs,
)
from tools.training import Examples

SMALL = Point(epochs=2, hidden_nodes=10, examples=60)


@pytest.fixture
def digits(tmp_path: Path) -> Digits:
    return find_digits(write_mnist(tmp_path / "mnist"), 150)


def test_the_usual_point_is_the_talks_network_learning_as_in_the_talk() -> None:
    talk = nn.Network.talk(rng=np.random.default_rng(4))
    training = begin_training(Point(seed=4))
    assert training.network.architecture() == talk.architecture()
    np.testing.assert_array_equal(training.network.weights, talk.weights)

    examples = make_digits(50, np.random.default_rng(1))
    for glyph, label in zip(examples.glyphs, examples.labels, strict=True):
        talk.train(nn.scale_inputs(glyph.ravel()), nn.one_hot(label), learning_rate=0.1)
    training.run_epoch(examples, {})
    np.testing.assert_array_equal(training.network.weights, talk.weights)


def test_layers_nodes_and_activation_are_those_of_the_point() -> None:
    network = begin_training(Point(layers=3, hidden_nodes=7, activation="tanh")).network
    assert [(layer.outputs, layer.activation) for layer in network.layers] == [
        *[((7,), "tanh")] * 3,
        ((10,), "sigmoid"),
    ]


def test_points_that_differ_in_epochs_alone_are_one_training_the_longest_first() -> None:
    few, many, other = Point(epochs=1), Point(epochs=4), Point(epochs=2, hidden_nodes=500)
    assert plan_runs([many, other, few, many]) == [Run((other,)), Run((few, many))]


def test_measuring_on_the_way_is_the_same_as_training_for_each_point(digits: Digits) -> None:
    points = [replace(SMALL, epochs=epochs) for epochs in (1, 2, 4)]
    together = measure(Run(tuple(points)), digits)
    assert together == [measure(Run((point,)), digits)[0] for point in points]
    assert together[-1] > together[0] > 0


def test_the_same_seed_measures_the_same_and_another_something_else(digits: Digits) -> None:
    first = measure(Run((SMALL,)), digits)
    assert measure(Run((SMALL,)), digits) == first
    others = [measure(Run((replace(SMALL, seed=seed),)), digits) for seed in (2, 3, 4)]
    assert any(other != first for other in others)


def test_a_network_that_diverges_is_a_finding_and_no_failure(digits: Digits) -> None:
    wild = replace(SMALL, activation="relu", learning_rate=100.0)
    points = tuple(replace(wild, epochs=epochs) for epochs in (1, 3))
    assert all(accuracy <= 0.2 for accuracy in measure(Run(points), digits))


def test_the_seed_draws_the_training_digits_without_drawing_any_twice() -> None:
    all_digits = make_digits(200, np.random.default_rng(2))
    drawn = [choose_examples(all_digits, Point(examples=60, seed=seed)) for seed in (1, 1, 2)]
    assert [len(each) for each in drawn] == [60, 60, 60]
    assert len(np.unique(drawn[0].glyphs, axis=0)) == 60
    np.testing.assert_array_equal(drawn[0].glyphs, drawn[1].glyphs)
    assert (drawn[0].glyphs != drawn[2].glyphs).any()


def test_turned_copies_follow_each_example_first_anticlockwise_then_clockwise() -> None:
    glyphs = np.zeros((2, 28, 28), np.uint8)
    glyphs[0, 13:15, 22:24] = 255  # a dot at the right
    turned = add_turned(Examples(glyphs, np.array([3, 8], np.uint8)), 90)
    assert turned.labels.tolist() == [3, 3, 3, 8, 8, 8]
    dots = [np.argwhere(glyph > 100).mean(axis=0).tolist() for glyph in turned.glyphs[:3]]
    assert dots == [[13.5, 22.5], [4.5, 13.5], [22.5, 13.5]]
    assert not turned.glyphs[3:].any()


def test_turned_copies_are_added_only_where_asked_for() -> None:
    digits = make_digits(20, np.random.default_rng(2))
    assert len(choose_examples(digits, Point(rotation_deg=0.0))) == 20
    assert len(choose_examples(digits, Point(rotation_deg=10.0))) == 60


def test_a_worker_with_other_digits_refuses_to_measure(digits: Digits) -> None:
    with pytest.raises(BadOption, match="other digits on a worker"):
        measure(Run((SMALL,)), digits._replace(digest="0123456789ab"))


def test_more_examples_than_there_are_is_told_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(BadOption, match="201 examples: there are 200 training digits"):
        find_digits(write_mnist(tmp_path / "mnist"), 201)


def test_what_is_missing_comes_once_and_in_order() -> None:
    a, b, c = (Point(seed=seed) for seed in (1, 2, 3))
    assert missing([c, a, b, c], [a]) == [c, b]
