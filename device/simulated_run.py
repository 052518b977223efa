"""`inkling run --simulate`: the appliance on mock pins with a pile of notes for a camera.

It is drawn in the terminal, where there is one, and else told in plain lines.
"""

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from device.answering import READINGS
from device.board import Board
from device.config import Config
from device.pins import simulated_pins
from device.poweroff import NoPowerOff
from device.run_command import load, make_reader, taking_page
from device.service import Service
from device.signals import obeying_signals
from device.snapshot import Observer, Snapshot, State
from device.systemd import Notifier

if TYPE_CHECKING:  # these load numpy
    from device.page.page import Controls
    from device.reading import Frame
    from device.simulation import Pile

log = logging.getLogger(__name__)

Build = Callable[[Observer], Service]


def simulate(args: argparse.Namespace, config: Config) -> None:
    """Run until stopped.

    Raises
    ------
    DeviceError, nn.errors.NetworkError
        What the appliance dies of, see `device.service`.
    """
    pins = simulated_pins()
    with Board(config.board, pins) as board, Notifier.from_environment() as notifier:
        board.show_light("starting")
        pile = _pile(args, config)
        running: list[Service] = []

        def build(observer: Observer) -> Service:
            service = Service(
                lambda _config: LentPile(pile),
                board,
                make_reader,
                config,
                notifier,
                minding(pile, observer, *(() if page is None else (page.observe,))),
                onlooker=None if page is None else page.see,
                load_config=lambda: load(args),
                power_off=NoPowerOff(),
            )
            if page is not None:
                page.connect = lambda: _controls(service, pins, pile, config)
            running.append(service)
            return service

        with pile, taking_page(args, config, is_vital=True) as page:
            _draw(args, config, build, pins, pile, lambda: running[0] if running else None)


def minding(pile: "Pile", *observers: Observer) -> Observer:
    """Let the pile know whether it is looked at in live mode, and tell the observers."""

    def observe(snapshot: Snapshot) -> None:
        pile.show_live(snapshot.state is State.LIVE)
        for observer in observers:
            observer(snapshot)

    return observe


def _controls(service: Service, pins: Any, pile: "Pile", config: Config) -> "Controls":
    from device.page.wiring import simulated_controls
    from device.simulation import SimulatedBoard

    return simulated_controls(service, SimulatedBoard(pins, config.board), pile)


def _draw(
    args: argparse.Namespace,
    config: Config,
    build: Build,
    pins: Any,
    pile: "Pile",
    service: Callable[[], Service | None],
) -> None:
    from device.simulation import SimulatedBoard

    simulated = SimulatedBoard(pins, config.board)
    if not args.plain and _on_terminal():
        try:
            from device.terminal import run_in_terminal
        except ImportError as error:
            log.warning(
                "%s is not installed, so there are plain lines: make setup, or pip install "
                "textual, brings the board",
                error.name,
            )
        else:
            run_in_terminal(build, simulated, pile, config.board)
            return
    from device.plain import run_plain

    if _go_to_one_place():
        logging.getLogger(READINGS).setLevel(logging.WARNING)  # the plain lines say it too
    with obeying_signals(service), contextlib.suppress(SystemExit):
        run_plain(build, simulated, pile)


def _on_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def _go_to_one_place() -> bool:
    """Tell whether whoever reads the plain lines reads the log among them."""
    try:
        return os.path.sameopenfile(1, 2)
    except OSError:  # one of them is closed
        return False


def _pile(args: argparse.Namespace, config: Config) -> "Pile":
    from device.simulation import FolderPile, GeneratedPile

    if args.notes is not None:
        return FolderPile(args.notes)
    import numpy as np

    size = (config.camera.width, config.camera.height)
    return GeneratedPile(np.random.default_rng(args.seed), size)


class LentPile(contextlib.AbstractContextManager["LentPile"]):
    """A pile as a camera that may be closed and opened again while the notes stay as they lie."""

    def __init__(self, pile: "Pile") -> None:
        self._pile = pile

    def capture(self, timeout_s: float) -> "Frame":
        """Photograph the note that lies there."""
        return self._pile.capture(timeout_s)

    def look(self, timeout_s: float) -> "Frame":
        """Look at the note that lies there."""
        return self._pile.look(timeout_s)

    def close(self) -> None:
        """Leave the pile where it is."""

    def __exit__(self, *_: object) -> None:
        self.close()
