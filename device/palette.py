"""The colours of the simulated board: calm, on a dark ground, lamps brighter than words."""

from textual.theme import Theme

from device.drawing import Colour

GROUND: Colour = (0x10, 0x15, 0x1A)
INK: Colour = (0xD5, 0xDE, 0xE3)
QUIET: Colour = (0x7F, 0x90, 0x9D)
FRAME: Colour = (0x33, 0x41, 0x4C)
ACCENT: Colour = (0x5C, 0xC8, 0xB0)
AMBER: Colour = (0xE5, 0xB5, 0x67)
RED: Colour = (0xF0, 0x71, 0x67)

BOARD: Colour = (0x12, 0x2A, 0x26)
BOARD_EDGE: Colour = (0x2F, 0x6B, 0x5D)
UNLIT: Colour = (0x27, 0x33, 0x31)
GLOW: Colour = (0xFF, 0x6B, 0x4A)
LAMP: Colour = (0xFF, 0xC8, 0x57)


def css(colour: Colour) -> str:
    """Write a colour as a style sheet has it.

    >>> css((18, 42, 38))
    '#122a26'
    """
    return "#{:02x}{:02x}{:02x}".format(*colour)


CALM = Theme(
    name="calm",
    primary=css(ACCENT),
    accent=css(ACCENT),
    warning=css(AMBER),
    error=css(RED),
    foreground=css(INK),
    background=css(GROUND),
    surface=css(GROUND),
    panel=css(GROUND),
    dark=True,
    variables={
        "quiet": css(QUIET),
        "frame": css(FRAME),
        "board": css(BOARD),
        "board-edge": css(BOARD_EDGE),
        "footer-background": css(GROUND),
    },
)
