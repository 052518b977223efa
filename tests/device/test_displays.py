import io

import pytest

from device.displays import (
    BLANK,
    NOTHING,
    REFUSED,
    BinaryDisplay,
    ConsoleDisplay,
    SevenSegmentDisplay,
    TenLedsDisplay,
    announce,
)


class Lamps:
    """Remembers what they were set to."""

    def __init__(self) -> None:
        self.value: object = None
        self.closed = False

    def close(self) -> None:
        self.closed = True


def test_the_ten_leds_light_one_for_each_digit_and_none_for_a_refusal() -> None:
    lamps = Lamps()
    display = TenLedsDisplay(lamps)
    for digit in range(10):
        display.show(str(digit))
        assert lamps.value == tuple(led == digit for led in range(10))
    for sign in (REFUSED, BLANK):
        display.show(sign)
        assert lamps.value == (False,) * 10


@pytest.mark.parametrize(
    ("sign", "lit"), [("0", ""), ("1", "1"), ("5", "41"), ("9", "81"), (REFUSED, "8421"), (" ", "")]
)
def test_the_binary_leds_add_up_to_the_digit_and_a_refusal_lights_all(sign: str, lit: str) -> None:
    lamps = Lamps()
    BinaryDisplay(lamps).show(sign)
    assert lamps.value == tuple(worth in lit for worth in "8421")


def test_the_console_prints_an_answer_once_however_it_is_shown() -> None:
    stream = io.StringIO()
    display = ConsoleDisplay(stream)
    display.say("42")
    for sign in "4 2 4 2 ":
        display.show(sign)
    display.say("refused: too dark")
    assert stream.getvalue() == "42\nrefused: too dark\n"


def test_the_console_follows_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    ConsoleDisplay().say("7")
    assert capsys.readouterr().out == "7\n"


@pytest.mark.parametrize("kind", [SevenSegmentDisplay, TenLedsDisplay, BinaryDisplay])
def test_closing_a_display_lets_go_of_its_lamps(
    kind: type[SevenSegmentDisplay | TenLedsDisplay | BinaryDisplay],
) -> None:
    lamps = Lamps()
    display = kind(lamps)
    display.say("7")
    assert lamps.value is None
    display.close()
    assert lamps.closed


def shown(number: str | None, seconds: float, step_s: float = 0.1) -> str:
    rhythm = announce(number, digit_s=0.4, gap_s=0.2)
    return "".join(rhythm.at(step * step_s + 0.001)[0] for step in range(round(seconds / step_s)))


def test_one_digit_and_a_refusal_stand_still() -> None:
    assert set(shown("7", 10.0)) == {"7"}
    assert set(shown(None, 10.0)) == {REFUSED}


def test_a_number_comes_digit_by_digit_with_gaps_and_over_again() -> None:
    assert shown("42", 2.8) == "4444  2222      4444  2222  "


def test_a_digit_that_repeats_is_two_signs() -> None:
    assert shown("44", 1.4) == "4444  4444    "


def test_the_pause_before_a_number_begins_again_is_longer_than_the_gaps() -> None:
    steps = announce("123", 0.8, 0.25).steps
    gaps = [seconds for sign, seconds in steps if sign == BLANK]
    assert gaps[-1] > 2 * gaps[0]


def test_nothing_to_say_is_blank_for_ever() -> None:
    assert NOTHING.at(1e6) == (BLANK, float("inf"))
