"""Take out the bands of light and dark that a flickering lamp leaves in a picture.

Lamps flicker at twice the mains' frequency, LEDs most of all, and a camera with a
rolling shutter exposes one row after the other: each row gets the light of its own
moment.
"""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.reading import Frame

GRID = 160
"""Bands are looked for on a grid of about this many cells along each side."""

FEWEST, MOST = 1.0, 12.0
"""So many bands a picture has: with fewer it is a slope, and more are no lamp's."""

STEP, FINE_STEP = 0.25, 0.05
"""How finely their number is tried out, and again around the best."""

LEAST_SWING = 0.08
"""Bands are lighter and darker by at least this factor, as its natural logarithm…"""

LIKE_WAVES = 0.9
"""…and are a wave and its overtone, but for less than a tenth of their variance."""

Column = NDArray[np.float64]


def without_bands(frame: Frame) -> Frame | None:
    """Take the bands out of a frame; None where there are none.

    Parameters
    ----------
    frame : (rows, columns) uint8.

    Returns
    -------
    A frame of the same shape.
    """
    bands = _find_bands(_find_light(frame), len(frame))
    if bands is None:
        return None
    steady: Frame = np.rint(frame * np.exp(-bands[:, None])).clip(0, 255).astype(np.uint8)
    return steady


def _find_light(frame: Frame) -> NDArray[np.float32]:
    """Return the natural logarithm of the light on the grid: (rows, columns)."""
    tall, wide = (max(1, round(side / GRID)) for side in frame.shape)
    cells = Image.fromarray(frame).convert("F").reduce((wide, tall))
    light: NDArray[np.float32] = np.log(np.asarray(cells) + 1)
    return light


def _find_bands(light: NDArray[np.float32], rows: int) -> Column | None:
    """Find the logarithm of how much more light than on the whole each row gets: (rows,).

    What is written, and what else there is to see, is never as broad as most of
    the picture and as soft: from row to row, the median over the columns changes
    with the lamp alone, and with the slope of its light, which stays.
    """
    steps = np.median(np.diff(light, axis=0), axis=1)
    profile = np.concatenate([[0.0], np.cumsum(steps)])
    place = _places(len(profile))
    unrest = float((_rest(_slope(place), profile) ** 2).sum())
    if unrest < len(profile) * (LEAST_SWING / 4) ** 2:
        return None
    most = min(MOST, len(profile) / 8)  # of an overtone, each half wave has two cells
    best = _best_number(profile, np.arange(FEWEST, most + STEP / 2, STEP))
    around = best + np.arange(-STEP + FINE_STEP, STEP, FINE_STEP)
    best = _best_number(profile, around[around >= FEWEST])
    parts = np.column_stack([_slope(place), _waves(place, best)])
    if (_rest(parts, profile) ** 2).sum() > (1 - LIKE_WAVES) * unrest:
        return None
    weights = np.linalg.lstsq(parts, profile, rcond=None)[0]
    bands: Column = _waves(_places(rows), best) @ weights[3:]
    return bands if np.ptp(bands) >= LEAST_SWING else None


def _best_number(profile: Column, numbers: Column) -> float:
    """Return that number of waves which explains most of a profile."""
    place = _places(len(profile))
    slope = _slope(place)
    rests = [
        (_rest(np.column_stack([slope, _waves(place, n)]), profile) ** 2).sum() for n in numbers
    ]
    return float(numbers[np.argmin(rests)])


def _rest(parts: Column, profile: Column) -> Column:
    """Return what of a profile the parts leave over, at their best weights."""
    return profile - parts @ np.linalg.lstsq(parts, profile, rcond=None)[0]


def _places(count: int) -> Column:
    """Return where rows are in the picture, from 0 to 1."""
    return (np.arange(count) + 0.5) / count


def _slope(place: Column) -> Column:
    """Return what makes up a slope that may be bent: (places, 3)."""
    return np.stack([np.ones_like(place), place, place**2], axis=1)


def _waves(place: Column, number: float) -> Column:
    """Return so many waves and their overtone, both from two phases: (places, 4)."""
    turn = 2 * np.pi * number * place
    return np.stack([np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn)], axis=1)
