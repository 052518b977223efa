import json

import pytest

from device.page import hub as hubs
from device.page.hub import MOST_WAITING, Hub, Watcher


def watcher() -> Watcher:
    return Watcher("127.0.0.1", None, 0.0)


async def test_a_slow_watcher_gets_the_last_of_each_kind() -> None:
    hub, slow = Hub(lambda: None), watcher()
    hub.join(slow)
    for number in range(100):
        hub.tell("frame", {"number": number})
        hub.tell("state", {"number": -number})
    events = dict(await slow.take(1.0))
    assert {kind: json.loads(text)["number"] for kind, text in events.items()} == {
        "frame": 99,
        "state": -99,
    }


async def test_readings_come_each_and_in_order_but_no_more_than_so_many() -> None:
    hub, slow = Hub(lambda: None), watcher()
    hub.join(slow)
    for number in range(MOST_WAITING + 10):
        hub.tell("reading", {"number": number})
    numbers = [json.loads(text)["number"] for _, text in await slow.take(1.0)]
    assert numbers == list(range(10, MOST_WAITING + 10))


async def test_with_nothing_to_tell_a_watcher_hears_nothing() -> None:
    assert await watcher().take(0.01) == []


async def test_who_comes_and_goes_is_told() -> None:
    changes: list[int] = []
    hub = Hub(lambda: changes.append(len(hub.watchers)))
    one, other = watcher(), watcher()
    hub.join(one)
    hub.join(other)
    assert hub.arrived.is_set()
    hub.leave(one)
    hub.leave(other)
    assert changes == [1, 2, 1, 0]
    assert not hub.arrived.is_set()


async def test_two_who_watch_from_one_address_can_be_told_apart() -> None:
    hub = Hub(lambda: None)
    one, other = watcher(), watcher()
    hub.join(one)
    hub.join(other)
    assert [who["id"] for who in hub.form()["watchers"]] == [one.number, other.number]
    assert one.number != other.number


async def test_who_fetches_pictures_without_listening_watches_for_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hub = Hub(lambda: None)
    hub.glance("10.0.0.1", None)
    hub.forget_glances()
    assert [who["address"] for who in hub.form()["watchers"]] == ["10.0.0.1"]
    monkeypatch.setattr(hubs, "GLANCE_S", -1.0)
    hub.forget_glances()
    assert hub.form()["number"] == 0


async def test_a_picture_that_a_watcher_fetches_makes_him_no_second_one() -> None:
    hub = Hub(lambda: None)
    hub.join(watcher())
    hub.glance("127.0.0.1", None)
    assert hub.form()["number"] == 1
