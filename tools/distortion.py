"""Training glyphs distorted anew in every epoch, and some of them disturbed.

A distortion is what another hand, or the same hand the next day, would have
written. A disturbance is what the world does to a glyph: haze, noise, lines
drawn across it, light and dark changed over.
"""

from collections.abc import Callable
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

Images = NDArray[np.uint8]
Grey = NDArray[np.float32]
Rng = np.random.Generator
Disturb = Callable[[Grey, Rng], Grey]

FIELDS = 1000
"""Smooth random fields to warp glyphs by; each glyph draws two of them."""

DISTURBED = 0.12
"""The share of the glyphs that is disturbed; an empty one always is."""


class Distortion:
    """Distort glyphs at random: a little turned, sheared, scaled, warped, thickened, smudged.

    Some are disturbed besides; an empty glyph is nothing but its disturbance.

    Affine and elastic distortions after Simard, Steinkraus and Platt (2003).
    The smooth fields are made once; every glyph draws its own.

    Parameters
    ----------
    strength
        What the usual amount of everything is multiplied by.
    disturbed
        The share of the glyphs that is disturbed at the usual strength.
    """

    def __init__(self, rng: Rng, strength: float = 1.0, disturbed: float = DISTURBED) -> None:
        self._rng = rng
        self._strength = strength
        self._disturbed = strength * disturbed

    def __call__(self, glyphs: Images) -> Images:
        """Return distorted copies: (n, 28, 28) uint8."""
        if not len(glyphs):
            return glyphs.copy()
        moved = self._warp(glyphs.astype(np.float32))
        moved = self._thicken(moved)
        self._smudge(moved)
        self._disturb(moved)
        distorted: Images = moved.clip(0, 255).astype(np.uint8)
        return distorted

    def _warp(self, glyphs: NDArray[np.float32]) -> NDArray[np.float32]:
        rng, k, n = self._rng, self._strength, len(glyphs)
        grid = np.mgrid[0:28, 0:28].astype(np.float32) - 13.5
        turn = k * rng.normal(0, 0.12, n)
        lean = k * rng.normal(0, 0.15, n)
        scale = np.exp(k * rng.normal(0, 0.09, (2, n)))
        matrix = np.array(
            [
                [np.cos(turn) / scale[0], -np.sin(turn) / scale[0]],
                [(np.sin(turn) + lean) / scale[1], np.cos(turn) / scale[1]],
            ],
            dtype=np.float32,
        )
        where = np.einsum("ijn,jrc->inrc", matrix, grid)
        where += k * rng.normal(0, 0.7, (2, n, 1, 1)).astype(np.float32) + 13.5
        far = k * rng.uniform(0, 1.4, (n, 1, 1)).astype(np.float32)
        for axis in (0, 1):
            where[axis] += far * _smooth_fields()[rng.integers(FIELDS, size=n)]
        return _sample(glyphs, where[0], where[1])

    def _thicken(self, glyphs: NDArray[np.float32]) -> NDArray[np.float32]:
        usual = self._rng.normal(0, 0.35, (len(glyphs), 1, 1)).clip(-0.7, 0.9)
        amount = (self._strength * usual).astype(np.float32)
        fenced = np.pad(glyphs, ((0, 0), (1, 1), (1, 1)))
        around = [
            fenced[:, 1:-1, :-2],
            fenced[:, 1:-1, 2:],
            fenced[:, :-2, 1:-1],
            fenced[:, 2:, 1:-1],
        ]
        thick = np.maximum.reduce([glyphs, *around])
        thin = np.minimum.reduce([glyphs, *around])
        towards = np.where(amount > 0, thick, thin)
        changed: NDArray[np.float32] = glyphs + np.abs(amount) * (towards - glyphs)
        return changed

    def _smudge(self, glyphs: NDArray[np.float32]) -> None:
        """Rub out a spot on some glyphs, leave a scrap of a printed line on others."""
        for index in np.flatnonzero(self._rng.random(len(glyphs)) < 0.12 * self._strength):
            row, column = self._rng.integers(2, 23, 2)
            if self._rng.random() < 0.5:
                glyphs[index, row : row + 3, column : column + 3] = 0
            else:
                along = slice(column, column + int(self._rng.integers(3, 12)))
                edge = int(self._rng.choice([2, 3, 24, 25]))
                scrap = glyphs[index, edge, along] if row % 2 else glyphs[index, along, edge]
                scrap += self._rng.uniform(60, 255)

    def _disturb(self, glyphs: NDArray[np.float32]) -> None:
        rng = self._rng
        share = np.where(glyphs.any(axis=(1, 2)), self._disturbed, np.ceil(self._disturbed))
        for index in np.flatnonzero(rng.random(len(glyphs)) < share):
            disturb = DISTURBANCES[rng.integers(len(DISTURBANCES))]
            glyphs[index] = disturb(glyphs[index].clip(0, 255), rng)


