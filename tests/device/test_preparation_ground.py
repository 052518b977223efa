"""Paper, however lit and lined, is told from a room in which something looks like a digit."""

from collections.abc import Callable

import numpy as np
import pytest

from device.notes import write_digits
from device.photographs import Conditions, photograph
from device.preparation import Writing, find_writing
from device.preparation.ground import is_plain, shaded_share
from device.preparation.rims import contrast
from device.reading import Frame
from tests.device.paper import DIGITS, ONE, SEVEN, Strokes, paper, write, written

SIZE = (320, 240)
LEVEL = ((0.0, 0.0), (1.0, 0.0))
CONDITIONS = {
    "ruled": Conditions(paper_kind="ruled"),
    "graph": Conditions(paper_kind="graph"),
    "cell": Conditions(paper_kind="cell"),
    "dark corners": Conditions(slope=0.6, vignette=0.5),
    "shadow": Conditions(shadow=0.5),
    "noise": Conditions(noise=10.0),
    "print-through": Conditions(print_through=0.15),
    "out of focus": Conditions(blur_px=2.5),
    "moved": Conditions(motion_px=5.0),
    "board": Conditions(is_board=True),
}


def shaded(writing: Writing) -> float:
    return shaded_share(writing.flat, writing.level, np.zeros_like(writing.flat, dtype=bool))


def distinctness(writing: Writing) -> float:
    return contrast(writing.canvas, [each for digit in writing.digits for each in digit])


def slats() -> Frame:
    """Wood in slats, each lighter at its middle, and a gap between two of them."""
    light = 90 + 90 * np.abs(np.sin(np.arange(320) / 12))
    frame = np.tile(light.astype(np.uint8), (240, 1))
    write(frame, ONE, 40, 150, 160, pen=0.06)
    return frame


def edge() -> Frame:
    """A dark thing beside a light one, and a rim that is a little darker."""
    frame = paper(SIZE)
    frame[:, 160:] = 100
    frame[40:200, 158:164] = 85
    return frame


def meadow() -> Frame:
    """Blades of grass, and one that stands out."""
    frame, rng = paper(SIZE), np.random.default_rng(3)
    for row, column in rng.uniform((0, 0), (230, 310), (250, 2)):
        write(frame, ONE, row, column, 6, pen=0.3)
    write(frame, ONE, 40, 150, 160, pen=0.06)
    return frame


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("pen", [0.04, 0.15])
def test_bare_paper_around_writing_is_plain(digit: Strokes, pen: float) -> None:
    frame, _ = written(digit, size=SIZE, pen=pen)
    writing = find_writing(frame)
    assert shaded(writing) == 0
    assert distinctness(writing) > 1
    assert is_plain(writing, are_ones=True)


@pytest.mark.parametrize("conditions", CONDITIONS.values(), ids=CONDITIONS.keys())
@pytest.mark.parametrize("seed", range(4))
def test_paper_stays_plain_however_lit_and_lined(conditions: Conditions, seed: int) -> None:
    rng = np.random.default_rng(seed)
    frame = photograph(write_digits("5", rng, conditions, SIZE), rng, conditions)
    writing = find_writing(frame)
    assert writing.digits
    assert is_plain(writing, are_ones=False)


@pytest.mark.parametrize("draw", [slats, edge, meadow])
def test_a_room_is_not_plain(draw: Callable[[], Frame]) -> None:
    writing = find_writing(draw())
    assert writing.digits
    assert not is_plain(writing, are_ones=True)


def test_each_kind_of_unrest_is_measured_by_itself() -> None:
    shade, rim, littered = (find_writing(draw()) for draw in (slats, edge, meadow))
    assert shaded(shade) > 0.15
    assert distinctness(rim) == pytest.approx(np.log(108 / 93), abs=0.01)
    assert shaded(littered) < 0.15
    assert not is_plain(littered, are_ones=False)


def test_grain_that_makes_all_paper_look_darker_is_no_shade() -> None:
    frame, _ = written(SEVEN, size=(116, 116), tall=70, ink=0.6)
    grainy = (frame + np.random.default_rng(1).normal(0, 14, frame.shape)).clip(0, 255)
    assert is_plain(find_writing(grainy.astype(np.uint8)), are_ones=False)


def test_a_1_along_the_edge_of_a_shadow_is_darker_than_the_shadow() -> None:
    frame = paper(SIZE)
    frame[:, 160:] = 100
    write(frame, (LEVEL,), 40, 160, 160, pen=0.06)
    writing = find_writing(frame)
    assert is_plain(writing, are_ones=True)


def test_a_digit_other_than_1_may_be_paler() -> None:
    writing = find_writing(edge())
    assert is_plain(writing, are_ones=False)
    assert not is_plain(writing, are_ones=True)


def test_scraps_far_from_the_writing_are_no_concern() -> None:
    frame = meadow()
    frame[:, 60:260] = 200
    write(frame, ONE, 80, 155, 60, pen=0.06)
    writing = find_writing(frame)
    assert len(writing.left_out) > 50
    assert is_plain(writing, are_ones=True)


def test_the_lines_of_a_box_are_no_shade() -> None:
    frame, _ = written(SEVEN, size=SIZE, tall=80)
    corners = ((66, 106), (66, 214), (174, 214), (174, 106), (66, 106))
    write(frame, (corners,), 0, 0, 1, pen=2, ink=0.4)
    writing = find_writing(frame)
    (box,) = writing.boxes
    boxed = np.zeros_like(writing.flat, dtype=bool)
    box.paint(boxed)
    assert shaded(writing) > 0
    assert shaded_share(writing.flat, writing.level, boxed) == 0
