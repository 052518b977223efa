"""Pictures of what was read and how surely, and of what was not."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from tools.coverage import MOST_RISK, Bin, Doubts, Rights, risk_coverage
from tools.figures import save_figure
from tools.files import written_aside
from tools.mnist import Mnist
from tools.scoring import Outcome
from tools.trials import Part, Result, Tally

CELL = (160, 120)
CAPTION_PX = 26
ACROSS = 8
MOST_SHOWN = 96
"""No more failures than this are drawn; the first ones, as good as any."""


def draw_coverage(path: Path, curves: Mapping[str, tuple[Doubts, Rights]]) -> None:
    """Draw the error among the answered against the share that is answered."""
    figure = Figure(figsize=(7, 4.5), layout="tight")
    axes = figure.subplots()
    for name, (doubts, rights) in curves.items():
        coverages, risks = risk_coverage(doubts, rights)
        axes.plot(100 * coverages, 100 * risks, label=name, drawstyle="steps-post")
    axes.axhline(100 * MOST_RISK, color="grey", linestyle=":", label="99.9 % right")
    axes.set(xlabel="answered (%)", ylabel="wrong among the answered (%)", title="Coverage")
    axes.set_xlim(90, 100)
    axes.set_yscale("symlog", linthresh=0.05)
    axes.set_ylim(bottom=0)
    axes.legend()
    save_figure(path, figure)


def draw_tallies(path: Path, tallies: Mapping[str, Tally], title: str) -> None:
    """Draw misread and refused by kind, and what would be wrong if nothing were refused."""
    figure = Figure(figsize=(7, 1.4 + 0.28 * len(tallies)), layout="tight")
    axes = figure.subplots()
    names = list(tallies)[::-1]
    misread = np.array([100 * tallies[name].misread for name in names])
    refused = np.array([100 * tallies[name].refused for name in names])
    axes.barh(names, misread, color="firebrick", label="misread")
    axes.barh(names, refused, left=misread, color="lightgrey", label="refused")
    errors = [100 * tallies[name].error for name in names]
    axes.plot(errors, names, "k|", markersize=9, label="error if nothing were refused")
    axes.set(xlabel="%", title=title)
    axes.legend()
    save_figure(path, figure)


def draw_reliability(path: Path, bins: Sequence[Bin]) -> None:
    """Draw how often answers of each confidence are right; the dots grow with their number."""
    figure = Figure(figsize=(5, 5), layout="tight")
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    sizes = [20 + 300 * each.share for each in bins]
    axes.scatter([b.confidence for b in bins], [b.accuracy for b in bins], sizes, color="black")
    axes.set(xlabel="confidence", ylabel="share that is right", title="Calibration on notes")
    save_figure(path, figure)


def draw_failures(out: Path, part: Part, results: Sequence[Result], mnist: Mnist) -> None:
    """Draw a sheet of what was misread and one of what was refused."""
    for outcome in (Outcome.MISREAD, Outcome.REFUSED):
        path = out / f"{part.replace(' ', '-')}-{outcome}.png"
        failed = [result for result in results if result.outcome is outcome][:MOST_SHOWN]
        if failed:
            draw_sheet(path, failed, mnist)
        else:
            path.unlink(missing_ok=True)  # an earlier run's would be taken for this one's


def draw_sheet(path: Path, results: Sequence[Result], mnist: Mnist) -> None:
    """Draw the frames of some results side by side, what was said of each below it."""
    down = -(-len(results) // ACROSS)
    sheet = Image.new("L", (ACROSS * CELL[0], down * (CELL[1] + CAPTION_PX)), 255)
    pen = ImageDraw.Draw(sheet)
    for place, result in enumerate(results):
        frame, _ = result.trial.draw(mnist.test_images, mnist.test_labels)
        corner = place % ACROSS * CELL[0], place // ACROSS * (CELL[1] + CAPTION_PX)
        sheet.paste(_fitted(frame), corner)
        said = result.number or result.reason
        caption = f"{result.trial.kind} {result.trial.index}\n{result.label}: {said}"
        pen.multiline_text((corner[0] + 2, corner[1] + CELL[1]), caption, fill=0, spacing=0)
    with written_aside(path) as file:
        sheet.save(file, "PNG")


def _fitted(frame: NDArray[np.uint8]) -> Image.Image:
    picture = Image.fromarray(frame)
    k = min((CELL[0] - 4) / picture.width, (CELL[1] - 4) / picture.height)
    size = max(1, round(picture.width * k)), max(1, round(picture.height * k))
    return picture.resize(size, Image.Resampling.NEAREST if k > 1 else Image.Resampling.BOX)
