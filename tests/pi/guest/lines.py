"""Inside the machine: the daemon's button, displays and light, on lines that the kernel has."""

import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import lgpio
import numpy as np
from PIL import Image

from device.config import BoardConfig
from device.notes import write_digits
from device.photographs import Conditions, photograph
from tests.pi.guest.header import (
    BOUNCE_S,
    Finger,
    Header,
    SevenSegments,
    Unseen,
    see_blinks,
    wait_for,
)
from tests.pi.guest.told import tell

BOARD = BoardConfig()
BINARY = (9, 10, 11, 4)
SIZE = (640, 480)
FOLDER = Path("/run/lines")
NUMBERS = (*"0123456789", "1743", None)
"""What is written on the notes; None is a bare sheet."""

BOTH = 'displays = ["seven_segment", "ten_leds"]'
ANODE = f'displays = ["seven_segment", "binary"]\ncommon_anode = true\nbinary = {list(BINARY)}'


def prove() -> Iterator[str]:
    """Press and look."""
    header = Header()
    finger = Finger(header, BOARD.button)
    lay_notes(FOLDER / "notes")
    configure(BOTH)
    with daemon() as appliance:
        wait_for(lambda: appliance.alive() and header.level(BOARD.light), "the light")
        wait_for(lambda: not header.level(BOARD.light), "the end of starting")
        yield "lgpio finds the chip; the light is on while it starts, and winks when it is ready"
        yield from prove_answers(appliance, header, finger)
        yield from prove_bounces(appliance, finger)
        yield from prove_busy(appliance, header)
        yield from prove_reload(appliance, header, finger)
        appliance.end()
    if any(header.levels((BOARD.light, *BOARD.seven_segment, *BINARY))):
        raise Unseen("a lamp is lit after the end")
    with claimed(BOARD.button, BOARD.light, *BOARD.seven_segment, *BINARY):
        yield "SIGTERM: exit status 0, all lamps dark, every line free for others"


