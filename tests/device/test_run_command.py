import argparse
import errno
from pathlib import Path

import pytest

from device.__main__ import main
from device.errors import BadConfig
from device.run_command import add_arguments, configure, why_no_page


def words(*given: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(given)


def test_a_simulated_board_has_more_to_look_at_and_to_try_than_a_soldered_one() -> None:
    simulated, soldered = configure(words("--simulate")), configure(words())
    assert (simulated.board.displays, simulated.board.hold) == (
        ("seven_segment", "ten_leds"),
        "live",
    )
    assert (soldered.board.displays, soldered.board.hold) == (("seven_segment",), "nothing")


def test_what_the_user_configured_is_simulated(tmp_path: Path) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[board]\ndisplays = ["binary"]\nhold = "nothing"\n')
    board = configure(words("--simulate", "--config", str(config))).board
    assert (board.displays, board.hold) == (("binary",), "nothing")


def test_pins_of_the_user_s_own_are_never_in_the_way_of_a_simulation() -> None:
    board = configure(words("--simulate", "--set", "board.button=4")).board
    assert (board.button, board.displays) == (4, ("seven_segment",))


def test_a_mistake_is_told_in_the_same_words_simulated_or_not() -> None:
    told = set()
    for simulate in ([], ["--simulate"]):
        with pytest.raises(BadConfig) as caught:
            configure(words(*simulate, "--set", "board.light=17"))
        told.add(str(caught.value))
    assert told == {
        "configuration: [board]: GPIO17 is used twice, by button and light; allowed: each pin once"
    }


def test_a_check_looks_at_the_board_that_is_simulated(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--simulate"])
    assert "ok       ten_leds: GPIO4 GPIO18 " in capsys.readouterr().out


def test_a_unit_that_keeps_the_network_away_is_told_with_the_way_out() -> None:
    told = why_no_page(OSError(errno.EAFNOSUPPORT, "Address family not supported by protocol"))
    assert "systemd/README.md says how" in told
    assert why_no_page(OSError("the port is taken")) == "the port is taken"
