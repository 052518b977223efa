"""`inkling-desk train`: make a network from MNIST and from what the desk generates."""

import argparse
import datetime
import os
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import asdict, fields, replace
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

import nn
from device import preparation
from device.looks import make_sure
from tools import pool
from tools.batches import worker_pool
from tools.calibration import Calibration, calibrate, find_temperature
from tools.download import fetch_mnist
from tools.errors import BadOption, NothingLearnt
from tools.handwriting import add_handwriting, load_handwriting
from tools.mnist import Mnist, load_mnist
from tools.recipe import DECAYS, Recipe, base_recipe, build_network
from tools.training import Epoch, Examples, Training, find_error, join, split


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inkling-desk train`."""
    parser.add_argument(
        "--network",
        default="shipped",
        help="talk, shipped, or layers such as 784-200-10, "
        "conv5x16-norm-pool-conv5x48-norm-pool-128 or, for two networks side by side, "
        "conv5x16-norm-pool-conv5x48g2-norm-pool-conv4x96g2-columns2 (default: shipped)",
    )
    parser.add_argument("--mnist", type=Path, metavar="FOLDER", help="default: downloaded")
    parser.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="default: where the shipped weights are, or NETWORK.npz",
    )
    parser.add_argument(
        "--with",
        type=Path,
        dest="own",
        metavar="FOLDER",
        help="labelled pictures of your own digits to learn too, as from inkling-desk sheet",
    )
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint")
    parser.add_argument(
        "--workers",
        type=_number(int, 0, 64),
        default=os.cpu_count() or 1,
        help="processes that generate examples (default: one for each core); one of them "
        "distorts them while another trains, unless it is 0",
    )
    recipe = parser.add_argument_group("recipe, by default that of the network")
    recipe.add_argument("--seed", type=_number(int, 0, 2**63))
    recipe.add_argument("--epochs", type=_number(int, 1, 10_000))
    recipe.add_argument("--batch-size", type=_number(int, 1, 60_000))
    recipe.add_argument("--learning-rate", type=_number(float, 1e-9, 100.0))
    recipe.add_argument("--optimiser", choices=("descent", "momentum", "adam"))
    recipe.add_argument("--weight-decay", type=_number(float, 0.0, 1.0))
    recipe.add_argument("--decay", choices=DECAYS, help="how the learning rate falls")
    recipe.add_argument("--augment", action=argparse.BooleanOptionalAction)
    recipe.add_argument("--examples", type=_number(int, 0, 10**7), help="generated beside MNIST")
    recipe.add_argument("--held-out", type=_number(int, 0, 10**6), help="digits for validation")
    recipe.add_argument(
        "--settling", type=_number(float, 0.0, 1.0), help="last share of the epochs, distorted less"
    )
    recipe.add_argument(
        "--average", type=_number(float, 0.0, 0.99999), help="decay of the mean of the weights"
    )
    recipe.add_argument(
        "--patience", type=_number(int, 0, 10_000), help="epochs without gain before stopping"
    )


def main(args: argparse.Namespace) -> int:
    """Train as asked, keeping the best so far when interrupted."""
    recipe, out = find_recipe(args), find_out(args)
    checkpoint = out.with_suffix(".checkpoint.npz")
    console = Console(highlight=False)
    training = Training(build_network(recipe), recipe)
    if args.resume:
        training.restore(checkpoint)
    mnist = load_mnist(args.mnist or fetch_mnist())
    own = load_handwriting(args.own) if args.own else None
    validation: dict[str, Examples] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    bar = Progress(*columns, console=console, disable=not console.is_terminal)
    interrupted = False
    try:
        with bar, worker_pool(min(args.workers, 1) if recipe.augment else 0) as workers:
            examples, validation = gather_examples(recipe, mnist, args.workers, bar)
            if own is not None:
                told = f"{args.own}: {len(own)} digits of your own"
                console.print(told, markup=False, soft_wrap=True)
                examples = add_handwriting(examples, own)
            run(training, examples, validation, checkpoint, workers, bar)
    except KeyboardInterrupt:
        interrupted = True
    if training.best is None:
        raise NothingLearnt("interrupted before the first epoch ended: nothing to keep")
    card = keep_best(training, mnist, validation, out)
    if interrupted:
        best = training.best_epoch.number
        console.print(f"interrupted: kept epoch {best}, the best so far; --resume goes on")
    else:
        checkpoint.unlink(missing_ok=True)
    error = card.accuracy["mnist_test_error"]
    console.print(f"{out}: MNIST test error {error:.2%}", markup=False, soft_wrap=True)
    return 0


def find_recipe(args: argparse.Namespace) -> Recipe:
    """The network's recipe with what the options change of it."""
    names = {each.name for each in fields(Recipe)} - {"network"}
    given = {name: value for name, value in vars(args).items() if name in names}
    return replace(
        base_recipe(args.network),
        **{name: value for name, value in given.items() if value is not None},
    )


def find_out(args: argparse.Namespace) -> Path:
    """Where to write, known to be writable before hours are spent."""
    shipped = args.network == "shipped"
    out: Path = args.out or (nn.SHIPPED_WEIGHTS if shipped else Path(f"{args.network}.npz"))
    if out.suffix != ".npz":
        raise BadOption(f"--out {out}: weights are kept in a file that ends in .npz")
    out.parent.mkdir(parents=True, exist_ok=True)
    if out.is_dir() or not os.access(out.parent, os.W_OK):
        raise BadOption(f"--out {out}: cannot be written; give a file in a folder of yours")
    return out


def run(
    training: Training,
    examples: Examples,
    validation: dict[str, Examples],
    checkpoint: Path,
    workers: Executor | None,
    bar: Progress,
) -> None:
    """Train until it is over, with a bar and a line for each epoch."""
    recipe = training.recipe
    held = ", ".join(f"{len(held)} {name}" for name, held in validation.items())
    told = f"{recipe.network}: {len(examples)} examples" + (held and f", validated on {held}")
    bar.console.print(told, soft_wrap=True)
    task = bar.add_task("", total=recipe.epochs * len(examples))
    bar.advance(task, len(training.history) * len(examples))
    while not training.is_over:
        bar.update(task, description=f"epoch {len(training.history) + 1}/{recipe.epochs}")
        epoch = training.run_epoch(
            examples, validation, workers=workers, advance=lambda count: bar.advance(task, count)
        )
        training.save(checkpoint)
        bar.console.print(describe(epoch, recipe.epochs), soft_wrap=True)


def gather_examples(
    recipe: Recipe, mnist: Mnist, workers: int, bar: Progress
) -> tuple[Examples, dict[str, Examples]]:
    """What to train on and what to validate on; the test digits are neither."""
    digits = Examples(mnist.train_images, mnist.train_labels)
    if recipe.held_out >= len(digits):
        raise BadOption(f"--held-out {recipe.held_out}: there are {len(digits)} training digits")
    if not recipe.held_out:
        return _with_generated(digits, recipe.examples, recipe, workers, bar), {}
    rng = np.random.default_rng([recipe.seed, recipe.held_out])
    digits, held_out = split(digits, recipe.held_out, rng)
    validation = {"digits": held_out}
    some = recipe.examples // 10
    if recipe.augment and some:
        # The held-out digits drawn into generated glyphs: no training digit is among them.
        validation["generated"] = _generate(held_out, some, recipe, workers, bar)
    return _with_generated(digits, recipe.examples, recipe, workers, bar), validation


def _with_generated(
    digits: Examples, count: int, recipe: Recipe, workers: int, bar: Progress
) -> Examples:
    if not (recipe.augment and count):
        return digits
    return join([digits, _generate(digits, count, recipe, workers, bar)])


def _generate(
    digits: Examples, count: int, recipe: Recipe, workers: int, bar: Progress
) -> Examples:
    task = bar.add_task(f"{count} glyphs", total=count)
    made = pool.load_or_build(
        digits,
        count,
        recipe.seed,
        workers=max(1, workers),
        progress=lambda done: bar.update(task, completed=done),
    )
    bar.remove_task(task)
    return made


def describe(epoch: Epoch, epochs: int) -> str:
    """One epoch in one line."""
    errors = "".join(f", {name} {error:.2%}" for name, error in epoch.errors.items())
    wrong = f", validation error:{errors[1:]}" if errors else ""
    return f"epoch {epoch.number}/{epochs}: loss {epoch.loss:.4f}{wrong}, {epoch.seconds:.0f} s"


def keep_best(
    training: Training, mnist: Mnist, validation: dict[str, Examples], out: Path
) -> nn.Card:
    """Write the best weights and the learning curve; look once at the test digits.

    Confidences are calibrated on all that was held out, so the test digits have
    no say in what is refused.
    """
    from tools.figures import draw_learning_curve  # matplotlib loads slowly

    network, recipe, best = training.plain, training.recipe, training.best_epoch
    assert training.best is not None
    network.weights = training.best
    accuracy = {f"validation_error_{name}": error for name, error in best.errors.items()}
    test = Examples(mnist.test_images, mnist.test_labels)
    accuracy["mnist_test_error"] = find_error(network, test)
    calibration = Calibration(1.0, {}, 0.0)
    if recipe.augment and validation:
        held_out = join(list(validation.values()))
        inputs = nn.scale_inputs(held_out.glyphs.reshape(len(held_out), -1))
        outputs = network.query(inputs)
        temperature = find_temperature(outputs, held_out.labels)
        first = nn.soften(outputs, temperature)
        seen = make_sure(network, temperature, held_out.glyphs, first)
        calibration = calibrate(seen, held_out.labels, temperature)
        accuracy["calibration_error"] = calibration.error
    now = datetime.datetime.now(datetime.UTC)
    card = nn.Card(
        name=f"inkling {recipe.network}",
        preparation=preparation.VERSION,
        labels=(*"0123456789", "none")[: network.outputs],
        trained={**asdict(recipe), "best_epoch": best.number, "date": now.date().isoformat()},
        accuracy=accuracy,
        temperature=calibration.temperature,
        thresholds=calibration.thresholds,
    )
    network.save(out, card, example=nn.scale_inputs(mnist.test_images[0].ravel()))
    draw_learning_curve(out.with_suffix(".png"), training.history, card.name)
    return card


def _number(kind: type[int] | type[float], least: float, most: float) -> Callable[[str], float]:
    """A reader of numbers for argparse, which turns its errors into wrong usage."""

    def read(text: str) -> float:
        number = kind(text)
        if not least <= number <= most:
            raise argparse.ArgumentTypeError(f"{text} is not from {least:g} to {most:g}")
        return number

    read.__name__ = "number"  # what argparse calls it when it isn't one
    return read
