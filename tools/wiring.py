"""Draw `docs/wiring.svg`, and write the wiring table, from the default configuration.

    python -m tools.wiring docs/wiring.svg

The 40-pin header stands in the middle. What the appliance needs hangs on its left, the
optional ten LEDs on its right, each list in the order of the pins, so that no wires cross.
"""

import sys
from dataclasses import replace
from pathlib import Path

from device.config import BoardConfig
from device.wiring import PHYSICAL_PINS, Wire, wiring

WIDTH, HEIGHT = 1120, 900
TOP, PITCH = 136, 32
ODD_PAD, EVEN_PAD = 540, 570
ODD_CHIP, EVEN_CHIP, CHIP_WIDTH = 450, 588, 72
"""Left edges of the labels beside the pads, and how wide they are."""

RESISTOR_LEFT, RESISTOR_RIGHT = 300, 350
LEDS_TOP, LEDS_PITCH = 250, 52

POWER = {1: "3V3", 17: "3V3", 2: "5V", 4: "5V"}
GROUNDS = (6, 9, 14, 20, 25, 30, 34, 39)
# Every ground is as good as another: these keep the wires apart.
BUTTON_GROUND, LIGHT_GROUND, DISPLAY_GROUND, LEDS_GROUND = 9, 25, 39, 6

INK, FAINT, SHEET, PALE = "#22262b", "#6d737a", "#ffffff", "#eceef0"
BUTTON, LIGHT, SEGMENTS, LEDS = "#1f5fa8", "#c77700", "#0b7a75", "#8a56bd"

SEGMENT_LINES = {
    "a": (138, 634, 192, 634), "b": (198, 640, 192, 682), "c": (190, 694, 184, 736),
    "d": (124, 742, 178, 742), "e": (124, 694, 118, 736), "f": (132, 640, 126, 682),
    "g": (131, 688, 185, 688),
}  # fmt: skip
USUAL_LEGS = (("g", "f", "−", "a", "b"), ("e", "d", "−", "c", "dp"))
"""The legs of most 10-pin displays, seen from the front: upper row, lower row."""


def draw(board: BoardConfig) -> str:
    """Draw the wiring of a configuration with a seven-segment display, common cathode, as SVG."""
    button, light, *segments = wiring(replace(board, displays=("seven_segment",)))
    leds = wiring(replace(board, displays=("ten_leds",)))[2:]
    used = {button.physical_pin: BUTTON, light.physical_pin: LIGHT}
    used |= {wire.physical_pin: SEGMENTS for wire in segments}
    used |= dict.fromkeys((BUTTON_GROUND, LIGHT_GROUND, DISPLAY_GROUND), INK)
    optional = {wire.physical_pin: LEDS for wire in leds} | {LEDS_GROUND: INK}
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}"'
            ' font-family="DejaVu Sans, Verdana, sans-serif" stroke-linecap="round">',
            f'<rect width="{WIDTH}" height="{HEIGHT}" rx="12" fill="{SHEET}"/>',
            _text(48, 52, "Wiring of inkling", 26, weight="bold"),
            *_pi_zero(),
            *_button(button),
            *_light(light),
            *_display({wire.part[-1]: wire.physical_pin for wire in segments}),
            *_header(used, optional),
            *_ten_leds(leds),
            "</svg>\n",
        ]
    )


def table(board: BoardConfig) -> str:
    """Write the wiring of a configuration as a Markdown table."""
    rows = ["| part | GPIO | pin of the header | how |", "|---|---|---|---|"]
    rows += [f"| {w.part} | GPIO{w.gpio} | {w.physical_pin} | {w.note} |" for w in wiring(board)]
    return "\n".join(rows) + "\n"


def _row(pin: int) -> int:
    return TOP + (pin - 1) // 2 * PITCH


