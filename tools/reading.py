"""Reading many labelled pictures exactly as `inkling read` reads them."""

import multiprocessing
import sys
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path

from rich.console import Console
from rich.progress import track

import nn
from device.errors import BadPicture
from device.picture import open_picture
from device.reader import Reader
from tools.errors import BadOption
from tools.labels import LabelledFolder, LabelledPicture
from tools.scoring import Answer


def read_pictures(
    folders: Sequence[LabelledFolder], weights: Path, workers: int
) -> list[list[Answer]]:
    """The answers to every folder's pictures, with a progress bar and warnings on stderr."""
    if not 1 <= workers <= 256:
        raise BadOption(f"--workers {workers}: give 1 to 256")
    get_reader(weights)  # so that bad weights are told before anything starts
    pictures = [picture for folder in folders for picture in folder.pictures]
    answers = iter(_answers(pictures, weights, workers))
    console = Console(stderr=True)
    shown = track(answers, "reading", len(pictures), console=console, transient=True)
    done = [_warned(answer) for answer in shown]
    ordered = iter(done)
    return [[next(ordered) for _ in folder.pictures] for folder in folders]


@cache
def get_reader(weights: Path) -> Reader:
    """The reader with these weights, made once in each process."""
    return Reader(nn.load(weights))


def read_picture(picture: LabelledPicture, weights: Path) -> Answer:
    """What the reader says of one picture."""
    try:
        frame = open_picture(picture.path)
    except BadPicture as error:
        return Answer(picture, None, None, error=str(error))
    reading = get_reader(weights).read(frame)
    return Answer(picture, reading.number, reading.reason, reading.seconds)


def _answers(
    pictures: Sequence[LabelledPicture], weights: Path, workers: int
) -> Iterator[Answer] | Iterable[Answer]:
    if workers == 1:
        yield from (read_picture(picture, weights) for picture in pictures)
        return
    # Forking a process that has threads (numpy's, the progress bar's) can lock up: spawn.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        yield from pool.map(read_picture, pictures, [weights] * len(pictures), chunksize=4)


def _warned(answer: Answer) -> Answer:
    if answer.error is not None:
        print(f"warning: {answer.error}; counted as refused", file=sys.stderr)
    return answer
