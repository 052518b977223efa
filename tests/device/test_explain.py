"""Explanations: what stands where in the picture, and what becomes of the files."""

import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFont

from device import explain as explaining
from device.explain import ANSWER, CORNER, GLYPH_PX, MARGIN, REFUSED, ExplanationLost, Explanations
from device.reading import Box, Digit, Frame, Reading, Refusal


def a_frame(rows: int = 480, columns: int = 640) -> Frame:
    return np.full((rows, columns), 200, np.uint8)


BOX = Box(100, 200, 80, 40)


def a_digit(digit: int = 7, box: Box = BOX) -> Digit:
    outputs = np.full(10, 0.01)
    outputs[digit], outputs[(digit + 1) % 10] = 0.8, 0.1
    glyph = np.zeros((28, 28), np.uint8)
    glyph[4:24, 12:16] = 255
    return Digit(digit, 0.8, (digit + 1) % 10, box, tuple(map(float, outputs)), glyph)


def an_answer(*digits: int) -> Reading:
    found = tuple(a_digit(d, Box(100, 60 * place, 80, 40)) for place, d in enumerate(digits))
    return Reading("".join(map(str, digits)), None, found, 0.02)


def pixels_of(sheet: Image.Image, colour: str) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    wanted = [int(colour[at : at + 2], 16) for at in (1, 3, 5)]
    return np.asarray(np.all(np.asarray(sheet) == wanted, axis=2))


def test_the_box_is_drawn_around_the_digit_in_the_scaled_frame() -> None:
    sheet = explaining.explain(a_frame(), Reading("7", None, (a_digit(),)))
    scale = 800 / 640
    middle_row = CORNER[1] + round(140 * scale)
    columns = np.flatnonzero(pixels_of(sheet, ANSWER)[middle_row])
    assert abs(columns.min() - (CORNER[0] + 200 * scale)) <= 4
    assert abs(columns.max() - (CORNER[0] + 240 * scale)) <= 4


def test_the_glyph_is_enlarged_without_blurring() -> None:
    sheet = explaining.explain(a_frame(), Reading("7", None, (a_digit(),)))
    top = CORNER[1] + 600 + explaining.GAP
    shown = np.asarray(sheet.convert("L"))[top : top + GLYPH_PX, MARGIN : MARGIN + GLYPH_PX]
    glyph = a_digit().glyph
    np.testing.assert_array_equal(shown, np.kron(glyph, np.ones((6, 6), np.uint8)))


def test_the_chosen_output_has_the_longest_bar() -> None:
    sheet = explaining.explain(a_frame(), Reading("7", None, (a_digit(7),)))
    left = MARGIN + GLYPH_PX + explaining.LABEL_PX + 8
    right = MARGIN + 800 - explaining.VALUE_PX
    bars = pixels_of(sheet, ANSWER)[CORNER[1] + 600 + explaining.GAP :, left:right]
    rows = np.flatnonzero(bars.any(axis=1))
    assert abs(bars[rows[0]].sum() - 0.8 * (right - left)) <= 2
    assert rows[0] // explaining.BAR_PX == 7


def test_a_refusal_is_drawn_in_another_colour_and_other_words() -> None:
    digits = (a_digit(),)
    refused = explaining.explain(a_frame(), Reading(None, Refusal.UNSURE, digits, 0, ("1", "7")))
    assert not pixels_of(refused, ANSWER).any()
    assert pixels_of(refused, REFUSED).any()
    plain = explaining.explain(a_frame(), Reading(None, Refusal.UNSURE, digits))
    assert not np.array_equal(np.asarray(plain), np.asarray(refused))


@pytest.mark.parametrize("shape", [(28, 28), (28, 4000), (4000, 28), (3040, 4056)])
def test_a_frame_of_any_shape_fits_the_sheet(shape: tuple[int, int]) -> None:
    digit = a_digit(box=Box(0, 0, shape[0], shape[1]))
    sheet = explaining.explain(a_frame(*shape), Reading("7", None, (digit,)))
    assert sheet.width == 864
    assert sheet.height < 1000


@pytest.mark.parametrize("count", [0, 1, 2, 3, 8, 40])
def test_any_number_of_digits_is_drawn(count: int) -> None:
    found = tuple(a_digit(place % 10) for place in range(count))
    sheet = explaining.explain(a_frame(), Reading(None, Refusal.TOO_MANY, found))
    assert sheet.height < 1600


def test_names_in_any_script_are_drawn_with_any_font(monkeypatch: pytest.MonkeyPatch) -> None:
    def bitmap(_size_px: int) -> ImageFont.ImageFont:
        old = getattr(ImageFont, "load_default_imagefont", ImageFont.load_default)()
        assert isinstance(old, ImageFont.ImageFont)
        return old

    for font in (explaining._font, bitmap):
        monkeypatch.setattr(explaining, "_font", font)
        for name in ("записка.png", "笔记.png", "odd\udcff\n.png", ""):
            assert explaining.explain(a_frame(), an_answer(1, 2), name).width == 864


def test_an_explanation_is_written_beside_no_leftovers(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    path = Explanations(folder).write("photos/note.jpg", a_frame(), an_answer(7))
    assert path == folder / "note-read.png"
    assert list(folder.iterdir()) == [path]
    with Image.open(path) as image:
        assert image.format == "PNG"


def test_pictures_of_one_name_do_not_overwrite_each_other(tmp_path: Path) -> None:
    explanations = Explanations(tmp_path)
    for picture in ("a/note.jpg", "b/note.jpg", "NOTE.png", "note-read.jpg", "x" * 240):
        explanations.write(picture, a_frame(), an_answer(7))
    assert len(list(tmp_path.iterdir())) == 5


def test_a_second_run_replaces_what_the_first_wrote(tmp_path: Path) -> None:
    for _ in range(2):
        Explanations(tmp_path).write("note.jpg", a_frame(), an_answer(7))
    assert [path.name for path in tmp_path.iterdir()] == ["note-read.png"]


def test_a_picture_is_not_overwritten_by_its_own_explanation(tmp_path: Path) -> None:
    Image.fromarray(a_frame()).save(tmp_path / "note.png")
    before = (tmp_path / "note.png").read_bytes()
    Explanations(tmp_path).write(tmp_path / "note.png", a_frame(), an_answer(7))
    assert (tmp_path / "note.png").read_bytes() == before


def test_a_folder_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for folder in (tmp_path / "file", tmp_path / "file" / "folder"):
        with pytest.raises(ExplanationLost, match=r"^[^\n]*can't write the explanation: [^\n]+$"):
            Explanations(folder)


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has no /dev/full, the full disk")
def test_a_full_disk_is_one_line_and_leaves_nothing_half_written(tmp_path: Path) -> None:
    aside = tmp_path / f".{os.getpid()}.part"
    aside.symlink_to("/dev/full")
    with pytest.raises(ExplanationLost, match=r"note-read\.png: .*: no space left on device$"):
        Explanations(tmp_path).write("note.jpg", a_frame(), an_answer(7))
    assert list(tmp_path.iterdir()) == []
