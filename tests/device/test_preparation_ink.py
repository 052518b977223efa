"""Writing is told from paper, and from what lies about on it."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter

from device.preparation.ink import find_ink, levels
from device.preparation.light import flatten
from device.reading import Box, Frame
from tests.device.paper import (
    FIVE,
    FOUR,
    SEVEN,
    ZERO,
    Strokes,
    assert_near,
    awkward_frames,
    cut_out,
    paper,
    write,
    written,
)


def boxes_of(frame: Frame) -> list[Box]:
    strokes = sorted(find_ink(flatten(frame)).strokes, key=lambda s: s.left)
    return [Box(s.top, s.left, s.height, s.width) for s in strokes]


def grain(deviation: float, seed: int = 4) -> NDArray[np.float64]:
    return np.random.default_rng(seed).normal(0, deviation, (480, 640))


@pytest.mark.parametrize("ink", [0.25, 0.5, 0.95])
@pytest.mark.parametrize("brightness", [60, 140, 250])
def test_ink_is_found_where_it_was_put(ink: float, brightness: int) -> None:
    frame, expected = written(ZERO, FOUR, SEVEN, ink=ink, brightness=brightness)
    found = boxes_of(frame)
    assert len(found) == 3
    for box, where in zip(found, expected, strict=True):
        assert_near(box, where, slack=4)


@pytest.mark.parametrize("noise", [1.0, 3.0, 6.0])
def test_the_grain_of_paper_and_sensor_is_no_ink(noise: float) -> None:
    frame = (paper() + grain(noise)).clip(0, 255).astype(np.uint8)
    assert boxes_of(frame) == []


@pytest.mark.parametrize("deep", [20, 60])
def test_two_sides_of_a_frame_that_hang_together_are_no_writing(deep: int) -> None:
    flat = np.zeros((240, 320), np.uint8)
    flat[100:, :5] = 180
    flat[-5:, :120] = 180
    flat[-deep:, 100:105] = 180
    strokes = find_ink(flat).strokes
    # What comes further in than a frame does may be writing.
    assert len(strokes) == (deep > 0.16 * 240)


def test_shade_that_hangs_on_a_stroke_is_no_ink() -> None:
    flat = np.zeros((240, 320), np.uint8)
    flat[60:180, 150:230] = 30
    flat[50:190, 150:160] = 180
    ink = find_ink(flat)
    assert ink.darkness == 180
    assert [stroke.area for stroke in ink.strokes] == [140 * 10]


@pytest.mark.parametrize("noise", [1.0, 3.0, 6.0])
def test_ink_is_found_in_the_grain(noise: float) -> None:
    clean, expected = written(ZERO, FOUR, SEVEN, ink=0.6)
    frame = (clean + grain(noise)).clip(0, 255).astype(np.uint8)
    found = boxes_of(frame)
    assert len(found) == 3
    for box, where in zip(found, expected, strict=True):
        assert_near(box, where, slack=5)


def test_ink_is_found_where_dark_corners_are_grainier_than_the_middle() -> None:
    row, column = np.mgrid[-1:1:480j, -1:1:640j]
    clean, expected = written(ZERO, FOUR, SEVEN, ink=0.7)
    light = 1 - 0.3 * (row**2 + column**2)
    frame = (clean * light + grain(4.0)).clip(0, 255).astype(np.uint8)
    found = boxes_of(frame)
    assert len(found) == 3
    for box, where in zip(found, expected, strict=True):
        assert_near(box, where, slack=5)


def test_the_darkness_is_that_of_the_writing() -> None:
    frame, _ = written(ZERO, ink=0.6)
    ink = find_ink(flatten(frame))
    assert abs(ink.darkness - 0.6 * 255) < 12
    assert 0 < ink.level < ink.darkness


def test_specks_are_left_out() -> None:
    frame, expected = written(FIVE)
    for row, column in np.random.default_rng(5).integers((60, 60), (420, 580), (40, 2)):
        frame[row : row + 4, column : column + 4] = 40
    (box, *rest) = [b for b in boxes_of(frame) if b.height > 20]
    assert rest == []
    assert_near(box, expected[0], slack=8)
    assert len(boxes_of(frame)) == 1


def test_a_smudge_beside_dark_writing_is_left_out() -> None:
    frame, expected = written(FIVE, ink=0.85)
    row, column = np.mgrid[:480, :640]
    smudge = np.exp(-((row - 240) ** 2 + (column - 520) ** 2) / (2 * 25**2))
    frame = (frame * (1 - 0.2 * smudge)).astype(np.uint8)
    (box,) = boxes_of(frame)
    assert_near(box, expected[0], slack=5)


@pytest.mark.parametrize("turns", [0, 1, 2, 3])
def test_a_table_beside_the_paper_is_left_out(turns: int) -> None:
    frame, expected = written(FIVE)
    sideways = np.rot90(frame, turns).copy()
    sideways[:40] = 45
    (box,) = boxes_of(np.rot90(sideways, -turns))
    assert_near(box, expected[0], slack=5)


def test_a_table_around_the_paper_is_left_out() -> None:
    frame, expected = written(FIVE)
    around = np.full_like(frame, 45)
    around[35:-30, 50:-40] = frame[35:-30, 50:-40]
    (box,) = boxes_of(around)
    assert_near(box, expected[0], slack=5)


@pytest.mark.parametrize("top", [0, 2])
def test_a_digit_that_touches_the_border_is_kept(top: int) -> None:
    frame = paper()
    box = write(frame, SEVEN, top + 10, 250, 200)
    assert box.top == top
    (found,) = boxes_of(frame)
    assert_near(found, box, slack=5)


@pytest.mark.parametrize("digit", [ZERO, FOUR, FIVE, SEVEN])
@pytest.mark.parametrize("share", [0.12, 0.5, 0.85])
def test_small_and_large_digits_are_found(digit: Strokes, share: float) -> None:
    frame, expected = written(digit, tall=480 * share)
    (found,) = boxes_of(frame)
    assert_near(found, expected[0], slack=5)


@pytest.mark.parametrize("digit", [ZERO, FOUR, FIVE])
def test_a_digit_that_fills_its_dark_frame_out_of_focus_is_found(digit: Strokes) -> None:
    """Its soft strokes lie over half of the paper: their spread is not the paper's grain."""
    frame, expected = written(digit, size=(120, 120), tall=95, brightness=80, pen=0.2, ink=0.42)
    soft = gaussian_filter(frame.astype(np.float32), 4.0)
    dark = soft + np.random.default_rng(4).normal(0, 4, frame.shape)
    (found,) = boxes_of(dark.clip(0, 255).astype(np.uint8))
    assert_near(found, expected[0], slack=9)


