"""The sheet is vectors on the right paper, and its marks stand where the layout says."""

import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from device.reading import Frame
from tools.sheets.camera import Shot, photograph
from tools.sheets.filling import PRINT_PX_PER_MM, printed
from tools.sheets.layout import (
    BOX_HEIGHT,
    BOX_WIDTH,
    CORNERS,
    DOTS,
    HEIGHT,
    MARK,
    PAPERS,
    WIDTH,
    boxes,
    column_ticks,
    origin,
    row_ticks,
)
from tools.sheets.printing import print_sheet
from tools.sheets.straighten import straighten


def shade(page: Frame, paper: str, down: float, across: float) -> int:
    """How bright the page is at a place of the layout."""
    start = origin(paper)
    return int(
        page[
            round((start[0] + down) * PRINT_PX_PER_MM), round((start[1] + across) * PRINT_PX_PER_MM)
        ]
    )


@pytest.mark.parametrize("paper", PAPERS)
def test_the_pdf_is_one_page_of_that_paper_without_any_picture_in_it(
    tmp_path: Path, paper: str
) -> None:
    print_sheet(tmp_path / "sheet.pdf", paper)
    content = (tmp_path / "sheet.pdf").read_bytes()
    assert content.startswith(b"%PDF-")
    assert b"/Count 1" in content
    assert b"/Subtype /Image" not in content
    width, height = (round(side / 25.4 * 72) for side in PAPERS[paper])
    box = content.split(b"/MediaBox [")[1].split(b"]")[0].split()
    assert [round(float(edge)) for edge in box] == [0, 0, width, height]


def test_the_pdf_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        print_sheet(tmp_path / name, "a4")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


@pytest.mark.parametrize("paper", PAPERS)
def test_marks_stand_where_the_layout_has_them(paper: str) -> None:
    page = printed(paper)
    for (down, across), dots in zip(CORNERS.values(), DOTS, strict=True):
        inside = MARK / 2 - 0.3
        assert shade(page, paper, down + inside, across + inside) < 50
        assert shade(page, paper, down - MARK / 2 - 0.5, across) > 240
        assert all(shade(page, paper, down + a, across + b) > 240 for a, b in dots)
    for down in row_ticks():
        assert shade(page, paper, down, 0) < 50
        assert shade(page, paper, down, WIDTH) < 50
    for across in column_ticks():
        assert shade(page, paper, 0, across) < 50
        assert shade(page, paper, HEIGHT, across) < 50


def test_boxes_are_empty_and_paler_than_any_pen() -> None:
    page = printed()
    down, across = (place * PRINT_PX_PER_MM for place in origin("a4"))
    for box in boxes():
        top, left = down + box.top * PRINT_PX_PER_MM, across + box.left * PRINT_PX_PER_MM
        rows = slice(round(top), round(top + BOX_HEIGHT * PRINT_PX_PER_MM))
        columns = slice(round(left), round(left + BOX_WIDTH * PRINT_PX_PER_MM))
        inside = page[rows, columns]
        assert inside.min() > 170
        assert (inside[8:-8, 8:-8] == 255).all()


@pytest.mark.parametrize("paper", PAPERS)
def test_nothing_is_printed_where_printers_cannot(paper: str) -> None:
    page = printed(paper).copy()
    edge = 5 * PRINT_PX_PER_MM
    page[edge:-edge, edge:-edge] = 255
    assert (page == 255).all()


def test_what_a_pdf_reader_shows_can_be_photographed_and_straightened(
    tmp_path: Path, needs: Callable[[str], str]
) -> None:
    print_sheet(tmp_path / "sheet.pdf", "letter")
    words = (needs("pdftoppm"), "-r", str(PRINT_PX_PER_MM * 25.4), "-png", "-singlefile")
    subprocess.run([*words, tmp_path / "sheet.pdf", tmp_path / "page"], check=True, timeout=60)
    with Image.open(tmp_path / "page.png") as picture:
        page = np.asarray(picture.convert("L"))
    frame = photograph(page, Shot(roll_deg=5, slope=0, noise=0), np.random.default_rng(1))
    sheet = straighten(frame)
    assert min(int(sheet.cut(frame, box).min()) for box in boxes()) > 235
