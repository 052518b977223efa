"""What joins the page to an appliance: on a Pi, or simulated."""

from __future__ import annotations

from typing import TYPE_CHECKING

from device.board import Board
from device.displays import SEGMENTS
from device.page.forms import Lamps
from device.page.page import Controls
from device.service import Service

if TYPE_CHECKING:  # a Pi doesn't simulate
    from device.simulation import Pile, SimulatedBoard


def real_controls(service: Service, board: Board) -> Controls:
    """Let the page press without a button, and see what the displays were told."""

    def press(hold: bool) -> None:
        if hold:
            service.hold()
        else:
            service.press()

    return Controls(
        press=press,
        release=lambda: None,
        look=service.look,
        watch=service.watch,
        reader=lambda: service.reader,
        lamps=lambda: told_lamps(board.sign, board.config.displays),
        press_s=0.1,
        hold_s=0.1,
    )


def simulated_controls(service: Service, board: SimulatedBoard, pile: Pile) -> Controls:
    """Let the page press the simulated button, and look at the simulated pins."""
    return Controls(
        press=lambda _hold: board.press(),
        release=board.release,
        look=service.look,
        watch=service.watch,
        reader=lambda: service.reader,
        lamps=lambda: seen_lamps(board),
        press_s=board.press_s,
        hold_s=board.hold_s,
        pile=pile,
    )


def told_lamps(sign: str, displays: tuple[str, ...]) -> Lamps:
    """Say which lamps are lit for a sign."""
    worth = 15 if sign == "-" else int(sign) if sign.isdecimal() else 0
    return Lamps(
        displays,
        frozenset(SEGMENTS.get(sign, "")) if "seven_segment" in displays else None,
        tuple(sign == str(digit) for digit in range(10)) if "ten_leds" in displays else None,
        tuple(bool(worth & bit) for bit in (8, 4, 2, 1)) if "binary" in displays else None,
        pressed=False,
    )


def seen_lamps(board: SimulatedBoard) -> Lamps:
    """Look at the lamps on simulated pins."""
    displays = board.displays
    return Lamps(
        displays,
        board.segments if "seven_segment" in displays else None,
        board.ten_leds if "ten_leds" in displays else None,
        board.binary if "binary" in displays else None,
        pressed=board.pressed,
    )