def _header(used: dict[int, str], optional: dict[int, str]) -> list[str]:
    bottom = _row(40) + 18
    shapes = [_box(ODD_PAD - 18, TOP - 18, 66, bottom - TOP + 18, INK, radius=6)]
    gpio = {pin: number for number, pin in PHYSICAL_PINS.items()}
    for pin in range(1, 41):
        odd = pin % 2 == 1
        x, chip = (ODD_PAD, ODD_CHIP) if odd else (EVEN_PAD, EVEN_CHIP)
        name = POWER.get(pin) or ("ground" if pin in GROUNDS else f"GPIO{gpio[pin]}")
        y, fill = _row(pin), used.get(pin, PALE)
        ink = SHEET if pin in used else optional.get(pin, FAINT)
        shapes += [
            _box(chip, y - 11, CHIP_WIDTH, 22, fill, optional.get(pin, "none")),
            _text(chip + CHIP_WIDTH // 2, y + 4, name, 12, ink, "middle"),
            _box(x - 11, y - 11, 22, 22, "#d9b95b", radius=2 if pin == 1 else 11),
            _text(x, y + 4, str(pin), 11, INK, "middle"),
        ]
    return shapes


def _pi_zero() -> list[str]:
    """Draw the Pi as it is to be held, so that pin 1 is found."""
    left, top = 56, 84
    return [
        _box(left, top, 72, 156, "#dfeee0", "#7fa583", radius=8),
        _box(left + 22, top - 4, 28, 26, "#c9cdd2", FAINT, radius=2),
        _text(left + 36, top + 36, "card", 10, FAINT, "middle"),
        _box(left + 57, top + 14, 11, 128, INK, radius=2),
        _box(left + 58, top + 15, 5, 5, "#d9b95b", radius=0),
        _box(left + 18, top + 146, 36, 12, "#f3f3ee", FAINT, radius=2),
        _text(left + 29, top + 141, "camera", 10, FAINT, "middle"),
        _text(148, 100, "Hold the Pi so: memory card", 13),
        _text(148, 118, "at the top, header on the right.", 13),
        _text(148, 142, "Pin 1 is then the upper left one,", 13),
        _text(148, 160, "and its solder pad is square.", 13),
        _text(148, 184, "The camera's ribbon goes in at", 13),
        _text(148, 202, "the lower end, contacts down.", 13),
    ]


def _button(wire: Wire) -> list[str]:
    legs = [(_row(wire.physical_pin), BUTTON), (_row(BUTTON_GROUND), INK)]
    middle = sum(y for y, _ in legs) // 2
    shapes = [_curve(ODD_CHIP, y, 250, y, colour) for y, colour in legs]
    return [
        *shapes,
        _box(196, middle - 28, 56, 56, PALE, INK, radius=6),
        f'<circle cx="224" cy="{middle}" r="17" fill="{BUTTON}"/>',
        _text(180, middle - 4, "button", 14, anchor="end", weight="bold"),
        _text(180, middle + 14, "of four legs use two", 11, FAINT, "end"),
        _text(180, middle + 28, "on a diagonal", 11, FAINT, "end"),
    ]


def _light(wire: Wire) -> list[str]:
    upper, lower, x = 372, 452, 224
    return [
        _curve(ODD_CHIP, _row(wire.physical_pin), RESISTOR_RIGHT, upper, LIGHT),
        _curve(ODD_CHIP, _row(LIGHT_GROUND), RESISTOR_RIGHT, lower, INK),
        _line(f"M {RESISTOR_RIGHT} {upper} H {x} V 396", LIGHT),
        _line(f"M {RESISTOR_RIGHT} {lower} H {x} V 428", INK),
        *_resistor(upper, LIGHT),
        *_led(x, 412, LIGHT),
        _text(180, 402, "status light", 14, anchor="end", weight="bold"),
        _text(180, 420, "an LED, any colour", 11, FAINT, "end"),
        _text(238, 394, "long leg", 11, FAINT),
        _text(238, 440, "short leg, flat side", 11, FAINT),
    ]


def _display(segments: dict[str, int]) -> list[str]:
    """Draw the seven-segment display, its terminals in the order in which wires reach them."""
    pins = segments | {"−": DISPLAY_GROUND}
    # Even pins come round below the header, the lowest of them first.
    order = sorted(pins, key=lambda at: pins[at] if pins[at] % 2 else 100 - pins[at])
    shapes = []
    for place, letter in enumerate(order):
        y, pin = 548 + 36 * place, pins[letter]
        colour = INK if letter == "−" else SEGMENTS
        if pin % 2:
            shapes.append(_curve(ODD_CHIP, _row(pin), RESISTOR_RIGHT, y, colour))
        else:
            shapes.append(_round_the_header(pin, y, colour))
        shapes.append(_line(f"M {RESISTOR_RIGHT} {y} H 270", colour))
        shapes += [] if letter == "−" else _resistor(y, colour)
        shapes.append(f'<circle cx="262" cy="{y}" r="12" fill="{colour}"/>')
        shapes.append(_text(262, y + 5, letter, 14, SHEET, "middle", "bold"))
    return [*shapes, *_face()]


def _round_the_header(pin: int, y: int, colour: str) -> str:
    """Lead a wire from the right side of the header below it to the left."""
    right, outward = EVEN_CHIP + CHIP_WIDTH, 14 + (40 - pin) * 7
    below = _row(40) + 18 + outward
    return _line(
        f"M {right} {_row(pin)} h {outward - 8} q 8 0 8 8 V {below - 8} q 0 8 -8 8 H {ODD_CHIP} "
        f"C {ODD_CHIP - 50} {below} {RESISTOR_RIGHT + 50} {y} {RESISTOR_RIGHT} {y}",
        colour,
    )


def _face() -> list[str]:
    shapes = [
        _text(48, 556, "seven-segment", 14, weight="bold"),
        _text(48, 574, "display, common cathode (−)", 11, FAINT),
        _box(92, 614, 132, 148, "#2b3036", radius=6),
        f'<circle cx="206" cy="742" r="5" fill="{FAINT}"/>',
    ]
    for letter, (x0, y0, x1, y1) in SEGMENT_LINES.items():
        shapes.append(_line(f"M {x0} {y0} L {x1} {y1}", "#e0574a", width=11))
        shapes.append(_text((x0 + x1) // 2, (y0 + y1) // 2 + 4, letter, 11, SHEET, "middle"))
    for letters, y, text_y in zip(USUAL_LEGS, (602, 762), (598, 790), strict=True):
        for place, letter in enumerate(letters):
            x = 110 + 24 * place
            shapes.append(_line(f"M {x} {y} v 12", FAINT, width=3))
            shapes.append(_text(x, text_y, letter, 12, INK, "middle"))
    return [
        *shapes,
        _text(48, 816, "The letters name the segments.", 11, FAINT),
        _text(48, 831, "The legs are as on most displays", 11, FAINT),
        _text(48, 846, "of ten pins, seen from the front:", 11, FAINT),
        _text(48, 861, "check yours with its data sheet.", 11, FAINT),
    ]


def _ten_leds(leds: list[Wire]) -> list[str]:
    """Draw the optional row of LEDs, one a digit."""
    left, rail = 760, 930
    ground = _row(LEDS_GROUND)
    bottom = LEDS_TOP + 9 * LEDS_PITCH
    shapes = [
        f'<rect x="724" y="84" width="348" height="{bottom - 40}" rx="10" fill="none"'
        f' stroke="{LEDS}" stroke-dasharray="5 6"/>',
        _text(744, 112, "If you like: ten LEDs", 14, LEDS, weight="bold"),
        _text(744, 132, "instead of the display or beside it;", 11, FAINT),
        _text(744, 148, 'displays = ["ten_leds"] in config.toml', 11, FAINT),
        _line(f"M {EVEN_CHIP + CHIP_WIDTH} {ground} H {rail} V {bottom}", INK),
    ]
    for place, wire in enumerate(leds):
        y = LEDS_TOP + LEDS_PITCH * place
        shapes += [
            _to_the_right(wire.physical_pin, left, y),
            _line(f"M {left} {y} H {rail}", LEDS),
            *_resistor(y, LEDS, left + 10),
            *_led(870, y, LEDS, turned=True),
            _line(f"M 888 {y} H {rail}", INK),
            _text(964, y + 7, str(place), 20, INK, "middle", "bold"),
        ]
    return [
        *shapes,
        _text(984, LEDS_TOP + 4, "short legs", 11, FAINT),
        _text(984, LEDS_TOP + 18, "to the rail", 11, FAINT),
    ]


def _to_the_right(pin: int, x: int, y: int) -> str:
    edge = EVEN_CHIP + CHIP_WIDTH
    if pin % 2 == 0:
        return _curve(edge, _row(pin), x, y, LEDS)
    between = _row(pin) - PITCH // 2  # an odd pin's wire slips through above its neighbour
    bend = (edge + x) // 2
    return _line(
        f"M {ODD_PAD} {_row(pin) - 11} Q {ODD_PAD} {between} {EVEN_PAD} {between} H {edge} "
        f"C {bend} {between} {bend} {y} {x} {y}",
        LEDS,
    )


def _resistor(y: int, colour: str, left: int = RESISTOR_LEFT) -> list[str]:
    width = RESISTOR_RIGHT - RESISTOR_LEFT
    return [
        _box(left, y - 8, width, 16, SHEET, colour, radius=4),
        _text(left + width // 2, y + 4, "330 Ω", 10, INK, "middle"),
    ]


def _led(x: int, y: int, colour: str, *, turned: bool = False) -> list[str]:
    """Draw an LED, its flat side below, or to the right where turned."""
    turn = f' transform="rotate(-90 {x} {y})"' if turned else ""
    return [
        f'<path d="M {x - 12} {y + 12} A 17 17 0 1 1 {x + 12} {y + 12} Z" fill="#fff3d6"'
        f' stroke="{colour}" stroke-width="2"{turn}/>'
    ]


def _curve(x0: int, y0: int, x1: int, y1: int, colour: str) -> str:
    bend = (x0 + x1) // 2
    return _line(f"M {x0} {y0} C {bend} {y0} {bend} {y1} {x1} {y1}", colour)


def _line(path: str, colour: str, width: float = 2.5) -> str:
    return f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'


def _box(
    x: int, y: int, width: int, height: int, fill: str, edge: str = "none", *, radius: int = 5
) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{width}" height="{height}" rx="{radius}"'
        f' fill="{fill}" stroke="{edge}"/>'
    )


def _text(
    x: int,
    y: int,
    text: str,
    size: int,
    fill: str = INK,
    anchor: str = "start",
    weight: str = "normal",
) -> str:
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" fill="{fill}" text-anchor="{anchor}"'
        f' font-weight="{weight}">{text}</text>'
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(draw(BoardConfig()), encoding="utf-8")
