"""Pages of which a number takes up little, or on which there is only dirt."""

from collections.abc import Sequence

import numpy as np

from device.notes import draw_strokes
from device.photographs import Conditions, Ink
from tools.digit_notes import BOX, Image28, Rng, rewrite, set_beside

SIZE = (2000, 1500)
"""Width and height of the picture: three of a telephone's twelve megapixels."""

SMALL = "a tenth of the height or less"
SMALLER = "a twentieth or less"
DIRT = "dust and hairs"

HEIGHTS: dict[str, tuple[float, float]] = {SMALL: (0.05, 0.1), SMALLER: (0.03, 0.05)}
"""How tall digits are, as a share of the page's height."""

PAGES = (*HEIGHTS, DIRT)

GAPS = (0.15, 0.4)
"""Between two digits, in units of their height."""

PLACES = (0.2, 0.8)
"""What is on the page is so far from its top and its left, as shares of the room there is."""

MOST = 5
"""So many specks there are at most…"""

LONG = (0.01, 0.06)
"""…each so long, as a share of the page's height…"""

FINE = (2.0, 8.0)
"""…drawn so broad, in pixels…"""

BENT = 2.5
"""…and bent by up to this angle, in radians."""


def write_page(images: Sequence[Image28], rng: Rng, conditions: Conditions, kind: str) -> Ink:
    """Write a number of MNIST's digits anywhere on a page, or leave some dirt on it.

    Parameters
    ----------
    images : its digits, (28, 28) each, ink high.
    kind : one of `PAGES`; on a dirty page nothing is written.

    Returns
    -------
    (rows, columns) float32, 0 to 1.
    """
    width, height = SIZE
    if kind == DIRT:
        return _scatter_dirt(rng)
    tall = rng.uniform(*HEIGHTS[kind]) * height
    line, *others = (rewrite(image, tall / BOX, conditions.pen * tall) for image in images)
    for ink in others:
        rise = rng.normal(0.0, 0.03) * tall
        line = set_beside(line, ink, round(rng.uniform(*GAPS) * tall), touch=False, rise=rise)
    spare = np.array([height, width]) - line.shape
    top, left = (spare * rng.uniform(*PLACES, 2)).astype(int)
    page = np.zeros((height, width), dtype=np.float32)
    page[top : top + line.shape[0], left : left + line.shape[1]] = line
    return page


def _scatter_dirt(rng: Rng) -> Ink:
    """Draw specks and hairs, bent strokes of any length: one of them in half of the cases."""
    width, height = SIZE
    page = np.zeros((height, width), dtype=np.float32)
    for _ in range(1 if rng.random() < 0.5 else rng.integers(2, MOST + 1)):
        place = rng.uniform(*PLACES, 2) * (height, width)
        angles = rng.uniform(0, 2 * np.pi) + rng.uniform(-BENT, BENT) * np.linspace(0, 1, 16)
        steps = np.column_stack([np.sin(angles), np.cos(angles)])
        hair = place + np.cumsum(steps, axis=0) * (rng.uniform(*LONG) * height / len(steps))
        drawn = draw_strokes([hair], rng.uniform(*FINE), SIZE) * np.float32(rng.uniform(0.4, 1))
        page = np.maximum(page, drawn)
    return page
