"""`inkling run`: join the parts into the appliance, on a Pi or simulated.

The board comes first and its light with it, then everything else that takes long to import.
"""

import argparse
import contextlib
import errno
import importlib.util
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from device.board import Board
from device.camera import PiCamera
from device.config import BoardConfig, Config, load_config
from device.errors import BadConfig, BoardError, DeviceError
from device.first_light import FirstLight
from device.pins import load_lgpio
from device.service import Service
from device.signals import obeying_signals
from device.systemd import Notifier
from device.weights import Reads

if TYPE_CHECKING:  # these import numpy, which takes seconds on a Zero
    from device.page.page import Page

log = logging.getLogger(__name__)


SIMULATED = Config(board=BoardConfig(displays=("seven_segment", "ten_leds"), hold="live"))
"""The defaults of a simulated board, where there is nothing to solder."""


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
    config = load(args)
    logging.basicConfig(
        stream=sys.stderr,
        level=config.service.log.upper(),
        format="%(levelname)s: %(message)s",  # the journal adds the time
    )
    if args.simulate:
        from device.simulated_run import simulate

        simulate(args, config)
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


def configure(args: argparse.Namespace, *more: str) -> Config:
    """Put the configuration of a run together; a simulated board has more to look at.

    Raises
    ------
    BadConfig
        With one line that says where the mistake is.
    """
    words = [*args.set, *more]
    if args.simulate:
        # The user's own pins may leave no room for more. A mistake is found again below.
        with contextlib.suppress(BadConfig):
            return load_config(args.config, words, SIMULATED)
    return load_config(args.config, words)


def load(args: argparse.Namespace) -> Config:
    """Put the configuration together that `inkling run` was called with, see `configure`."""
    return configure(args, *(["page.enabled=true"] if args.page or args.browser else []))


def _run(args: argparse.Namespace, config: Config) -> None:
    with _board(config, args.first_light) as board, Notifier.from_environment() as notifier:
        board.show_light("starting")
        with taking_page(args, config, is_vital=False) as page:
            service = Service(
                PiCamera,
                board,
                make_reader,
                config,
                notifier,
                None if page is None else page.observe,
                onlooker=None if page is None else page.see,
                load_config=lambda: load(args),
            )
            if page is not None:
                page.connect = lambda: importlib.import_module("device.page.wiring").real_controls(
                    service, board
                )
            with obeying_signals(lambda: service):
                _work(service)


@contextlib.contextmanager
def taking_page(
    args: argparse.Namespace, config: Config, *, is_vital: bool
) -> Iterator["Page | None"]:
    """Take the page's port, if there is to be a page; a vital one that can't be is an error."""
    if not config.page.enabled:
        yield None
        return
    from device.page.page import NoPage, Page

    try:
        page = Page(config)
    except OSError as error:
        words = why_no_page(error)
        if is_vital:
            raise NoPage(words) from error
        log.error("no page: %s", words)
        yield None
        return
    if args.browser:
        page.served = _open_browser
    with contextlib.closing(page):
        yield page


def why_no_page(error: OSError) -> str:
    """Say why the page's port can't be had; to the unit's hardening the network isn't there."""
    if error.errno == errno.EAFNOSUPPORT:
        return "there is no network for it: systemd/README.md says how the unit lets it have one"
    return str(error)


def _open_browser(address: str) -> None:
    import webbrowser

    if not webbrowser.open(address):
        log.warning("no browser opens: the page is at %s", address)


def _board(config: Config, first_light: FirstLight | None) -> Board:
    try:
        load_lgpio()
        if first_light is not None:
            first_light.let_go()  # only now, so that it is dark for no longer than a blink
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
