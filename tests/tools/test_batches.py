"""Batches bring every example once, in an order that hangs on seed and epoch alone."""

import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import nn
from tests.tools.desk import make_digits
from tools.batches import epoch_batches, worker_pool
from tools.recipe import Recipe

DIGITS = make_digits(2100, np.random.default_rng(1))
PLAIN = Recipe("talk", batch_size=64, augment=False)


def all_of(recipe: Recipe, epoch: int = 1) -> tuple[np.ndarray, np.ndarray]:
    batches = list(epoch_batches(DIGITS.glyphs, DIGITS.labels, recipe, epoch, None))
    return np.concatenate([b[0] for b in batches]), np.concatenate([b[1] for b in batches])


def test_every_example_comes_once_with_its_label() -> None:
    inputs, labels = all_of(PLAIN)
    expected = nn.scale_inputs(DIGITS.glyphs.reshape(-1, 784))
    assert not np.array_equal(labels, DIGITS.labels), "they were not shuffled"
    order = np.lexsort(inputs.T)
    expected_order = np.lexsort(expected.T)
    assert np.array_equal(inputs[order], expected[expected_order])
    assert np.array_equal(labels[order], DIGITS.labels[expected_order])


def test_batches_are_full_but_the_last() -> None:
    sizes = [len(labels) for _, labels in epoch_batches(*_digits(), PLAIN, 1, None)]
    assert sizes == [64] * 32 + [52]


def test_without_shuffling_the_order_is_that_of_the_file() -> None:
    _, labels = all_of(replace(PLAIN, shuffle=False, batch_size=1))
    assert np.array_equal(labels, DIGITS.labels)


def test_each_epoch_and_each_seed_has_an_order_of_its_own() -> None:
    first, same = all_of(PLAIN)[1], all_of(PLAIN)[1]
    assert np.array_equal(first, same)
    assert not np.array_equal(first, all_of(PLAIN, epoch=2)[1])
    assert not np.array_equal(first, all_of(replace(PLAIN, seed=2))[1])


def test_distortion_changes_glyphs_and_leaves_labels() -> None:
    distorted = all_of(replace(PLAIN, augment=True))
    plain = all_of(PLAIN)
    assert np.array_equal(distorted[1], plain[1])
    assert not np.array_equal(distorted[0], plain[0])
    assert distorted[0].min() >= 0.01
    assert distorted[0].max() <= 1.0


def test_epochs_in_which_training_settles_are_distorted_less() -> None:
    recipe = replace(PLAIN, augment=True, shuffle=False, epochs=2, settling=0.5)
    plain = nn.scale_inputs(DIGITS.glyphs.reshape(-1, 784))
    first, last = (np.abs(all_of(recipe, epoch)[0] - plain).mean() for epoch in (1, 2))
    assert 0 < last < 0.8 * first


@pytest.mark.parametrize("count", [1, 2])
def test_workers_distort_as_one_process_does(count: int) -> None:
    recipe = replace(PLAIN, augment=True)
    with worker_pool(count) as workers:
        batches = list(epoch_batches(*_digits(), recipe, 1, workers))
    assert np.array_equal(np.concatenate([inputs for inputs, _ in batches]), all_of(recipe)[0])


def test_no_workers_are_none() -> None:
    with worker_pool(0) as workers:
        assert workers is None


def _digits() -> tuple[np.ndarray, np.ndarray]:
    return DIGITS.glyphs, DIGITS.labels


def test_workers_end_when_the_program_is_killed(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import os, signal\n"
        "from tools.batches import worker_pool\n"
        'if __name__ == "__main__":\n'
        "    with worker_pool(2) as workers:\n"
        "        workers.submit(os.getpid).result()\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    # Its output ends only when no worker holds it any more.
    done = subprocess.run([sys.executable, program], capture_output=True, timeout=120)
    assert done.returncode == -signal.SIGKILL
