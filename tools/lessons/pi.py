"""What it all weighs, and why it fits into a Raspberry Pi Zero.

A network is its weights: 784 × 200 links into the hidden layer and 200 × 10 into the outputs.
A query multiplies a signal by each weight once and adds it up, and that is nearly all that a
query does. Four bytes keep a weight. So weights, multiplications and memory are one number,
told three times, and it is a small one: a photograph from any telephone is larger.

Learning is dearer. Each example is fed forward, its error is split back, every weight is told
its slope and moved: three times a query's work and more, for 60,000 digits and five epochs.
This is why the network is trained on a desk, and only its weights travel to the Pi.
"""

import platform
import statistics
import sys
import time
from math import prod
from pathlib import Path
from typing import NamedTuple

import numpy as np
from matplotlib.figure import Figure

import nn
from nn.layers import Layer
from tools.lessons.desk import Desk
from tools.lessons.drawing import BLUE, FAINT, INK, ORANGE, label, new_figure

PI_ZERO_MEMORY = 512 * 2**20
PI_MODEL = Path("/proc/device-tree/model")


class Cost(NamedTuple):
    """What a network takes: `multiplications` are those of one query."""

    weights: int
    multiplications: int
    nodes: int

    @property
    def weight_bytes(self) -> int:
        """The weights as float32."""
        return 4 * self.weights


def cost_of(network: nn.Network) -> Cost:
    """Count, layer by layer."""
    links = [layer for layer in network.layers if layer.parameter_shapes()]
    return Cost(
        network.weights.size,
        sum(multiplications(layer) for layer in links),
        sum(prod(layer.outputs) for layer in links),
    )


def multiplications(layer: Layer) -> int:
    """One for each weight, at each place that the weights are put to."""
    places = prod(layer.outputs[:2]) if isinstance(layer, nn.Convolution) else 1
    return places * prod(layer.parameter_shapes()["weights"])


def training_multiplications(cost: Cost, outputs: int = 10, hidden_nodes: int = 200) -> int:
    """One training step of the talk's network: forward, back, slopes, and the learning rate."""
    return cost.multiplications + outputs * hidden_nodes + 2 * cost.weights


def time_query(network: nn.Network, examples: int, repeats: int) -> float:
    """Seconds for an example: the median of many queries, each with so many examples."""
    inputs = np.full((examples, prod(network.inputs)), 0.5, np.float32)
    times = []
    for _ in range(repeats + 2):
        start = time.perf_counter()
        network.query(inputs)
        times.append((time.perf_counter() - start) / examples)
    return statistics.median(times[2:])  # the first ones find everything cold


def name_machine() -> str:
    """What the lesson runs on."""
    if PI_MODEL.exists():
        return PI_MODEL.read_text(encoding="utf-8").strip("\0\n ")
    return f"{platform.system()} on {platform.machine()}"


def memory_taken() -> str:
    """The most memory that this program has held, drawing library and all."""
    try:
        import resource
    except ImportError:  # there is none on Windows
        return "unknown"
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return f"{most * (1 if sys.platform == 'darwin' else 1024) / 1e6:.0f} MB"


def teach(desk: Desk) -> Figure:
    """Count what the networks take, then measure on the machine at hand."""
    networks = {
        "talk": nn.Network.talk(rng=np.random.default_rng(1)),
        "shipped": nn.load(nn.SHIPPED_WEIGHTS),
    }
    costs = {name: cost_of(network) for name, network in networks.items()}
    desk.say("What a query takes")
    rows = [
        (name, f"{cost.weights:,}", f"{cost.weight_bytes:,}", f"{cost.multiplications:,}",
         f"{cost.nodes:,}")
        for name, cost in costs.items()
    ]  # fmt: skip
    desk.table(("network", "weights", "bytes", "multiplications", "nodes"), rows)
    step = training_multiplications(costs["talk"])
    desk.say(f"One training step of the talk's network: {step:,} multiplications")
    desk.say(f"60,000 digits, 5 epochs: {300_000 * step:,}")
    desk.say(f"At one in each cycle of a 1 GHz Pi Zero, at best: {300_000 * step / 1e9:.0f} s")

    desk.say(f"\nMeasured here, on {name_machine()}, Python {platform.python_version()}")
    times = []
    for name, network in networks.items():
        alone, together = time_query(network, 1, repeats=50), time_query(network, 100, repeats=5)
        times.append((name, f"{1e6 * alone:.0f} µs", f"{1e6 * together:.0f} µs"))
    desk.table(("network", "one digit", "one of a hundred"), times)
    desk.say(f"Memory taken by this program, drawing and all: {memory_taken()}")
    return draw(costs)


def draw(costs: dict[str, Cost]) -> Figure:
    """Draw how large things are, each mark on the ruler ten times the one before."""
    sizes = {
        "a digit, 28 × 28 pixels": 784,
        "its inputs": 4 * 784,
        "a frame of the camera, 640 × 480": 640 * 480,
        "the talk's weights": costs["talk"].weight_bytes,
        "the shipped weights": costs["shipped"].weight_bytes,
        "a photograph, 12 megapixels in colour": 36_000_000,
        "MNIST's training digits": 60_000 * 784,
        "all of a Pi Zero's memory": PI_ZERO_MEMORY,
    }
    sizes = dict(sorted(sizes.items(), key=lambda each: each[1]))
    figure = new_figure(8.4, 3.4)
    axes = figure.subplots()
    colours = [ORANGE if "weights" in name else BLUE for name in sizes]
    axes.barh(list(sizes), list(sizes.values()), color=colours, height=0.62)
    for row, size in enumerate(sizes.values()):
        axes.text(size * 1.2, row, f"{size:,}", va="center", fontsize=8.5, color=INK)
    axes.set(xscale="log", xlim=(100, 1e10))
    axes.invert_yaxis()
    axes.grid(axis="x", color=FAINT, alpha=0.25)
    axes.set_axisbelow(True)
    label(axes, "How many bytes it takes", "bytes")
    axes.tick_params(axis="y", length=0)
    return figure
