"""Things people write that are no digits: letters, signs, scribbles, and digits struck out.

The network learns an eleventh answer, "not a digit", from these. Shapes that
are written like a digit (O, l, I, S, Z, B, b, g, q, the Greek delta and theta,
the Cyrillic Э) are left out: nobody could tell them apart.
"""

from itertools import pairwise

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
    "beta": ("0,100 4,60 8,20 24,2 40,12 36,32 16,40! 40,46 48,64 34,84 10,78"),
    "sigma": "60,4 30,4 6,24 4,70 24,98 46,76 42,36 22,6! 74,0",
    "long sigma": "106,2 60,6 36,8 12,36 4,70 24,98 46,78 44,44 30,12! 90,4",
    "flat sigma": "130,0 70,14 30,30 4,56 8,90 34,96 48,68 38,34! 120,2",
    "open sigma": "96,14 84,4 50,2 24,8 4,42 8,84 32,98 50,74 46,30 34,4",
    "chi": "6,8 20,0 32,50 48,98 62,90 / 60,2 34,48 4,98",
    "nu": "0,4 16,0 22,90! 44,50 50,4",
    "rho": "2,100 4,50 12,8 36,2 46,24 34,50 6,50",
    "epsilon": "50,10 20,0 5,25 30,47 2,70 20,100 55,88",
    "tailed eta": "0,20 12,4 20,14 20,66! 26,20 46,4 58,20 56,70 64,98 80,90",
    "eta": "0,12 10,2 14,60! 24,12 46,5 50,40 48,100",
    "hooked eta": "0,14 12,2 22,16 18,60! 30,18 44,8 52,24 46,62 50,86 64,92 78,80",
    "curled eta": "4,16 14,4 22,14 16,66! 34,24 52,14 56,34 46,70 56,90 84,84",
    "long eta": "0,16 10,4 16,20 16,62! 28,16 46,8 52,28 50,70 46,98 56,100 66,90",
    "wide eta": "0,10 14,6 22,20 20,58! 40,14 60,10 68,28 60,60 58,84 74,92 96,76",
    "lambda": "5,0 20,5 56,100 / 28,40 0,100",
    "mu": "10,0 2,100 / 10,0 12,55 30,68 48,50 50,0! 52,60 66,65",
    "pi": "0,10 12,0 75,0 / 22,0 12,100 / 52,0 50,80 64,100",
    "phi": "25,25 0,50 30,78 60,50 30,22 / 32,0 28,100",
    "psi": "0,10 5,50 30,62 55,45 60,10 / 32,0 30,100",
    "omega": "15,5 0,50 15,95 38,50 60,95 78,50 60,5",
    "kappa": "4,0 0,100 / 46,4! 6,46! 30,60 48,98",
    "tau": "0,8 10,0 60,2 / 32,2 28,70 36,96 50,90",
    "upsilon": "0,12 10,2 16,50 26,94 44,90 58,50 52,6",
    "Gamma": "2,100 0,0! 56,2",
    "Pi": "4,100 2,0! 62,0! 64,100",
    "Omega": "0,98! 22,96! 6,60 10,20 36,0 62,20 66,60 48,96! 72,98",
    "Psi": "0,8 4,44 32,62 60,44 64,8 / 32,0 32,100",
    "Y": "0,0! 28,48! 56,0! / 28,48 26,100",
    "J": "10,0 62,0 / 40,0 40,76 26,98 4,84",
    "f": "56,6 40,0 26,16 24,60 22,100 / 4,44 48,42",
    "t": "28,0 24,60 30,92 50,92 / 4,28 54,26",
    "v": "0,0 22,96! 46,0 60,4",
    "c": "46,16 24,4 2,40 10,84 32,96 50,80",
    "Sigma": "55,5! 0,2! 32,50! 0,98! 60,95!",
    "Delta": "35,0! 0,100! 70,100! 35,0!",
    "de": "20,0! 14,60 0,90! 76,90! / 20,0! 58,0! 60,90 / 0,90 0,110 / 76,90 76,110",
    "zhe": "40,0 40,100 / 0,2 36,50! 0,98 / 80,2 44,50! 80,98",
    "ee": "0,0! 2,100! 52,2! 54,100!",
    "sha": "0,0! 0,98! 84,100! 84,0! / 42,2 42,98",
    "yu": "0,0 0,100 / 0,50 26,50 / 54,0 28,24 28,76 54,100 80,76 80,24 54,0",
    "aleph": "2,2 60,98 / 54,0 50,26 34,46 / 8,100 8,70 24,40",
    "shin": "0,0 10,60 36,98 66,70 80,0 / 40,4 34,50 14,64",
    "G": "56,14 34,0 8,24 4,66 28,100 56,84 58,54! 34,56",
    "spurred G": "54,16 34,0 8,26 6,70 30,98 52,80 56,52! 32,54! 70,53 / 56,52 58,104",
    "open G": "52,18 34,0 6,26 6,74 34,98 54,70! 34,62! 72,60",
    "tailed J": "14,12 26,2 54,0 / 46,0 40,74 24,100 4,92 0,76",
    "plain J": "40,0 40,76 26,98 6,92 0,72",
    "Q": "28,0 6,20 2,70 24,98 50,82 56,32 44,6 26,0 / 32,70 62,106",
    "crossed Q": "30,0 6,22 4,72 28,96 54,78 56,26 30,0 / 36,66 44,84 66,98",
    "dotted j": "26,30 24,84 14,108 0,100 / 27,2 28,6",
    "looped j": "24,26 20,80 8,108 0,98 12,84 44,62 / 27,2 28,6",
    "barred j": "4,32 26,30 24,84 12,106 0,96 / 26,0 27,5",
    "looped f": "30,30 34,8 24,0 16,20 16,80 22,100 30,84 22,58! 46,52",
    "tall f": "38,8 30,0 20,14 18,60 16,100 / 2,40 36,36",
    "joined f": "0,52 26,34 32,8 22,0 14,24 16,100 24,84 20,56 44,50",
    "printed a": "6,18 24,0 46,12 46,98 / 46,46 18,48 2,72 16,98 46,76",
    "round a": "50,14 28,0 4,30 6,76 28,96 50,66 / 52,2 54,98",
    "y": "0,0 22,48 / 46,0 22,60 2,100",
    "looped y": "0,0 6,40 24,46 40,24 44,0! 42,60 26,98 8,90 24,68 60,48",
    "curved Y": "0,4 10,2 16,34 34,44 52,4! 44,60 28,96 8,92",
    "dollar": "52,20 30,10 8,22 12,42 40,54 54,76 30,92 4,82 / 30,0 28,102",
    "tall dollar": "46,24 26,16 8,28 14,46 38,56 46,74 24,86 2,76 / 34,0 18,102",
    "looped and": "70,60 52,100 14,92 2,72 34,44 40,14 24,2 12,18 34,56 70,98",
    "round and": "56,8 28,4 12,22 40,44! 10,56 6,82 30,98 56,86 68,58 / 44,50 82,50",
    "wide C": "60,20 40,2 14,16 2,52 18,88 44,98 66,80",
    "closing C": "46,14 30,0 8,20 4,66 22,98 44,86",
    "curved F": "4,14 20,4 60,4 / 36,4 28,60 14,98 0,88 / 16,50 48,46",
    "slanting F": "16,2! 64,0 / 36,2 18,100 / 22,46 52,42",
    "script r": "0,90 20,40 26,4 36,20 60,18 52,50 54,90 78,84",
    "script v": "0,14 12,2 20,14 22,80 36,98 56,80 66,30 56,4 74,10",
    "script U": "0,12 12,2 16,40 14,84 36,96 58,70 66,0! 66,80 84,94",
    "script e": "0,56 36,44 46,20 30,2 12,24 8,70 30,98 70,70",
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
    "percent": "70,0 6,100 / 14,6 0,20 12,34 26,20 14,6 / 64,64 50,80 62,96 76,80 64,64",
    "euro": "64,12 40,0 16,24 14,74 38,100 64,86 / 0,40 48,38 / 0,60 46,58",
    "at": "48,40 32,34 24,56 36,68 50,58 52,36! 56,66 74,60 78,30 50,4 14,16 0,54 16,90 56,98",
    "less": "60,6! 0,50! 60,96!",
    "asterisk": "32,0 32,70 / 0,16 64,54 / 64,16 0,54",
    "bracket": "40,0! 4,0! 2,100! 40,100!",
    "loops": "0,60 20,10 34,40 16,70 30,80 50,20 62,46 44,72 60,82 80,24 90,50",
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
        return draw_shape(shapes[rng.integers(len(shapes))], rng, wobble=rng.uniform(0.02, 0.06))
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