@pytest.mark.parametrize("shape", [(28, 28), (60, 80), (28, 2000), (2000, 28)])
def test_any_frame_is_taken(shape: tuple[int, int]) -> None:
    for frame in awkward_frames(*shape):
        ink = find_ink(flatten(frame))
        assert 0 <= ink.level <= 255
        for stroke in ink.strokes:
            assert 0 <= stroke.top < stroke.bottom <= shape[0]
            assert 0 <= stroke.left < stroke.right <= shape[1]


def test_the_levels_of_a_stroke_are_those_of_its_pixels() -> None:
    frame, _ = written(FOUR, ink=0.5)
    flat = flatten(frame)
    (stroke,) = find_ink(flat).strokes
    mask = np.zeros(flat.shape, bool)
    stroke.paint(mask)
    np.testing.assert_array_equal(np.sort(levels(stroke, flat)), np.sort(flat[mask]))


def tall_ones(*ones: tuple[int, int, int]) -> Frame:
    """Upright bars of 16 pixels: the first row, the height and the first column of each."""
    frame = paper()
    for top, tall, left in ones:
        frame[top : top + tall, left : left + 16] = 40
    return frame


@pytest.mark.parametrize("left", [60, 340, 590])
def test_a_printed_line_beside_smaller_writing_is_left_out(left: int) -> None:
    frame = tall_ones((15, 450, left))
    where = write(frame, FIVE, 200, 180, 100)
    (found,) = boxes_of(frame)
    assert_near(found, where, slack=4)


def test_a_pale_number_beside_a_dark_printed_line_is_found() -> None:
    frame = tall_ones((15, 450, 600))
    write(frame, FIVE, 200, 100, 100, ink=0.25)
    write(frame, FOUR, 200, 200, 100, ink=0.25)
    assert len(boxes_of(frame)) == 2


def test_1s_that_fill_the_frame_are_writing() -> None:
    assert len(boxes_of(tall_ones((20, 440, 320)))) == 1
    assert len(boxes_of(tall_ones((20, 440, 250), (40, 400, 350)))) == 2


def beside_lines(digit: Strokes, top: float, left: float, lean: int, ink: float) -> Frame:
    """A digit in a cell whose upper and left lines lean by this many pixels."""
    frame = paper((200, 196))
    write(frame, (((12, 0), (12 + lean, 200)),), 0, 0, 1, pen=5, ink=ink)
    write(frame, (((0, 14 + lean), (196, 14)),), 0, 0, 1, pen=5, ink=ink)
    write(frame, digit, top, left, 100)
    return frame


@pytest.mark.parametrize("ink", [0.3, 0.8])
@pytest.mark.parametrize("lean", [0, 12, -10])
@pytest.mark.parametrize("digit", [FOUR, FIVE])
def test_a_digit_that_touches_the_lines_of_a_cell_is_found_whole(
    digit: Strokes, lean: int, ink: float
) -> None:
    for top, left in ((12, 70), (60, 16), (10, 16)):
        (found,) = boxes_of(beside_lines(digit, top, left, lean, ink))
        assert_near(found, write(paper((200, 196)), digit, top, left, 100), slack=9)


def test_a_cells_line_that_is_dark_in_places_is_no_part_of_a_digit() -> None:
    frame = beside_lines(FIVE, 12, 80, 10, 0.25)
    frame[:, 110:] = np.minimum(frame[:, 110:], beside_lines(FIVE, 12, 80, 10, 0.8)[:, 110:])
    (found,) = boxes_of(frame)
    assert_near(found, write(paper((200, 196)), FIVE, 12, 80, 100), slack=9)


def test_what_hangs_on_the_outside_of_a_cells_line_is_no_writing() -> None:
    frame = paper((200, 196))
    frame[170:176, :] = 60
    frame[176:192, 150:170] = 60
    where = write(frame, FIVE, 76, 60, 90)
    (found,) = boxes_of(frame)
    assert_near(found, where, slack=9)
    assert find_ink(flatten(frame)).left_out == []


NINE_WITH_A_STEM: Strokes = (
    ((0.0, 0.5), (0.0, 0.15), (0.2, 0.0), (0.35, 0.15), (0.35, 0.5)),
    ((0.0, 0.5), (1.0, 0.5)),
)


@pytest.mark.parametrize("tall", [120.0, 250.0])
def test_the_stem_of_a_9_that_fills_its_picture_is_no_line_of_a_cell(tall: float) -> None:
    frame = np.pad(cut_out(NINE_WITH_A_STEM, tall), ((0, 0), (20, 10)), constant_values=200)
    assert find_ink(flatten(frame)).cell is None
