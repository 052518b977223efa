"""Sheets are found however they lie, or refused with the reason."""

import numpy as np
import pytest
from PIL import Image

from device.preparation.light import flatten
from device.reading import Frame
from tools.errors import BadSheet
from tools.sheets.camera import Shot, photograph
from tools.sheets.filling import PRINT_PX_PER_MM, printed
from tools.sheets.layout import HEIGHT, WIDTH, Place, boxes, origin
from tools.sheets.straighten import cut_out, find_homography, project, straighten

LYING = {
    "straight": Shot(),
    "crooked": Shot(roll_deg=13, pitch_deg=16, yaw_deg=-11, distance_mm=460),
    "upside down": Shot(roll_deg=176, pitch_deg=10),
    "sideways": Shot(size=(1600, 1200), roll_deg=93),
    "folded across": Shot(crease_deg=18, crease_at=0.4, pitch_deg=8),
    "folded along": Shot(crease_deg=15, crease_upright=True, pitch_deg=-8),
    "folded away": Shot(crease_deg=-15, pitch_deg=8),
    "curled": Shot(curl_mm=18, pitch_deg=10),
    "in shadow": Shot(shadow=0.6, roll_deg=-6),
    "in the dark": Shot(shadow=0.3, slope=0.9, noise=5),
    "blurred": Shot(blur_px=2.4),
    "on a white desk": Shot(desk=235),
    "on a black desk": Shot(desk=5),
    "small": Shot(size=(1000, 1334), distance_mm=440),
}


def mark_middles(paper: str = "a4") -> Frame:
    """A page on which each box has a dark spot at its centre, and nothing else in it."""
    page = printed(paper).copy()
    k, (down, across) = PRINT_PX_PER_MM, origin(paper)
    for box in boxes():
        row, column = (box.corners.mean(axis=0) + np.array((down, across))) * k
        page[round(row) - k : round(row) + k, round(column) - k : round(column) + k] = 20
    return page


def spot_offset_mm(picture: Frame) -> float:
    """How far the dark spot is from the middle of a box that was cut out."""
    dark = np.argwhere(flatten(picture) > 120)
    off = dark.mean(axis=0) + 0.5 - np.array(picture.shape) / 2
    return float(np.hypot(*off)) / 10


@pytest.mark.parametrize("how", LYING)
def test_boxes_are_cut_out_where_they_are(how: str) -> None:
    frame = photograph(mark_middles(), LYING[how], np.random.default_rng(3))
    sheet = straighten(frame)
    off = [spot_offset_mm(sheet.cut(frame, box)) for box in boxes()]
    assert max(off) < 0.9, f"box {int(np.argmax(off))}"


def test_letter_paper_has_its_boxes_at_the_same_places() -> None:
    frame = photograph(
        mark_middles("letter"), Shot(roll_deg=4, yaw_deg=6), np.random.default_rng(3)
    )
    sheet = straighten(frame)
    assert max(spot_offset_mm(sheet.cut(frame, box)) for box in boxes()) < 0.5


def test_the_printed_line_of_a_box_is_cut_off() -> None:
    frame = photograph(printed(), Shot(noise=0, slope=0), np.random.default_rng(3))
    sheet = straighten(frame)
    pictures = [sheet.cut(frame, box) for box in boxes()]
    assert {picture.shape for picture in pictures} == {(168, 128)}
    assert min(int(picture.min()) for picture in pictures) > 235


@pytest.mark.parametrize(
    ("shot", "reason"),
    [
        (
            Shot(aside_mm=(150, 0)),
            r"top left \(with 1 dot\) and top right \(with 2 dots\) are",
        ),
        (Shot(aside_mm=(-150, 0)), r"marks bottom right \(with 3 dots\) and bottom left"),
        (Shot(aside_mm=(0, 90)), r"marks top left \(with 1 dot\) and bottom left \(with 4 dots\)"),
        (Shot(aside_mm=(0, 90), roll_deg=180), r"top left \(with 1 dot\) and bottom left"),
        (
            Shot(aside_mm=(95, 60), roll_deg=25),
            r"1 dot\), top right \(with 2 dots\) and bottom",
        ),
        (Shot(distance_mm=700), r"too small: 2\.\d pixels a millimetre"),
        (
            Shot(crease_deg=50, distance_mm=500),
            "small marks at the left are not found: lay",
        ),
        (Shot(aside_mm=(900, 900)), "no corner mark of a sheet on it"),
        (Shot(blur_px=20), "no corner mark of a sheet on it"),
    ],
)
def test_what_cannot_be_straightened_is_refused_with_the_reason(shot: Shot, reason: str) -> None:
    frame = photograph(printed(), shot, np.random.default_rng(3))
    with pytest.raises(BadSheet, match=reason):
        straighten(frame)


