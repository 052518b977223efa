from device.config import BoardConfig, used_pins
from device.keys import FREE_PINS
from device.pins import simulated_pins
from device.wiring import PHYSICAL_PINS, wiring


def test_the_header_is_the_one_that_gpiozero_knows() -> None:
    board = simulated_pins().board_info
    for gpio, position in PHYSICAL_PINS.items():
        (_, pin), *_ = board.find_pin(f"GPIO{gpio}")
        assert pin.number == position
    assert set(PHYSICAL_PINS) >= set(FREE_PINS)


def test_the_table_names_every_pin_that_is_used_once_and_no_other() -> None:
    for displays in (("seven_segment",), ("ten_leds",), ("binary",), ("seven_segment", "binary")):
        board = BoardConfig(displays=displays)
        assert [wire.gpio for wire in wiring(board)] == [gpio for _, gpio in used_pins(board)]


def test_the_default_table_is_the_one_to_wire_by() -> None:
    table = [(wire.part, wire.gpio, wire.physical_pin) for wire in wiring(BoardConfig())]
    assert table == [
        ("button", 17, 11),
        ("status light", 27, 13),
        ("segment a", 5, 29),
        ("segment b", 6, 31),
        ("segment c", 13, 33),
        ("segment d", 19, 35),
        ("segment e", 26, 37),
        ("segment f", 21, 40),
        ("segment g", 20, 38),
    ]


def test_the_notes_say_where_the_other_end_goes() -> None:
    cathode = {wire.part: wire.note for wire in wiring(BoardConfig())}
    anode = {
        wire.part: wire.note for wire in wiring(BoardConfig(common_anode=True, active_high=False))
    }
    assert "ground" in cathode["button"]
    assert "common cathode to ground" in cathode["segment a"]
    assert "common anode to 3V3" in anode["segment a"]
    assert "ground" in cathode["status light"]
    assert "3V3" in anode["status light"]
