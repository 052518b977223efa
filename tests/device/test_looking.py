"""Looking through the camera between two presses."""

import threading

from device.reading import Frame
from device.snapshot import State
from tests.device.appliance import (
    PATIENCE_S,
    Appliance,
    FrameReader,
    NoteCamera,
    note,
    wait_until,
    with_board,
)


class Notes(NoteCamera):
    """A camera over notes: looking leaves the note there for the next capture."""

    def look(self, timeout_s: float) -> Frame:
        return note(99)


def test_who_looks_is_given_a_frame_and_nothing_else_happens() -> None:
    seen: list[Frame] = []
    with Appliance(camera=lambda _: NoteCamera([3, 4]), onlooker=seen.append) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.service.look()
        wait_until(lambda: len(seen) == 1)
        assert int(seen[0][0, 0]) == 3
        appliance.press()
        appliance.wait_for_answer("4")
    assert appliance.answers() == ["4"]


def test_looking_at_a_note_leaves_it_for_the_press() -> None:
    seen: list[Frame] = []
    with Appliance(camera=lambda _: Notes([3, 4]), onlooker=seen.append) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.service.look()
        wait_until(lambda: len(seen) == 1)
        assert int(seen[0][0, 0]) == 99
        appliance.press()
        appliance.wait_for_answer("3")


def test_a_frame_on_its_way_to_somebody_who_looks_serves_the_press_that_comes_meanwhile() -> None:
    class Slow(NoteCamera):
        def capture(self, timeout_s: float) -> Frame:
            may_come.wait(PATIENCE_S)
            return super().capture(timeout_s)

    may_come, seen = threading.Event(), list[Frame]()
    with Appliance(camera=lambda _: Slow([3, 4]), onlooker=seen.append) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.service.look()
        appliance.press()
        appliance.wait_for_state(State.BUSY)
        may_come.set()
        appliance.wait_for_answer("3")
    assert seen == []


def test_while_it_has_other_work_nobody_looks() -> None:
    seen: list[Frame] = []
    reader = FrameReader()
    with Appliance(
        camera=lambda _: NoteCamera([3, 4]), reader=lambda _: reader, onlooker=seen.append
    ) as appliance:
        appliance.wait_for_state(State.READY)
        reader.may_read.clear()
        appliance.press()
        appliance.wait_for_state(State.BUSY)
        appliance.service.look()
        reader.may_read.set()
        appliance.wait_for_answer("3")
    assert seen == []


def test_the_light_shows_that_somebody_looks() -> None:
    with Appliance() as appliance:
        appliance.wait_for_state(State.READY)
        appliance.service.watch(1)
        assert appliance.wait_for(lambda snapshot: snapshot.light == "watched")
        appliance.service.watch(0)
        assert appliance.wait_for(lambda snapshot: snapshot.light == "ready")


def test_a_hold_may_be_ordered_without_a_button() -> None:
    with Appliance(with_board(hold="live")) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.service.hold()
        appliance.wait_for_state(State.LIVE)
