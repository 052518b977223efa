import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.drawing import (
    bar,
    draw_frame,
    draw_glyphs,
    draw_segments,
    fit,
    least_sure,
    likelihood,
    outline,
    shrink,
    tiles,
)
from device.reading import Box
from tests.device.bench import a_digit

RED, BLUE, BLACK = (255, 0, 0), (0, 0, 255), (0, 0, 0)


def test_a_frame_is_drawn_as_large_as_it_fits_and_keeps_its_shape() -> None:
    assert fit((480, 640), 40, 100) == (30, 40)
    assert fit((480, 640), 100, 15) == (30, 40)
    assert fit((640, 480), 100, 15) == (30, 22)


@given(
    st.tuples(st.integers(1, 5000), st.integers(1, 5000)), st.integers(1, 300), st.integers(1, 100)
)
def test_any_frame_fits_any_room(shape: tuple[int, int], columns: int, rows: int) -> None:
    height, width = fit(shape, columns, rows)
    assert 2 <= height <= 2 * rows
    assert height % 2 == 0
    assert 1 <= width <= columns


@pytest.mark.parametrize("shape", [(28, 28), (480, 640), (3000, 4000), (28, 1000)])
@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_even_frame_stays_even(shape: tuple[int, int], level: int) -> None:
    drawn = draw_frame(np.full(shape, level, np.uint8), (), 36, 14, RED)
    assert drawn.shape[0] <= 28
    assert drawn.shape[1] <= 36
    assert np.unique(drawn).tolist() == [level]


def test_a_thin_stroke_is_still_seen() -> None:
    frame = np.full((480, 640), 200, np.uint8)
    frame[:, 320:326] = 20
    drawn = shrink(frame, 26, 34)
    assert drawn.min() < 160
    assert np.unique(drawn[:, :15]).tolist() == [200]


def test_a_box_is_drawn_around_its_digit() -> None:
    plain = np.zeros((20, 40, 3), np.uint8)
    drawn = outline(plain, [Box(80, 160, 40, 80)], (200, 400), RED)
    rows, columns = np.nonzero(drawn[..., 0])
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (7, 13, 15, 25)
    assert not drawn[9:12, 17:24].any()
    assert not plain.any()


@given(st.integers(-50, 250), st.integers(-50, 450), st.integers(0, 300), st.integers(0, 500))
def test_a_box_at_or_past_the_edge_is_drawn_where_it_can_be(
    top: int, left: int, height: int, width: int
) -> None:
    drawn = outline(
        np.zeros((20, 40, 3), np.uint8), [Box(top, left, height, width)], (200, 400), RED
    )
    assert drawn.shape == (20, 40, 3)


def test_the_segments_of_a_seven_glow_and_the_others_do_not() -> None:
    drawn = draw_segments(frozenset("abc"), RED, BLUE, BLACK)
    assert drawn.shape == (18, 10, 3)
    glowing = (drawn == RED).all(axis=2)
    assert glowing[0, 1:9].all()  # a
    assert glowing[:, 9].sum() == 14  # b and c, with a gap between them
    assert not glowing[:, 0].any()  # e, f
    assert not glowing[8:10, 1:9].any()  # g
    assert not glowing[17].any()  # d
    assert ((drawn == BLUE).all(axis=2) | glowing | (drawn == BLACK).all(axis=2)).all()


@pytest.mark.parametrize("letter", "abcdefg")
def test_each_segment_has_its_own_place(letter: str) -> None:
    alone = (draw_segments(letter, RED, BLACK, BLACK) == RED).all(axis=2)
    others = draw_segments(set("abcdefg") - {letter}, RED, BLACK, BLACK)
    assert alone.any()
    assert not ((others == RED).all(axis=2) & alone).any()


def test_one_glyph_is_drawn_as_it_is() -> None:
    glyph = np.arange(784, dtype=np.uint8).reshape(28, 28)
    drawn = draw_glyphs([glyph], 0, 28, 14, RED, BLUE)
    assert np.array_equal(drawn[..., 1], glyph)


@pytest.mark.parametrize("count", range(1, 9))
@pytest.mark.parametrize(("columns", "rows"), [(28, 14), (44, 14), (90, 6)])
def test_every_glyph_has_its_place_and_the_chosen_one_is_marked(
    count: int, columns: int, rows: int
) -> None:
    glyphs = [np.full((28, 28), 10 + index, np.uint8) for index in range(count)]
    drawn = draw_glyphs(glyphs, count - 1, columns, rows, RED, BLUE)
    assert drawn.shape == (2 * rows, columns, 3)
    across, side = tiles(count, columns, 2 * rows)
    areas = [(drawn == 10 + index).all(axis=2).sum() for index in range(count)]
    assert areas == [side * side] * count
    assert (drawn == RED).all(axis=2).sum() == (side if count > 1 else 0)
    assert across <= count


def test_where_there_is_no_room_for_all_the_chosen_glyph_is_drawn_alone() -> None:
    glyphs = [np.full((28, 28), 10 + index, np.uint8) for index in range(8)]
    drawn = draw_glyphs(glyphs, 3, 10, 3, RED, BLUE)
    assert drawn.shape == (6, 10, 3)
    assert (drawn == 13).all(axis=2).sum() == 36


def test_without_glyphs_there_is_only_the_ground() -> None:
    assert (draw_glyphs([], 0, 5, 3, RED, BLUE) == BLUE).all()


@pytest.mark.parametrize(
    ("value", "drawn"),
    [(0, "        "), (0.5, "████    "), (1, "████████"), (1 / 64, "▏       "), (7, "████████")],
)
def test_a_bar_is_as_long_as_its_value(value: float, drawn: str) -> None:
    assert bar(value, 8) == drawn


def test_a_confidence_is_never_rounded_up_to_certainty() -> None:
    assert [likelihood(value) for value in (1.0, 0.9999, 0.5, 0.0)] == [
        "99.9 %",
        "99.9 %",
        "50.0 %",
        "0.0 %",
    ]


def test_the_digit_that_a_reading_is_least_sure_of() -> None:
    assert least_sure([a_digit(1, 0.9), a_digit(2, 0.4), a_digit(3, 0.8)]) == 1
    assert least_sure([]) == 0
