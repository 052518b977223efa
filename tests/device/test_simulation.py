import logging
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from device.board import Board
from device.config import BoardConfig
from device.errors import CameraError
from device.pins import simulated_pins
from device.simulation import FolderPile, GeneratedPile, SimulatedBoard
from tests.device.bench import BlankPile


def folder_of(folder: Path, **levels: int) -> Path:
    for name, level in levels.items():
        Image.new("L", (40, 30), level).save(folder / f"{name}.png")
    return folder


def test_each_press_photographs_the_next_generated_note() -> None:
    with GeneratedPile(np.random.default_rng(1)) as pile:
        notes = [(pile.capture(1.0), pile.title, pile.number) for _ in range(12)]
    assert all(frame.shape == (480, 640) and frame.dtype == np.uint8 for frame, _, _ in notes)
    assert all(title == f"the note says {number}" for _, title, number in notes)
    assert all(number and number.isdecimal() for _, _, number in notes)
    assert {len(number) > 1 for _, _, number in notes if number} == {True, False}
    assert len({frame.tobytes() for frame, _, _ in notes}) == 12


def test_the_same_seed_writes_the_same_notes() -> None:
    piles = [GeneratedPile(np.random.default_rng(3), (320, 240)) for _ in range(2)]
    for _ in range(3):
        first, second = (pile.capture(1.0) for pile in piles)
        assert np.array_equal(first, second)
        assert first.shape == (240, 320)


def test_in_live_mode_a_note_stays_for_several_frames_and_then_the_next_one_comes() -> None:
    pile = BlankPile()
    pile.show_live(True)
    titles = []
    for _ in range(40):
        pile.capture(1.0)
        titles.append(pile.title)
    assert titles[:3] == ["sheet 1"] * 3
    assert len(set(titles)) > 2
    pile.show_live(False)
    before = pile.title
    pile.capture(1.0)
    assert pile.title != before


def test_looking_leaves_the_note_where_it_lies_for_the_next_press() -> None:
    pile = BlankPile()
    seen = []
    for _ in range(3):
        looks = [int(pile.look(1.0)[0, 0]) for _ in range(5)]
        seen.append((looks, int(pile.capture(1.0)[0, 0])))
    # Between two presses it is the note before that is looked at.
    assert seen == [([254] * 5, 254), ([254] * 5, 253), ([253] * 5, 252)]


def test_what_is_done_to_a_frame_is_not_done_to_the_note() -> None:
    pile = BlankPile()
    pile.show_live(True)
    pile.capture(1.0)[:] = 0
    assert pile.capture(1.0).min() == 254


def test_a_closed_pile_says_so_and_may_be_closed_twice() -> None:
    with BlankPile() as pile:
        pile.capture(1.0)
    pile.close()
    with pytest.raises(CameraError, match="closed"):
        pile.capture(1.0)


def test_a_folder_is_read_in_the_order_of_names_and_then_again(tmp_path: Path) -> None:
    pile = FolderPile(folder_of(tmp_path, b=20, a=10, c=30))
    seen = [(int(pile.capture(1.0)[0, 0]), pile.title) for _ in range(4)]
    assert seen == [(10, "a.png"), (20, "b.png"), (30, "c.png"), (10, "a.png")]
    assert pile.number is None


def test_a_picture_that_cannot_be_opened_is_told_once_and_left_out(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder_of(tmp_path, a=10, c=30)
    (tmp_path / "b.png").write_bytes(b"no picture")
    (tmp_path / "labels.csv").write_text("file,label,notes\n")
    (tmp_path / "._a.png").write_bytes(b"what macOS leaves behind")
    with caplog.at_level(logging.WARNING):
        pile = FolderPile(tmp_path)
        titles = []
        for _ in range(5):
            pile.capture(1.0)
            titles.append(pile.title)
    assert titles == ["a.png", "c.png", "a.png", "c.png", "a.png"]
    assert [record.getMessage() for record in caplog.records] == [
        f"left out of the pile: {tmp_path / 'b.png'}: not a picture in a known format "
        "(JPEG, PNG, GIF, BMP, PPM, TIFF, WEBP); save it as PNG"
    ]


def test_a_folder_is_through_after_its_last_picture_that_opens(tmp_path: Path) -> None:
    folder_of(tmp_path, a=10, c=30)
    for broken in ("0.png", "b.png", "d.png", "e.png"):
        (tmp_path / broken).write_bytes(b"no picture")
    pile = FolderPile(tmp_path)
    titles = []
    while not pile.is_through:
        pile.capture(1.0)
        titles.append(pile.title)
    assert titles == ["a.png", "c.png"]
    pile.capture(1.0)
    assert pile.title == "a.png"


def test_a_folder_without_pictures_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing here")
    with pytest.raises(CameraError, match=f"^{tmp_path}: no pictures in this folder; .* .png"):
        FolderPile(tmp_path)


def test_a_folder_of_nothing_but_broken_pictures_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "a.png").touch()
    with pytest.raises(CameraError, match=f"^{tmp_path}: none of its pictures"):
        FolderPile(tmp_path)


def test_a_folder_that_is_missing_or_no_folder_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="no such file or directory; give a folder"):
        FolderPile(tmp_path / "missing")
    (tmp_path / "a.png").touch()
    with pytest.raises(CameraError, match="not a directory; give a folder"):
        FolderPile(tmp_path / "a.png")


@pytest.mark.parametrize("common_anode", [False, True])
@pytest.mark.parametrize("active_high", [False, True])
def test_the_simulated_board_shows_what_the_pins_light(
    common_anode: bool, active_high: bool
) -> None:
    config = BoardConfig(
        displays=("seven_segment", "binary"), common_anode=common_anode, active_high=active_high
    )
    pins = simulated_pins()
    simulated = SimulatedBoard(pins, config)
    assert (simulated.segments, simulated.light) == (frozenset(), False)
    with Board(config, pins) as board:
        assert simulated.segments == frozenset()
        board.announce("7", "7")
        board.show_light("starting")
        assert simulated.segments == frozenset("abc")
        assert simulated.binary == (False, True, True, True)
        assert simulated.light
    assert (simulated.segments, simulated.light) == (frozenset(), False)
    assert simulated.binary == (False,) * 4


def test_the_simulated_board_presses_the_real_button() -> None:
    config = BoardConfig()
    pins = simulated_pins()
    simulated = SimulatedBoard(pins, config)
    assert not simulated.pressed
    with Board(config, pins) as board:
        assert not simulated.pressed
        simulated.press()
        assert simulated.pressed
        simulated.release()
        assert not simulated.pressed
        assert [board.inbox.get(timeout=1).pressed for _ in range(2)] == [True, False]
