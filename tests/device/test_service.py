import logging
import signal
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from gpiozero.pins.mock import MockFactory, MockPin

from device.config import CameraConfig, Config
from device.errors import BadConfig, BoardError, CameraError, CameraHung
from device.faults import Fault
from device.poweroff import NoPowerOff
from device.reading import Frame
from device.simulated_run import LentPile
from device.snapshot import State
from device.systemd import Notifier
from tests.device.appliance import (
    PATIENCE_S,
    QUICK,
    REFUSED,
    Appliance,
    FrameReader,
    NoteCamera,
    SystemdSocket,
    wait_until,
    with_board,
    with_service,
)
from tests.device.bench import BlankPile


def test_a_press_goes_from_ready_through_busy_to_the_answer_on_the_segments() -> None:
    with Appliance(camera=lambda _: NoteCamera([7])) as appliance:
        assert appliance.wait_for_state(State.READY).light == "ready"
        appliance.press()
        shown = appliance.wait_for_answer("7")
        assert shown.light == "answered"
        assert shown.fault is None
        assert appliance.lamps.segments == frozenset("abc")
        states = [snapshot.state for snapshot in appliance.snapshots]
    assert list(dict.fromkeys(states)) == ["starting", "ready", "busy", "showing"]


def test_an_answer_goes_out_after_its_time_and_the_appliance_is_ready_again() -> None:
    with Appliance(with_board(show_s=0.05)) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_answer("7")
        appliance.wait_for_state(State.READY)
        wait_until(lambda: not appliance.lamps.segments)


def test_a_refusal_is_a_dash_with_its_own_light() -> None:
    with Appliance(camera=lambda _: NoteCamera([REFUSED])) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        assert appliance.wait_for_answer(None).light == "refused"
        assert appliance.lamps.segments == frozenset("g")


def test_a_press_while_the_answer_shows_begins_a_new_reading() -> None:
    with Appliance(camera=lambda _: NoteCamera([1, 2])) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_answer("1")
        appliance.press()
        appliance.wait_for_answer("2")
        assert appliance.answers() == ["1", "2"]


def test_presses_during_a_reading_are_one_further_reading() -> None:
    reader = FrameReader()
    reader.may_read.clear()
    with Appliance(camera=lambda _: NoteCamera([1, 2, 3, 4]), reader=lambda _: reader) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for(lambda s: s.state is State.BUSY and s.frame is not None)
        for _ in range(3):
            appliance.press()
        reader.may_read.set()
        appliance.wait_for_answer("2")
        appliance.press()
        appliance.wait_for_answer("3")
        assert appliance.answers() == ["1", "2", "3"]


def test_presses_while_the_camera_takes_its_time_are_one_further_reading() -> None:
    may_take = threading.Event()

    class SlowCamera(NoteCamera):
        def capture(self, timeout_s: float) -> Any:
            may_take.wait(PATIENCE_S)
            return super().capture(timeout_s)

    config = replace(QUICK, camera=CameraConfig())
    with Appliance(config, camera=lambda _: SlowCamera([1, 2, 3])) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_state(State.BUSY)
        appliance.press()
        appliance.press()
        may_take.set()
        appliance.wait_for_answer("2")
        assert appliance.answers() == ["1", "2"]


def test_a_press_while_it_starts_is_answered_as_soon_as_it_is_ready() -> None:
    may_open = threading.Event()

    def factory(_: CameraConfig) -> NoteCamera:
        may_open.wait(PATIENCE_S)
        return NoteCamera([4, 5])

    config = replace(QUICK, camera=CameraConfig())
    with Appliance(config, camera=factory) as appliance:
        appliance.wait_for_state(State.STARTING)
        wait_until(lambda: appliance.pins.pin(17).pull == "up")
        for _ in range(2):
            appliance.press()
        may_open.set()
        appliance.wait_for_answer("4")
        appliance.press()
        appliance.wait_for_answer("5")
        assert appliance.answers() == ["4", "5"]


def test_a_press_that_a_fault_has_told_of_is_not_answered_later() -> None:
    may_fail = threading.Event()

    class Failing(NoteCamera):
        def capture(self, timeout_s: float) -> Frame:
            may_fail.wait(PATIENCE_S)
            raise CameraError("gone")

    cameras = iter([Failing([]), NoteCamera([6])])
    config = replace(QUICK, camera=CameraConfig())
    with Appliance(config, camera=lambda _: next(cameras)) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_state(State.BUSY)
        appliance.press()
        may_fail.set()
        appliance.wait_for_state(State.FAULT)
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_answer("6")
        assert appliance.answers() == ["6"]


