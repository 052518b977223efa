import logging
from pathlib import Path

import pytest

from device.faults import Fault, Faults
from device.supply import CALM_S, LOOK_S, Supply, throttled_bits

FILE = "sys/devices/platform/soc/soc:firmware/get_throttled"


class Firmware:
    """What says the bits, and how often it was asked."""

    def __init__(self, bits: int | None = 0) -> None:
        self.bits = bits
        self.asked = 0

    def __call__(self) -> int | None:
        self.asked += 1
        return self.bits


@pytest.fixture
def firmware() -> Firmware:
    return Firmware()


@pytest.fixture
def faults() -> Faults:
    return Faults()


def test_a_weak_supply_is_told_and_is_over_when_it_has_been_well_for_long(
    firmware: Firmware, faults: Faults
) -> None:
    supply = Supply(faults, firmware)
    assert not supply.look(0.0)
    firmware.bits = 0b1
    assert supply.look(LOOK_S)
    assert faults.words == "held back: the supply's voltage is too low"
    firmware.bits = 0
    assert not supply.look(2 * LOOK_S)
    assert faults.worst is Fault.HELD_BACK
    assert supply.look(LOOK_S + CALM_S)
    assert faults.worst is None


def test_a_supply_that_comes_and_goes_is_two_lines_in_the_log_however_often(
    firmware: Firmware, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    supply = Supply(faults, firmware)
    for look in range(1000):
        firmware.bits = 0b101 if look % 3 == 0 else 0
        supply.look(look * LOOK_S)
    firmware.bits = 0
    supply.look(1000 * LOOK_S + CALM_S)
    assert [record.getMessage() for record in caplog.records] == [
        "held back: the supply's voltage is too low, the processor is throttled",
        "held back: over",
    ]


def test_heat_on_top_of_a_weak_supply_is_told_too(firmware: Firmware, faults: Faults) -> None:
    supply = Supply(faults, firmware)
    firmware.bits = 0b1
    supply.look(0.0)
    firmware.bits = 0b1000
    assert supply.look(LOOK_S)
    words = "the supply's voltage is too low, the processor is near its highest temperature"
    assert faults.words == f"held back: {words}"


def test_what_was_once_and_is_over_holds_nothing_back(firmware: Firmware, faults: Faults) -> None:
    firmware.bits = 0xF0000
    assert not Supply(faults, firmware).look(0.0)
    assert faults.worst is None


def test_it_looks_seldom_and_where_nobody_tells_only_once() -> None:
    pi, desk = Firmware(0), Firmware(None)
    for firmware, asked in ((pi, 11), (desk, 1)):
        supply = Supply(Faults(), firmware)
        for second in range(101):
            supply.look(float(second))
        assert firmware.asked == asked
    assert supply.due_s == float("inf")


@pytest.mark.parametrize(
    ("text", "bits"), [("0\n", 0), ("50005\n", 0x50005), ("", None), ("x", None)]
)
def test_the_kernel_s_file_is_read(tmp_path: Path, text: str, bits: int | None) -> None:
    file = tmp_path / FILE
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert throttled_bits(tmp_path) == bits


def test_a_machine_without_such_firmware_says_nothing(tmp_path: Path) -> None:
    assert throttled_bits(tmp_path) is None
