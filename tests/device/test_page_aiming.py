from typing import Any

import numpy as np
import pytest

from device.notes import write_digits, write_note
from device.page.aiming import FINE, REMEDIES, advise, edge_width_px, where
from device.photographs import Conditions, photograph
from device.reading import Frame, Refusal
from tests.device.paper import hold_up


def shot(seed: int, size: tuple[int, int] = (640, 480), **conditions: Any) -> Frame:
    rng = np.random.default_rng(seed)
    chosen = Conditions(**conditions)
    return photograph(write_digits("47", rng, chosen, size), rng, chosen)


def kinds(frame: Frame) -> list[str]:
    return [advice.kind for advice in advise(frame)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("conditions", "kind"),
    [
        ({}, "ok"),
        ({"blur_px": 1.5}, "ok"),
        ({"paper_kind": "graph"}, "ok"),
        ({"is_board": True}, "ok"),
        ({"ink": 0.4}, "ok"),
        ({"blur_px": 6.0}, "blurred"),
        ({"blur_px": 6.0, "paper_kind": "graph"}, "blurred"),
        ({"paper": 0.1}, "too dark"),
    ],
)
def test_what_is_wrong_with_a_note_is_found(
    seed: int, conditions: dict[str, Any], kind: str
) -> None:
    assert kinds(shot(seed, **conditions)) == [kind]


@pytest.mark.parametrize(
    ("conditions", "kind"),
    [
        ({}, "ok"),
        ({"paper": 0.985}, "ok"),
        ({"blur_px": 5.0}, "blurred"),
        ({"paper": 0.6, "glare": 1.0}, "glare"),
    ],
)
def test_of_a_note_that_is_held_up_the_note_is_judged_and_not_the_room(
    conditions: dict[str, Any], kind: str
) -> None:
    frame, _ = hold_up(shot(1, size=(400, 300), **conditions), (120, 90), room=40)
    assert kinds(frame) == [kind]


@pytest.mark.parametrize("seed", range(5))
def test_glare_is_found(seed: int) -> None:
    assert "glare" in kinds(shot(seed, paper=0.6, glare=1.0))


def test_notes_as_people_hold_them_are_mostly_fine() -> None:
    rng = np.random.default_rng(5)
    fine = sum(advise(write_note("37", rng)) == [FINE] for _ in range(30))
    assert fine >= 24


def test_the_words_say_what_to_do_and_where_the_glare_is() -> None:
    frame = np.full((480, 640), 150, np.uint8)
    frame[20:120, 20:150] = 255
    assert [advice.words for advice in advise(frame)] == [
        "glare at top left: tilt the note, or move the lamp aside"
    ]


@pytest.mark.parametrize(
    ("row", "column", "words"),
    [
        (0, 0, "top left"),
        (0, 1, "the top"),
        (0, 2, "top right"),
        (1, 0, "the left"),
        (1, 1, "the centre"),
        (1, 2, "the right"),
        (2, 0, "bottom left"),
        (2, 1, "the bottom"),
        (2, 2, "bottom right"),
    ],
)
def test_a_spot_is_where_it_is(row: int, column: int, words: str) -> None:
    spot = np.zeros((90, 120), np.bool_)
    spot[30 * row + 10 : 30 * row + 20, 40 * column + 10 : 40 * column + 30] = True
    assert where(spot) == words


def test_a_spot_that_is_none_is_nowhere_in_particular() -> None:
    assert where(np.zeros((9, 9), np.bool_)) == "the centre"


@pytest.mark.parametrize(
    ("grey", "kind"), [(0, "too dark"), (128, "low contrast"), (255, "too bright")]
)
@pytest.mark.parametrize("shape", [(28, 28), (480, 640), (3040, 4056)])
def test_a_frame_that_is_all_the_same_says_why_it_shows_nothing(
    grey: int, kind: str, shape: tuple[int, int]
) -> None:
    assert kinds(np.full(shape, grey, np.uint8)) == [kind]


def test_the_width_of_an_edge_is_measured_in_pixels() -> None:
    ramp = np.clip(np.arange(128) - 20, 0, 8) * 20
    frame = np.tile(ramp, (128, 1)).astype(np.uint8)
    assert edge_width_px(frame) == pytest.approx(8.0)
    assert edge_width_px(np.ascontiguousarray(frame.T)) == pytest.approx(8.0)
    assert edge_width_px(np.full((128, 128), 9, np.uint8)) is None
    assert edge_width_px(np.zeros((28, 28), np.uint8)) is None


def test_a_large_photograph_is_judged_as_it_will_be_read() -> None:
    sharp = shot(1)
    large = sharp.repeat(4, axis=0).repeat(4, axis=1)
    assert kinds(large) == ["ok"]


def test_every_refusal_has_a_remedy() -> None:
    assert REMEDIES.keys() == set(Refusal)
