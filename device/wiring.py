"""Which part goes to which pin of the header: the table that README and the drawing show."""

from typing import NamedTuple

from device.config import BoardConfig

PHYSICAL_PINS = {
    2: 3, 3: 5, 4: 7, 14: 8, 15: 10, 17: 11, 18: 12, 27: 13, 22: 15, 23: 16, 24: 18, 10: 19,
    9: 21, 25: 22, 11: 23, 8: 24, 7: 26, 0: 27, 1: 28, 5: 29, 6: 31, 12: 32, 13: 33, 19: 35,
    16: 36, 26: 37, 20: 38, 21: 40,
}  # fmt: skip
"""GPIO number to position on the 40-pin header, the same on every Pi since the B+."""

_RESISTOR = "through 330 ohms"


class Wire(NamedTuple):
    """One wire: the part's end of it, and where it goes."""

    part: str
    gpio: int
    physical_pin: int
    note: str


def wiring(board: BoardConfig) -> list[Wire]:
    """List the wires that a configuration asks for, in the order one would make them."""
    wires = [("button", board.button, "other side to ground; pulled up inside the Pi")]
    lamp_note = _lamp_note(board.active_high)
    wires.append(("status light", board.light, lamp_note))
    if "seven_segment" in board.displays:
        common = "3V3" if board.common_anode else "ground"
        note = f"{_RESISTOR}; common {'anode' if board.common_anode else 'cathode'} to {common}"
        wires += [
            (f"segment {segment}", gpio, note)
            for segment, gpio in zip("abcdefg", board.seven_segment, strict=True)
        ]
    if "ten_leds" in board.displays:
        wires += [(f"LED {digit}", gpio, lamp_note) for digit, gpio in enumerate(board.ten_leds)]
    if "binary" in board.displays:
        wires += [
            (f"LED worth {worth}", gpio, lamp_note)
            for worth, gpio in zip((8, 4, 2, 1), board.binary, strict=True)
        ]
    return [Wire(part, gpio, PHYSICAL_PINS[gpio], note) for part, gpio, note in wires]


def _lamp_note(active_high: bool) -> str:
    return f"{_RESISTOR}; other leg to {'ground' if active_high else '3V3'}"
