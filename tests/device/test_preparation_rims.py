"""The rim of a thumb is told from a stroke of ink, however dark it is."""

import numpy as np
import pytest

from device.notes import draw_strokes
from device.preparation import find_writing
from device.preparation.components import Component, components
from device.preparation.ink import find_ink
from device.preparation.light import flatten
from device.preparation.rims import contrast, find_rims
from device.reading import Frame
from tests.device.paper import FIVE, FOUR, ONE, SEVEN, ZERO, Strokes, paper, write

SIZE = (320, 240)
DASH: Strokes = (((0.0, 0.0), (0.06, 1.0)),)


def strokes_on(frame: Frame) -> list[Component]:
    return find_ink(flatten(frame)).strokes


def lay_thumb(frame: Frame, side: str, skin: int) -> None:
    """Lay a thumb over a side of a frame, the rim of its tip darker than the rest of it."""
    rows, columns = frame.shape
    tip, way = {"right": ((120, 270), (0, 1)), "bottom": ((200, 160), (1, 0))}[side]
    turn = np.linspace(-1.1, 1.1, 30)
    arc = np.outer(1 - np.cos(turn), way) + np.outer(np.sin(turn), way[::-1])
    for strokes, broad, grey in (
        (np.array([tip, np.array(tip) + np.multiply(way, 200)]) + np.multiply(way, 30), 60, skin),
        (tip + 30 * arc, 6, 0.8 * skin),
    ):
        thumb = draw_strokes([strokes], broad, (columns, rows))
        frame[:] = (frame * (1 - thumb) + grey * thumb).astype(np.uint8)


@pytest.mark.parametrize("side", ["right", "bottom"])
@pytest.mark.parametrize("skin", [140, 155])
def test_a_thumbs_rim_is_no_stroke(side: str, skin: int) -> None:
    frame = paper(SIZE)
    write(frame, FOUR, 60, 60, 70)
    write(frame, SEVEN, 60, 130, 70)
    written = strokes_on(frame)
    lay_thumb(frame, side, skin)
    strokes = strokes_on(frame)
    assert len(strokes) > len(written)
    rims = find_rims(frame, strokes)
    assert len(strokes) - len(rims) == len(written)
    assert all(max(rim.bottom, rim.right) > 190 for rim in rims)


@pytest.mark.parametrize("digit", [ONE, SEVEN, FIVE, ZERO, DASH])
@pytest.mark.parametrize("ink", [0.35, 0.9])
def test_ink_is_no_rim_beside_darker_ink(digit: Strokes, ink: float) -> None:
    frame = paper(SIZE)
    write(frame, FOUR, 60, 60, 70)
    write(frame, digit, 60, 160, 60, pen=0.1, ink=ink)
    strokes = strokes_on(frame)
    assert len(strokes) == 2
    assert find_rims(frame, strokes) == []


def test_a_digit_close_to_others_is_no_rim() -> None:
    frame = paper(SIZE)
    for left in (100, 116, 132):
        write(frame, ONE, 60, left, 70, pen=0.18)
    strokes = strokes_on(frame)
    assert len(strokes) == 3
    assert find_rims(frame, strokes) == []


def test_a_rim_on_which_a_digit_hangs_is_kept() -> None:
    frame = paper(SIZE)
    write(frame, FOUR, 60, 60, 70)
    lay_thumb(frame, "right", 150)
    alone = len(find_rims(frame, strokes_on(frame)))
    write(frame, FOUR, 60, 238, 70)
    assert alone
    assert find_rims(frame, strokes_on(frame)) == []


@pytest.mark.parametrize(
    ("distinct", "along", "is_rim"), [(4, 60, True), (6, 18, False), (12, 120, False)]
)
def test_a_stroke_that_ends_in_a_rim_is_none(distinct: int, along: int, is_rim: bool) -> None:
    frame = paper(SIZE)
    write(frame, FOUR, 100, 60, 70)
    frame[60:, 160:] = 100
    frame[60 - distinct : 60 + along, 154:160] = 80
    strokes = components(frame < 90)
    assert len(strokes) == 2
    assert len(find_rims(frame, strokes)) == is_rim


def test_what_reaches_the_border_is_no_rim() -> None:
    frame = paper(SIZE)
    write(frame, FOUR, 60, 60, 70)
    frame[:, 240:] = 100
    frame[50:150, 236:242] = 80
    for seen, count in ((frame, 1), (frame[:, :242], 0)):
        strokes = components(seen < 90)
        assert len(strokes) == 2
        assert len(find_rims(seen, strokes)) == count


def test_nothing_has_no_rims() -> None:
    assert find_rims(paper(SIZE), []) == []


def test_a_small_picture_has_no_rims() -> None:
    frame = paper(SIZE)
    write(frame, FOUR, 60, 60, 70)
    lay_thumb(frame, "right", 150)
    assert len(find_writing(frame).digits) == 1
    assert len(find_writing(frame[30:, 30:]).digits) == 2


def test_a_1_along_the_edge_of_a_shadow_is_darker_than_the_shadow() -> None:
    frame = paper(SIZE)
    frame[:, 160:] = 100
    write(frame, (((0.0, 0.0), (1.0, 0.0)),), 40, 160, 160, pen=0.06)
    assert contrast(frame, strokes_on(frame)) > 0.7


def test_strokes_that_reach_the_sides_are_compared_with_themselves() -> None:
    frame = paper(SIZE)
    frame[:, 100:110] = 50
    mask = np.zeros_like(frame, dtype=bool)
    mask[:, 100:110] = True
    assert contrast(frame, components(mask)) == pytest.approx(np.log(208 / 58))
    assert contrast(frame[:, 100:110], components(mask[:, 100:110])) == 0.0