class Daemon:
    """The daemon and what it has logged."""

    def __init__(self, process: "subprocess.Popen[bytes]", log: Path) -> None:
        self.process = process
        self._log = log

    def alive(self) -> bool:
        """Raise Unseen when it has died."""
        if self.process.poll() is not None:
            raise Unseen(f"the daemon ended with {self.process.returncode}")
        return True

    def log(self) -> str:
        """Everything it has said, while it lives."""
        self.alive()
        return self._log.read_text()

    def readings(self) -> list[str]:
        """What it read, in order."""
        return re.findall(r"^INFO: (.*) \([\d.]+ s\)$", self.log(), re.MULTILINE)

    def await_readings(self, count: int) -> list[str]:
        """Wait until there are so many."""
        wait_for(lambda: len(self.readings()) >= count, f"reading {count}")
        return self.readings()

    def reload(self) -> None:
        """Have it read its configuration again, and wait until it has."""
        before = self.log().count("reloaded")
        self.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.log().count("reloaded") > before, "the reload")

    def end(self) -> None:
        """Ask it to end, and see that it does so well."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(30)
        if status:
            raise Unseen(f"the daemon ended with {status}")


@contextmanager
def daemon() -> Iterator[Daemon]:
    """A running daemon."""
    log = FOLDER / "log"
    command = [sys.executable, "-m", "tests.pi.guest.daemon", str(FOLDER / "config.toml")]
    with (
        log.open("wb") as file,
        subprocess.Popen([*command, str(FOLDER / "notes")], stderr=file) as process,
    ):
        try:
            yield Daemon(process, log)
        except Unseen as error:
            last = log.read_text().splitlines()[-4:]
            raise Unseen(f"{error}; the daemon said {' | '.join(last)}") from error
        finally:
            process.kill()


def lay_notes(folder: Path) -> None:
    """Photograph a note for each of `NUMBERS`."""
    folder.mkdir(parents=True)
    rng, conditions = np.random.default_rng(0), Conditions(pen=0.06)
    for place, number in enumerate(NUMBERS):
        bare = np.zeros(SIZE[::-1], np.float32)
        ink = bare if number is None else write_digits(number, rng, conditions, SIZE)
        note = photograph(ink, rng, conditions)
        Image.fromarray(note).save(folder / f"{place:02}.png")


def configure(board: str) -> None:
    """Write the configuration."""
    (FOLDER / "config.toml").write_text(f"[board]\nbounce_s = {BOUNCE_S}\n{board}\n")


def prove_answers(appliance: Daemon, header: Header, finger: Finger) -> Iterator[str]:
    """Press for each note, and read the answer from the lines."""
    digit = SevenSegments(header, BOARD.seven_segment)
    for count, number in enumerate("0123456789", 1):
        finger.press()
        appliance.await_readings(count)
        await_sign(digit, number, "on the seven segments")
        lit = header.levels(BOARD.ten_leds)
        if lit != tuple(place == int(number) for place in range(10)):
            raise Unseen(f"the ten LEDs for {number}: {lit}")
    yield "ten presses, ten notes: the right digit on the seven segments and on the ten LEDs"
    finger.press()
    shown: list[str] = []
    wait_for(lambda: changed(digit, shown)[-4:] == list("1743"), "1743 digit by digit")
    finger.press()
    wait_for(lambda: digit.sign == "-", "a dash for a bare sheet")
    yield "a number is shown digit by digit, and a bare sheet is refused with a dash"


def await_sign(digit: SevenSegments, sign: str, where: str) -> None:
    """Wait until a digit shows a sign."""
    wait_for(lambda: digit.sign == sign, f"{sign} {where}")


def changed(digit: SevenSegments, shown: list[str]) -> list[str]:
    """Note a digit that has come since; what is dark parts two of them."""
    sign = digit.sign
    if sign is not None and shown[-1:] != [sign]:
        shown.append(sign)
    return [sign for sign in shown if sign != " "]


def prove_bounces(appliance: Daemon, finger: Finger) -> Iterator[str]:
    """Press a worn button for every note once more; the order tells that none was skipped."""
    before = len(appliance.readings())
    for place in range(len(NUMBERS)):
        finger.press(bounces=9)
        appliance.await_readings(before + place + 1)
    readings = appliance.readings()
    if readings[before:] != readings[:before]:
        raise Unseen(f"a bouncing button read {readings[before:]}")
    yield f"{len(NUMBERS)} presses that bounce nine times each way: one reading each, in order"


def prove_reload(appliance: Daemon, header: Header, finger: Finger) -> Iterator[str]:
    """Read the displays that a reload has brought."""
    digit = SevenSegments(header, BOARD.seven_segment, common_anode=True)
    before = len(appliance.readings())
    for number in "0123456789":
        finger.press()
        appliance.await_readings(before + int(number) + 1)
        await_sign(digit, number, "with a common anode")
        lit = header.levels(BINARY)
        if lit != tuple(bool(int(number) & worth) for worth in (8, 4, 2, 1)):
            raise Unseen(f"the four LEDs for {number}: {lit}")
    yield "after SIGHUP a digit with a common anode and four LEDs in binary show the same"


def prove_busy(appliance: Daemon, header: Header) -> Iterator[str]:
    """Let another program have a line that the daemon wants."""
    with claimed(BINARY[0]):
        configure(ANODE)
        appliance.reload()
        wait_for(lambda: "binary: a pin is busy" in appliance.log(), "the fault")
        see_blinks(header, BOARD.light, 6)
    wait_for(lambda: "pins busy: over" in appliance.log(), "the line given back")
    yield "a line that another program holds: six blinks, and over once it is given back"


@contextmanager
def claimed(*gpios: int) -> Iterator[None]:
    """Hold lines as another program would."""
    chip = lgpio.gpiochip_open(0)
    try:
        for gpio in gpios:
            lgpio.gpio_claim_output(chip, gpio, 0)
        yield
    except lgpio.error as error:
        raise Unseen(f"a line is not free: {error}") from error
    finally:
        lgpio.gpiochip_close(chip)


if __name__ == "__main__":
    tell(prove)
