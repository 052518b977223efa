"""`inkling check`: say what is there, what is missing, and how to get it."""

import argparse
import json
import os
import pwd
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

from device.board import Board
from device.camera import camera_holders
from device.config import SYSTEM_FILE, Config
from device.errors import BadConfig, BoardError
from device.output import say
from device.pins import PinsBusy, simulated_pins
from device.run_command import add_config_arguments, configure, make_reader
from device.vitals import HOT_C, power_warnings, temperature_c


class Verdict(StrEnum):
    """How a part is."""

    OK = "ok"
    WARNING = "warning"
    MISSING = "missing"


class Finding(NamedTuple):
    """What was found about one part, and what to do about it."""

    verdict: Verdict
    part: str
    words: str
    advice: str = ""

    def __str__(self) -> str:
        """One line."""
        advice = f": {self.advice}" if self.advice else ""
        return f"{self.verdict:<7}  {self.part}: {self.words}{advice}"


CHILD_S = 60.0
"""How long a child may take; importing numpy takes a Zero several seconds."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what `inkling check` takes."""
    add_config_arguments(parser)
    parser.add_argument(
        "--simulate", action="store_true", help="check what `inkling run --simulate` needs"
    )


def main(args: argparse.Namespace) -> int:
    """Print a line for each part as it is checked; 1 when something is missing."""
    try:
        config = configure(args)
    except BadConfig as error:
        say(str(Finding(Verdict.MISSING, "configuration", str(error))))
        return 1
    missing = False
    for finding in findings(config, args.config, simulate=args.simulate):
        say(str(finding))
        missing = missing or finding.verdict is Verdict.MISSING
    return int(missing)


def findings(config: Config, path: Path | None, *, simulate: bool) -> Iterator[Finding]:
    """Check one part after the other."""
    used = path or (SYSTEM_FILE if SYSTEM_FILE.exists() else None)
    yield Finding(Verdict.OK, "configuration", str(used or "the defaults"))
    numpy = check_import("numpy", "sudo apt install python3-numpy")
    pillow = check_import("PIL", "sudo apt install python3-pil", part="pillow")
    yield from (numpy, pillow)
    if numpy.verdict is pillow.verdict is Verdict.OK:
        yield from check_weights(config.reading.weights)
    else:
        yield Finding(Verdict.MISSING, "weights", "can't be tried without numpy and pillow")
    if simulate:
        yield Finding(Verdict.OK, "camera", "simulated")
        yield from check_board(config, lambda: Board(config.board, simulated_pins()))
    else:
        yield check_camera()
        yield from check_board(config, lambda: Board(config.board))
        yield from check_permissions()
    yield from check_power()
    yield from check_temperature()


def check_import(module: str, advice: str, part: str | None = None) -> Finding:
    """Import a module in a child, which may die of it.

    A wheel that was built for a newer ARM ends a Zero's Python with an illegal instruction.
    """
    part = part or module
    code = f"import {module}; print({module}.__version__)"
    status, output, errors = _child(code)
    if status == 0:
        return Finding(Verdict.OK, part, output)
    if status == -signal.SIGILL:
        words = "not built for this processor (illegal instruction)"
        return Finding(Verdict.MISSING, part, words, f"pip uninstall {part}, then {advice}")
    if f"No module named '{module}'" in errors:
        return Finding(Verdict.MISSING, part, "not installed", advice)
    return Finding(Verdict.MISSING, part, f"can't be imported: {errors}", advice)


def check_weights(weights: str) -> Iterator[Finding]:
    """Load the weights and try their self-test."""
    for path in dict.fromkeys((weights, "")):
        part = "weights" if path else "shipped weights"
        advice = "" if path else "install inkling again"  # what is wrong with a file says itself
        try:
            make_reader(path)
        except (OSError, ValueError) as error:
            yield Finding(Verdict.MISSING, part, str(error), advice)
        else:
            yield Finding(Verdict.OK, part, f"{path or 'loaded'}, self-test passed".lstrip())


