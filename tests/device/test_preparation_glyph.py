"""A glyph is what MNIST would have made of the strokes."""

import numpy as np
import pytest
from numpy.typing import NDArray

from device.preparation.components import components
from device.preparation.glyph import draw_glyph, stroke_width
from tests.device.paper import (
    DIGITS,
    FIVE_WITH_ITS_FLAG_APART,
    FOUR,
    ONE,
    SEVEN,
    ZERO,
    Strokes,
    difference,
    paper,
    write,
)

Pixels = NDArray[np.uint8]


def glyph_of(digit: Strokes, *, tall: float = 200, pen: float = 0.1, ink: float = 0.8) -> Pixels:
    frame = paper((round(2.5 * tall), round(2 * tall)), brightness=255)
    write(frame, digit, 0.5 * tall, 0.8 * tall, tall, pen=pen, ink=ink)
    flat = (255 - frame).astype(np.uint8)
    level = round(0.4 * 255 * ink)
    return draw_glyph(flat, components(flat > level), level)


def extent(glyph: Pixels) -> tuple[int, int]:
    rows, columns = np.nonzero(glyph)
    return int(np.ptp(rows)) + 1, int(np.ptp(columns)) + 1


def centre_of_mass(glyph: Pixels) -> tuple[float, float]:
    row, column = np.indices(glyph.shape) + 0.5
    mass = glyph / glyph.sum(dtype=float)
    return float((row * mass).sum()), float((column * mass).sum())


@pytest.mark.parametrize("digit", [*DIGITS, FIVE_WITH_ITS_FLAG_APART])
@pytest.mark.parametrize("tall", [25, 90, 300])
def test_a_glyph_is_boxed_and_centred_as_mnist_is(digit: Strokes, tall: float) -> None:
    glyph = glyph_of(digit, tall=tall)
    assert glyph.shape == (28, 28)
    assert glyph.dtype == np.uint8
    assert 19 <= max(extent(glyph)) <= 20
    assert np.abs(np.array(centre_of_mass(glyph)) - 14).max() <= 1


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("ink", [0.2, 0.5, 1.0])
def test_strokes_are_white_on_black_however_dark_the_ink_was(digit: Strokes, ink: float) -> None:
    glyph = glyph_of(digit, ink=ink)
    assert (glyph > 230).mean() > 0.02
    assert (glyph < 10).mean() > 0.5
    assert not glyph[[0, -1]].any()
    assert not glyph[:, [0, -1]].any()


@pytest.mark.parametrize("digit", DIGITS)
def test_the_aspect_is_kept(digit: Strokes) -> None:
    points = np.concatenate([np.array(stroke) for stroke in digit])
    drawn = np.ptp(points, axis=0) + 0.1
    rows, columns = extent(glyph_of(digit))
    assert columns / rows == pytest.approx(drawn[1] / drawn[0], abs=0.08)


def test_what_is_wider_than_tall_is_boxed_by_its_width() -> None:
    dash: Strokes = (((0.5, 0.0), (0.5, 1.0)),)
    rows, columns = extent(glyph_of(dash))
    assert columns >= 19
    assert rows < 6


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("pen", [0.025, 0.05, 0.14])
def test_thin_and_thick_pens_give_glyphs_that_are_alike(digit: Strokes, pen: float) -> None:
    assert difference(glyph_of(digit, pen=pen), glyph_of(digit, pen=0.1)) < 0.35


@pytest.mark.parametrize("digit", DIGITS)
def test_a_thin_pen_does_not_fade(digit: Strokes) -> None:
    thin = glyph_of(digit, pen=0.02)
    assert thin[thin > 0].mean() > 90
    assert (thin > 230).sum() >= 10


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("tall", [60, 150, 400])
def test_size_does_not_change_the_glyph(digit: Strokes, tall: float) -> None:
    assert difference(glyph_of(digit, tall=tall), glyph_of(digit, tall=220)) < 0.2


def test_different_digits_give_different_glyphs() -> None:
    glyphs = [glyph_of(digit) for digit in (ZERO, ONE, FOUR, SEVEN)]
    for place, one in enumerate(glyphs):
        for other in glyphs[place + 1 :]:
            assert difference(one, other) > 0.35


def test_what_lies_beside_the_strokes_is_not_drawn() -> None:
    frame = paper((500, 400), brightness=255)
    write(frame, FOUR, 100, 100, 200)
    alone = (255 - frame).astype(np.uint8)
    frame[40:380, 300:340] = 0
    crowded = (255 - frame).astype(np.uint8)
    strokes = components(alone > 80)
    np.testing.assert_array_equal(draw_glyph(crowded, strokes, 80), draw_glyph(alone, strokes, 80))


def test_a_digit_against_the_border_is_drawn_whole() -> None:
    frame = paper((120, 200), brightness=255)
    write(frame, SEVEN, 8, 8, 180)
    flat = (255 - frame).astype(np.uint8)
    tight = flat[flat.any(axis=1)][:, flat.any(axis=0)]
    glyphs = [draw_glyph(f, components(f > 80), 80) for f in (flat, tight)]
    assert difference(*glyphs) < 0.1


@pytest.mark.parametrize("shape", [(1, 1), (1, 40), (40, 1), (28, 28), (3, 900), (900, 3)])
@pytest.mark.parametrize("darkness", [1, 90, 255])
def test_a_full_rectangle_of_any_form_is_drawn(shape: tuple[int, int], darkness: int) -> None:
    flat = np.full(shape, darkness, np.uint8)
    glyph = draw_glyph(flat, components(np.ones(shape, bool)), 0)
    assert glyph.shape == (28, 28)
    assert glyph.any()


@pytest.mark.parametrize("wide", [2, 5, 12, 30])
def test_the_stroke_width_of_a_bar_is_its_width(wide: int) -> None:
    bar = np.zeros((400, 60), np.uint8)
    bar[20:380, 10 : 10 + wide] = 255
    # What overstates a curve by 4/π is taken off, from straight strokes as well.
    assert wide * 0.9 < stroke_width(bar) < wide * 4 / np.pi + 0.5


@pytest.mark.parametrize("wide", [4, 8, 16])
def test_the_stroke_width_of_a_ring_is_that_of_its_pen(wide: int) -> None:
    row, column = np.mgrid[-100:101, -100:101]
    ring = (np.abs(np.hypot(row, column) - 80) < wide / 2).astype(np.uint8) * 255
    assert stroke_width(ring) == pytest.approx(wide, rel=0.12)


def test_no_ink_has_no_stroke_width() -> None:
    assert stroke_width(np.zeros((9, 9), np.uint8)) == 0.0
