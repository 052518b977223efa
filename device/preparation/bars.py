"""Bars: straight, slender strokes that lie level or stand upright, give or take how a note is held.

Lines under writing and the sides of a box are such; so are the foot of a 2, and a 1.
"""

from collections.abc import Sequence

import numpy as np

from device.preparation.components import Component

STEEPEST = 0.4
"""A bar is off the level, or the upright, by no more than this, the tangent of the angle."""


def lies_level(stroke: Component, breadth: float) -> bool:
    """Tell whether a stroke is a bar that lies level, thinner than this share of its width."""
    if stroke.height >= (breadth + STEEPEST) * stroke.width:
        return False
    slope = slope_of(stroke)
    upper, lower = rows_along(stroke, slope)
    return abs(slope) <= STEEPEST and lower - upper < breadth * stroke.width


def stands_upright(stroke: Component, breadth: float) -> bool:
    """Tell whether a stroke is a bar that stands upright, thinner than this share of its height."""
    if stroke.width >= (breadth + STEEPEST) * stroke.height:
        return False
    lean = lean_of([stroke])
    left, right = columns_along(stroke, lean)
    return abs(lean) <= STEEPEST and right - left < breadth * stroke.height


def slope_of(stroke: Component) -> float:
    """Measure how many rows a stroke falls for each column to the right (least squares)."""
    row, first, end = stroke.runs.T
    length = (end - first).astype(np.float64)
    column = (first + end) / 2
    across = column - np.average(column, weights=length)
    # A run is as wide as it is long, besides where it lies.
    wide = float(length @ (across**2 + length**2 / 12))
    return float((length * across) @ row) / wide


def lean_of(strokes: Sequence[Component]) -> float:
    """Measure how many columns strokes move to the right for each row up (least squares)."""
    runs = np.concatenate([stroke.runs for stroke in strokes]).astype(np.float64)
    up = runs[:, 0].mean() - runs[:, 0]
    across = (runs[:, 1] + runs[:, 2]) / 2
    return float(up @ across / max(up @ up, 1.0))


def rows_along(stroke: Component, slope: float) -> tuple[float, float]:
    """Find the first row of a stroke and the end of its last, were that slope level."""
    row, first, end = stroke.runs.T
    upper = np.minimum(row - slope * first, row - slope * end)
    lower = np.maximum(row - slope * first, row - slope * end)
    return float(upper.min()), float(lower.max()) + 1


def columns_along(stroke: Component, lean: float) -> tuple[float, float]:
    """Find the first column of a stroke and the end of its last, were that lean upright."""
    row, first, end = stroke.runs.T
    return float((first + lean * row).min()), float((end + lean * row).max())
