from collections.abc import Iterator
from typing import Any

import pytest
from gpiozero import LED
from gpiozero.pins.mock import MockFactory, MockPin

from device.board import Board
from device.button import Edge, Gesture
from device.config import BoardConfig
from device.errors import BoardError
from device.faults import Fault
from device.pins import PinsBusy, simulated_pins
from device.simulation import SimulatedBoard
from tests.device.appliance import take_all

SEGMENTS = {
    "0": "abcdef",
    "1": "bc",
    "2": "abdeg",
    "3": "abcdg",
    "4": "bcfg",
    "5": "acdfg",
    "6": "acdefg",
    "7": "abc",
    "8": "abcdefg",
    "9": "abcdfg",
}
"""As every data sheet draws them."""


class Clock:
    """A time that passes when it is told to."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def pins() -> Iterator[Any]:
    factory = simulated_pins()
    yield factory
    factory.reset()


def levels(pins: Any, gpios: tuple[int, ...]) -> list[bool]:
    return [bool(pins.pin(gpio).state) for gpio in gpios]


@pytest.mark.parametrize("common_anode", [False, True])
@pytest.mark.parametrize("digit", SEGMENTS)
def test_each_digit_lights_its_segments(pins: Any, digit: str, common_anode: bool) -> None:
    config = BoardConfig(common_anode=common_anode)
    with Board(config, pins) as board:
        board.announce(digit, digit)
        lit = [segment in SEGMENTS[digit] for segment in "abcdefg"]
        wanted = [on is not common_anode for on in lit]
        assert levels(pins, config.seven_segment) == wanted
        board.clear()
        assert levels(pins, config.seven_segment) == [common_anode] * 7


def test_a_refusal_is_the_middle_bar(pins: Any) -> None:
    with Board(BoardConfig(), pins) as board:
        board.announce(None, "refused: too dark")
        assert SimulatedBoard(pins, board.config).segments == frozenset("g")


def test_a_number_goes_over_the_display_as_time_passes(pins: Any) -> None:
    clock = Clock()
    with Board(BoardConfig(digit_s=0.8, gap_s=0.2), pins, clock) as board:
        lamps = SimulatedBoard(pins, board.config)
        board.announce("17", "17")
        seen = []
        for _ in range(4):
            seen.append("".join(sorted(lamps.segments)))
            clock.now_s += board.tick() + 1e-6
            board.tick()
        assert seen == ["bc", "", "abc", ""]
        assert "".join(sorted(lamps.segments)) == "bc"


def test_several_displays_show_the_answer_at_once(
    pins: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    for row in ("ten_leds", "binary"):
        config = BoardConfig(displays=("seven_segment", row, "console"))
        with Board(config, pins) as board:
            board.announce("5", "5")
            lamps = SimulatedBoard(pins, config)
            assert lamps.segments == frozenset("acdfg")
            if row == "ten_leds":
                assert lamps.ten_leds == tuple(digit == 5 for digit in range(10))
            else:
                assert lamps.binary == (False, True, False, True)
            assert capsys.readouterr().out == "5\n"
            assert board.faults == {}


def test_leds_between_3v3_and_pin_light_when_the_pin_is_low(pins: Any) -> None:
    config = BoardConfig(displays=("ten_leds",), active_high=False)
    with Board(config, pins) as board:
        board.show_light("starting")
        board.announce("3", "3")
        assert not pins.pin(config.light).state
        assert levels(pins, config.ten_leds) == [digit != 3 for digit in range(10)]


def test_edges_of_the_button_come_into_the_inbox_with_their_times(pins: Any) -> None:
    clock = Clock()
    with Board(BoardConfig(), pins, clock) as board:
        pin = pins.pin(17)
        pin.drive_low()
        clock.now_s = 100.2
        pin.drive_high()
        assert take_all(board.inbox) == [Edge(True, 100.0), Edge(False, 100.2)]


def test_a_bouncing_pin_is_one_press(pins: Any) -> None:
    clock = Clock()
    with Board(BoardConfig(), pins, clock) as board:
        pin = pins.pin(17)
        for bounce_s in (0.0, 0.002, 0.003, 0.007, 0.2, 0.003, 0.001):
            clock.now_s += bounce_s
            pin.drive_low()
            clock.now_s += 0.001
            pin.drive_high()
        gestures = [found for edge in take_all(board.inbox) for found in board.feel(edge)]
        while (wait_s := board.next_feel_s()) is not None:
            clock.now_s += wait_s
            gestures += board.feel()
        assert gestures == [Gesture.PRESS] * 2  # 0.2 s apart, each bouncing


class DeafPin(MockPin):  # type: ignore[misc]  # gpiozero has no types
    """A pin whose way up nobody hears of."""

    def drive_high(self) -> None:
        self._change_state(True)


def test_after_a_release_that_got_lost_the_next_press_counts() -> None:
    clock = Clock()
    pins = MockFactory(pin_class=DeafPin)
    with Board(BoardConfig(), pins, clock) as board:
        pin = pins.pin(17)
        gestures = []
        for _ in range(2):
            pin.drive_low()
            gestures += [found for edge in take_all(board.inbox) for found in board.feel(edge)]
            pin.drive_high()
            for _ in range(4):
                clock.now_s += 0.05
                gestures += board.feel()
        assert gestures == [Gesture.PRESS] * 2


class BusyFactory(MockFactory):  # type: ignore[misc]  # gpiozero has no types
    """Pins of which another program holds some, and says so as lgpio does."""

    def __init__(self, *busy: int) -> None:
        super().__init__()
        self.busy = set(busy)

    def pin(self, name: int, **options: Any) -> Any:
        if name in self.busy:
            raise Exception("'GPIO busy'")
        return super().pin(name, **options)


@pytest.mark.parametrize(
    ("gpio", "part"), [(17, "button"), (27, "light"), (5, "seven_segment"), (20, "seven_segment")]
)
def test_a_busy_pin_costs_one_part_and_is_taken_when_it_comes_free(gpio: int, part: str) -> None:
    pins = BusyFactory(gpio)
    with Board(BoardConfig(), pins) as board:
        assert set(board.missing) == {part}
        assert isinstance(board.missing[part], PinsBusy)
        assert set(board.faults) == {Fault.PINS_BUSY}
        assert board.faults[Fault.PINS_BUSY].startswith(f"{part}: a pin is busy")
        assert board.can_be_pressed is (part != "button")
        board.announce("8", "8")
        board.show_light("starting")
        pins.busy.clear()
        board.open_missing()
        assert board.missing == {}
        board.tick()
        assert SimulatedBoard(pins, board.config).segments == frozenset("abcdefg")


def test_a_pin_that_another_part_of_the_program_holds_is_busy_too(pins: Any) -> None:
    with LED(27, pin_factory=pins), Board(BoardConfig(), pins) as board:
        assert isinstance(board.missing["light"], PinsBusy)
        assert "GPIO27 is already in use" in str(board.missing["light"])


def test_moving_to_other_pins_lets_go_of_the_old_ones(pins: Any) -> None:
    with Board(BoardConfig(), pins) as board:
        board.show_light("starting")
        board.announce("8", "8")
        board.reconfigure(BoardConfig(light=4, button=22))
        assert not pins.pin(27).state
        assert pins.pin(4).state
        assert levels(pins, board.config.seven_segment) == [False] * 7
        LED(27, pin_factory=pins).close()
        pins.pin(22).drive_low()
        assert [type(event) for event in take_all(board.inbox)] == [Edge]


def test_a_closed_board_is_dark_deaf_and_free(pins: Any) -> None:
    board = Board(BoardConfig(), pins)
    board.show_light("starting")
    board.announce("8", "8")
    board.close()
    board.close()
    lamps = (27, *board.config.seven_segment)
    assert levels(pins, lamps) == [False] * 8
    pins.pin(17).drive_low()
    assert take_all(board.inbox) == []
    with Board(BoardConfig(), pins) as another:
        assert another.missing == {}


@pytest.mark.usefixtures("laptop")
def test_without_lgpio_a_real_board_says_how_to_get_it() -> None:
    with pytest.raises(BoardError, match="lgpio is not installed: sudo apt install python3-lgpio"):
        Board(BoardConfig())
