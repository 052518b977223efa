"""Take the README's picture of the simulated board: `python -m device.screenshot board.svg`."""

import argparse
import asyncio
import sys
from pathlib import Path

import numpy as np

from device.board import Board
from device.config import BoardConfig, Config
from device.pins import simulated_pins
from device.run_command import make_reader
from device.service import Service
from device.simulation import GeneratedPile, SimulatedBoard
from device.systemd import Notifier
from device.terminal import BoardApp

SEED = 1
SIZE = (100, 30)
"""Columns and lines of the terminal in the picture."""

DEADLINE_S = 60.0


async def take_screenshot(seed: int = SEED, size: tuple[int, int] = SIZE, weights: str = "") -> str:
    """Read one note on a board that nobody sees, and draw the terminal.

    Parameters
    ----------
    seed
        The same seed writes the same note.
    size
        (columns, lines) of the terminal.
    weights
        A path to weights, or "" for the shipped ones.

    Returns
    -------
    str
        An SVG picture.

    Raises
    ------
    TimeoutError
        When there is no answer within a minute.
    """
    config = Config(board=BoardConfig(displays=("seven_segment", "ten_leds")))
    pins = simulated_pins()
    pile = GeneratedPile(np.random.default_rng(seed))
    with Board(config.board, pins) as board, Notifier.from_environment() as notifier:
        app = BoardApp(
            lambda observer: Service(
                lambda _: pile, board, lambda _: make_reader(weights), config, notifier, observer
            ),
            SimulatedBoard(pins, config.board),
            pile,
            config.board,
        )
        async with asyncio.timeout(DEADLINE_S), app.run_test(size=size) as pilot:
            while app.light != "ready":
                await pilot.pause(0.05)
            await pilot.press("space")
            while app.light not in ("answered", "refused"):
                await pilot.pause(0.05)
            await pilot.pause(0.5)  # until the button is up and the lamps have been looked at
            picture = app.export_screenshot()
            await pilot.press("q")
    return picture


def main() -> int:
    """Write the picture to the file that is named."""
    parser = argparse.ArgumentParser(prog="python -m device.screenshot", description=__doc__)
    parser.add_argument("picture", type=Path, help="the SVG file to write")
    parser.add_argument("--seed", type=int, default=SEED, help="write another note")
    parser.add_argument("--weights", default="", help="read with these weights")
    args = parser.parse_args()
    args.picture.write_text(asyncio.run(take_screenshot(args.seed, weights=args.weights)), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
