from pathlib import Path
from xml.etree import ElementTree

import pytest

import nn
from device.screenshot import main, take_screenshot


@pytest.fixture(scope="module")
def weights() -> str:
    return str(nn.SHIPPED_WEIGHTS)


async def test_the_picture_shows_a_note_and_what_was_read(weights: str) -> None:
    picture = ElementTree.fromstring(await take_screenshot(weights=weights))
    words = " ".join("".join(picture.itertext()).split())
    assert picture.tag.endswith("svg")
    assert "the note says" in words
    assert "next best" in words or "can't read it" in words
    assert words.count("▀") > 500


def test_the_picture_is_written_where_it_is_wanted(
    weights: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["screenshot", str(tmp_path / "a.svg"), "--weights", weights])
    assert main() == 0
    assert (tmp_path / "a.svg").read_text(encoding="utf-8").startswith("<svg")
