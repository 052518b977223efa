"""`inkling-desk report`: all that the mind shows, as one page to pass on."""

import argparse
from pathlib import Path

from rich.console import Console

import nn
from tools.download import fetch_mnist
from tools.errors import BadOption
from tools.files import written_aside
from tools.insight.looking import look
from tools.insight.page import build_page
from tools.mind import add_looking_arguments
from tools.mnist import load_mnist


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `inkling-desk report`."""
    parser.add_argument(
        "weights", type=Path, nargs="*", metavar="WEIGHTS", default=[nn.SHIPPED_WEIGHTS],
        help="one file or several, side by side (default: the shipped weights)",
    )  # fmt: skip
    add_looking_arguments(parser)
    parser.add_argument(
        "--out", type=Path, default=Path("out/report.html"), metavar="FILE",
        help="default: out/report.html",
    )  # fmt: skip


def main(args: argparse.Namespace) -> int:
    """Look into each network and write the page."""
    if args.out.is_dir():
        raise BadOption(f"--out {args.out}: is a folder; give a file that ends in .html")
    networks = [nn.load(path) for path in args.weights]
    mnist = load_mnist(args.mnist or fetch_mnist())
    views = []
    for network in networks:
        with Console(stderr=True).status(f"looking into {network.card.name}"):
            views.append(look(network, mnist, args.test, args.picture))
    page = build_page(views).encode("utf-8")
    with written_aside(args.out) as file:
        file.write(page)
    print(f"{args.out}: {len(page) / 1e6:.1f} MB, whole in itself: open it in any browser")
    return 0
