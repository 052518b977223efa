import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.page.guard import (
    FREE_TRIES,
    FREE_TRIES_OF_ALL,
    LONGEST_WAIT_S,
    MOST_ADDRESSES,
    MOST_SESSIONS,
    WAIT_OF_ALL_S,
    Sessions,
    Turnstile,
    host_name,
    is_cross_site,
    own_names,
)


class Clock:
    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("localhost", "localhost"),
        ("LOCALHOST:8000", "localhost"),
        ("127.0.0.1:8000", "127.0.0.1"),
        ("[::1]:8000", "::1"),
        ("", None),
        ("localhost:port", None),
        ("localhost:99999", None),
        ("localhost@evil.example", None),
        ("localhost/../evil", None),
        ("localhost evil", None),
        ("[::1", None),
        ("a" * 300, None),
    ],
)
def test_a_host_header_is_taken_apart(host: str, name: str | None) -> None:
    assert host_name(host) == name


@given(st.text(max_size=300))
def test_no_host_header_is_too_strange(host: str) -> None:
    assert host_name(host) is None or isinstance(host_name(host), str)


def test_the_machine_goes_by_its_names_and_those_configured() -> None:
    names = own_names("Reader.home.example.", ["Ink.example"])
    assert {"reader.home.example", "reader", "reader.local", "localhost", "ink.example"} <= names
    assert "home.example" not in names
    assert "" not in own_names("", [])


@pytest.mark.parametrize(
    ("origin", "fetch_site", "cross"),
    [
        (None, None, False),
        ("http://localhost:8000", "same-origin", False),
        (None, "none", False),
        (None, "same-site", True),
        (None, "cross-site", True),
        ("http://localhost:8001", None, True),
        ("http://evil.example", None, True),
        ("null", None, True),
        ("file://localhost:8000", None, True),
        ("http://localhost:8000", "cross-site", True),
    ],
)
def test_another_site_is_told_from_this_one(
    origin: str | None, fetch_site: str | None, cross: bool
) -> None:
    assert is_cross_site("localhost:8000", origin, fetch_site) is cross


def test_an_address_that_guesses_waits_twice_as_long_each_time_up_to_a_limit() -> None:
    clock = Clock()
    turnstile = Turnstile(clock)
    waits = []
    for _ in range(12):
        turnstile.wrong("10.0.0.1")
        waits.append(turnstile.wait_s("10.0.0.1"))
        clock.now_s += waits[-1]
    assert waits[: FREE_TRIES + 3] == [0, 0, 1, 2, 4, 8]
    assert max(waits) == LONGEST_WAIT_S


def test_others_are_not_kept_out_by_one_who_guesses_a_little() -> None:
    turnstile = Turnstile(Clock())
    for _ in range(FREE_TRIES_OF_ALL - 1):
        turnstile.wrong("10.0.0.1")
    assert turnstile.wait_s("10.0.0.2") == 0


def test_guesses_from_many_addresses_are_slowed_down_together_but_not_for_long() -> None:
    turnstile = Turnstile(Clock())
    for number in range(2000):
        turnstile.wrong(f"10.0.{number // 256}.{number % 256}")
    assert turnstile.wait_s("10.9.9.9") == WAIT_OF_ALL_S
    assert len(turnstile._tries) == MOST_ADDRESSES


def test_a_right_password_and_time_make_good() -> None:
    clock = Clock()
    turnstile = Turnstile(clock)
    for _ in range(5):
        turnstile.wrong("10.0.0.1")
        turnstile.wrong("10.0.0.2")
    turnstile.right("10.0.0.1")
    assert turnstile.wait_s("10.0.0.1") == 0
    clock.now_s += 3600
    turnstile.wrong("10.0.0.2")
    assert turnstile.wait_s("10.0.0.2") == 0


def test_a_session_lasts_as_long_as_it_should() -> None:
    clock = Clock()
    sessions = Sessions(60.0, clock)
    token = sessions.open()
    clock.now_s += 59
    assert sessions.left_s(token) == 1.0
    clock.now_s += 2
    assert sessions.left_s(token) == 0.0


@pytest.mark.parametrize("token", [None, "", "x", "é\ud800", "0" * 43])
def test_no_other_token_is_a_session(token: str | None) -> None:
    sessions = Sessions(60.0, Clock())
    sessions.open()
    assert sessions.left_s(token) == 0.0


def test_a_closed_session_is_over_and_so_is_the_oldest_of_too_many() -> None:
    sessions = Sessions(60.0, Clock())
    first = sessions.open()
    second = sessions.open()
    sessions.close(second)
    assert sessions.left_s(second) == 0.0
    assert len({sessions.open() for _ in range(MOST_SESSIONS)}) == MOST_SESSIONS
    assert sessions.left_s(first) == 0.0
