"""The training examples in batches, distorted anew in every epoch, on several cores."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from itertools import islice

import numpy as np
from numpy.typing import NDArray

import nn
from tools.recipe import Recipe

Glyphs = NDArray[np.uint8]
Labels = NDArray[np.uint8]

CHUNK = 1024
"""About how many glyphs a worker distorts at a time."""


def epoch_batches(
    glyphs: Glyphs, labels: Labels, recipe: Recipe, epoch: int, workers: Executor | None
) -> Iterator[tuple[NDArray[np.float32], Labels]]:
    """Inputs (n, 784) and labels (n,) of one epoch, batch by batch.

    Order and distortion hang on the recipe's seed and the epoch's number alone,
    never on what was drawn before or on the number of workers: so training that
    is resumed goes on as it would have.
    """
    rng = np.random.default_rng([recipe.seed, epoch])
    order = rng.permutation(len(glyphs)) if recipe.shuffle else np.arange(len(glyphs))
    size = max(1, CHUNK // recipe.batch_size) * recipe.batch_size
    chunks = [order[start : start + size] for start in range(0, len(order), size)]
    if recipe.augment:
        strength = recipe.strength(epoch)
        tasks = (
            (glyphs[chunk], [recipe.seed, epoch, number], strength)
            for number, chunk in enumerate(chunks)
        )
        pictures = _distorted(tasks, workers)
    else:
        pictures = (glyphs[chunk] for chunk in chunks)
    for chunk, picture in zip(chunks, pictures, strict=True):
        for start in range(0, len(chunk), recipe.batch_size):
            part = slice(start, start + recipe.batch_size)
            yield nn.scale_inputs(picture[part].reshape(-1, 784)), labels[chunk[part]]


Task = tuple[Glyphs, list[int], float]
"""Glyphs to distort, the seed and the strength."""


def distort(glyphs: Glyphs, seed: list[int], strength: float) -> Glyphs:
    """The glyphs as this seed distorts them."""
    from tools.distortion import Distortion  # with scipy, which loads slowly

    return Distortion(np.random.default_rng(seed), strength)(glyphs)


def _distorted(tasks: Iterator[Task], workers: Executor | None) -> Iterator[Glyphs]:
    """Every task's glyphs in order; with workers, some are made ahead."""
    if workers is None:
        yield from (distort(*task) for task in tasks)
        return
    ahead: deque[Future[Glyphs]] = deque()
    ahead.extend(workers.submit(distort, *task) for task in islice(tasks, 4))
    while ahead:
        picture = ahead.popleft().result()
        ahead.extend(workers.submit(distort, *task) for task in islice(tasks, 1))
        yield picture


@contextmanager
def worker_pool(count: int) -> Iterator[Executor | None]:
    """`count` processes, or None for 0: then the work is done where it is asked for."""
    if not count:
        yield None
        return
    # Spawned: a fork of a process that has threads (numpy's, the progress bar's) can lock up.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=begin_work)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def begin_work() -> None:
    """Leave Ctrl-C, which reaches all of a terminal's processes, to the one that saves."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End when the program is killed: the pipe that brings work would stay open, and silent."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
