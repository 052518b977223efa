"""Gather strokes to digits, and digits to a line."""

from device.preparation.components import Component

LOOSE = 0.5
"""A stroke lower than this share of the tallest can be a part of its neighbour (a flag, a dot)."""


def gather(strokes: list[Component]) -> list[list[Component]]:
    """Gather the strokes that make up one digit each, from left to right."""
    if not strokes:
        return []
    tallest = max(max(s.height for s in strokes), 0.6 * max(s.width for s in strokes))
    groups: list[list[Component]] = []
    for stroke in sorted(strokes, key=lambda s: -s.area):
        near = [group for group in groups if _belongs(stroke, group, tallest)]
        if near:
            home = min(near, key=lambda group: _gap(stroke, group))
            home.append(stroke)
        else:
            groups.append([stroke])
    groups = [g for g in groups if _height(g) >= 0.35 * tallest or _size(g) >= 0.8 * tallest]
    return sorted(groups, key=lambda group: min(s.left for s in group) + max(s.right for s in group))


def _belongs(stroke: Component, group: list[Component], tallest: float) -> bool:
    left, right = min(s.left for s in group), max(s.right for s in group)
    top, bottom = min(s.top for s in group), max(s.bottom for s in group)
    shared = min(right, stroke.right) - max(left, stroke.left)
    narrower = min(right - left, stroke.width)
    apart = max(stroke.top - bottom, top - stroke.bottom, 0)
    if apart > 0.25 * tallest:
        return False
    if shared >= 0.5 * narrower:
        return True
    small = stroke.height < LOOSE * tallest
    return small and -shared < 0.12 * tallest and shared > -0.12 * tallest


def _gap(stroke: Component, group: list[Component]) -> float:
    left, right = min(s.left for s in group), max(s.right for s in group)
    return max(left - stroke.right, stroke.left - right, 0)


def _height(group: list[Component]) -> int:
    return max(s.bottom for s in group) - min(s.top for s in group)


def _size(group: list[Component]) -> int:
    return max(_height(group), max(s.right for s in group) - min(s.left for s in group))
