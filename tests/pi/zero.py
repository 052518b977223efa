"""A whole Zero starts the appliance, with Debian's kernel and systemd, and reads a note.

Emulated is all of the machine, by QEMU. The camera isn't there: a module that stands in for
picamera2 sees one note, so what picamera2 and libcamera take of time and memory is missing here.
Neither are the interrupts at a line's edges: lgpio looks for the edges instead. Debian's armel
computes without the floating-point unit, unlike Raspberry Pi OS, so it reads more slowly.
Seconds are the emulated Zero's own, at a fixed number of instructions a second, with a card that
answers at once.
"""

from collections.abc import Iterator

import numpy as np

from device.config import BoardConfig
from device.displays import BLANK, SEGMENTS
from device.notes import write_note
from tests.pi import card as cards
from tests.pi import emulated
from tests.pi.card import card
from tests.pi.emulated import EmulatedZero
from tests.pi.stage import Unproven
from tools.zero.debian import PROGRAMS

NEEDS = {**PROGRAMS, **cards.NEEDS, **emulated.NEEDS}
NEEDS_ROOT = True

NUMBER, SEED = "7", 5
BOARD = BoardConfig()
WITHOUT = "systemd.mask=inkling.service"
PRESS_S = 60.0
"""Of the Zero's, within which it has to answer."""
MOST_MB = 60.0


def prove() -> Iterator[str]:
    """Boot with the appliance, beside the same without it; then press its button."""
    note = write_note(NUMBER, np.random.default_rng(SEED))
    with card(note) as made, EmulatedZero(made, WITHOUT) as bare, EmulatedZero(made) as zero:
        # The Pi would pull the button's line up; here nothing does.
        zero.drive(BOARD.button, high=True)
        # A service that fails before is told of below.
        zero.wait_for("light", lambda: zero.level(BOARD.light) or "unit" in zero.told)
        light_s = zero.clock_s
        yield tell_machine(zero)
        yield tell_start(zero, light_s, booted_s(bare))
        yield tell_memory(zero)
        yield press(zero)


def booted_s(zero: EmulatedZero) -> float:
    """When multi-user.target was reached."""
    return since_power_on_s(zero, zero.report("booted")["ActiveEnterTimestampMonotonic"])


def since_power_on_s(zero: EmulatedZero, microseconds: str) -> float:
    """A moment of the kernel's clock, which starts when the kernel has unpacked itself."""
    return int(microseconds) / 1e6 + float(zero.report("machine")["kernel_s"])


def tell_machine(zero: EmulatedZero) -> str:
    """Say what it is; raise Unproven where it is no Zero, or the appliance isn't ready on it."""
    machine, unit = zero.report("machine"), zero.report("unit")
    if machine["machine"] != "armv6l" or "Zero" not in machine["model"]:
        raise Unproven(f"that is no Zero: {machine}")
    if unit["ActiveState"] != "active" or unit["NRestarts"] != "0":
        words = "; ".join(zero.report("journal")[-3:])
        raise Unproven(f"the service is {unit['ActiveState']}, not ready: {words}")
    return f"{machine['model']}, {machine['machine']}, kernel {machine['kernel']}: READY"


def tell_start(zero: EmulatedZero, light_s: float, alone_s: float) -> str:
    """Say when what happened."""
    unit = zero.report("unit")
    exec_s, ready_s = (
        since_power_on_s(zero, unit[f"{name}TimestampMonotonic"])
        for name in ("ExecMainStart", "ActiveEnter")
    )
    if not exec_s < light_s < ready_s:
        raise Unproven(f"exec at {exec_s:.1f} s, light at {light_s:.1f} s, READY at {ready_s:.1f}")
    return (
        f"from power-on: exec {exec_s:.1f} s, light {light_s:.1f} s, READY {ready_s:.1f} s; "
        f"multi-user.target {booted_s(zero):.1f} s, without the appliance {alone_s:.1f} s"
    )


def tell_memory(zero: EmulatedZero) -> str:
    """Say what the daemon takes; raise Unproven where that is too much."""
    found = {name: size / 1024 for name, size in zero.report("memory").items()}
    if found["Rss"] > MOST_MB:
        raise Unproven(f"the daemon has {found['Rss']:.1f} MB; allowed: {MOST_MB:.0f}")
    own = found["Private_Clean"] + found["Private_Dirty"]
    return (
        f"the daemon's memory: RSS {found['Rss']:.1f} MB, PSS {found['Pss']:.1f}, its own "
        f"{own:.1f}; {found['MemAvailable']:.0f} MB are free"
    )


def press(zero: EmulatedZero) -> str:
    """Press the button, until the segments show what is on the note."""
    if shown(zero) != SEGMENTS[BLANK]:
        raise Unproven(f"segments {shown(zero)!r} glow before anything was read")
    began_s = zero.clock_s
    zero.drive(BOARD.button, high=False)

    def answered() -> bool:
        if zero.clock_s > began_s + PRESS_S:
            raise Unproven(f"no {NUMBER} on the segments {PRESS_S:g} s after the press")
        return shown(zero) == SEGMENTS[NUMBER]

    zero.wait_for(f"{NUMBER} on the segments", answered)
    answer_s = zero.clock_s - began_s
    zero.drive(BOARD.button, high=True)
    return f"pressed: after {answer_s:.1f} s the segments' lines show {NUMBER}"


def shown(zero: EmulatedZero) -> str:
    """The segments that glow."""
    levels = zero.levels(BOARD.seven_segment)
    return "".join(name for name, high in zip("abcdefg", levels, strict=True) if high)
