"""Digits as a hand draws them: strokes of our own, with the habits that MNIST has few of.

MNIST's writers are American: their 1 is a bar and their 7 has no cross. Much of
the world writes a 1 with a long flag, with or without a foot, and crosses its
7; both are here, and so are the open and the closed 4, the 5 whose flag stands
apart, and the 9 with a straight or a curved leg.
"""

import numpy as np
from numpy.typing import NDArray

Stroke = NDArray[np.float64]
"""Points along one stroke of the pen: (n, 2) of row and column, in units of the digit's height."""

# Points are "column,row" in hundredths of the digit's height, as one would read
# them off squared paper: row 0 is the top, row 100 the foot. "!" marks a corner,
# where the pen changes direction sharply; "/" lifts the pen.
DIGITS: dict[str, tuple[str, ...]] = {
    "0": (
        "30,0 8,18 0,52 10,88 32,100 53,85 62,50 52,12 28,0",
        "42,4 18,2 2,35 4,78 25,100 50,86 58,45 46,8 24,5",
        "24,0 4,25 2,75 22,100 40,78 42,25 24,0",
    ),
    "1": (
        "5,0 5,50 5,100",
        "18,0 10,50 0,100",
        "0,28 14,16 26,0! 25,50 25,100",
        "0,45 20,24 36,0! 33,50 30,100",
        "0,62 22,30 40,0! 36,50 32,100",
        "0,98 24,48 46,0! 42,50 38,100",
        "0,55 30,30 62,0! 52,50 42,100",
        "6,25 20,12 30,0! 29,50 28,100 / 4,100 28,99 54,98",
        "10,42 26,22 40,0! 36,50 32,97 / 0,100 30,98 64,97",
        "12,20 28,0! 26,50 24,97! 0,100! 52,96",
        "0,36 26,18 50,0! 40,50 30,100",
        "0,44 32,22 64,0! 46,50 26,100",
        "0,52! 36,0! 32,50 30,100",
        "0,86 20,40 36,0! 44,50 52,100",
        "0,44 10,18 24,1 36,16 41,50 44,100",
        "0,30! 34,0! 18,50 0,100",
        "0,40 22,22 46,0! 34,50 22,98 / 2,100 24,98 46,96",
        "0,24 16,14 30,0! 28,100",
        "0,14 10,8 22,0! 20,50 18,100",
        "0,10 8,6 17,0! 16,50 16,100",
    ),
    "2": (
        "3,22 14,4 38,2 52,20 44,45 22,72 0,100! 28,98 58,98",
        "5,18 25,0 48,10 48,35 28,68 8,92 5,80 20,80 38,95 62,92",
        "0,10 22,0 46,10 44,36 20,70 2,96! 32,92 60,97",
        "2,5! 50,3! 0,98! 56,96",
    ),
    "3": (
        "4,10 24,0 46,12 42,36 18,46! 46,56 54,78 34,98 0,92",
        "4,2! 50,0! 20,42! 46,50 54,74 36,98 2,94",
        "2,16 20,0 42,10 38,36 16,45 40,50 52,72 36,98 10,98 0,82",
    ),
    "4": (
        "28,0 14,32 0,62! 26,62 58,58 / 40,32 38,66 36,100",
        "10,0 6,28 4,52! 26,54 52,50 / 50,0 47,50 44,100",
        "44,100 44,50 44,0! 22,34 0,66! 30,66 62,66",
        "6,2 0,34 14,52 40,40! 46,2! 42,50 38,100",
        "36,0 12,36 2,60 22,66 60,62 / 42,40 38,70 32,100",
        "8,0 0,30 14,55 40,50 60,30 / 38,0 34,50 30,100",
        "36,0 0,55! 60,52 / 37,0 30,100",
        "30,0 12,40 0,56! 40,52 76,48 / 40,38 38,66 36,92",
        "30,0! 0,60! 36,58 72,55 / 34,2 32,40 28,88",
        "42,2 22,4 4,30 6,56 24,64 48,60 84,52 / 42,2 45,50 42,100",
        "40,100 42,50 36,0! 14,22 2,48 16,60 44,57 78,56",
        "44,0! 4,40 0,56 14,62 40,56 70,46 / 44,0 46,50 44,96",
        "0,8 2,40 10,50 32,48 52,40 / 46,0 40,50 32,100",
    ),
    "5": (
        "50,0! 10,3! 6,42! 30,36 52,54 48,84 24,100 0,92",
        "10,4 7,24 5,44! 30,40 48,60 42,90 18,100 0,90 / 12,3 32,2 56,0",
        "14,10 8,42! 34,40 48,62 38,92 2,98 / 22,2 40,1 62,0",
        "56,2 20,2 12,10 8,40 32,42 50,62 42,90 20,100 2,94",
    ),
    "6": (
        "44,0 20,20 3,55 8,88 30,100 50,84 46,60 24,54 6,72",
        "50,5 26,6 6,36 3,74 22,100 46,90 48,66 28,52 6,66",
        "22,0 6,40 2,78 20,100 44,86 38,66 18,68 6,86",
        "12,0 4,40 4,80 22,100 42,84 36,60 16,58 5,74",
        "34,0 20,40 12,78 18,98 34,96 38,80 26,72 14,82",
    ),
    "7": (
        "0,4 26,3 52,0! 34,48 20,100",
        "0,4 26,3 54,0! 36,48 22,100 / 12,50 34,49 58,47",
        "2,16! 6,2! 54,0! 36,44 26,100 / 14,52 36,50 56,50",
        "2,20 5,3! 28,5 50,0! 38,50 34,100",
        "0,6 14,0 30,6 52,0! 30,50 14,100 / 6,56 28,52 52,46",
        "0,22 4,4! 30,2 46,10 42,40 36,100",
        "0,10 4,2! 20,6 36,0! 28,50 22,100",
        "2,14 16,2 34,10 54,0! 34,50 18,100 / 2,62 30,50 62,40",
        "0,0! 36,2! 30,50 26,100",
        "0,2! 50,0! 22,100! / 14,50 44,50",
        "0,14! 4,2! 44,4! 26,50 20,100",
        "0,8 18,0 36,8 60,0! 40,40 20,100 / 4,60 34,51 64,42",
        "2,12 24,7 50,0! 28,50 0,100",
        "0,3 24,0! 28,5! 16,50 0,100",
    ),
    "8": (
        "44,10 24,0 6,14 14,38 38,56 50,80 28,100 4,84 12,58 38,38 48,16 36,3",
        "28,0 8,14 12,38 30,46 46,34 46,10 28,0 / 28,46 4,62 6,90 28,100 52,88 50,60 28,46",
        "50,2 28,0 10,14 18,38 40,60 42,88 20,100 2,84 14,58 40,30 52,4",
        "46,0 20,12 18,28 36,44 46,72 34,98 14,94 16,70 34,50 52,20",
        "52,6 30,0 10,14 18,38 40,60 42,88 20,100 2,84 14,58 34,42 46,24",
        "30,46 14,34 14,10 28,0 42,10 40,34 26,46 8,64 8,92 26,100 44,90 44,66 28,47",
    ),
    "9": (
        "46,12 24,0 4,16 6,40 26,50 44,34 47,10! 44,50 38,100",
        "46,14 24,0 3,18 10,44 32,44 46,20 48,45 44,82 26,100 2,92",
        "42,8 16,2 2,22 14,42 38,30 44,6! 32,50 18,100",
        "36,30 16,36 4,20 16,2 34,4 40,24 36,64 30,100",
        "36,8 22,0 10,10 16,24 32,22 38,6! 30,50 20,100",
        "26,14 12,12 8,2 22,0 28,8! 24,50 18,100",
        "30,10 18,0 8,10 18,22 30,12! 28,50 8,98",
        "40,20 30,2 10,4 4,26 14,40 32,32 40,16! 38,60 32,88 14,100 0,86",
        "44,6 26,0 6,12 4,30 18,42 36,34 44,8! 40,54 36,100",
        "30,0 10,8 2,28 14,42 32,34 42,10! 40,40 48,96",
    ),
}

