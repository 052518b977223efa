import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.button import Button, Edge, Gesture

BOUNCE_S = 0.03
HOLD_S = 2.0


def play(button: Button, *edges: tuple[bool, float], until_s: float) -> list[Gesture]:
    """Give a button its edges and let time pass after them, the pin standing where it does."""
    gestures = []
    for pressed, at_s in edges:
        gestures += button.edge(Edge(pressed, at_s))
    pressed = bool(edges) and edges[-1][0]
    now_s = edges[-1][1] if edges else 0.0
    while now_s < until_s:
        now_s += button.next_tick_s() or 1.0
        gestures += button.tick(now_s, pressed)
    return gestures


def bouncing(pressed: bool, at_s: float, gaps_s: list[float]) -> list[tuple[bool, float]]:
    """One push or one release, as a contact makes it: to and fro, and then it stays."""
    edges = [(pressed, at_s)]
    for gap_s in gaps_s:
        at_s += gap_s
        edges += [(not pressed, at_s), (pressed, at_s + gap_s / 2)]
        at_s += gap_s / 2
    return edges


def test_a_press_is_told_when_the_button_goes_down() -> None:
    assert Button(BOUNCE_S).edge(Edge(True, 1.0)) == [Gesture.PRESS]


def test_a_press_that_bounces_is_one_press() -> None:
    edges = [
        *bouncing(True, 1.0, [0.001, 0.004, 0.009]),
        *bouncing(False, 1.2, [0.001, 0.005, 0.011]),
    ]
    assert play(Button(BOUNCE_S), *edges, until_s=2.0) == [Gesture.PRESS]


@given(
    st.lists(st.floats(0.0001, 0.018), max_size=12),
    st.lists(st.floats(0.0001, 0.018), max_size=12),
    st.integers(1, 5),
    st.booleans(),
)
def test_however_it_bounces_every_press_counts_once(
    down: list[float], up: list[float], presses: int, holds: bool
) -> None:
    edges = []
    for press in range(presses):
        edges += [*bouncing(True, press * 1.0, down), *bouncing(False, press * 1.0 + 0.5, up)]
    button = Button(BOUNCE_S, HOLD_S if holds else None)
    assert play(button, *edges, until_s=presses + 1.0) == [Gesture.PRESS] * presses


def test_a_worn_contact_that_opens_for_a_moment_makes_no_second_press() -> None:
    edges = [(True, 1.0), (False, 1.5), (True, 1.51), (False, 2.0)]
    assert play(Button(BOUNCE_S), *edges, until_s=3.0) == [Gesture.PRESS]


def test_two_presses_are_two() -> None:
    edges = [(True, 1.0), (False, 1.1), (True, 1.2), (False, 1.3)]
    assert play(Button(BOUNCE_S), *edges, until_s=2.0) == [Gesture.PRESS] * 2


def test_a_press_and_release_that_are_looked_at_much_later_are_still_a_press() -> None:
    button = Button(BOUNCE_S, HOLD_S)
    gestures = button.edge(Edge(True, 1.0)) + button.edge(Edge(False, 1.1))
    assert gestures + button.tick(60.0, pressed=False) == [Gesture.PRESS]


def test_edges_that_come_all_at_once_after_a_busy_spell_are_still_a_press() -> None:
    assert play(Button(BOUNCE_S), (True, 5.0), (False, 5.0), until_s=6.0) == [Gesture.PRESS]


def test_a_hold_is_told_while_the_button_is_down_and_is_no_press_as_well() -> None:
    button = Button(BOUNCE_S, HOLD_S)
    assert play(button, (True, 1.0), until_s=2.9) == []
    assert play(button, until_s=0.0) == []
    assert button.tick(3.01, pressed=True) == [Gesture.HOLD]
    assert button.tick(9.0, pressed=True) == []
    assert play(button, (False, 9.5), until_s=10.0) == []


def test_a_hold_counts_from_its_edges_when_it_is_looked_at_late() -> None:
    button = Button(BOUNCE_S, HOLD_S)
    gestures = button.edge(Edge(True, 1.0)) + button.edge(Edge(False, 4.0))
    assert gestures == [Gesture.HOLD]
    assert button.tick(5.0, pressed=False) == []


def test_without_a_meaning_for_holding_a_long_press_is_a_press() -> None:
    assert play(Button(BOUNCE_S), (True, 1.0), (False, 9.0), until_s=10.0) == [Gesture.PRESS]


@pytest.mark.parametrize("hold_s", [None, HOLD_S])
def test_a_release_that_got_lost_is_seen_by_looking_at_the_pin(hold_s: float | None) -> None:
    button = Button(BOUNCE_S, hold_s)
    gestures = button.edge(Edge(True, 1.0))
    for step in range(1, 4):
        gestures += button.tick(1.0 + step * 0.05, pressed=False)
    gestures += play(button, (True, 2.0), (False, 2.1), until_s=3.0)
    assert gestures == [Gesture.PRESS] * 2


def test_a_release_that_got_lost_before_anybody_looked_makes_no_hold() -> None:
    # Nobody knows how long it was down: a shutdown is not for guessing.
    button = Button(BOUNCE_S, HOLD_S)
    button.edge(Edge(True, 1.0))
    gestures = button.tick(60.0, pressed=False) + button.tick(61.0, pressed=False)
    assert gestures == [Gesture.PRESS]


def test_two_ways_down_without_a_way_up_are_two_presses() -> None:
    button = Button(BOUNCE_S)
    assert button.edge(Edge(True, 1.0)) == [Gesture.PRESS]
    assert button.edge(Edge(True, 1.01)) == []
    assert button.edge(Edge(True, 2.0)) == []
    assert button.tick(2.0 + 2 * BOUNCE_S, pressed=True) == [Gesture.PRESS]


def test_two_ways_down_without_a_way_up_are_two_presses_when_looked_at_much_later() -> None:
    edges = [(True, 1.0), (True, 2.0), (False, 2.1)]
    assert play(Button(BOUNCE_S), *edges, until_s=3.0) == [Gesture.PRESS] * 2


@given(st.data(), st.integers(1, 4), st.booleans())
def test_a_kernel_that_looks_late_and_misses_edges_makes_no_press_more(
    data: st.DataObject, presses: int, holds: bool
) -> None:
    """It may tell any level for an edge of a bounce, and the true one for the last alone."""
    edges = []
    for press in range(presses):
        for pressed, at_s in ((True, press * 1.0), (False, press * 1.0 + 0.5)):
            told = data.draw(st.lists(st.booleans(), max_size=6))
            edges += [(level, at_s + 0.004 * place) for place, level in enumerate(told)]
            edges.append((pressed, at_s + 0.004 * len(told)))
    button = Button(BOUNCE_S, HOLD_S if holds else None)
    assert play(button, *edges, until_s=presses + 1.0) == [Gesture.PRESS] * presses


def test_a_release_out_of_nowhere_means_nothing() -> None:
    button = Button(BOUNCE_S, HOLD_S)
    assert play(button, (False, 1.0), until_s=2.0) == []


def test_a_tick_is_asked_for_only_while_the_button_is_down() -> None:
    button = Button(BOUNCE_S)
    assert button.next_tick_s() is None
    button.edge(Edge(True, 1.0))
    assert button.next_tick_s() == BOUNCE_S
    play(button, (False, 1.1), until_s=1.5)
    assert button.next_tick_s() is None
