"""Training learns, keeps the best, and goes on from a checkpoint as if never cut."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nn
from tests.tools.desk import make_digits
from tools.errors import BadCheckpoint, Diverged
from tools.recipe import Recipe, build_network
from tools.training import Epoch, Examples, Training, find_error, join, make_targets, split

DIGITS = make_digits(300, np.random.default_rng(1))
HELD_OUT = {"digits": make_digits(100, np.random.default_rng(2))}
RECIPE = Recipe(
    "784-30-10", epochs=6, batch_size=20, learning_rate=0.01, augment=False, average=0.9
)


def start(recipe: Recipe = RECIPE) -> Training:
    return Training(build_network(recipe), recipe)


def run(training: Training, epochs: int) -> Training:
    for _ in range(epochs):
        training.run_epoch(DIGITS, HELD_OUT)
    return training


def test_what_can_be_learnt_is_learnt() -> None:
    training = run(start(), 6)
    assert training.history[0].loss > 10 * training.history[-1].loss
    assert training.best_epoch.error == 0


@pytest.mark.parametrize(
    "recipe",
    [
        RECIPE,
        replace(RECIPE, network="784-drop20-30-10"),
        replace(RECIPE, optimiser="momentum", decay="step", average=0.0),
        replace(RECIPE, optimiser="descent", weight_decay=0.01),
        replace(RECIPE, optimiser="descent", decay="none"),
        replace(RECIPE, network="talk", batch_size=1, shuffle=False, average=0.0),
        replace(RECIPE, network="conv3x2-pool-30", augment=True),
        replace(RECIPE, network="conv3x2-norm-pool-30-norm", augment=True),
        replace(RECIPE, network="conv3x4-norm-pool-conv13x6g2-columns2", augment=True),
    ],
)
def test_resumed_training_gives_what_uninterrupted_training_gives(
    tmp_path: Path, recipe: Recipe
) -> None:
    whole = run(start(recipe), 4)
    run(start(recipe), 2).save(tmp_path / "half.npz")
    resumed = start(recipe)
    resumed.restore(tmp_path / "half.npz")
    run(resumed, 2)
    assert np.array_equal(resumed.network.weights, whole.network.weights)
    assert resumed.best is not None
    assert whole.best is not None
    assert np.array_equal(resumed.best, whole.best)
    assert without_times(resumed.history) == without_times(whole.history)


def without_times(history: list[Epoch]) -> list[Epoch]:
    return [replace(epoch, seconds=0.0) for epoch in history]


def test_the_best_weights_are_those_of_the_best_epoch() -> None:
    training = run(start(), 6)
    best = training.best_epoch
    assert best.error == min(epoch.error for epoch in training.history)
    assert training.best is not None
    training.plain.weights = training.best
    assert find_error(training.plain, HELD_OUT["digits"]) == best.errors["digits"]


def test_without_validation_the_last_epoch_is_kept() -> None:
    training = start(replace(RECIPE, average=0.0))
    for number in (1, 2):
        training.run_epoch(DIGITS, {})
        assert training.best_epoch.number == number
        assert np.array_equal(training.best, training.network.weights)  # type: ignore[arg-type]  # it is there by now


def test_training_ends_after_its_epochs() -> None:
    training = start(replace(RECIPE, epochs=2, patience=0))
    assert not run(training, 1).is_over
    assert run(training, 1).is_over


def test_training_stops_early_when_nothing_gets_better() -> None:
    training = start(replace(RECIPE, epochs=100, patience=3))
    errors = [0.3, 0.1, 0.2, 0.1, 0.2]
    over = []
    for number, error in enumerate(errors, 1):
        training.history.append(Epoch(number, 1.0, {"digits": error}, 0.0))
        over.append(training.is_over)
    assert over == [False, False, False, False, True]


def test_validation_sets_weigh_the_same_in_the_choice() -> None:
    assert Epoch(1, 9.9, {"digits": 0.1, "generated": 0.3}, 0.0).error == pytest.approx(0.2)


def test_the_mean_of_the_weights_is_kept_and_the_live_ones_are_left() -> None:
    training = run(start(replace(RECIPE, average=0.99)), 1)
    assert np.array_equal(training.plain.weights, training.average)  # type: ignore[arg-type]  # the recipe asks for it
    assert not np.array_equal(training.network.weights, training.plain.weights)


def test_batch_normalisation_is_trained_with_and_not_kept() -> None:
    training = run(start(replace(RECIPE, network="conv3x4-norm-pool-30-norm")), 3)
    assert training.best_epoch.error == 0
    kinds = [layer.kind for layer in training.plain.layers]
    assert kinds == ["convolution", "max pooling", "dense", "dense"]
    assert training.best is not None
    assert training.best.shape == training.plain.weights.shape != training.network.weights.shape


def test_the_talk_is_trained_as_the_talk_writes_it() -> None:
    """Its own lines: feed forward, split the error by the weights, move them, one by one."""
    recipe = Recipe(
        "talk",
        batch_size=1,
        shuffle=False,
        learning_rate=0.1,
        optimiser="descent",
        decay="none",
        augment=False,
        average=0.0,
    )
    training = start(recipe)
    hidden, output = (layer.weights.astype(np.float64) for layer in training.network.layers)
    training.run_epoch(DIGITS, {})
    for glyph, label in zip(DIGITS.glyphs, DIGITS.labels, strict=True):
        inputs = (glyph.reshape(784, 1) / 255 * 0.99) + 0.01
        targets = np.full((10, 1), 0.01)
        targets[label] = 0.99
        hidden_outputs = 1 / (1 + np.exp(-hidden @ inputs))
        final_outputs = 1 / (1 + np.exp(-output @ hidden_outputs))
        output_errors = targets - final_outputs
        hidden_errors = output.T @ output_errors
        output += 0.1 * (output_errors * final_outputs * (1 - final_outputs)) @ hidden_outputs.T
        hidden += 0.1 * (hidden_errors * hidden_outputs * (1 - hidden_outputs)) @ inputs.T
    first, last = training.network.layers
    assert np.allclose(first.weights, hidden, atol=1e-4)
    assert np.allclose(last.weights, output, atol=1e-4)


def test_targets_are_those_that_the_outputs_can_reach() -> None:
    labels = np.array([1], np.uint8)
    talk, softmax = build_network(Recipe("talk", augment=False)), build_network(RECIPE)
    assert set(make_targets(labels, talk).ravel().tolist()) == {np.float32(0.01), np.float32(0.99)}
    assert set(make_targets(labels, softmax).ravel().tolist()) == {0.0, 1.0}
    columns = build_network(Recipe("conv28x8-columns2"))
    assert make_targets(labels, columns).tolist() == [2 * [0.0, 1.0, *9 * [0.0]]]


def test_the_loss_of_columns_is_that_of_one() -> None:
    network = "conv28x4-columns2"
    training = start(replace(RECIPE, network=network, augment=True, learning_rate=1e-9))
    training.network.layers[-1].weights[...] = 0
    assert run(training, 1).history[0].loss == pytest.approx(np.log(11), rel=1e-3)


def test_none_is_an_answer_only_where_it_may_be_right() -> None:
    network = nn.Network(784, [nn.Dense(11, activation="softmax")])
    network.layers[0].biases[[7, 10]] = 5, 9
    glyphs = np.zeros((2, 28, 28), np.uint8)
    assert find_error(network, Examples(glyphs, np.array([7, 7], np.uint8))) == 0
    assert find_error(network, Examples(glyphs, np.array([7, 10], np.uint8))) == 0.5


def test_splitting_loses_and_doubles_nothing() -> None:
    rest, held_out = split(DIGITS, 50, np.random.default_rng(1))
    assert (len(rest), len(held_out)) == (250, 50)
    both = join([rest, held_out]).glyphs.reshape(300, -1)
    assert np.array_equal(both[np.lexsort(both.T)], _sorted(DIGITS))


def _sorted(examples: Examples) -> np.ndarray:
    rows = examples.glyphs.reshape(len(examples), -1)
    return np.asarray(rows[np.lexsort(rows.T)])


@pytest.mark.parametrize("network", ["784-30-10", "conv3x2-pool-30"])
def test_weights_that_run_away_are_told_in_words_alone(network: str) -> None:
    training = start(replace(RECIPE, network=network, optimiser="descent", learning_rate=1e30))
    with pytest.raises(Diverged, match="lower --learning-rate"):
        run(training, 6)


@pytest.mark.parametrize("keep", [0, 10, 2000, -1])
def test_a_damaged_checkpoint_is_one_line(tmp_path: Path, keep: int) -> None:
    path = tmp_path / "a.npz"
    run(start(), 1).save(path)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(BadCheckpoint, match="not a checkpoint of this training"):
        start().restore(path)


def test_another_file_is_no_checkpoint(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, story=np.array([1, 2]))
    with pytest.raises(BadCheckpoint, match="not a checkpoint"):
        start().restore(path)
    np.save(path, np.zeros(3))
    path.with_name("a.npz.npy").replace(path)
    with pytest.raises(BadCheckpoint, match="not a checkpoint"):
        start().restore(path)


def test_a_checkpoint_of_another_recipe_names_the_difference(tmp_path: Path) -> None:
    run(start(), 1).save(tmp_path / "a.npz")
    other = start(replace(RECIPE, learning_rate=0.5))
    with pytest.raises(BadCheckpoint, match=r"begun with learning rate 0\.01, not 0\.5"):
        other.restore(tmp_path / "a.npz")
