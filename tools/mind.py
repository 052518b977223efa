"""`inkling-desk mind`: look inside a network."""

import argparse
from collections import Counter
from pathlib import Path

from rich.console import Console

import nn
from tools.download import fetch_mnist
from tools.insight import drawing
from tools.insight.looking import Findings, look
from tools.lessons.desk import Desk
from tools.lessons.drawing import save_picture
from tools.mnist import load_mnist


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inkling-desk mind`."""
    parser.add_argument(
        "--weights", type=Path, default=nn.SHIPPED_WEIGHTS, metavar="FILE",
        help="default: the shipped weights",
    )  # fmt: skip
    add_looking_arguments(parser)
    parser.add_argument(
        "--out", type=Path, default=Path("out/mind"), metavar="FOLDER",
        help="where pictures go (default: out/mind)",
    )  # fmt: skip


def add_looking_arguments(parser: argparse.ArgumentParser) -> None:
    """What is looked at; `inkling-desk report` takes the same."""
    parser.add_argument("--mnist", type=Path, metavar="FOLDER", help="default: downloaded")
    parser.add_argument(
        "--test", type=Path, metavar="FOLDER",
        help="labelled pictures to look for misread ones in (default: MNIST's test digits)",
    )  # fmt: skip
    parser.add_argument(
        "--picture", type=Path, action="append", default=[], metavar="FILE",
        help="find the training digits nearest to it; may be repeated "
        "(default: to the surest of the misread)",
    )  # fmt: skip


def main(args: argparse.Namespace) -> int:
    """Look, tell, and draw."""
    network = nn.load(args.weights)
    mnist = load_mnist(args.mnist or fetch_mnist())
    desk = Desk(Console(), args.out)
    with Console(stderr=True).status(f"looking into {network.card.name}"):
        findings = look(network, mnist, args.test, args.picture)
    tell(desk, findings)
    figures = {
        "imagined": drawing.draw_imagined(findings),
        "weights": drawing.draw_weights(findings),
        "map": drawing.draw_map(findings),
    }
    if findings.score.misread:
        figures["misread"] = drawing.draw_misread(findings.score)
    if findings.queries:
        figures["neighbours"] = drawing.draw_neighbours(findings)
    for name, figure in figures.items():
        save_picture(args.out / f"{name}.png", figure)
    desk.say(f"\ndrawn in {args.out}: {', '.join(f'{name}.png' for name in figures)}")
    return 0


def tell(desk: Desk, findings: Findings) -> None:
    """Print what was found."""
    desk.say(f"{findings.network.card.name}")
    tell_imagined(desk, findings)
    desk.say(
        f"The first layer has {len(findings.weights)} pictures of weights, "
        f"{findings.weights.shape[1]}×{findings.weights.shape[2]}."
    )
    desk.say(
        f"Two directions keep {findings.map.kept:.1%} of how {len(findings.mapped):,} test digits "
        "differ in the last hidden layer."
    )
    tell_misread(desk, findings)
    tell_neighbours(desk, findings)


def tell_imagined(desk: Desk, findings: Findings) -> None:
    """How sure the network is of the digits that it imagined."""
    for way in findings.imagined:
        desk.say(f"\n{way.means}")
        rows = [("answer", *(f"{confidence:.3f}" for confidence in way.confidences))]
        desk.table(("digit imagined", *"0123456789"), rows)


def tell_misread(desk: Desk, findings: Findings) -> None:
    """How many were misread, and what for what."""
    score = findings.score
    refused = f", {score.refused} refused" if score.refused else ""
    desk.say(f"\n{len(score.misread)} of {score.tested:,} misread{refused}")
    if not score.misread:
        return
    rows = [
        (str(each.label), str(each.answer), f"{each.confidence:.1%}", each.where)
        for each in score.misread[:10]
    ]
    desk.say("The surest of them")
    desk.table(("is", "read as", "sure", "where"), rows)
    pairs = Counter((each.label, each.answer) for each in score.misread)
    often = ", ".join(f"{a} as {b} {count}×" for (a, b), count in pairs.most_common(6))
    desk.say(f"Most often: {often}")


def tell_neighbours(desk: Desk, findings: Findings) -> None:
    """What the nearest training digits are."""
    if not findings.queries:
        return
    labels = findings.mnist.train_labels
    desk.say("\nThe nearest training digits, by pixels and as the network sees them")
    rows = [
        (query.name, " ".join(map(str, labels[pixels])), " ".join(map(str, labels[hidden])))
        for query, pixels, hidden in zip(findings.queries, *findings.neighbours, strict=True)
    ]
    desk.table(("picture", "by pixels", "by the network"), rows)
