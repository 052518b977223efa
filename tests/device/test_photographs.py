"""Photographs that the program takes itself: the light and the lens are as the conditions say."""

from dataclasses import fields, replace

import numpy as np
import pytest

from device.notes import write_digits
from device.photographs import Conditions, Ink, draw_conditions, photograph
from device.reading import Frame

PLAIN = Conditions(slope=0.0, vignette=0.0, blur_px=0.5, noise=0.0)


def blank(size: tuple[int, int] = (320, 240)) -> Ink:
    return np.zeros(size[::-1], np.float32)


def a_bar() -> Ink:
    ink = blank()
    ink[60:180, 150:160] = 1
    return ink


def taken(ink: Ink, conditions: Conditions, seed: int = 0) -> Frame:
    return photograph(ink, np.random.default_rng(seed), conditions)


def test_ink_swallows_its_share_of_the_light() -> None:
    ink = blank()
    ink[80:160, 120:200] = 1
    frame = photograph(ink, np.random.default_rng(0), replace(PLAIN, paper=0.8, ink=0.75))
    assert abs(int(frame[20, 20]) - 0.8 * 255) <= 2
    assert abs(int(frame[120, 160]) - 0.2 * 255) <= 2


def test_the_light_falls_off_as_the_conditions_say() -> None:
    rng = np.random.default_rng(1)
    even = photograph(blank(), rng, PLAIN)
    assert np.ptp(even) <= 1
    corners = photograph(blank(), rng, replace(PLAIN, vignette=0.5))
    assert corners[0, 0] < 0.6 * corners[120, 160]
    sloping = photograph(blank(), rng, replace(PLAIN, slope=0.4))
    assert 0.55 < sloping.min() / sloping.max() < 0.75
    shaded = photograph(blank(), rng, replace(PLAIN, shadow=0.5))
    assert shaded.min() == pytest.approx(0.5 * shaded.max(), rel=0.05)


def test_a_lamp_flickers_from_row_to_row_as_the_conditions_say() -> None:
    frame = taken(blank(), replace(PLAIN, flicker=0.25, bands=4.0))
    assert np.ptp(frame, axis=1).max() <= 1
    light = frame[:, 0].astype(float)
    assert light.min() / light.max() == pytest.approx(0.75 / 1.25, rel=0.03)
    assert np.abs(np.fft.rfft(light - light.mean())).argmax() == 4


def test_noise_is_as_strong_as_the_conditions_say() -> None:
    frame = photograph(blank(), np.random.default_rng(0), replace(PLAIN, noise=4.0))
    assert frame.std() == pytest.approx(4, rel=0.1)


@pytest.mark.parametrize(("kind", "upright"), [("ruled", False), ("graph", True)])
def test_paper_has_its_lines(kind: str, upright: bool) -> None:
    frame = photograph(blank(), np.random.default_rng(3), replace(PLAIN, paper_kind=kind))
    assert np.ptp(frame.mean(axis=1)) > 5
    assert bool(np.ptp(frame.mean(axis=0)) > 5) is upright


def test_a_turned_note_is_turned() -> None:
    ink = blank()
    ink[118:122, 60:260] = 1
    frame = photograph(ink, np.random.default_rng(0), replace(PLAIN, lean_deg=10.0))
    rows, columns = np.nonzero(frame < 120)
    slope = np.polynomial.Polynomial.fit(columns, rows, 1).convert().coef[1]
    assert abs(np.degrees(np.arctan(slope))) == pytest.approx(10, abs=1)


def test_conditions_stay_within_what_a_camera_gives() -> None:
    rng = np.random.default_rng(4)
    kinds = set()
    for _ in range(300):
        drawn = draw_conditions(rng)
        kinds.add(drawn.paper_kind)
        assert 0 < drawn.paper <= 1
        assert 0 < drawn.ink < 1
        assert 0 < drawn.pen < 0.5
        for name in ("slope", "shadow", "vignette"):
            assert 0 <= getattr(drawn, name) < 1
        assert drawn.blur_px >= 0
        assert drawn.noise >= 0
    assert {"plain", "ruled", "graph"} <= kinds


