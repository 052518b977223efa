"""The conditions that the reader is measured under, each by its name.

A condition is an ordinary note (white paper, a pen, a lamp) with one thing
made hard; the mixed kitchen draws everything at once, as training does.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from device.photographs import Conditions, draw_conditions

Rng = np.random.Generator
Colour = tuple[float, float, float]

LUMA = np.array([0.299, 0.587, 0.114])
"""What red, green and blue give to the grey level that the camera hands over (ITU-R BT.601)."""

WHITE = (0.9, 0.9, 0.88)
YELLOW = (0.9, 0.85, 0.35)
INKS: tuple[Colour, ...] = ((0.12, 0.12, 0.12), (0.1, 0.15, 0.5), (0.15, 0.2, 0.3))
"""What black, blue and blue-black ink reflect."""

RED_INK: Colour = (0.75, 0.1, 0.12)
LAMPS: tuple[Colour, ...] = ((1.0, 0.6, 0.2), (1.0, 0.35, 0.3), (0.35, 0.5, 1.0), (0.4, 1.0, 0.4))
"""A candle's, a red, a blue and a green lamp's light."""


def plain_white(rng: Rng) -> Conditions:
    """White paper, a black pen and even light: all that the camera adds is a little noise."""
    return Conditions(paper=0.9, ink=0.85, pen=rng.uniform(0.08, 0.13), slope=0.0, vignette=0.0)


def ordinary(rng: Rng) -> Conditions:
    """A note as most are: nothing about it is hard."""
    paper, ink = seen(WHITE, INKS[rng.integers(len(INKS))])
    return Conditions(
        paper=paper * rng.uniform(0.8, 1.0),
        ink=ink * rng.uniform(0.9, 1.0),
        pen=rng.uniform(0.06, 0.12),
        slope=rng.uniform(0.0, 0.2),
        vignette=rng.uniform(0.0, 0.15),
        lean_deg=rng.normal(0.0, 3.0),
        blur_px=rng.uniform(0.5, 1.0),
        noise=rng.uniform(1.0, 3.0),
    )


def yellow(rng: Rng) -> Conditions:
    """Yellow paper, darker than white in grey, and blue ink on it paler."""
    paper, ink = seen(YELLOW, INKS[rng.integers(len(INKS))])
    return replace(ordinary(rng), paper=paper, ink=ink)


def coloured_light(rng: Rng) -> Conditions:
    """A coloured lamp, under which an ink of its own colour fades."""
    inks = (*INKS, RED_INK)
    paper, ink = seen(WHITE, inks[rng.integers(len(inks))], LAMPS[rng.integers(len(LAMPS))])
    return replace(ordinary(rng), paper=paper, ink=ink, slope=rng.uniform(0.1, 0.4))


def pencil(rng: Rng) -> Conditions:
    """Thin, grey, and with the paper's grain in it."""
    return replace(
        ordinary(rng),
        ink=rng.uniform(0.35, 0.6),
        pen=rng.uniform(0.035, 0.07),
        dryness=rng.uniform(0.1, 0.35),
    )


def seen(paper: Colour, ink: Colour, light: Colour = (1.0, 1.0, 1.0)) -> tuple[float, float]:
    """Paper and ink of a colour in grey: the brightness, and the share that the ink swallows."""
    bare = float(LUMA @ np.multiply(paper, light))
    written = float(LUMA @ (np.array(paper) * ink * light))
    return bare, 1 - written / bare


def either(rng: Rng, low: float, high: float) -> float:
    """Draw between low and high, to the one side or to the other."""
    return float(rng.uniform(low, high) * rng.choice((-1, 1)))


CONDITIONS: dict[str, Callable[[Rng], Conditions]] = {
    "plain paper": ordinary,
    "ruled paper": lambda rng: replace(ordinary(rng), paper_kind="ruled"),
    "graph paper": lambda rng: replace(ordinary(rng), paper_kind="graph"),
    "printed cell": lambda rng: replace(ordinary(rng), paper_kind="cell"),
    "yellow paper": yellow,
    "print-through": lambda rng: replace(ordinary(rng), print_through=rng.uniform(0.05, 0.2)),
    "pencil": pencil,
    "fine pen": lambda rng: replace(ordinary(rng), pen=rng.uniform(0.025, 0.05)),
    "marker": lambda rng: replace(ordinary(rng), ink=0.93, pen=rng.uniform(0.12, 0.17)),
    "slant": lambda rng: replace(ordinary(rng), lean_deg=either(rng, 8.0, 20.0)),
    "perspective": lambda rng: replace(ordinary(rng), perspective=rng.uniform(0.04, 0.12)),
    "shadow edge": lambda rng: replace(ordinary(rng), shadow=rng.uniform(0.25, 0.6)),
    "vignette": lambda rng: replace(ordinary(rng), vignette=rng.uniform(0.3, 0.7)),
    "uneven light": lambda rng: replace(ordinary(rng), slope=rng.uniform(0.3, 0.7)),
    "coloured light": coloured_light,
    "flicker": lambda rng: replace(
        ordinary(rng), flicker=rng.uniform(0.1, 0.4), bands=rng.uniform(1.0, 8.0)
    ),
    "glare": lambda rng: replace(ordinary(rng), glare=rng.uniform(0.2, 0.7)),
    "motion": lambda rng: replace(ordinary(rng), motion_px=rng.uniform(2.0, 6.0)),
    "out of focus": lambda rng: replace(ordinary(rng), blur_px=rng.uniform(1.5, 3.0)),
    "sensor noise": lambda rng: replace(ordinary(rng), noise=rng.uniform(5.0, 12.0)),
    "JPEG": lambda rng: replace(ordinary(rng), jpeg=int(rng.integers(15, 41))),
    "mixed kitchen": draw_conditions,
}
"""Every named condition; each is drawn anew for every note."""
