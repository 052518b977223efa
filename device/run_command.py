"""`inkling run`: join the parts into the appliance, on a Pi or simulated.

The board comes first and its light with it, then everything that takes long to import.
"""

import argparse
import contextlib
import importlib.util
import logging
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from device.board import Board, simulated_pins
from device.camera import PiCamera
from device.config import Config, load_config
from device.errors import BoardError, DeviceError
from device.service import Observer, Reads, Service, Snapshot
from device.systemd import Notifier

if TYPE_CHECKING:  # these import numpy, which takes seconds on a Zero
    from device.page.page import Controls, Page
    from device.reading import Frame
    from device.simulation import Pile

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `inkling run` takes."""
    add_config_arguments(parser)
    parser.add_argument(
        "--simulate", action="store_true", help="simulate camera and pins: needs no Pi"
    )
    parser.add_argument(
        "--notes", type=Path, metavar="FOLDER", help="photograph these pictures (with --simulate)"
    )
    parser.add_argument(
        "--plain", action="store_true", help="print lines, draw no board (with --simulate)"
    )
    parser.add_argument(
        "--seed", type=int, metavar="NUMBER", help="write the same notes again (with --simulate)"
    )
    parser.add_argument(
        "--page", action="store_true", help="serve the page, as --set page.enabled=true does"
    )
    parser.add_argument(
        "--browser", action="store_true", help="serve the page and open it in a browser"
    )
    parser.set_defaults(usage_error=parser.error)


def add_config_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare how a command is configured."""
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="read this, not /etc/inkling/config.toml"
    )
    parser.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="SECTION.KEY=VALUE",
        help="change one key, as in --set camera.width=800",
    )


def main(args: argparse.Namespace) -> int:
    """Run until stopped.

    Raises
    ------
    DeviceError, nn.errors.NetworkError
        What the appliance dies of, see `device.service`.
    """
    if not args.simulate and (args.notes or args.plain or args.seed is not None):
        args.usage_error("--notes, --plain and --seed need --simulate")
    config = _load(args)
    logging.basicConfig(
        stream=sys.stderr,
        level=config.service.log.upper(),
        format="%(levelname)s: %(message)s",  # the journal adds the time
    )
    if args.simulate:
        _simulate(args, config)
    else:
        _run(args, config)
    return 0


def make_reader(weights: str) -> Reads:
    """Make a reader with the weights of a path, or with the shipped ones for "".

    Raises
    ------
    nn.BadWeights
        When they are missing, or fail their self-test.
    """
    import nn
    from device.reader import Reader

    network = nn.load(Path(weights) if weights else nn.SHIPPED_WEIGHTS)
    network.self_test()
    return Reader(network)


def _load(args: argparse.Namespace) -> Config:
    page = ["page.enabled=true"] if args.page or args.browser else []
    return load_config(args.config, [*args.set, *page])


def _run(args: argparse.Namespace, config: Config) -> None:
    with _board(config) as board, Notifier.from_environment() as notifier:
        board.show_light("starting")
        with _page(args, config, is_vital=False) as page:
            service = Service(
                PiCamera,
                board,
                make_reader,
                config,
                notifier,
                None if page is None else page.observe,
                onlooker=None if page is None else page.see,
                load_config=lambda: _load(args),
            )
            if page is not None:
                page.connect = lambda: importlib.import_module("device.page.wiring").real_controls(
                    service, board
                )
            with obeying_signals(lambda: service):
                _work(service)


@contextlib.contextmanager
def _page(args: argparse.Namespace, config: Config, *, is_vital: bool) -> Iterator["Page | None"]:
    """Take the page's port, if there is to be a page; a vital one that can't be is an error."""
    if not config.page.enabled:
        yield None
        return
    from device.page.page import NoPage, Page

    try:
        page = Page(config)
    except NoPage as error:
        if is_vital:
            raise
        log.error("no page: %s", error)
        yield None
        return
    if args.browser:
        page.served = _open_browser
    with contextlib.closing(page):
        yield page


def _open_browser(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        log.warning("no browser opens: the page is at %s", address)


def _board(config: Config) -> Board:
    try:
        return Board(config.board)
    except BoardError as error:
        words = [str(error)]
        if importlib.util.find_spec("picamera2") is None:
            words.append(
                "picamera2 is not installed: "
                "sudo apt install python3-picamera2 --no-install-recommends"
            )
        words.append("without a Pi: inkling run --simulate")
        raise BoardError("; ".join(words)) from error


def _work(service: Service) -> None:
    """Run the service, and end the process hard where the camera would keep it."""
    try:
        service.run()
    except DeviceError as error:
        if service.camera_left_behind:
            log.error("%s", error)
            _leave(1)
        raise
    except SystemExit:
        pass
    if service.camera_left_behind:
        log.warning("the camera would not close: ending without it")
        _leave(0)


def _leave(status: int) -> None:
    """End at once: libcamera waits for its threads at a normal end, and one of them hangs."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(status)


@contextlib.contextmanager
def obeying_signals(service: Callable[[], Service | None]) -> Iterator[None]:
    """SIGTERM and SIGINT end the service, SIGHUP reloads it."""

    def stop(_signal: int, _frame: object) -> None:
        running = service()
        if running is None:
            raise SystemExit(0)
        running.stop()
        if running.working:
            # Loading or reading may take longer than the second there is to end in.
            raise SystemExit(0)

    def reload(_signal: int, _frame: object) -> None:
        if (running := service()) is not None:
            running.reload()

    handlers = {signal.SIGTERM: stop, signal.SIGINT: stop, signal.SIGHUP: reload}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _simulate(args: argparse.Namespace, config: Config) -> None:
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
                observer if page is None else _both(observer, page.observe),
                onlooker=None if page is None else page.see,
                load_config=lambda: _load(args),
            )
            if page is not None:
                page.connect = lambda: _simulated_controls(service, pins, pile, config)
            running.append(service)
            return service

        with pile, _page(args, config, is_vital=True) as page:
            _draw(args, config, build, pins, pile, lambda: running[0] if running else None)


def _both(first: Observer, second: Observer) -> Observer:
    def observe(snapshot: Snapshot) -> None:
        first(snapshot)
        second(snapshot)

    return observe


def _simulated_controls(service: Service, pins: Any, pile: "Pile", config: Config) -> "Controls":
    from device.page.wiring import simulated_controls
    from device.simulation import SimulatedBoard

    return simulated_controls(service, SimulatedBoard(pins, config.board), pile)


def _draw(
    args: argparse.Namespace,
    config: Config,
    build: Callable[[Observer], Service],
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
            log.warning("%s is not installed, so there are plain lines", error.name)
        else:
            run_in_terminal(build, simulated, pile, config.board)
            return
    from device.plain import run_plain

    with obeying_signals(service), contextlib.suppress(SystemExit):
        run_plain(build, simulated, pile)


def _on_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


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
