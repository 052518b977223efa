"""One's own digits go through the same preparation as any frame, and are many enough to matter."""

from pathlib import Path

import numpy as np
import pytest

from device.picture import open_picture
from device.preparation import prepare
from tests.tools.desk import make_digits, write_pictures
from tools.errors import BadLabels
from tools.handwriting import add_handwriting, load_handwriting


def test_pictures_become_the_glyphs_that_the_appliance_would_see(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "own", [("a.png", "1", ""), ("b.png", "7", "")])
    own = load_handwriting(folder)
    assert own.labels.tolist() == [1, 7]
    (glyph,) = prepare(open_picture(folder / "a.png"))
    np.testing.assert_array_equal(own.glyphs[0], glyph.pixels)


def test_what_cannot_be_learnt_from_is_told_and_left_out(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = (("ok.png", "1"), ("two.png", "11"), ("none.png", "none"), ("bad.png", "1"))
    folder = write_pictures(tmp_path / "own", [(name, label, "") for name, label in names])
    (folder / "bad.png").write_bytes(b"")
    write_pictures(tmp_path / "own" / "sub", [("pair.png", "12", ""), ("blank.png", "none", "")])
    lines = (folder / "sub" / "labels.csv").read_text()
    lines = lines.replace("pair.png,12", "pair.png,1").replace("blank.png,none", "blank.png,5")
    (folder / "sub" / "labels.csv").write_text(lines)

    assert load_handwriting(folder).labels.tolist() == [1]
    assert capsys.readouterr().err.splitlines() == [
        f"warning: {folder}/{name}; left out"
        for name in (
            "two.png: labelled 11, which is no single digit",
            "none.png: labelled none, which is no single digit",
            "bad.png: an empty file",
            "sub/pair.png: 2 digits found in it, not 1",
            "sub/blank.png: nothing found in it",
        )
    ]


def test_a_folder_without_a_usable_digit_is_refused(tmp_path: Path) -> None:
    folder = write_pictures(tmp_path / "own", [("a.png", "none", "")])
    with pytest.raises(BadLabels, match="no picture of a single digit"):
        load_handwriting(folder)


@pytest.mark.parametrize(("own", "copies"), [(10, 10), (100, 1), (1, 100), (2000, 1)])
def test_ones_own_digits_are_a_tenth_but_none_comes_more_than_a_hundred_times(
    own: int, copies: int
) -> None:
    rng = np.random.default_rng(1)
    examples = make_digits(900, rng)
    joined = add_handwriting(examples, make_digits(own, rng))
    assert len(joined) == 900 + own * copies
    np.testing.assert_array_equal(joined.glyphs[:900], examples.glyphs)
