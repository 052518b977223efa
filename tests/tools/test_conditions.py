"""The named conditions: each makes hard what its name says, and nothing unreadable."""

from collections.abc import Callable

import numpy as np
import pytest

from device.photographs import Conditions, photograph
from tools.conditions import (
    CONDITIONS,
    INKS,
    RED_INK,
    WHITE,
    YELLOW,
    either,
    ordinary,
    plain_white,
    seen,
)

SAYS: dict[str, Callable[[Conditions], bool]] = {
    "plain paper": lambda c: c.paper_kind == "plain",
    "ruled paper": lambda c: c.paper_kind == "ruled",
    "graph paper": lambda c: c.paper_kind == "graph",
    "printed cell": lambda c: c.paper_kind == "cell",
    "yellow paper": lambda c: 0.7 < c.paper < 0.85,
    "print-through": lambda c: c.print_through > 0,
    "pencil": lambda c: c.ink <= 0.6 and c.dryness > 0,
    "fine pen": lambda c: c.pen <= 0.05,
    "marker": lambda c: c.pen >= 0.12 and c.ink > 0.9,
    "slant": lambda c: 8 <= abs(c.lean_deg) <= 20,
    "perspective": lambda c: c.perspective > 0,
    "shadow edge": lambda c: c.shadow > 0,
    "vignette": lambda c: c.vignette >= 0.3,
    "uneven light": lambda c: c.slope >= 0.3,
    "coloured light": lambda c: c.paper < 0.7,
    "flicker": lambda c: c.flicker >= 0.1 and 1 <= c.bands <= 8,
    "glare": lambda c: c.glare > 0,
    "motion": lambda c: c.motion_px >= 2,
    "out of focus": lambda c: c.blur_px >= 1.5,
    "sensor noise": lambda c: c.noise >= 5,
    "JPEG": lambda c: 15 <= c.jpeg <= 40,
    "mixed kitchen": lambda c: isinstance(c, Conditions),
}


def draws(name: str, count: int = 40) -> list[Conditions]:
    return [CONDITIONS[name](np.random.default_rng(seed)) for seed in range(count)]


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_is_what_its_name_says(name: str) -> None:
    assert all(SAYS[name](conditions) for conditions in draws(name))


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_condition_comes_from_the_seed_alone(name: str) -> None:
    assert draws(name) == draws(name)
    assert len(set(draws(name))) > 1


@pytest.mark.parametrize("name", CONDITIONS)
def test_a_stroke_stands_out_under_every_condition(name: str) -> None:
    ink = np.zeros((120, 160), np.float32)
    ink[40:80, 70:90] = 1
    for seed, conditions in enumerate(draws(name, 5)):
        # What may hide a stroke rightly, glare on it, is left out here.
        rng = np.random.default_rng(seed)
        frame = photograph(ink, rng, conditions).astype(int)
        stroke, beside = np.median(frame[50:70, 75:85]), np.median(frame[50:70, 20:50])
        assert frame.shape == ink.shape
        assert (stroke > beside) if conditions.is_board else (stroke < 0.95 * beside)


def test_an_ordinary_note_has_nothing_that_is_hard() -> None:
    for seed in range(40):
        conditions = ordinary(np.random.default_rng(seed))
        assert conditions.paper_kind == "plain"
        assert not conditions.is_board
        hard = ("shadow", "glare", "print_through", "perspective", "motion_px", "dryness")
        assert not any(getattr(conditions, name) for name in hard)


def test_plain_white_is_evenly_lit() -> None:
    conditions = plain_white(np.random.default_rng(1))
    assert conditions.slope == conditions.vignette == conditions.lean_deg == 0


def test_yellow_paper_is_darker_than_white_in_grey() -> None:
    assert seen(YELLOW, INKS[0])[0] < seen(WHITE, INKS[0])[0]


def test_an_ink_fades_under_a_lamp_of_its_own_colour() -> None:
    assert seen(WHITE, RED_INK, (1.0, 0.0, 0.0))[1] == pytest.approx(0.25)
    assert seen(WHITE, RED_INK, (1.0, 0.0, 0.0))[1] < seen(WHITE, RED_INK)[1]


def test_grey_ink_is_as_dark_under_every_lamp() -> None:
    assert seen(WHITE, (0.2, 0.2, 0.2), (0.1, 0.5, 1.0))[1] == pytest.approx(0.8)


def test_either_side_is_drawn_about_as_often() -> None:
    rng = np.random.default_rng(2)
    some = [either(rng, 3.0, 5.0) for _ in range(200)]
    assert all(3 <= abs(value) <= 5 for value in some)
    assert 70 < sum(value > 0 for value in some) < 130
