"""Things people write that are no digits: letters, signs, scribbles.

The network learns an eleventh answer, "not a digit", from these. Shapes that
are written like a digit (O, l, I, S, Z, B, b, g, q, the Greek beta, sigma,
delta and theta) are left out: nobody could tell them apart.
"""

import numpy as np
from numpy.typing import NDArray

from device.strokes import Stroke, draw_shape

# Written as the digits in device/strokes.py are.
LETTERS: dict[str, str] = {
    "A": "0,100! 30,0! 60,100! / 12,65 48,63",
    "C": "55,12 32,0 4,30 4,70 30,100 58,86",
    "E": "50,0! 0,2! 0,100! 52,98! / 0,50 42,48",
    "F": "50,0! 0,2! 0,100! / 0,50 40,48",
    "H": "0,0 0,100 / 50,0 50,100 / 0,50 50,48",
    "K": "0,0 0,100 / 50,0! 2,55! 55,100!",
    "L": "0,0! 0,100! 50,98!",
    "M": "0,100! 6,0! 35,60! 64,0! 70,100!",
    "N": "0,100! 2,0! 50,100! 52,0!",
    "P": "0,0 0,100 / 0,4 38,2 50,25 36,50 0,52",
    "R": "0,0 0,100 / 0,4 38,2 48,25 32,48 2,50! 55,100",
    "T": "0,0 65,0 / 32,0 32,100",
    "U": "0,0 2,70 25,100 50,75 52,0",
    "V": "0,0! 28,100! 58,0!",
    "W": "0,0! 18,100! 38,35! 58,100! 78,0!",
    "X": "0,0 55,100 / 55,0 0,100",
    "a": "50,10 20,0 0,50 20,95 48,60 52,5! 54,80 72,95",
    "d": "48,55 20,45 0,75 20,100 48,80 / 52,0 50,60 56,100",
    "e": "2,55 40,50 50,25 28,0 2,35 10,85 36,100 60,82",
    "h": "0,0 0,100! 6,60 30,45 46,60 48,100",
    "k": "0,0 0,100 / 40,40! 2,70! 45,100!",
    "m": "0,10 4,100! 10,20 30,5 40,30 40,100! 48,20 68,5 80,30 80,100",
    "n": "0,10 4,100! 12,20 40,3 54,30 55,100",
    "p": "0,10 0,100 / 0,20 30,2 48,25 34,55 2,50",
    "r": "0,10 4,100! 10,30 30,5 52,12",
    "u": "0,0 2,75 25,100 52,70 55,0! 56,80 74,100",
    "w": "0,0 10,90 30,90 40,20 50,90 70,90 82,0",
    "x": "0,5 20,20 40,85 62,95 / 60,0 30,50 0,100",
    "alpha": "75,2 50,60 22,100 0,55 20,5 48,40 78,98",
    "gamma": "0,10 18,5 34,50 30,95 20,95 30,50 60,0",
    "epsilon": "50,10 20,0 5,25 30,47 2,70 20,100 55,88",
    "eta": "0,12 10,2 14,60! 24,12 46,5 50,40 48,100",
    "lambda": "5,0 20,5 56,100 / 28,40 0,100",
    "mu": "10,0 2,100 / 10,0 12,55 30,68 48,50 50,0! 52,60 66,65",
    "pi": "0,10 12,0 75,0 / 22,0 12,100 / 52,0 50,80 64,100",
    "phi": "25,25 0,50 30,78 60,50 30,22 / 32,0 28,100",
    "psi": "0,10 5,50 30,62 55,45 60,10 / 32,0 30,100",
    "omega": "15,5 0,50 15,95 38,50 60,95 78,50 60,5",
    "Sigma": "55,5! 0,2! 32,50! 0,98! 60,95!",
    "Delta": "35,0! 0,100! 70,100! 35,0!",
    "square": "0,0! 90,0! 90,90! 0,90! 0,0!",
    "plus": "0,50 100,50 / 50,0 50,100",
    "equals": "0,30 80,28 / 0,70 80,68",
    "minus": "0,0 100,2",
    "question": "0,20 20,0 46,14 40,40 22,52 20,74 / 20,96 21,100",
    "hash": "20,0 12,100 / 50,0 42,100 / 0,33 64,30 / 0,68 62,65",
    "tick": "0,60! 22,100! 80,0!",
    "star": "20,100! 50,0! 80,100! 0,38! 100,38! 20,100!",
    "heart": "50,25 30,0 0,20 15,60 50,100! 85,60 100,20 70,0 50,25",
    "arrow": "0,50 100,50 / 65,20! 100,50! 65,80!",
    "and": "70,95 20,30 30,0 46,15 10,55 5,85 30,100 68,55",
    "tilde": "0,30 25,5 60,35 90,5",
    "smile": (
        "50,0 10,15 0,50 20,90 60,100 95,70 90,25 50,0 / 35,35 35,40 / 65,35 65,40 / 25,65 "
        "50,80 75,65"
    ),
}


def draw_no_digit(rng: np.random.Generator) -> list[Stroke]:
    """Draw a letter, a sign or a scribble, about 1 high, its corner at the origin."""
    if rng.random() < 0.75:
        shapes = list(LETTERS.values())
        return draw_shape(shapes[rng.integers(len(shapes))], rng, wobble=0.035)
    return _scribble(rng)


def _scribble(rng: np.random.Generator) -> list[Stroke]:
    """Draw a tangle, or a few dashes: what a child or a dry pen leaves."""
    if rng.random() < 0.6:
        return draw_shape(_path(rng.uniform(0, 1, (rng.integers(6, 14), 2))), rng)
    dashes = []
    for _ in range(rng.integers(2, 6)):
        start = rng.uniform(0, 1, 2)
        end = start + rng.normal(0, 0.35, 2)
        dashes.append(_path(np.array([start, (start + end) / 2, end])))
    return draw_shape("/".join(dashes), rng)


def _path(points: NDArray[np.float64]) -> str:
    return " ".join(f"{column:.0f},{row:.0f}" for row, column in points * 100)
