"""`inkling-desk bench`: what learning, querying and reading cost, compared within one run.

A ratio of two times taken on the same machine one after the other means
something; a time alone says as much about the machine.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

import nn
from device.notes import write_note
from device.preparation import Glyph, Writing, find_writing
from device.reader import Reader
from device.reading import Frame
from tools.download import fetch_mnist
from tools.mnist import Mnist, load_mnist
from tools.recipe import TALK, Recipe, build_network
from tools.training import Examples, Training, find_error

Row = tuple[str, str]

MINI_BATCHES = Recipe(
    "784-200-10",
    epochs=2,
    batch_size=128,
    learning_rate=0.2,
    optimiser="momentum",
    augment=False,
    examples=0,
    held_out=0,
    average=0.0,
    patience=0,
)
"""The talk's sizes with what has been learnt since: ReLU, cross-entropy, momentum, batches."""

COLD_START = """
import sys, time
from pathlib import Path
started = time.perf_counter()
import numpy, nn
from device.reader import Reader
reader = Reader(nn.load(sys.argv[1]))
frame = numpy.full((480, 640), 200, numpy.uint8)
frame[160:320, 310:330] = 30
reader.read(frame)
print(time.perf_counter() - started)
if sys.platform == "linux":
    # Not getrusage: there a new program inherits the peak of the one that started it.
    status = Path("/proc/self/status").read_text().split()
    print(int(status[status.index("VmHWM:") + 1]) / 1024)
else:
    import resource
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inkling-desk bench`."""
    parser.add_argument("--mnist", type=Path, metavar="FOLDER", help="default: downloaded")
    parser.add_argument(
        "--weights", type=Path, default=nn.SHIPPED_WEIGHTS, help="default: the shipped weights"
    )


def main(args: argparse.Namespace) -> int:
    """Measure, and print a table for each thing measured."""
    console = Console(highlight=False)
    network = nn.load(args.weights)
    mnist = load_mnist(args.mnist or fetch_mnist())
    console.print(table("Learning MNIST, all training digits", learning(mnist)))
    console.print(table("One query", querying(network)))
    console.print(table("One reading of a generated note, 640×480", reading(network)))
    console.print(table("A process that loads the weights and reads", cold_start(args.weights)))
    return 0


def table(title: str, rows: Iterator[Row]) -> Table:
    """What was measured, line by line."""
    made = Table(title=title, title_justify="left", show_header=False)
    made.add_column(min_width=52)
    made.add_column(justify="right", min_width=14)
    for row in rows:
        made.add_row(*row)
    return made


def learning(mnist: Mnist) -> Iterator[Row]:
    """Example by example as in the talk against mini-batches, to the same test error."""
    talk_s, talk_error = learn(TALK, mnist)
    mini_s, mini_error = learn(MINI_BATCHES, mnist)
    yield f"example by example, {TALK.epochs} epochs: time", f"{talk_s:.2f} s"
    yield "example by example: test error", f"{talk_error:.2%}"
    yield f"mini-batches, {MINI_BATCHES.epochs} epochs: time", f"{mini_s:.2f} s"
    yield "mini-batches: test error", f"{mini_error:.2%}"
    yield "mini-batches reach the talk's error", "yes" if mini_error <= talk_error else "no"
    yield "share of the time (mark: at most 1/20)", f"1/{talk_s / mini_s:.1f}"


def learn(recipe: Recipe, mnist: Mnist) -> tuple[float, float]:
    """Seconds of training, and the test error after it."""
    training = Training(build_network(recipe), recipe)
    examples = Examples(mnist.train_images, mnist.train_labels)
    while not training.is_over:
        training.run_epoch(examples, {})
    seconds = sum(epoch.seconds for epoch in training.history)
    test = Examples(mnist.test_images, mnist.test_labels)
    return seconds, find_error(training.network, test)


def querying(network: nn.Network) -> Iterator[Row]:
    """The talk's network and the one given, one glyph and many at a time."""
    rng = np.random.default_rng(1)
    inputs = nn.scale_inputs(rng.integers(0, 256, (100, 784), dtype=np.uint8))
    talk = build_network(TALK)
    talk_s = best_of(lambda: talk.query(inputs[0]))
    own_s = best_of(lambda: network.query(inputs[0]))
    batch_s = best_of(lambda: network.query(inputs)) / len(inputs)
    yield "the talk's network", f"{talk_s * 1e6:.0f} µs"
    yield "these weights", f"{own_s * 1e6:.0f} µs"
    yield "these weights, a glyph among 100 at once", f"{batch_s * 1e6:.0f} µs"
    yield "these weights against the talk's network", f"{own_s / talk_s:.1f} times"


def reading(network: nn.LoadedNetwork) -> Iterator[Row]:
    """The stages of a reading and the whole of it, for one digit and for six."""
    reader = Reader(network)
    for number in ("7", "314159"):
        frame, writing = legible_note(number)
        find_s = best_of(partial(find_writing, frame))
        draw_s = best_of(partial(draw_glyphs, writing))
        pixels = np.stack([glyph.pixels.ravel() for glyph in draw_glyphs(writing)])
        query_s = best_of(partial(network.query, nn.scale_inputs(pixels)))
        whole_s = best_of(partial(reader.read, frame))
        name = f"{len(number)} digit{'s' if len(number) > 1 else ''}"
        yield f"{name}: light, ink and strokes", f"{find_s * 1e3:.1f} ms"
        yield f"{name}: glyphs", f"{draw_s * 1e3:.1f} ms"
        yield f"{name}: query, without second looks", f"{query_s * 1e3:.1f} ms"
        yield f"{name}: the whole reading", f"{whole_s * 1e3:.1f} ms"


def legible_note(number: str) -> tuple[Frame, Writing]:
    """The first generated note of this number in which all its digits are found."""
    for seed in count():
        frame = write_note(number, np.random.default_rng(seed))
        writing = find_writing(frame)
        if len(writing.digits) == len(number):
            break
    return frame, writing


def draw_glyphs(writing: Writing) -> list[Glyph]:
    """Every digit as the network is to see it."""
    return [writing.draw(strokes) for strokes in writing.digits]


def cold_start(weights: Path) -> Iterator[Row]:
    """Time to the first answer and the most memory used, of a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", COLD_START, str(weights)], check=True, capture_output=True, text=True
    )
    seconds, megabytes = map(float, done.stdout.split())
    yield "from the first import to the first answer", f"{seconds:.2f} s"
    yield "most memory used", f"{megabytes:.0f} MB"


def best_of(action: Callable[[], object], rounds: int = 15) -> float:
    """The seconds of the fastest round: others were held up by something else."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        action()
        times.append(time.perf_counter() - started)
    return min(times)
