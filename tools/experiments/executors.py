"""Where a sweep is computed: on the cores of this machine, or on a cluster.

Both are `concurrent.futures` executors, and nobody else need know which it is.
"""

import logging
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import CancelledError, Executor
from contextlib import contextmanager
from typing import cast

from rich.console import Console

from tools.batches import worker_pool
from tools.errors import BadOption, WorkerLost

PATIENCE_S = 15
"""A scheduler that doesn't answer for so long isn't there."""


@contextmanager
def on_cores(workers: int) -> Iterator[Executor]:
    """Processes of this machine; when the block is left by an error, they end at once."""
    ours = set(multiprocessing.active_children())
    with worker_pool(workers) as pool:
        try:
            yield cast(Executor, pool)
        except BaseException:
            # A point takes up to minutes; nobody who pressed Ctrl-C waits for it.
            for child in set(multiprocessing.active_children()) - ours:
                child.terminate()
            raise


@contextmanager
def on_cluster(address: str, console: Console) -> Iterator[Executor]:
    """The workers of a Dask scheduler; what a lost worker had begun, another does."""
    try:
        from distributed import Client, KilledWorker
    except ImportError as error:
        raise BadOption(
            f"--dask {address}: distributed is not installed: pip install 'inkling[cluster]'"
        ) from error
    # What its logs say of lost connections, we say in one line. Each has a level of its own.
    for name in ("distributed", "distributed.client", "tornado.application"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        client = Client(address, timeout=PATIENCE_S, set_as_default=False)  # type: ignore[no-untyped-call]  # distributed's gap
    except (OSError, ValueError, TypeError) as error:
        raise BadOption(
            f"--dask {address}: no Dask scheduler answers there; "
            "give the address that it prints, such as tcp://192.168.0.5:8786"
        ) from error
    with client:
        if not client.scheduler_info()["workers"]:
            console.print(
                f"{address} has no workers yet; start some with: "
                f"dask worker {address} --nworkers auto --nthreads 1",
                soft_wrap=True,
            )
        try:
            yield client.get_executor(pure=False)  # type: ignore[no-untyped-call]  # as above
        except CancelledError as error:
            raise WorkerLost(
                f"{address}: the scheduler is gone; start it again, and the same command goes on "
                "from here"
            ) from error
        except KilledWorker as error:
            raise WorkerLost(
                f"{address}: several workers died of the same training, perhaps for want of "
                "memory; the same command goes on from here"
            ) from error