POINTS_A_SPAN = 8


def draw_digit(digit: str, rng: np.random.Generator, *, wobble: float = 0.025) -> list[Stroke]:
    """Draw one digit by an unsteady hand.

    Parameters
    ----------
    digit : '0' to '9'.
    wobble : standard deviation of every point's offset, in units of the digit's height.

    Returns
    -------
    The strokes, each (n, 2) of row and column; the digit is about 1 high, its
    top left corner at the origin.
    """
    shapes = DIGITS[digit]
    return draw_shape(shapes[rng.integers(len(shapes))], rng, wobble=wobble)


def draw_shape(shape: str, rng: np.random.Generator, *, wobble: float = 0.025) -> list[Stroke]:
    """Draw any shape by an unsteady hand: leaning, stretched, every point a little off."""
    stretch = rng.uniform(0.65, 1.4)
    lean = rng.normal(0.0, 0.16)
    strokes = []
    for stroke in shape.split("/"):
        points, corner = _points(stroke)
        row, column = (points + rng.normal(0.0, wobble, points.shape)).T
        leaning = np.stack([row, column * stretch + lean * (0.5 - row)], axis=1)
        # A doubled point stays a corner on the smooth curve.
        bent = np.repeat(leaning, np.where(corner, 2, 1), axis=0)
        strokes.append(_smooth(bent) + rng.normal(0.0, wobble, 2))
    origin = np.min([stroke.min(axis=0) for stroke in strokes], axis=0)
    return [stroke - origin for stroke in strokes]


def _points(stroke: str) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Read a stroke's points: (n, 2) of row and column, and which of them are corners: (n,)."""
    words = stroke.split()
    pairs = [word.rstrip("!").split(",") for word in words]
    points = np.array([(int(row), int(column)) for column, row in pairs]) / 100
    return points, np.array([word.endswith("!") for word in words])


def _smooth(points: NDArray[np.float64]) -> Stroke:
    """Run a curve through the points (Catmull and Rom, 1974); a doubled point stays a corner."""
    before = np.concatenate([points[:1], points[:-1]])[:-1]
    start, end = points[:-1], points[1:]
    after = np.concatenate([points[1:], points[-1:]])[1:]
    t = np.linspace(0, 1, POINTS_A_SPAN, endpoint=False)[None, :, None]
    before, start, end, after = (p[:, None, :] for p in (before, start, end, after))
    curve = 0.5 * (
        2 * start
        + (end - before) * t
        + (2 * before - 5 * start + 4 * end - after) * t**2
        + (3 * start - before - 3 * end + after) * t**3
    )
    return np.concatenate([curve.reshape(-1, 2), points[-1:]])
