import itertools

import pytest

from device.faults import Fault
from device.light import PATTERNS, StatusLight
from device.rhythm import Rhythm, steady
from device.snapshot import State


def flicker(pattern: str, seconds: float = 12.0, step_s: float = 0.02) -> list[bool]:
    """How a pattern looks, sampled."""
    rhythm = PATTERNS[pattern].rhythm
    return [rhythm.at(step * step_s)[0] for step in range(int(seconds / step_s))]


@pytest.mark.parametrize("pair", [*itertools.combinations(PATTERNS, 2)], ids="-".join)
def test_no_two_patterns_look_alike(pair: tuple[str, str]) -> None:
    first, second = (flicker(pattern) for pattern in pair)
    unlike = sum(a != b for a, b in zip(first, second, strict=True))
    assert unlike > 0.02 * len(first)


def test_every_state_and_every_fault_has_a_pattern() -> None:
    patterns = {*PATTERNS} | {"answered", "refused"}
    assert patterns >= {state.value for state in State} - {"showing", "fault"}
    assert patterns >= set(Fault)


@pytest.mark.parametrize("fault", Fault)
def test_a_fault_blinks_as_often_as_its_words_say(fault: Fault) -> None:
    pattern = PATTERNS[fault]
    period = sum(seconds for _, seconds in pattern.rhythm.steps)
    one_period = flicker(fault, period)
    blinks = sum(now and not before for before, now in itertools.pairwise([False, *one_period]))
    assert pattern.words.startswith(f"{blinks} blinks, pause: ")


def test_the_codes_of_the_faults_differ_in_their_count() -> None:
    counts = [PATTERNS[fault].words.split()[0] for fault in Fault]
    assert len(set(counts)) == len(counts)


def test_the_starting_light_needs_nobody_to_tick_it() -> None:
    lit, for_s = PATTERNS["starting"].rhythm.at(3.0)
    assert lit
    assert for_s == float("inf")


def test_the_lamp_is_set_only_when_it_changes() -> None:
    told: list[bool] = []
    light = StatusLight(told.append)
    light.show("busy", 100.0)
    for step in range(40):
        light.tick(100.0 + step * 0.01)
    assert told == [True, False, True, False]


def test_a_pattern_that_is_on_goes_on_undisturbed_when_it_is_asked_for_again() -> None:
    light = StatusLight(lambda _: None)
    light.show("refused", 100.0)
    light.show("refused", 100.4)
    assert light.tick(100.45) == pytest.approx(0.05)


def test_the_light_tells_when_it_has_to_be_ticked_again() -> None:
    light = StatusLight(lambda _: None)
    light.show("ready", 10.0)
    assert light.tick(10.0) == pytest.approx(0.06)
    assert light.tick(10.5) == pytest.approx(1.5)


def test_a_rhythm_starts_over_and_tells_how_long_a_step_lasts() -> None:
    rhythm = Rhythm((("a", 1.0), ("b", 2.0)))
    assert rhythm.at(0.0) == ("a", 1.0)
    assert rhythm.at(1.0) == ("b", 2.0)
    assert rhythm.at(2.5) == ("b", 0.5)
    assert rhythm.at(3.0) == ("a", 1.0)
    assert rhythm.at(3e6 + 1.5) == ("b", 1.5)


def test_a_step_may_last_for_ever() -> None:
    assert steady("x").at(1e9) == ("x", float("inf"))
    assert Rhythm((("a", 1.0), ("b", float("inf")))).at(5.0) == ("b", float("inf"))