STRIKES = {"level": 0.4, "slanting": 0.25, "two lines": 0.15, "cross": 0.1, "to and fro": 0.1}
"""Ways of striking out, and how often each is drawn."""

SPARED = {"level": "147", "slanting": "017"}
"""Digits that one line leaves digits, or nearly: a crossed 7, a 4 with two bars, a slashed 0."""

STRAY = 0.012
"""Standard deviation of how far a strike strays from straight, in units of the digit's height."""

POINTS = 8
"""So many points of each of a line's legs are drawn, each a little off."""


def choose_strike(rng: np.random.Generator, digit: str = "") -> str:
    """Choose a way of striking out, as often as it is used; one that spoils this digit."""
    spared = [way for way, digits in SPARED.items() if digit and digit in digits]
    ways = {way: often for way, often in STRIKES.items() if way not in spared}
    shares = np.array(list(ways.values()))
    return str(rng.choice(list(ways), p=shares / shares.sum()))


def draw_strike(way: str, width: float, rng: np.random.Generator) -> list[Stroke]:
    """Draw the lines that strike out a digit or a number: through it, and beyond both its sides.

    Parameters
    ----------
    way : one of `STRIKES`.
    width : of what is struck out, in units of its height; its corner is at the origin.
    """
    left, right = -rng.uniform(0.1, 0.4, 2) * (1, -1) + (0, width)
    over = rng.uniform(-0.05, 0.2, 2)
    rising = np.array([(1 + over[0], left), (-over[1], right)])
    middle, slope = rng.uniform(0.35, 0.65), rng.normal(0.0, 0.08)
    level = np.array([(middle + slope, left), (middle - slope, right)])
    falling = rising * (1, -1) + (0, left + right)
    if way == "level":
        lines = [level]
    elif way == "slanting":
        lines = [rising if rng.random() < 0.7 else falling]
    elif way == "two lines":
        half = np.array([rng.uniform(0.06, 0.125), 0.0])
        lines = [level - half, level + half]
    elif way == "cross":
        lines = [rising, falling]
    else:
        columns = np.linspace(left, right, max(5, round(width / rng.uniform(0.1, 0.25))))
        reach = rng.uniform(0.15, 0.5)
        turns = 0.5 + reach * np.resize([-1.0, 1.0], len(columns))
        lines = [np.stack([turns + rng.normal(0, 0.05, len(turns)), columns], axis=1)]
    return [draw_line(line, STRAY, rng) for line in lines]


def draw_line(points: NDArray[np.float64], stray: float, rng: np.random.Generator) -> Stroke:
    """Draw a line through the points by a hand that strays so far, in their units."""
    along = np.linspace(0, 1, POINTS, endpoint=False)[:, None]
    legs = [a + along * (b - a) for a, b in pairwise(points)]
    line = np.concatenate([*legs, points[-1:]])
    strayed: Stroke = line + rng.normal(0.0, stray, line.shape)
    return strayed
