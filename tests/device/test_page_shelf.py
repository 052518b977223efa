import json
import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from device.page.history import encode_png
from device.page.shelf import TORN, NotKept, Shelf, ShelfFull, read_story, with_story

PNG = encode_png(np.arange(40 * 50, dtype=np.uint8).reshape(40, 50))
REFUSAL: dict[str, Any] = {"number": None, "correction": None}
CORRECTED: dict[str, Any] = {"number": None, "correction": {"number": "7"}}


def shelf(folder: Path, most: int = 5, most_bytes: int = 10**6, **more: Any) -> Shelf:
    made = Shelf(folder, most, most_bytes, **more)
    assert list(made.open()) == []
    return made


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@contextmanager
def no_large_files() -> Iterator[None]:
    """A disk that takes no file larger than 100 bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_what_was_put_is_there_after_a_restart_and_opens_as_a_picture(tmp_path: Path) -> None:
    shelf(tmp_path).put("000001-aa", CORRECTED, PNG)

    again = Shelf(tmp_path, 5, 10**6)
    assert list(again.open()) == [("000001-aa", CORRECTED)]
    assert again.corrected == ["000001-aa"]
    with Image.open(tmp_path / "000001-aa.png") as picture:
        assert picture.size == (50, 40)


def test_a_story_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    kept.put("000001-aa", REFUSAL, PNG)
    once = kept.read("000001-aa")
    kept.put("000001-aa", CORRECTED, once)
    assert read_story(tmp_path / "000001-aa.png") == CORRECTED
    assert kept.read("000001-aa").count(b"tEXt") == 1
    assert (len(kept), kept.size) == (1, (tmp_path / "000001-aa.png").stat().st_size)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(length=st.integers(0, len(with_story(PNG, REFUSAL)) - 1))
def test_a_file_cut_off_anywhere_is_set_aside_and_told(tmp_path: Path, length: int) -> None:
    whole = with_story(PNG, REFUSAL)
    (tmp_path / "000001-aa.png").write_bytes(whole[:length])
    kept = Shelf(tmp_path, 5, 10**6)
    assert list(kept.open()) == []
    assert names(tmp_path) == [TORN]
    assert (tmp_path / TORN / "000001-aa.png").read_bytes() == whole[:length]


def test_a_file_whose_story_is_damaged_is_set_aside(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    whole = bytearray(with_story(PNG, REFUSAL))
    whole[60] ^= 1
    (tmp_path / "000001-aa.png").write_bytes(whole)
    assert list(Shelf(tmp_path, 5, 10**6).open()) == []
    assert "000001-aa.png: not a whole file" in caplog.text


def test_what_a_power_cut_left_half_written_is_set_aside(tmp_path: Path) -> None:
    shelf(tmp_path).put("000001-aa", REFUSAL, PNG)
    (tmp_path / "000002-bb.part").write_bytes(PNG[:50])
    assert [name for name, _ in Shelf(tmp_path, 5, 10**6).open()] == ["000001-aa"]
    assert names(tmp_path) == ["000001-aa.png", TORN]


def test_the_oldest_that_nobody_corrected_goes_first(tmp_path: Path) -> None:
    kept = shelf(tmp_path, most=3)
    for name, story in [("1", CORRECTED), ("2", REFUSAL), ("3", REFUSAL)]:
        assert kept.put(name, story, PNG) == []
    assert kept.put("4", REFUSAL, PNG) == ["2"]
    assert names(tmp_path) == ["1.png", "3.png", "4.png"]


def test_the_shelf_is_bounded_in_size_too(tmp_path: Path) -> None:
    size = len(with_story(PNG, REFUSAL))
    kept = shelf(tmp_path, most_bytes=2 * size + 10)
    for name in "123":
        kept.put(name, REFUSAL, PNG)
    assert names(tmp_path) == ["2.png", "3.png"]
    assert kept.size == 2 * size


@pytest.mark.parametrize("story", [REFUSAL, CORRECTED])
def test_a_shelf_full_of_corrections_takes_no_more_and_says_so(
    tmp_path: Path, story: dict[str, Any]
) -> None:
    kept = shelf(tmp_path, most=2)
    kept.put("1", CORRECTED, PNG)
    kept.put("2", CORRECTED, PNG)
    with pytest.raises(ShelfFull, match="download the corrections"):
        kept.put("3", story, PNG)
    assert names(tmp_path) == ["1.png", "2.png"]
    assert kept.put("2", CORRECTED, PNG) == []


def test_a_disk_that_takes_nothing_loses_nothing(tmp_path: Path) -> None:
    kept = shelf(tmp_path, most=1)
    kept.put("1", REFUSAL, PNG)
    with no_large_files(), pytest.raises(NotKept, match="nothing that was kept is lost"):
        kept.put("2", REFUSAL, PNG)
    assert names(tmp_path) == ["1.png"]
    assert kept.trouble is not None
    kept.put("2", REFUSAL, PNG)
    assert names(tmp_path) == ["2.png"]
    assert not kept.trouble


def test_a_card_that_is_nearly_full_is_left_alone_and_room_helps(tmp_path: Path) -> None:
    kept = shelf(tmp_path, leave_free=10**18)
    with pytest.raises(NotKept, match="the card is full"):
        kept.put("1", REFUSAL, PNG)
    assert names(tmp_path) == []
    roomy = shelf(tmp_path)
    roomy.put("1", REFUSAL, PNG)
    assert roomy.trouble is None


@pytest.mark.parametrize("is_full", [False, True])
def test_what_goes_wrong_each_time_is_one_line_until_it_has_gone_well_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, is_full: bool
) -> None:
    kept = shelf(tmp_path, most=1)
    if is_full:
        kept.put("0", CORRECTED, PNG)
    for wanted in (1, 2):
        for number in range(5):
            with no_large_files(), pytest.raises((NotKept, ShelfFull)):
                kept.put(f"{number + 1}", REFUSAL, PNG)
        assert len(caplog.records) == wanted
        kept.put("0", CORRECTED, PNG)


def test_a_folder_that_can_not_be_had_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    kept = Shelf(tmp_path / "file" / "kept", 5, 10**6)
    assert list(kept.open()) == []
    assert kept.trouble is not None
    with pytest.raises(NotKept):
        kept.put("1", REFUSAL, PNG)


def test_what_was_removed_is_gone_and_removing_twice_is_no_mistake(tmp_path: Path) -> None:
    kept = shelf(tmp_path)
    kept.put("1", REFUSAL, PNG)
    kept.remove("1")
    kept.remove("1")
    assert (names(tmp_path), len(kept)) == ([], 0)
    with pytest.raises(KeyError):
        kept.read("1")


def test_a_link_to_elsewhere_is_not_followed(tmp_path: Path) -> None:
    other = tmp_path / "other.png"
    other.write_bytes(with_story(PNG, REFUSAL))
    folder = tmp_path / "kept"
    folder.mkdir()
    (folder / "000001-aa.png").symlink_to(other)
    assert list(Shelf(folder, 5, 10**6).open()) == []


def test_a_story_is_plain_json_in_a_chunk_of_its_own() -> None:
    content = with_story(PNG, {"title": "sieben Äpfel"})
    at = content.index(b"tEXtinkling\0") + len(b"tEXtinkling\0")
    assert json.loads(content[at : content.index(b"}", at) + 1]) == {"title": "sieben Äpfel"}
