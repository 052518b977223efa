"""`inkling-desk experiment`: how accuracy hangs on the way that a network is made and trained."""

import argparse
import os
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, as_completed
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from nn.activations import ACTIVATIONS
from tools.errors import BadOption, WorkerLost
from tools.experiments.executors import on_cluster, on_cores
from tools.experiments.points import Digits, Point, Run, find_digits, measure, missing, plan_runs
from tools.experiments.sweeps import SWEEPS, THE_TALKS, Sweep, Value, all_points
from tools.experiments.table import KINDS, Table

HIDDEN_ACTIVATIONS = tuple(name for name in ACTIVATIONS if name != "softmax")

LIMITS: dict[str, tuple[float, float]] = {
    "learning_rate": (1e-6, 100.0),
    "epochs": (1, 1_000),
    "hidden_nodes": (1, 10_000),
    "examples": (1, 60_000),
    "rotation_deg": (0.0, 180.0),
    "layers": (1, 20),
    "batch_size": (1, 60_000),
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inkling-desk experiment`."""
    parser.add_argument(
        "vary", nargs="*", metavar="VARY", type=_sweep_name,
        help=f"what to vary: {', '.join(SWEEPS)}, or all (default: the talk's three plots, "
        f"{', '.join(THE_TALKS)})",
    )  # fmt: skip
    parser.add_argument("--values", nargs="+", metavar="V", help="of the one thing that is varied")
    parser.add_argument(
        "--seeds", type=int, default=3, metavar="N", help="repeat each point so often (default: 3)"
    )
    parser.add_argument("--mnist", type=Path, metavar="FOLDER", help="default: downloaded")
    parser.add_argument(
        "--out", type=Path, default=Path("experiments"), metavar="FOLDER",
        help="where the table of all points and the picture go; points that the table has are "
        "not measured again (default: experiments)",
    )  # fmt: skip
    parser.add_argument(
        "--workers", type=int, default=os.cpu_count() or 1, metavar="N",
        help="processes to compute in (default: one for each core)",
    )  # fmt: skip
    parser.add_argument(
        "--dask", metavar="ADDRESS",
        help="compute on the workers of this Dask scheduler instead, such as tcp://host:8786; "
        "each needs this program and the digits",
    )  # fmt: skip
    rest = parser.add_argument_group("what stays as it is, by default as in the talk")
    for name, kind in KINDS.items():
        if name != "seed":
            usual = getattr(Point(), name)
            rest.add_argument(
                f"--{name.replace('_', '-')}", dest=name, type=kind, default=usual,
                help=f"default: {usual}",
            )  # fmt: skip


def main(args: argparse.Namespace) -> int:
    """Measure what isn't known yet, and draw what is."""
    base, sweeps = find_base(args), find_sweeps(args)
    if not 1 <= args.seeds <= 1_000:
        raise BadOption(f"--seeds {args.seeds}: give 1 to 1000")
    if not 1 <= args.workers <= 256:
        raise BadOption(f"--workers {args.workers}: give 1 to 256")
    points = all_points(sweeps, base, args.seeds)
    digits = find_digits(args.mnist, max(point.examples for point in points))
    console = Console(highlight=False, soft_wrap=True)
    table = Table(args.out / "experiment.csv", digits.digest)
    if table.was_torn:
        console.print(f"{table.path}: its last line was torn; taken away", markup=False)
    wanted = missing(points, table.accuracies)
    console.print(f"{len(points)} points, {len(points) - len(wanted)} of them known already")
    where = on_cluster(args.dask, console) if args.dask else on_cores(args.workers)
    try:
        if wanted:
            run_all(plan_runs(wanted), digits, where, table, console)
    except KeyboardInterrupt:
        left = len(missing(points, table.accuracies))
        console.print(f"interrupted: {left} points left; the same command goes on from here")
        return 130
    finally:
        picture = args.out / "experiment.png"
        show(sweeps, base, args.seeds, table, digits.tested, picture, console)
    return 0


def run_all(
    runs: Sequence[Run],
    digits: Digits,
    where: AbstractContextManager[Executor],
    table: Table,
    console: Console,
) -> None:
    """Measure every run, with a bar of the work that is left and a line for each run."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    # Runs end minutes apart, so the pace is that of the whole sweep.
    bar = Progress(
        *columns, console=console, disable=not console.is_terminal, speed_estimate_period=1e6
    )
    with where as executor, bar:
        task = bar.add_task(f"{len(runs)} trainings", total=sum(run.cost for run in runs))

        def finish(run: Run, accuracies: Sequence[float]) -> None:
            table.add(zip(run.points, accuracies, strict=True))
            console.print(describe_run(run, accuracies))
            bar.advance(task, run.cost)

        sweep(runs, digits, executor, finish)


def sweep(
    runs: Iterable[Run],
    digits: Digits,
    executor: Executor,
    finish: Callable[[Run, Sequence[float]], None],
) -> None:
    """Have all runs measured; `finish` is told of each as it ends, also of the last before a stop.

    Raises
    ------
    WorkerLost
        A process of this machine was killed; on a cluster another takes its work.
    """
    waiting: dict[Future[list[float]], Run] = {
        executor.submit(measure, run, digits): run for run in runs
    }
    try:
        for future in as_completed(tuple(waiting)):
            accuracies = future.result()
            finish(waiting.pop(future), accuracies)
    except BrokenExecutor as error:
        raise WorkerLost(
            "a worker process was killed, perhaps for want of memory; "
            "the same command goes on from here, with fewer --workers if need be"
        ) from error
    finally:
        for future, run in waiting.items():
            future.cancel()
            if future.done() and not future.cancelled() and not future.exception():
                finish(run, future.result())


def describe_run(run: Run, accuracies: Sequence[float]) -> str:
    """One training in one line: what differs from the talk's network, and how well it reads."""
    point, usual = run.points[-1], Point()
    own = [
        f"{name.replace('_', ' ')} {getattr(point, name)}"
        for name in KINDS
        if name == "seed" or (name != "epochs" and getattr(point, name) != getattr(usual, name))
    ]
    read = [f"{a:.2%} after {p.epochs}" for p, a in zip(run.points, accuracies, strict=True)]
    return f"{', '.join(own)}: {', '.join(read)}"


def show(
    sweeps: Sequence[Sweep],
    base: Point,
    seeds: int,
    table: Table,
    tested: int,
    path: Path,
    console: Console,
) -> None:
    """Print and draw what is known of each sweep."""
    # matplotlib loads slowly
    from tools.experiments.drawing import draw_sweeps, gather_results, table_rows
    from tools.lessons.desk import table_text
    from tools.lessons.drawing import save_picture

    results = {s.title: gather_results(s, base, seeds, table.accuracies) for s in sweeps}
    for each in sweeps:
        if results[each.title]:
            headings = (each.title, "read right", "spread", "seeds")
            text = table_text(headings, table_rows(results[each.title]))
            console.print(f"\n{text}", markup=False)
    if any(results.values()):
        save_picture(path, draw_sweeps(sweeps, base, seeds, table.accuracies, tested))
        console.print(f"\ndrawn as {path}, from {table.path}", markup=False)


def find_sweeps(args: argparse.Namespace) -> list[Sweep]:
    """The sweeps asked for."""
    names = list(SWEEPS) if "all" in args.vary else list(dict.fromkeys(args.vary or THE_TALKS))
    if args.values is None:
        return [SWEEPS[name] for name in names]
    if len(args.vary) != 1 or len(names) != 1:
        raise BadOption("--values: name the one thing that takes them, such as learning-rate")
    sweep = SWEEPS[names[0]]
    values = {_value(sweep.parameter, text): None for text in args.values}
    in_order = values if sweep.parameter == "activation" else sorted(values, key=float)
    return [replace(sweep, values=tuple(in_order))]


def find_base(args: argparse.Namespace) -> Point:
    """The point that the sweeps start from."""
    given = {name: _value(name, str(getattr(args, name))) for name in KINDS if name != "seed"}
    return Point(**given)  # type: ignore[arg-type]  # each is of its parameter's kind


def _value(parameter: str, text: str) -> Value:
    """One value of a parameter, within its limits."""
    kind = KINDS[parameter]
    where = f"--{parameter.replace('_', '-')} {text}"
    if kind is str:
        if text not in HIDDEN_ACTIVATIONS:
            raise BadOption(f"{where}: give {', '.join(HIDDEN_ACTIVATIONS)}")
        return text
    least, most = LIMITS[parameter]
    try:
        value: Value = kind(text)
        if least <= float(value) <= most:
            return value
    except ValueError:
        pass
    number = "a whole number" if kind is int else "a number"
    raise BadOption(f"{where}: give {number} from {least:g} to {most:g}")


def _sweep_name(text: str) -> str:
    if text in SWEEPS or text == "all":
        return text
    raise argparse.ArgumentTypeError(f"{text!r} can't be varied; known: {', '.join(SWEEPS)}, all")
