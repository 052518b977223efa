"""What was written in the boxes is found, and what wasn't is not."""

import numpy as np
import pytest

import nn
from device.reader import Reader
from tests.tools.desk import write_sure_network
from tools.sheets.camera import Shot, photograph
from tools.sheets.contact import COLOURS, draw_contact_sheet
from tools.sheets.contents import Cell, Verdict, describe, read_sheet
from tools.sheets.filling import filled
from tools.sheets.layout import Box, boxes

EMPTY = {(0, 0), (3, 9), (5, 4), (9, 9), (6, 2), (6, 3)}
NOTHING = dict.fromkeys(EMPTY, "")


@pytest.fixture(scope="module")
def sevens(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    """A reader that takes whatever it sees for a 7."""
    return Reader(nn.load(write_sure_network(tmp_path_factory.mktemp("sure") / "7.npz", 7)))


def places(cells: list[Cell], *verdicts: Verdict) -> set[tuple[int, int]]:
    return {(cell.box.digit, cell.box.number) for cell in cells if cell.verdict in verdicts}


@pytest.mark.parametrize(
    "shot",
    [
        Shot(),
        Shot(shadow=0.55, roll_deg=-6),
        Shot(crease_deg=14, crease_at=0.45),
        Shot(roll_deg=180),
    ],
    ids=["straight", "in shadow", "folded", "upside down"],
)
def test_every_digit_is_kept_and_empty_boxes_are_not(sevens: Reader, shot: Shot) -> None:
    rng = np.random.default_rng(11)
    cells = read_sheet(photograph(filled(rng, otherwise=NOTHING), shot, rng), sevens)
    assert [cell.box for cell in cells] == list(boxes())
    assert places(cells, Verdict.EMPTY) == EMPTY
    assert places(cells, Verdict.RIGHT) == {(7, number) for number in range(10)}
    assert {cell.notes for cell in cells if cell.is_kept} == {"read as 7 (100% sure)"}


def test_pencil_is_found_as_well(sevens: Reader) -> None:
    rng = np.random.default_rng(12)
    page = filled(rng, otherwise=NOTHING, ink=0.4, pen_mm=0.5)
    cells = read_sheet(photograph(page, Shot(shadow=0.3), rng), sevens)
    assert places(cells, Verdict.EMPTY) == EMPTY


def test_a_sheet_nobody_wrote_on_is_empty(sevens: Reader) -> None:
    rng = np.random.default_rng(13)
    everything = {(box.digit, box.number) for box in boxes()}
    cells = read_sheet(
        photograph(filled(rng, otherwise=dict.fromkeys(everything, "")), Shot(), rng), sevens
    )
    assert places(cells, Verdict.EMPTY) == everything
    assert describe(cells) == "0 digits kept of 100 boxes: 100 empty"


def test_two_digits_in_a_box_are_told_and_not_kept(sevens: Reader) -> None:
    rng = np.random.default_rng(14)
    page = filled(rng, otherwise={(4, 4): "11"})
    cells = read_sheet(photograph(page, Shot(), rng), sevens)
    assert places(cells, Verdict.SEVERAL) == {(4, 4)}
    assert describe(cells).startswith("99 digits kept of 100 boxes")


def test_the_contact_sheet_shows_every_box_and_frames_it_by_its_verdict() -> None:
    picture = np.full((168, 128), 220, np.uint8)
    verdicts = list(Verdict)
    cells = [
        Cell(Box(digit, number, 0, 0), picture, verdicts[number % 5], "read as 3 (99% sure)")
        for digit in range(10)
        for number in range(10)
    ]
    figure = draw_contact_sheet(cells, "photo.jpg")
    axes = figure.axes[0]
    assert len(axes.images) == 100
    frames = [patch for patch in axes.patches if not patch.get_fill()]
    assert len(frames) == 100
    assert len({frame.get_edgecolor() for frame in frames}) == len(COLOURS)
    assert sum(text.get_text() == "3" for text in axes.texts) == 20 + 1  # and the row's own
    assert "photo.jpg" in figure.get_suptitle()
