"""Bars are known however they lie, and measured along themselves."""

import numpy as np
import pytest

from device.notes import draw_strokes
from device.preparation.bars import (
    columns_along,
    lean_of,
    lies_level,
    rows_along,
    slope_of,
    stands_upright,
)
from device.preparation.components import Component, components


def line(*ends: tuple[float, float], pen: float = 10) -> Component:
    (stroke,) = components(draw_strokes([np.array(ends)], pen, (320, 240)) > 0.5)
    return stroke


@pytest.mark.parametrize("slope", [-0.35, -0.1, 0.0, 0.1, 0.35])
def test_a_level_bar_lies_level_however_a_note_is_turned(slope: float) -> None:
    bar = line((120 - 90 * slope, 70), (120 + 90 * slope, 250))
    assert slope_of(bar) == pytest.approx(slope, abs=0.02)
    assert lies_level(bar, 0.2)
    assert not stands_upright(bar, 0.2)
    upper, lower = rows_along(bar, slope)
    assert lower - upper == pytest.approx(10, abs=3)


@pytest.mark.parametrize("lean", [-0.35, -0.1, 0.0, 0.1, 0.35])
def test_an_upright_bar_stands_upright_however_a_note_is_turned(lean: float) -> None:
    bar = line((30, 160 + 90 * lean), (210, 160 - 90 * lean))
    assert lean_of([bar]) == pytest.approx(lean, abs=0.02)
    assert stands_upright(bar, 0.2)
    assert not lies_level(bar, 0.2)
    left, right = columns_along(bar, lean)
    assert right - left == pytest.approx(10, abs=3)


def test_what_lies_askew_is_neither() -> None:
    slanting = line((60, 60), (180, 250))
    assert not lies_level(slanting, 0.2)
    assert not stands_upright(slanting, 0.2)


def test_what_is_thick_or_bent_is_no_bar() -> None:
    thick = line((120, 100), (120, 200), pen=40)
    bent = line((120, 70), (60, 160), (120, 250))
    assert not lies_level(thick, 0.2)
    assert lies_level(thick, 0.5)
    assert not lies_level(bent, 0.2)


def test_a_single_pixel_is_measured_too() -> None:
    (pixel,) = components(np.ones((1, 1), bool))
    assert slope_of(pixel) == 0
    assert lean_of([pixel]) == 0
    assert rows_along(pixel, 0.0) == (0, 1)
    assert columns_along(pixel, 0.0) == (0, 1)