def check_camera() -> Finding:
    """Ask picamera2 in a child for its cameras, without opening one."""
    code = (
        "import json; from picamera2 import Picamera2; "
        "print(json.dumps([c['Model'] for c in Picamera2.global_camera_info()]))"
    )
    status, output, errors = _child(code)
    if "No module named 'picamera2'" in errors:
        advice = "sudo apt install python3-picamera2 --no-install-recommends"
        return Finding(Verdict.MISSING, "camera", "picamera2 is not installed", advice)
    if status != 0:
        advice = "sudo apt install --reinstall python3-picamera2"
        return Finding(Verdict.MISSING, "camera", f"picamera2 fails: {errors}", advice)
    models = json.loads(output.splitlines()[-1])
    if not models:
        advice = "check both ends of the ribbon cable, then rpicam-hello --list"
        return Finding(Verdict.MISSING, "camera", "none found", advice)
    holders = camera_holders()
    in_use = f", in use by {', '.join(holders)}" if holders else ""
    return Finding(Verdict.OK, "camera", ", ".join(models) + in_use)


def check_board(config: Config, make_board: Callable[[], Board]) -> Iterator[Finding]:
    """Take the pins for a moment, part by part."""
    try:
        board = make_board()
    except BoardError as error:
        yield Finding(Verdict.MISSING, "pins", str(error))
        return
    with board:
        for part in ("button", "light", *config.board.displays):
            if part not in board.missing:
                pins = getattr(config.board, part, None)
                numbers = [pins] if isinstance(pins, int) else pins or []
                words = " ".join(f"GPIO{number}" for number in numbers) or "standard output"
                yield Finding(Verdict.OK, part, words)
                continue
            why = board.missing[part]
            busy = isinstance(why, PinsBusy)
            advice = "is inkling itself running? sudo systemctl stop inkling, then check again"
            yield Finding(Verdict.MISSING, part, str(why), advice if busy else "")


def check_permissions(root: Path = Path("/")) -> Iterator[Finding]:
    """Say whether this user may use the devices of camera and pins."""
    user = pwd.getpwuid(os.geteuid()).pw_name
    devices = {
        "gpio": ["dev/gpiochip*"],
        "video": ["dev/video*", "dev/media*", "dev/dma_heap/*"],
    }
    for group, patterns in devices.items():
        paths = [path for pattern in patterns for path in sorted(root.glob(pattern))]
        shut = [path for path in paths if not os.access(path, os.R_OK | os.W_OK)]
        part = f"permissions ({group})"
        if not paths:
            words = f"no {' nor '.join('/' + pattern for pattern in patterns)} here"
            yield Finding(Verdict.MISSING, part, words, "is this a Raspberry Pi?")
        elif shut:
            advice = f"sudo adduser {user} {group}, then log in again"
            yield Finding(Verdict.MISSING, part, f"{user} may not use {shut[0]}", advice)
        else:
            yield Finding(Verdict.OK, part, f"{user} may use {', '.join(map(str, paths))}")


def check_power(root: Path = Path("/")) -> Iterator[Finding]:
    """Tell what the firmware says about supply and throttling; nothing where it says nothing."""
    warnings = power_warnings(root)
    if warnings is None:
        return
    if warnings:
        advice = "use a supply of 5 V and 2.5 A on a short cable"
        yield Finding(Verdict.WARNING, "power", "; ".join(warnings), advice)
    else:
        yield Finding(Verdict.OK, "power", "no shortage since the start")


def check_temperature(root: Path = Path("/")) -> Iterator[Finding]:
    """Tell how hot the processor is, where something measures it."""
    celsius = temperature_c(root)
    if celsius is None:
        return
    if celsius >= HOT_C:
        advice = "give it air or a heat sink"
        yield Finding(Verdict.WARNING, "temperature", f"{celsius:.0f} °C", advice)
    else:
        yield Finding(Verdict.OK, "temperature", f"{celsius:.0f} °C")


def _child(code: str) -> tuple[int, str, str]:
    """Run Python code; return status, output, and the last line of the errors."""
    try:
        child = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, timeout=CHILD_S
        )
    except subprocess.TimeoutExpired:
        return 1, "", f"no answer within {CHILD_S:g} s"
    lines = child.stderr.strip().splitlines()
    return child.returncode, child.stdout.strip(), lines[-1] if lines else "it said nothing"