@pytest.mark.parametrize("corner", ["top left", "top right", "bottom right", "bottom left"])
def test_a_hidden_corner_is_named(corner: str) -> None:
    page = printed().copy()
    down, across = (round(place * PRINT_PX_PER_MM) for place in origin("a4"))
    far_down, far_across = round(HEIGHT * PRINT_PX_PER_MM), round(WIDTH * PRINT_PX_PER_MM)
    row = down if "top" in corner else down + far_down
    column = across if "left" in corner else across + far_across
    page[row - 40 : row + 80, column - 40 : column + 80] = 150  # a thumb
    frame = photograph(page, Shot(), np.random.default_rng(3))
    with pytest.raises(BadSheet, match=rf"the corner mark {corner} \(with \d dots?\) is not on it"):
        straighten(frame)


def test_a_mirrored_picture_is_refused() -> None:
    frame = photograph(printed(), Shot(), np.random.default_rng(3))
    with pytest.raises(BadSheet, match="mirrored"):
        straighten(np.ascontiguousarray(frame[:, ::-1]))


def test_a_thumb_on_a_small_mark_does_no_harm() -> None:
    page = mark_middles()
    down, across = (round(place * PRINT_PX_PER_MM) for place in origin("a4"))
    page[down + 700 : down + 860, across - 60 : across + 60] = 150
    frame = photograph(page, Shot(crease_deg=10), np.random.default_rng(3))
    sheet = straighten(frame)
    assert max(spot_offset_mm(sheet.cut(frame, box)) for box in boxes()) < 0.9


def test_a_real_die_beside_the_sheet_is_not_taken_for_a_corner() -> None:
    frame = photograph(printed(), Shot(distance_mm=470), np.random.default_rng(3))
    known = straighten(frame).homography
    frame[20:60, 20:60] = 20
    frame[36:44, 36:44] = 230  # one dot, as at the top left
    np.testing.assert_allclose(straighten(frame).homography, known, rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("value", [0, 128, 255])
def test_an_even_picture_is_no_sheet(value: int) -> None:
    with pytest.raises(BadSheet, match="no corner mark"):
        straighten(np.full((400, 300), value, np.uint8))


def test_noise_is_no_sheet() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (500, 700), dtype=np.uint8)
    with pytest.raises(BadSheet, match="corner mark"):
        straighten(noise)


def test_the_smallest_picture_there_is_is_no_sheet() -> None:
    with pytest.raises(BadSheet, match="no corner mark"):
        straighten(np.zeros((28, 28), np.uint8))


def test_a_homography_takes_its_corners_where_they_are_seen() -> None:
    places: Place = np.array([(0.0, 0.0), (0.0, 10.0), (20.0, 10.0), (20.0, 0.0)])
    seen: Place = np.array([(5.0, 3.0), (8.0, 40.0), (90.0, 33.0), (70.0, -4.0)])
    np.testing.assert_allclose(project(find_homography(places, seen), places), seen, atol=1e-9)


def test_cutting_out_turns_nothing_over() -> None:
    frame = np.zeros((40, 60), np.uint8)
    frame[10:20, 30:50] = np.arange(20) * 10
    corners: Place = np.array([(10.0, 30.0), (10.0, 50.0), (20.0, 50.0), (20.0, 30.0)])
    np.testing.assert_array_equal(cut_out(frame, corners, (20, 10)), frame[10:20, 30:50])
    turned = cut_out(frame, np.roll(corners, -1, axis=0), (10, 20))
    expected = np.asarray(Image.fromarray(frame[10:20, 30:50]).transpose(Image.Transpose.ROTATE_90))
    np.testing.assert_array_equal(turned, expected)