def lay_haze(glyph: Grey, rng: Rng) -> Grey:
    """Fade it behind a haze, even or in clouds, that isn't black itself."""
    dense = rng.uniform(0.2, 0.75)
    clouds = _clouds(rng) if rng.random() < 0.7 else np.float32(rng.uniform(0.3, 1.0))
    return glyph * (1 - dense) + 255 * dense * clouds


def change_over(glyph: Grey, rng: Rng) -> Grey:
    """Change light and dark over in a band on either side, or between the two."""
    first, last = rng.integers(0, 11, 2)
    band = np.zeros(28, dtype=bool)
    band[:first] = band[28 - last :] = True
    if rng.random() < 0.3:
        band = ~band
    across = band if rng.random() < 0.7 else band[:, None]
    return np.where(across, 255 - glyph, glyph)


def strew_specks(glyph: Grey, rng: Rng) -> Grey:
    """Set single pixels to black and white."""
    struck = rng.random(glyph.shape) < rng.uniform(0.03, 0.25)
    return np.where(struck, 255 * rng.integers(0, 2, glyph.shape), glyph).astype(np.float32)


def draw_across(glyph: Grey, rng: Rng) -> Grey:
    """Draw a line across: straight, dotted or to and fro; never upright, which were a 1."""
    along = np.arange(28)
    middle = rng.uniform(2, 26) + (along - 14) * rng.normal(0, 0.35)
    if rng.random() < 0.5:
        period, swing = rng.uniform(4, 12), rng.uniform(1, 3)
        middle = middle + swing * (4 * np.abs((along / period) % 1 - 0.5) - 1)
    away = np.abs(along[:, None] - middle)
    line = (rng.uniform(1.0, 2.0) - away).clip(0, 1)
    if rng.random() < 0.5:
        line[:, along // rng.integers(1, 4) % 2 == 0] = 0
    line[:, : rng.integers(0, 6)] = 0
    return np.maximum(glyph, line * rng.uniform(120, 255))


def outline(glyph: Grey, rng: Rng) -> Grey:
    """Leave only the edges of the strokes."""
    soft = gaussian_filter(glyph, rng.uniform(0.5, 1.0))
    down, across = np.gradient(soft)
    slope = np.hypot(down, across)
    steep = slope.max() * rng.uniform(0.3, 0.6)
    return np.where(slope > max(steep, 1e-3), np.float32(255), np.float32(0))


def splash(glyph: Grey, rng: Rng) -> Grey:
    """Splash grey drops over it."""
    drops = gaussian_filter(rng.normal(0, 1, glyph.shape), rng.uniform(0.8, 2.0))
    wet = drops > np.quantile(drops, rng.uniform(0.75, 0.95))
    return np.where(wet, np.float32(rng.uniform(0, 160)), glyph)


DISTURBANCES: tuple[Disturb, ...] = (
    lay_haze,
    change_over,
    strew_specks,
    draw_across,
    outline,
    splash,
)


def _clouds(rng: Rng) -> Grey:
    """Return clouds of several sizes, from 0 to 1."""
    coarse = _smooth_fields()[rng.integers(FIELDS)]
    fine = gaussian_filter(rng.normal(0, 1, (28, 28)).astype(np.float32), rng.uniform(0.5, 2.0))
    both = coarse / coarse.std() + rng.uniform(0, 0.8) * fine / fine.std()
    clouds: Grey = (both - both.min()) / np.ptp(both)
    return clouds


@cache
def _smooth_fields() -> NDArray[np.float32]:
    """Return the smooth random fields that glyphs are warped by: (fields, 28, 28)."""
    fields = np.random.default_rng(0).uniform(-1, 1, (FIELDS, 28, 28)).astype(np.float32)
    smooth = gaussian_filter(fields, (0, 4.0, 4.0), mode="constant")
    spread: NDArray[np.float32] = smooth / smooth.std()
    return spread


def _sample(
    glyphs: NDArray[np.float32], row: NDArray[np.float32], column: NDArray[np.float32]
) -> NDArray[np.float32]:
    """Sample each glyph bilinearly at (row, column), black beyond its edge."""
    fenced = np.pad(glyphs, ((0, 0), (1, 2), (1, 2)))
    row, column = (row + 1).clip(0, 29), (column + 1).clip(0, 29)
    r, c = row.astype(np.intp), column.astype(np.intp)
    down, right = row - r, column - c
    flat = fenced.reshape(-1)
    at = np.arange(len(glyphs))[:, None, None] * fenced[0].size + r * 31 + c
    upper = flat[at] * (1 - right) + flat[at + 1] * right
    lower = flat[at + 31] * (1 - right) + flat[at + 32] * right
    sampled: NDArray[np.float32] = upper * (1 - down) + lower * down
    return sampled