def test_every_condition_is_drawn_anew() -> None:
    rng = np.random.default_rng(5)
    drawn = [draw_conditions(rng) for _ in range(60)]
    # A simulated lamp doesn't flicker: the Pi's camera is told not to let it.
    for field in fields(Conditions):
        if field.name in ("flicker", "bands"):
            continue
        assert len({getattr(each, field.name) for each in drawn}) > 1, field.name


def test_chalk_is_light_on_a_dark_board() -> None:
    frame = taken(a_bar(), replace(PLAIN, is_board=True, ink=0.9))
    assert frame[120, 155] > 4 * frame[120, 40]


def test_a_reflection_only_brightens() -> None:
    plain, shining = (taken(a_bar(), replace(PLAIN, glare=glare)) for glare in (0.0, 0.5))
    more = shining.astype(int) - plain
    assert more.min() >= -1
    assert more.max() > 50


def test_what_is_written_on_the_back_shows_faintly_and_elsewhere() -> None:
    plain, thin = (taken(a_bar(), replace(PLAIN, print_through=p)) for p in (0.0, 0.15))
    darker = plain.astype(int) - thin
    assert 10 < darker.max() < 50
    assert darker[60:180, 150:160].max() <= 1


def test_a_pencil_leaves_gaps() -> None:
    whole, dry = (taken(a_bar(), replace(PLAIN, dryness=d)) for d in (0.0, 0.3))
    inside = np.s_[70:170, 152:158]
    assert dry[inside].std() > whole[inside].std() + 5
    np.testing.assert_array_equal(dry[:, :100], whole[:, :100])


def test_a_moving_note_is_smeared_but_no_darker() -> None:
    still, moved = (taken(a_bar(), replace(PLAIN, motion_px=m)) for m in (0.0, 5.0))
    assert moved.shape == still.shape
    assert moved.mean() == pytest.approx(still.mean(), rel=0.01)
    assert np.abs(np.diff(moved.astype(int))).max() <= np.abs(np.diff(still.astype(int))).max()


def test_a_note_seen_from_the_side_keeps_its_frame() -> None:
    straight, tilted = (taken(a_bar(), replace(PLAIN, perspective=p)) for p in (0.0, 0.08))
    assert tilted.shape == straight.shape
    assert not np.array_equal(tilted, straight)
    assert tilted.min() == pytest.approx(straight.min(), abs=12)


def test_compression_keeps_the_picture() -> None:
    fine, coarse = (taken(a_bar(), replace(PLAIN, jpeg=quality)) for quality in (0, 40))
    assert coarse.dtype == np.uint8
    assert 0 < np.abs(fine.astype(int) - coarse).mean() < 4


@pytest.mark.parametrize("shape", [(28, 28), (60, 300), (300, 28)])
def test_a_sheet_of_any_form_is_photographed_in_all_conditions(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(9)
    for _ in range(40):
        frame = photograph(np.zeros(shape, np.float32), rng, draw_conditions(rng))
        assert frame.shape == shape
        assert frame.dtype == np.uint8


def test_the_same_seed_takes_the_same_photograph() -> None:
    for seed in range(10):
        conditions = draw_conditions(np.random.default_rng(seed))
        one, other = (taken(a_bar(), conditions, seed) for _ in range(2))
        np.testing.assert_array_equal(one, other)


def test_ink_can_be_told_from_paper_on_every_note() -> None:
    """What is written stands out from what it is written on, and from the noise."""
    for seed in range(40):
        rng = np.random.default_rng(seed)
        drawn = draw_conditions(rng)
        ink = write_digits("4", rng, drawn, (320, 240))
        # Without what moves the ink from where it is looked for below, or lies over it.
        conditions = replace(
            drawn, lean_deg=0.0, perspective=0.0, motion_px=0.0, shadow=0.0, glare=0.0
        )
        frame = photograph(ink, rng, conditions).astype(float)
        rows, columns = np.nonzero(ink > 0.9)
        around = np.zeros(ink.shape, bool)
        around[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1] = True
        paper, written = frame[around & (ink == 0)].mean(), frame[ink > 0.9].mean()
        assert bool(written > paper) is conditions.is_board
        assert abs(written - paper) > max(6, 1.5 * conditions.noise), f"seed {seed}"
