"""The light is divided out, and the ink stays."""

import numpy as np
import pytest
from numpy.typing import NDArray

from device.preparation.light import flatten
from device.reading import Frame
from tests.device.paper import FOUR, ZERO, awkward_frames, paper, write, written

ROWS, COLUMNS = 480, 640
ROW, COLUMN = np.mgrid[-1 : 1 : ROWS * 1j, -1 : 1 : COLUMNS * 1j]
LAMPS = {
    "even": np.ones((ROWS, COLUMNS)),
    "slope": 0.7 + 0.3 * (0.6 * ROW - 0.8 * COLUMN) / 1.4,
    "vignette": 1 - 0.3 * (ROW**2 + COLUMN**2),
    "shadow": np.where(COLUMN > 0.1, 0.55, 1.0),
}


def lit(frame: Frame, lamp: str) -> Frame:
    shone: Frame = (frame * LAMPS[lamp] + 0.5).astype(np.uint8)
    return shone


def around_the_edge(lamp: str) -> NDArray[np.bool_]:
    """Where the light jumps nothing is promised."""
    jump = np.zeros((ROWS, COLUMNS), bool)
    if lamp == "shadow":
        edge = int(np.flatnonzero(np.diff(LAMPS[lamp][0]))[0])
        jump[:, edge - 8 : edge + 8] = True
    return jump


@pytest.mark.parametrize("lamp", LAMPS)
def test_bare_paper_becomes_nothing_in_any_light(lamp: str) -> None:
    flat = flatten(lit(paper(), lamp))
    assert flat[~around_the_edge(lamp)].max() <= 12


@pytest.mark.parametrize("lamp", LAMPS)
def test_ink_is_as_dark_in_any_light(lamp: str) -> None:
    frame = paper()
    for place in range(5):
        write(frame, FOUR, 120 + 30 * place, 60 + 110 * place, 100, ink=0.6)
    ink = (frame < 82) & ~around_the_edge(lamp)
    flat = flatten(lit(frame, lamp))
    assert np.abs(flat[ink].astype(int) - 0.6 * 255).max() <= 25


@pytest.mark.parametrize("size", [(120, 120), (320, 240)])
@pytest.mark.parametrize("slant", [-0.6, 0.0, 0.6])
@pytest.mark.parametrize("ink", [0.35, 0.8])
def test_a_stroke_doesnt_break_at_the_edge_of_a_shadow(
    size: tuple[int, int], slant: float, ink: float
) -> None:
    columns, rows = size
    frame = paper(size)
    write(frame, (((0.0, 0.0), (1.0, 0.0)),), 0.2 * rows, columns / 2, 0.6 * rows, ink=ink)
    row, column = np.mgrid[:rows, :columns]
    in_shadow = row - rows / 2 > slant * (column - columns / 2)
    flat = flatten((frame * np.where(in_shadow, 0.45, 1.0)).astype(np.uint8))
    half = round(0.025 * rows)
    stroke = flat[rows // 4 : 3 * rows // 4, columns // 2 - half : columns // 2 + half]
    assert (stroke > 0.4 * np.median(stroke)).mean(axis=1).min() > 0.7


def test_a_shadow_keeps_its_edge_where_it_is() -> None:
    flat = flatten(lit(paper(), "shadow"))
    edge = int(np.flatnonzero(np.diff(LAMPS["shadow"][0]))[0])
    assert flat[:, : edge - 8].max() <= 4
    assert flat[:, edge + 8 :].max() <= 4


def test_ink_is_as_dark_as_the_share_of_light_that_it_swallows() -> None:
    frame, boxes = written(FOUR, ZERO, pen=0.15)
    swallowed = 255 - frame * (255 / 200)
    for box in boxes:
        part = slice(box.top, box.top + box.height), slice(box.left, box.left + box.width)
        assert np.abs(flatten(frame)[part] - swallowed[part].clip(0, 255)).max() <= 4


def test_a_broad_stroke_that_fills_a_narrow_frame_is_ink_all_over() -> None:
    frame = paper(size=(100, 400))
    frame[20:380, 20:85] = 40
    assert (flatten(frame)[30:370, 30:75] > 150).all()


def test_half_the_light_changes_nothing() -> None:
    frame, _ = written(FOUR, ZERO)
    dim = (frame // 2).astype(np.uint8)
    assert np.abs(flatten(frame).astype(int) - flatten(dim)).max() <= 6


@pytest.mark.parametrize("shape", [(28, 28), (60, 80), (28, 2000), (2000, 28), (481, 637)])
def test_flattening_takes_any_frame_and_leaves_it_as_it_was(shape: tuple[int, int]) -> None:
    for frame in awkward_frames(*shape):
        before = frame.copy()
        frame.flags.writeable = False
        flat = flatten(frame)
        assert flat.dtype == np.uint8
        assert flat.shape == shape
        np.testing.assert_array_equal(frame, before)


@pytest.mark.parametrize("grey", [1, 60, 128, 255])
def test_a_frame_of_one_grey_has_nothing_on_it(grey: int) -> None:
    assert not flatten(np.full((60, 80), grey, np.uint8)).any()
