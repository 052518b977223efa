"""`inkling-desk mind`, run as a user runs it."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import nn
from device import preparation
from tests.tools.desk import (
    draw_note,
    inkling_desk,
    write_bar_network,
    write_mnist,
    write_pictures,
    write_sure_network,
)
from tools.__main__ import main


@pytest.fixture(scope="module")
def mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_mnist(tmp_path_factory.mktemp("mnist") / "bars")


def look_into(weights: Path, mnist: Path, out: Path, *words: object) -> int:
    return main(
        ["mind", "--weights", str(weights), "--mnist", str(mnist), "--out", str(out)]
        + [str(word) for word in words]
    )


def test_every_picture_is_drawn(
    mnist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    network = nn.Network.talk(hidden_nodes=30, rng=np.random.default_rng(1))
    network.save(tmp_path / "talk.npz", nn.Card("fresh", preparation.VERSION, (*"0123456789",)))
    assert look_into(tmp_path / "talk.npz", mnist, tmp_path / "out") == 0
    said = capsys.readouterr().out
    assert "Back-query" in said
    assert "Gradient ascent" in said
    assert "of 50 misread\nThe surest of them\n" in said
    for name in ("imagined", "weights", "map", "misread", "neighbours"):
        with Image.open(tmp_path / "out" / f"{name}.png") as picture:
            assert picture.width > 800
            assert len(picture.convert("L").getcolors() or []) > 5


def test_where_nothing_is_misread_there_is_no_contact_sheet(
    mnist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    weights = write_bar_network(tmp_path / "bars.npz")
    assert look_into(weights, mnist, tmp_path / "out") == 0
    assert "0 of 50 misread" in capsys.readouterr().out
    drawn = {path.name for path in (tmp_path / "out").iterdir()}
    assert drawn == {"imagined.png", "weights.png", "map.png"}


def test_pictures_of_ones_own_find_their_neighbours(
    mnist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    draw_note(2).save(tmp_path / "two strokes.png")
    weights = write_bar_network(tmp_path / "bars.npz")
    picture = tmp_path / "two strokes.png"
    assert look_into(weights, mnist, tmp_path / "out", "--picture", picture) == 0
    said = capsys.readouterr().out
    assert "two strokes.png, digit 1" in said
    assert "two strokes.png, digit 2" in said
    assert (tmp_path / "out" / "neighbours.png").exists()


def test_a_folder_of_photographs_can_be_what_is_tested(
    mnist: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    notes = write_pictures(tmp_path / "notes", [("a.png", "4", ""), ("b.png", "1", "")])
    weights = write_sure_network(tmp_path / "sure.npz", 1)
    assert look_into(weights, mnist, tmp_path / "out", "--test", notes) == 0
    said = capsys.readouterr().out
    assert "1 of 2 misread" in said
    assert "a.png" in said


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--picture", "blank.png"), "blank.png: nothing written on it; give a picture with a"),
        (("--picture", "nowhere.png"), "nowhere.png: "),
        (("--weights", "small.npz"), "small: (4,) inputs and 10 outputs; give weights of"),
        (("--weights", "nowhere.npz"), "nowhere.npz: no such file"),
        (("--weights", "sure.npz", "--test", "nowhere"), "nowhere: no such folder"),
    ],
)
def test_what_cannot_be_is_told_in_one_line(
    mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    Image.new("L", (320, 240), 215).save("blank.png")
    write_bar_network(tmp_path / "bars.npz")
    write_sure_network(tmp_path / "sure.npz", 1)
    small = nn.Network.talk(4, 3, 10, rng=np.random.default_rng(1))
    small.save("small.npz", nn.Card("small", preparation.VERSION, (*"0123456789",)))
    given = ["mind", "--weights", "bars.npz", "--mnist", str(mnist), *words]
    assert main(given) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"inkling-desk: {said}")
    assert error.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_wrong_usage_exits_with_2() -> None:
    assert inkling_desk("mind", "--juggle").returncode == 2
