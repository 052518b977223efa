import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from queue import SimpleQueue
from typing import Any

import pytest

from device.camera_thread import LET_GO_S, MOST_HANGING, CameraEvent, CameraLink, CameraOpened
from device.config import CameraConfig
from device.errors import CameraError, CameraHung
from tests.device.appliance import PATIENCE_S, NoteCamera, wait_until

FAR_S = 1e9
"""A time when everything is overdue."""


@pytest.fixture
def inbox() -> "SimpleQueue[Any]":
    return SimpleQueue()


class Hanging:
    """Cameras that hang when they are opened, until they are let go."""

    def __init__(self) -> None:
        self.let_go = threading.Event()
        self.opened = 0

    def has_opened(self, times: int) -> bool:
        return self.opened == times

    def __call__(self, _config: CameraConfig) -> NoteCamera:
        self.opened += 1
        self.let_go.wait(PATIENCE_S)
        raise CameraError("came back too late")


@pytest.fixture
def hanging() -> Iterator[Hanging]:
    cameras = Hanging()
    yield cameras
    cameras.let_go.set()


@pytest.fixture(autouse=True)
def _in_a_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("device.camera_thread.LET_GO_S", 0.01)


def give_up(link: CameraLink) -> None:
    with pytest.raises(CameraHung, match="doesn't open"):
        link.check(FAR_S)


def camera_threads() -> int:
    return sum(thread.name == "camera" for thread in threading.enumerate())


def test_threads_that_hang_for_good_don_t_pile_up(
    inbox: "SimpleQueue[Any]", hanging: Hanging
) -> None:
    before = camera_threads()
    link = CameraLink(hanging, inbox)
    for number in range(MOST_HANGING + 1):
        link.open(CameraConfig())
        wait_until(partial(hanging.has_opened, number + 1))
        give_up(link)
    with pytest.raises(CameraHung, match=f"hung {MOST_HANGING + 1} times and never came back"):
        link.open(CameraConfig())
    assert camera_threads() - before == MOST_HANGING + 1
    assert not link.close(0.0)


def test_threads_that_come_back_in_the_end_are_no_reason_to_give_up(
    inbox: "SimpleQueue[Any]",
) -> None:
    class Slow(Hanging):
        def __call__(self, config: CameraConfig) -> NoteCamera:
            self.let_go = threading.Event()
            return super().__call__(config)

    cameras = Slow()
    link = CameraLink(cameras, inbox)
    for number in range(3 * MOST_HANGING):
        link.open(CameraConfig())
        wait_until(partial(cameras.has_opened, number + 1))
        give_up(link)
        cameras.let_go.set()
    assert link.close(PATIENCE_S)


def test_a_camera_is_left_behind_as_long_as_an_older_one_hangs(
    inbox: "SimpleQueue[Any]", hanging: Hanging
) -> None:
    cameras: Iterator[Callable[[CameraConfig], NoteCamera]] = iter(
        [hanging, lambda _: NoteCamera([1])]
    )
    link = CameraLink(lambda config: next(cameras)(config), inbox)
    link.open(CameraConfig())
    give_up(link)
    link.open(CameraConfig())
    event: CameraEvent = inbox.get(timeout=PATIENCE_S)
    assert isinstance(event, CameraOpened)
    link.take(event)
    assert link.is_open
    assert not link.close(PATIENCE_S)


def test_what_was_given_up_and_opens_after_all_is_not_taken_for_the_camera(
    inbox: "SimpleQueue[Any]",
) -> None:
    may_open = threading.Event()

    def factory(_: CameraConfig) -> NoteCamera:
        may_open.wait(PATIENCE_S)
        return NoteCamera([1])

    link = CameraLink(factory, inbox)
    link.open(CameraConfig())
    give_up(link)
    may_open.set()
    event: CameraEvent = inbox.get(timeout=PATIENCE_S)
    assert isinstance(event, CameraOpened)
    assert link.take(event) is None
    assert not link.is_open
    assert link.close(PATIENCE_S)


def test_a_thread_that_was_given_up_before_it_had_the_camera_never_opens_it(
    inbox: "SimpleQueue[Any]", hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.camera_thread.LET_GO_S", PATIENCE_S)
    opened = []
    cameras: Iterator[Callable[[CameraConfig], NoteCamera]] = iter(
        [hanging, lambda _: NoteCamera([1])]
    )

    def factory(config: CameraConfig) -> NoteCamera:
        opened.append(config.width)
        return next(cameras)(config)

    link = CameraLink(factory, inbox)
    for width in (640, 642, 644):
        link.open(replace(CameraConfig(), width=width))
        give_up(link) if width == 642 else None
    hanging.let_go.set()
    inbox.get(timeout=PATIENCE_S)  # what came back too late
    assert isinstance(inbox.get(timeout=PATIENCE_S), CameraOpened)
    assert opened == [640, 644]
    assert link.close(PATIENCE_S)


def test_who_waits_for_the_one_before_has_so_much_longer_to_open(
    inbox: "SimpleQueue[Any]", hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("device.camera_thread.LET_GO_S", LET_GO_S)
    monkeypatch.setattr("device.camera_thread.time.monotonic", lambda: 100.0)
    link = CameraLink(hanging, inbox)
    link.open(CameraConfig(open_timeout_s=1.0))
    assert link.deadline_s == 101.0
    link.open(CameraConfig(open_timeout_s=1.0))
    assert link.deadline_s == 101.0 + LET_GO_S
