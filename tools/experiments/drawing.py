"""The picture of an experiment: accuracy against what was varied, with the spread."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, NullLocator

from tools.experiments.points import Point
from tools.experiments.sweeps import Sweep, Value
from tools.lessons.drawing import BLUE, FAINT, INK, label, new_figure

Accuracies = Mapping[Point, float]


@dataclass(frozen=True, slots=True)
class Result:
    """The accuracies at one value, one for each seed that is finished: at least one."""

    value: Value
    accuracies: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Over the seeds."""
        return float(np.mean(self.accuracies))

    @property
    def spread(self) -> float:
        """The standard deviation over the seeds; 0 for a single one, which tells nothing of it."""
        several = len(self.accuracies) > 1
        return float(np.std(self.accuracies, ddof=1)) if several else 0.0


def gather_results(sweep: Sweep, base: Point, seeds: int, known: Accuracies) -> list[Result]:
    """What is known at each value of a sweep; values without any finished seed are left out."""
    results = []
    for value in sweep.values:
        points = sweep.points_at(base, value, seeds)
        accuracies = tuple(known[point] for point in points if point in known)
        if accuracies:
            results.append(Result(value, accuracies))
    return results


def draw_sweeps(
    sweeps: Sequence[Sweep], base: Point, seeds: int, known: Accuracies, tested: int
) -> Figure:
    """One chart for each sweep of which something is known."""
    charts = [(sweep, gather_results(sweep, base, seeds, known)) for sweep in sweeps]
    charts = [(sweep, results) for sweep, results in charts if results]
    columns = min(3, len(charts))
    rows = -(-len(charts) // columns)
    figure = new_figure(4.2 * columns if columns > 1 else 6.5, 3.9 * rows + 0.7)
    figure.suptitle(
        f"Share of MNIST's {tested:,} test digits read right\n"
        f"mean of {seeds} seeds, its band one standard deviation, a dot for each seed",
        color=INK, fontsize=10.5, x=0.01, ha="left",
    )  # fmt: skip
    places = list(figure.subplots(rows, columns, squeeze=False).flat)
    for axes, (sweep, results) in zip(places, charts, strict=False):
        draw_sweep(axes, sweep, results, base)
    for axes in places[len(charts) :]:
        axes.set_visible(False)
    return figure


def draw_sweep(axes: Axes, sweep: Sweep, results: Sequence[Result], base: Point) -> None:
    """Draw the mean as a line, its spread as a band and every seed as a dot."""
    is_named = isinstance(results[0].value, str)
    across = range(len(results)) if is_named else [result.value for result in results]
    means = 100 * np.array([result.mean for result in results])
    spreads = 100 * np.array([result.spread for result in results])
    for place, result in zip(across, results, strict=True):
        dots = 100 * np.array(result.accuracies)
        axes.plot([place] * len(dots), dots, "o", color=FAINT, markersize=3, zorder=3)
    if is_named:
        axes.errorbar(across, means, spreads, fmt="o", color=BLUE, capsize=5, markersize=6)
        axes.set_xticks(across, [str(result.value) for result in results])
        axes.margins(x=0.3)
    else:
        axes.fill_between(across, means - spreads, means + spreads, color=BLUE, alpha=0.18, lw=0)
        axes.plot(across, means, "-", color=BLUE, linewidth=1.8)
    if sweep.is_wide:
        axes.set_xscale("log")
        axes.set_xticks(across, [f"{value:,}" for value in across])
        axes.xaxis.set_minor_locator(NullLocator())
    elif isinstance(results[0].value, int):
        axes.xaxis.set_major_locator(MaxNLocator(steps=[1, 2, 5, 10], integer=True))
    axes.grid(axis="y", color=FAINT, alpha=0.25, linewidth=0.6)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{share:g} %"))
    label(axes, sweep.title, f"with {describe_rest(sweep, base)}")
    axes.xaxis.label.set(fontsize=8, color=FAINT)


def describe_rest(sweep: Sweep, base: Point) -> str:
    """Everything that this sweep leaves as it is, in two lines."""
    rest = asdict(base)
    parts = [f"learning rate {rest['learning_rate']:g}", f"{rest['epochs']} epochs"]
    names = ["learning_rate", "epochs"]
    nodes = " + ".join(["hidden"] * base.layers) if base.layers > 1 else "hidden"
    for name, text in (
        ("hidden_nodes", f"{base.hidden_nodes} {nodes} nodes"),
        ("examples", f"{base.examples:,} training digits"),
        ("activation", base.activation),
    ):
        names.append(name)
        parts.append(text)
    parts = [text for name, text in zip(names, parts, strict=True) if name != sweep.parameter]
    if base.rotation_deg and sweep.parameter != "rotation_deg":
        parts.append(f"turned by ±{base.rotation_deg:g}° added")
    parts.append("example by example" if base.batch_size == 1 else f"batches of {base.batch_size}")
    middle = -(-len(parts) // 2)
    return ", ".join(parts[:middle]) + ",\n" + ", ".join(parts[middle:])


def table_rows(results: Sequence[Result]) -> list[tuple[str, ...]]:
    """A row for each value, ready to print: value, mean, spread, seeds."""
    return [
        (
            f"{result.value}",
            f"{result.mean:.2%}",
            f"{result.spread:.2%}" if len(result.accuracies) > 1 else "–",
            str(len(result.accuracies)),
        )
        for result in results
    ]