def test_a_frame_that_waits_behind_other_things_is_no_hang(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begun, may_take, loading, may_load = (threading.Event() for _ in range(4))
    real, ahead_s = time.monotonic, [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: real() + ahead_s[0])

    class Slow(NoteCamera):
        def capture(self, timeout_s: float) -> Frame:
            begun.set()
            may_take.wait(PATIENCE_S)
            return super().capture(timeout_s)

    loads: list[str] = []

    def reader(weights: str) -> FrameReader:
        loads.append(weights)
        if len(loads) == 2:
            loading.set()
            may_load.wait(PATIENCE_S)
        return FrameReader()

    config = replace(QUICK, camera=CameraConfig())
    with Appliance(
        config, camera=lambda _: Slow([1]), reader=reader, onlooker=lambda _: None
    ) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.service.look()
        begun.wait(PATIENCE_S)
        appliance.service.reload()
        loading.wait(PATIENCE_S)
        for _ in range(3):
            appliance.service.watch(0)
        may_take.set()
        wait_until(lambda: appliance.board.inbox.qsize() == 4)
        ahead_s[0] = 60.0
        may_load.set()
        appliance.service.press()
        appliance.wait_for_answer("1")
    assert State.FAULT not in [snapshot.state for snapshot in appliance.snapshots]


def test_each_reading_is_one_line_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with Appliance(camera=lambda _: NoteCamera([7, REFUSED])) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_answer("7")
        appliance.press()
        appliance.wait_for_answer(None)
    lines = [record.getMessage() for record in caplog.records]
    assert lines == ["7 (0.00 s)", "refused: nothing written (0.00 s)"]


# Live mode.


def test_live_mode_answers_only_when_three_frames_agree_and_ends_at_a_press() -> None:
    seen = [4, 9, 4, 9, 9, 4, 4, 4]
    config = with_board(hold="live", hold_s=0.5)
    with Appliance(config, camera=lambda _: NoteCamera(seen)) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.hold()
        assert appliance.wait_for_state(State.LIVE).light == "live"
        wait_until(lambda: appliance.lamps.segments == frozenset("bcfg"))  # a 4
        appliance.press()
        appliance.wait_for_state(State.READY)
        wait_until(lambda: not appliance.lamps.segments)
    shown = [s for s in appliance.snapshots if s.state is State.LIVE and s.reading is not None]
    assert [s.reading.number for s in shown if s.reading][:8] == [str(n) for n in seen]


def test_with_a_hold_configured_a_short_press_still_reads_once() -> None:
    with Appliance(with_board(hold="live", hold_s=5.0)) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_answer("7")
        assert appliance.answers() == ["7"]


def test_a_hold_during_a_reading_goes_over_to_live_mode() -> None:
    reader = FrameReader()
    reader.may_read.clear()
    config = with_board(hold="live", hold_s=0.5)
    with Appliance(config, reader=lambda _: reader) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for(lambda s: s.state is State.BUSY and s.frame is not None)
        appliance.hold()
        reader.may_read.set()
        appliance.wait_for(lambda s: s.state is State.LIVE and s.reading is not None)


def test_a_lost_camera_ends_live_mode() -> None:
    notes = iter([[1, 1, CameraError("gone")], [2]])
    config = with_board(hold="live", hold_s=0.5)
    with Appliance(config, camera=lambda _: NoteCamera(next(notes))) as appliance:  # type: ignore[arg-type]  # a list of either
        appliance.wait_for_state(State.READY)
        appliance.hold()
        appliance.wait_for_state(State.FAULT)
        appliance.wait_for_state(State.READY)


# Faults.


def test_a_missing_camera_is_shown_and_tried_again_until_it_is_there() -> None:
    tries = iter([CameraError("no camera found"), CameraError("no camera found"), None])

    def factory(_: CameraConfig) -> NoteCamera:
        if error := next(tries):
            raise error
        return NoteCamera([3])

    with Appliance(camera=factory) as appliance:
        fault = appliance.wait_for_state(State.FAULT)
        assert fault.light == Fault.NO_CAMERA
        assert fault.fault == "no camera: no camera found"
        assert appliance.wait_for_state(State.READY).fault is None
        appliance.press()
        appliance.wait_for_answer("3")


def test_a_camera_that_hangs_is_given_up_and_opened_again() -> None:
    never = threading.Event()
    cameras = iter([NoteCamera([never]), NoteCamera([5])])
    with Appliance(camera=lambda _: next(cameras)) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        assert appliance.wait_for_state(State.FAULT).light == Fault.CAMERA_HUNG
        never.set()
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_answer("5")


def test_a_camera_that_never_finishes_opening_counts_as_hung() -> None:
    never = threading.Event()

    def factory(_: CameraConfig) -> NoteCamera:
        never.wait(PATIENCE_S)
        raise CameraError("came back too late")

    with Appliance(camera=factory) as appliance:
        assert appliance.wait_for_state(State.FAULT).light == Fault.CAMERA_HUNG
        never.set()


def test_a_camera_that_fails_too_often_in_a_row_ends_the_service() -> None:
    opened = []

    def factory(_: CameraConfig) -> NoteCamera:
        opened.append(1)
        raise CameraError("no camera found")

    with Appliance(with_service(retries=2), camera=factory) as appliance:
        appliance.join()
    assert isinstance(appliance.error, CameraError)
    assert len(opened) == 3
    assert not appliance.lamps.light


def test_a_camera_that_hangs_too_often_in_a_row_ends_the_service() -> None:
    never = threading.Event()
    config = with_service(retries=0)
    with Appliance(config, camera=lambda _: NoteCamera([never])) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.join()
        assert appliance.service.camera_left_behind
        never.set()
    assert isinstance(appliance.error, CameraHung)


def test_a_frame_between_failures_begins_the_count_anew() -> None:
    def factory(_: CameraConfig) -> NoteCamera:
        return NoteCamera([1, CameraError("gone")])

    with Appliance(with_service(retries=1), camera=factory) as appliance:
        for _ in range(3):
            appliance.wait_for_state(State.READY)
            appliance.press()
            appliance.wait_for_answer("1")
            appliance.press()
            appliance.wait_for_state(State.FAULT)
        appliance.wait_for_state(State.READY)
    assert appliance.error is None


def test_a_mistake_in_the_camera_s_code_counts_as_a_lost_camera() -> None:
    def factory(_: CameraConfig) -> NoteCamera:
        raise ZeroDivisionError("oh")

    with Appliance(with_service(retries=0), camera=factory) as appliance:
        appliance.join()
    assert str(appliance.error) == "ZeroDivisionError: oh"


def test_a_press_during_a_fault_tries_again_at_once() -> None:
    found = [False]

    def factory(_: CameraConfig) -> NoteCamera:
        if not found[0]:
            raise CameraError("no camera found")
        return NoteCamera([3])

    patient = with_service(retry_s=60.0, retry_most_s=60.0)
    with Appliance(patient, camera=factory) as appliance:
        appliance.wait_for_state(State.FAULT)
        found[0] = True
        appliance.press()
        appliance.wait_for_state(State.READY)
        assert appliance.answers() == []


def test_presses_while_the_camera_is_being_opened_again_leave_it_its_time() -> None:
    may_open, opened = threading.Event(), []

    def factory(_: CameraConfig) -> NoteCamera:
        opened.append(1)
        if len(opened) == 1:
            raise CameraError("no camera found")
        may_open.wait(PATIENCE_S)
        return NoteCamera([3])

    patient = with_service(retry_s=60.0, retry_most_s=60.0)
    config = replace(patient, camera=CameraConfig())
    with Appliance(config, camera=factory) as appliance:
        appliance.wait_for_state(State.FAULT)
        for _ in range(6):
            appliance.press()
        may_open.set()
        appliance.wait_for_state(State.READY)
    assert len(opened) == 2


class Pins(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """Simulated pins of which some are busy and some are broken."""

    def __init__(self, busy: set[int] = frozenset(), broken: set[int] = frozenset()) -> None:  # type: ignore[assignment]  # nobody changes these defaults
        super().__init__()
        self.busy = set(busy)
        self.broken = set(broken)

    def pin(self, name: int, pin_class: Any = None, **options: Any) -> MockPin:
        if name in self.busy:
            raise Exception("'GPIO busy'")  # lgpio's own error is a bare Exception
        pins = self

        class Pin(MockPin):  # type: ignore[misc]  # gpiozero has no types
            def _set_state(self, value: float) -> None:
                if name in pins.broken:
                    raise OSError(5, "Input/output error")
                super()._set_state(value)

        return super().pin(name, pin_class=Pin, **options)


def test_a_busy_button_is_shown_and_tried_again() -> None:
    pins = Pins(busy={17})
    with Appliance(pins=pins) as appliance:
        fault = appliance.wait_for_state(State.FAULT)
        assert fault.light == Fault.PINS_BUSY
        pins.busy.clear()
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_answer("7")


def test_a_button_that_stays_busy_ends_the_service() -> None:
    with Appliance(with_service(retries=2), pins=Pins(busy={17})) as appliance:
        appliance.join()
    assert isinstance(appliance.error, BoardError)
    assert "busy" in str(appliance.error)


def test_a_display_that_goes_costs_only_itself_and_comes_back() -> None:
    pins = Pins()
    config = with_board(displays=("seven_segment", "ten_leds"))
    with Appliance(config, pins=pins) as appliance:
        appliance.wait_for_state(State.READY)
        pins.broken.add(5)
        appliance.press()
        shown = appliance.wait_for_answer("7")
        assert shown.fault == "display gone: seven_segment: the pins failed: Input/output error"
        assert appliance.lamps.ten_leds[7]
        pins.broken.clear()
        appliance.wait_for(lambda snapshot: snapshot.fault is None)
        wait_until(lambda: appliance.lamps.segments == frozenset("abc"))


def test_the_light_says_that_a_display_is_gone_while_there_is_nothing_else_to_say() -> None:
    with Appliance(with_board(show_s=0.05), pins=Pins(broken={5})) as appliance:
        appliance.wait_for(lambda s: s.state is State.READY and s.light == Fault.DISPLAY_GONE)
        appliance.press()
        assert appliance.wait_for_answer("7").light == "answered"
        appliance.wait_for(lambda s: s.state is State.READY and s.light == Fault.DISPLAY_GONE)


def test_a_weak_supply_is_shown_while_there_is_nothing_else_to_say_and_it_reads_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with Appliance(with_board(show_s=0.05), throttled=lambda: 0x50005) as appliance:
        told = appliance.wait_for(lambda s: s.state is State.READY and s.fault is not None)
        assert told.light == Fault.HELD_BACK
        appliance.press()
        assert appliance.wait_for_answer("7").light == "answered"
        appliance.wait_for(lambda s: s.state is State.READY and s.light == Fault.HELD_BACK)
    assert caplog.text.count("the supply's voltage is too low") == 1


# Weights.


def test_bad_weights_give_way_to_the_shipped_ones_and_the_light_says_so() -> None:
    asked = []

    def reader(weights: str) -> FrameReader:
        asked.append(weights)
        if weights:
            raise ValueError(f"{weights}: torn")
        return FrameReader()

    config = replace(QUICK, reading=replace(QUICK.reading, weights="mine.npz"))
    with Appliance(config, reader=reader) as appliance:
        ready = appliance.wait_for_state(State.READY)
        assert ready.light == Fault.WEIGHTS_BAD
        assert ready.fault == "weights bad: mine.npz: torn"
        appliance.press()
        appliance.wait_for_answer("7")
    assert asked[:2] == ["mine.npz", ""]


def test_weights_that_come_right_later_are_taken_up_without_a_restart() -> None:
    good = threading.Event()

    def reader(weights: str) -> FrameReader:
        if weights and not good.is_set():
            raise OSError(f"{weights}: no such file")
        return FrameReader()

    config = replace(QUICK, reading=replace(QUICK.reading, weights="mine.npz"))
    with Appliance(config, reader=reader) as appliance:
        appliance.wait_for(lambda s: s.state is State.READY and s.fault is not None)
        good.set()
        appliance.wait_for(lambda s: s.state is State.READY and s.fault is None)


def test_bad_shipped_weights_end_the_service_before_it_is_ready(tmp_path: Path) -> None:
    def reader(_: str) -> FrameReader:
        raise ValueError("inkling.npz: self-test is off by 0.3")

    systemd = SystemdSocket(tmp_path / "notify")
    with (
        Notifier(str(systemd.path)) as notifier,
        Appliance(reader=reader, notifier=notifier) as appliance,
    ):
        appliance.join()
    assert str(appliance.error) == "inkling.npz: self-test is off by 0.3"
    assert "READY=1" not in systemd.drain()
    systemd.close()


# Reload.


class Versions:
    """A configuration that changes from one reading of it to the next."""

    def __init__(self, *versions: Config | BadConfig) -> None:
        self._versions = list(versions)
        self.read = 0

    def __call__(self) -> Config:
        version = self._versions[self.read]
        self.read += 1
        if isinstance(version, BadConfig):
            raise version
        return version


def test_a_reload_takes_up_new_pins_and_new_weights() -> None:
    moved = replace(
        with_board(button=4, seven_segment=(6, 5, 13, 19, 26, 21, 20)),
        reading=replace(QUICK.reading, weights="new.npz"),
    )
    asked = []

    def reader(weights: str) -> FrameReader:
        asked.append(weights)
        return FrameReader()

    with Appliance(reader=reader, load_config=Versions(moved)) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.service.reload()
        wait_until(lambda: asked == ["", "new.npz"])
        wait_until(lambda: appliance.pins.pin(4).pull == "up")
        appliance.pins.pin(4).drive_low()
        appliance.wait_for_answer("7")
        lit = {gpio for gpio in moved.board.seven_segment if appliance.pins.pin(gpio).state}
        assert lit == {6, 5, 13}  # a, b and c


def test_a_bad_configuration_leaves_everything_as_it_was(caplog: pytest.LogCaptureFixture) -> None:
    versions = Versions(BadConfig("config.toml: unknown key 'x'"))
    with Appliance(load_config=versions) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.service.reload()
        wait_until(lambda: versions.read == 1)
        appliance.press()
        appliance.wait_for_answer("7")
    assert "config.toml: unknown key 'x'; the old configuration stays" in caplog.text


def test_bad_weights_at_a_reload_leave_the_old_ones_reading() -> None:
    made: list[FrameReader] = []

    def reader(_: str) -> FrameReader:
        if made:
            raise ValueError("torn")
        made.append(FrameReader())
        return made[0]

    with Appliance(reader=reader, load_config=Versions(QUICK)) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.service.reload()
        appliance.wait_for(lambda snapshot: snapshot.light == Fault.WEIGHTS_BAD)
        appliance.press()
        appliance.wait_for_answer("7")
        assert made[0].frames == 1


def test_a_reload_during_a_reading_waits_for_its_end() -> None:
    reader = FrameReader()
    reader.may_read.clear()
    versions = Versions(QUICK)
    with Appliance(reader=lambda _: reader, load_config=versions) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for(lambda s: s.state is State.BUSY and s.frame is not None)
        appliance.service.reload()
        reader.may_read.set()
        appliance.wait_for_answer("7")
        wait_until(lambda: versions.read == 1)


def test_a_reload_with_another_camera_size_opens_the_camera_again() -> None:
    larger = replace(QUICK, camera=replace(QUICK.camera, width=800, height=600))
    cameras: list[NoteCamera] = []
    widths: list[int] = []

    def factory(config: CameraConfig) -> NoteCamera:
        assert all(camera.closed for camera in cameras)
        widths.append(config.width)
        cameras.append(NoteCamera([len(cameras)]))
        return cameras[-1]

    with Appliance(camera=factory, load_config=Versions(larger)) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.service.reload()
        wait_until(lambda: widths == [640, 800])
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_answer("1")


# Looking through the camera between presses.


def test_only_a_press_takes_the_next_note_of_a_pile_however_much_is_looked_at_it() -> None:
    pile = BlankPile()
    seen: list[Frame] = []
    with Appliance(camera=lambda _: LentPile(pile), onlooker=seen.append) as appliance:
        appliance.wait_for_state(State.READY)
        for press in (1, 2, 3):
            wanted = len(seen) + 3
            while len(seen) < wanted:
                appliance.service.look()
                time.sleep(0.01)
            appliance.service.look()  # the press comes while this one is on its way
            appliance.press()
            appliance.wait_for_answer(str(255 - press))
    assert pile.count == 3


# Shutting down.


def test_holding_the_button_runs_the_configured_command(tmp_path: Path) -> None:
    mark = tmp_path / "off"
    command = ("touch", str(mark))
    config = with_service(with_board(hold="shutdown", hold_s=0.5), shutdown_command=command)
    with Appliance(config) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.hold()
        wait_until(mark.exists)
        assert appliance.answers() == []


def test_a_simulated_board_says_what_a_pi_would_do_and_shuts_nothing_down(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    mark = tmp_path / "off"
    config = with_service(
        with_board(hold="shutdown", hold_s=0.5), shutdown_command=("touch", str(mark))
    )
    with Appliance(config, power_off=NoPowerOff()) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.hold()
        wait_until(lambda: f"held: a Pi would shut down now: touch {mark}" in caplog.text)
        appliance.press()
        appliance.wait_for_answer("7")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("command", "words"),
    [
        (("/no/such/program",), "can't shut down: /no/such/program: No such file"),
        (("false",), "can't shut down: false ended with 1: does polkit allow it"),
    ],
)
def test_a_shutdown_that_fails_is_said_and_survived(
    command: tuple[str, ...], words: str, caplog: pytest.LogCaptureFixture
) -> None:
    config = with_service(with_board(hold="shutdown", hold_s=0.5), shutdown_command=command)
    with Appliance(config) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.hold()
        wait_until(lambda: words in caplog.text)
        appliance.press()
        appliance.wait_for_answer("7")


# systemd, and the end.


def test_systemd_hears_of_the_start_the_reload_and_the_end_in_order(tmp_path: Path) -> None:
    systemd = SystemdSocket(tmp_path / "notify")
    with Notifier(str(systemd.path), watchdog_s=0.05) as notifier:
        with Appliance(notifier=notifier, load_config=Versions(QUICK)) as appliance:
            systemd.wait_for("READY=1")
            systemd.wait_for("WATCHDOG=1")
            systemd.wait_for("WATCHDOG=1")
            appliance.service.reload()
            reloading = systemd.wait_for("RELOADING=1\nMONOTONIC_USEC=")
            assert int(reloading.partition("USEC=")[2]) > 0
            systemd.wait_for("READY=1")
        systemd.wait_for("STOPPING=1")
    systemd.close()


def test_systemd_is_not_told_ready_before_there_is_a_camera(tmp_path: Path) -> None:
    tries = iter([CameraError("no camera found"), None])

    def factory(_: CameraConfig) -> NoteCamera:
        if error := next(tries):
            raise error
        return NoteCamera([3])

    systemd = SystemdSocket(tmp_path / "notify")
    with Notifier(str(systemd.path)) as notifier, Appliance(camera=factory, notifier=notifier):
        systemd.wait_for("READY=1")
    systemd.close()
    before = systemd.messages[: systemd.messages.index("READY=1")]
    assert "STATUS=fault; no camera: no camera found" in before
    assert any(message.startswith("EXTEND_TIMEOUT_USEC=") for message in before)


def test_a_loop_that_is_stuck_pings_no_watchdog(tmp_path: Path) -> None:
    reader = FrameReader()
    reader.may_read.clear()
    systemd = SystemdSocket(tmp_path / "notify")
    with (
        Notifier(str(systemd.path), watchdog_s=0.02) as notifier,
        Appliance(reader=lambda _: reader, notifier=notifier) as appliance,
    ):
        appliance.wait_for_state(State.READY)
        systemd.wait_for("WATCHDOG=1")
        appliance.press()
        appliance.wait_for(lambda s: s.state is State.BUSY and s.frame is not None)
        before = systemd.drain().count("WATCHDOG=1")
        threading.Event().wait(0.2)
        assert systemd.drain().count("WATCHDOG=1") == before
        reader.may_read.set()
        systemd.wait_for("WATCHDOG=1")
    systemd.close()


def test_the_end_leaves_every_lamp_dark_and_the_camera_closed() -> None:
    camera = NoteCamera([8])
    with Appliance(camera=lambda _: camera) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_answer("8")
    assert not appliance.lamps.segments
    assert not appliance.lamps.light
    assert camera.closed
    assert not appliance.service.camera_left_behind
    assert appliance.snapshots[-1].state is State.STOPPING


def test_the_service_ends_while_the_camera_hangs() -> None:
    never = threading.Event()
    config = replace(QUICK, camera=CameraConfig(capture_timeout_s=60.0))
    with Appliance(config, camera=lambda _: NoteCamera([never])) as appliance:
        appliance.wait_for_state(State.READY)
        appliance.press()
        appliance.wait_for_state(State.BUSY)
        appliance.service.stop()
        appliance.join()
        assert appliance.service.camera_left_behind
        never.set()
    assert appliance.error is None
    assert not appliance.lamps.light


def test_a_signal_that_raises_during_the_loading_still_puts_out_the_lights() -> None:
    def reader(_: str) -> FrameReader:
        raise SystemExit(0)  # what the handler of SIGTERM does while numpy loads

    with Appliance(reader=reader) as appliance:
        appliance.join()
    assert isinstance(appliance.error, SystemExit)
    assert not appliance.lamps.light
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
