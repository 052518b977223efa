import json
from dataclasses import replace

import numpy as np
import pytest

from device.page import history as histories
from device.page.history import Correction, Entry, History, encode_png, from_story, to_story
from device.picture import read_picture
from device.reading import Box, Digit, Frame, Reading, Refusal

GLYPH = np.arange(784, dtype=np.uint32).reshape(28, 28).astype(np.uint8)
DIGIT = Digit(7, 0.9, 1, Box(1, 2, 3, 4), (0.01,) * 7 + (0.9, 0.01, 0.02), GLYPH)
SEVEN = Reading("7", None, (DIGIT,), 0.1)
DOUBTFUL = Reading(None, Refusal.UNSURE, (DIGIT,), 0.1, ("7", "1"))


def frame(side: int = 30) -> Frame:
    return np.full((side, side), 9, np.uint8)


def add(history: History, reading: Reading = SEVEN, side: int = 30) -> tuple[Entry, list[str]]:
    return history.add(reading, frame(side), 12.5, "a note")


def test_the_newest_comes_first_and_the_oldest_is_forgotten() -> None:
    history = History(3)
    names = [add(history)[0].name for _ in range(3)]
    last, forgotten = add(history)
    assert forgotten == names[:1]
    assert [entry.name for entry in history] == [last.name, *reversed(names[1:])]


def test_what_is_kept_stays() -> None:
    history = History(1)
    kept = add(history)[0].name
    history.change(kept, is_kept=True)
    add(history)
    add(history)
    assert [entry.name for entry in history][-1] == kept
    assert len(history) == 2


def test_large_frames_are_let_go_of_but_never_the_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(histories, "MOST_BYTES", 25_000)
    history = History(10)
    kept = add(history, side=100)[0].name
    history.change(kept, is_kept=True)
    add(history, side=100)
    loose, forgotten = add(history, side=200)
    assert history.get(kept).frame is None
    assert len(forgotten) == 1
    assert history.get(loose.name).frame is not None


def test_names_go_on_after_those_of_before() -> None:
    history = History(3)
    entry = replace(add(History(1))[0], name="000041-0a0b0c0d", is_kept=True)
    history.restore(entry)
    assert add(history)[0].name.startswith("000042-")


@pytest.mark.parametrize("reading", [SEVEN, DOUBTFUL, Reading(None, Refusal.TOO_DARK)])
@pytest.mark.parametrize("correction", [None, Correction("47"), Correction(None)])
def test_an_entry_is_the_same_after_a_story(
    reading: Reading, correction: Correction | None
) -> None:
    entry = replace(add(History(1), reading)[0], correction=correction, is_kept=True, frame=None)
    again = from_story(entry.name, json.loads(json.dumps(to_story(entry))))
    assert again == entry
    for before, after in zip(entry.reading.digits, again.reading.digits, strict=True):
        assert np.array_equal(before.glyph, after.glyph)


@pytest.mark.parametrize(
    "changes",
    [
        {"digits": 3},
        {"digits": [{}]},
        {"size": [1]},
        {"refusal": "no such"},
        {"number": None, "refusal": None},
        {"correction": {}},
        {"at": None},
        {"candidates": None},
    ],
)
def test_what_tells_no_reading_is_refused(changes: dict[str, object]) -> None:
    story = to_story(add(History(1))[0])
    with pytest.raises(ValueError, match=r".+"):
        from_story("000001-00000000", {**story, **changes})


def test_a_picture_is_kept_without_loss() -> None:
    noise = np.random.default_rng(1).integers(0, 256, (60, 80), dtype=np.uint8)
    assert np.array_equal(read_picture(encode_png(noise)), noise)
