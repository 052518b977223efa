"""The daemon as `inkling run` composes it, on real lines, with a pile of notes for a camera."""

import logging
import sys
from pathlib import Path

from device.board import Board
from device.config import load_config
from device.run_command import make_reader
from device.service import Service
from device.signals import obeying_signals
from device.simulation import FolderPile
from device.systemd import Notifier


def main(file: Path, notes: Path) -> None:
    """Run until stopped."""
    logging.basicConfig(stream=sys.stderr, level="INFO", format="%(levelname)s: %(message)s")
    config = load_config(file)
    with Board(config.board) as board, Notifier() as notifier:
        board.show_light("starting")
        service = Service(
            lambda _: FolderPile(notes),
            board,
            make_reader,
            config,
            notifier,
            load_config=lambda: load_config(file),
        )
        with obeying_signals(lambda: service):
            service.run()


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
