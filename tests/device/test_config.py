import tomllib
from dataclasses import FrozenInstanceError, fields
from pathlib import Path
from typing import Any

import pytest

from device.config import BoardConfig, Config, load_config, used_pins
from device.errors import BadConfig
from device.keys import FREE_PINS, RESERVED_PINS

SHIPPED = Path(__file__).parents[2] / "device" / "config.toml"


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "config.toml"
    path.write_bytes(text if isinstance(text, bytes) else f"{text}\n".encode() if text else b"")
    return path


def keys(config: Config) -> dict[str, dict[str, Any]]:
    return {
        section.name: {
            key.name: getattr(getattr(config, section.name), key.name)
            for key in fields(getattr(config, section.name))
        }
        for section in fields(config)
    }


def test_the_shipped_file_holds_every_key_with_its_default() -> None:
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    as_toml = {
        section: {
            key: list(value) if isinstance(value, tuple) else value for key, value in found.items()
        }
        for section, found in keys(Config()).items()
    }
    assert shipped == as_toml
    assert load_config(SHIPPED) == Config()


def test_the_shipped_file_comments_every_key() -> None:
    lines = SHIPPED.read_text(encoding="utf-8").splitlines()
    commented = False
    for line in lines:
        if line.startswith("#"):
            commented = True
        elif not line or line.startswith("["):
            commented = False
        else:
            assert commented, f"no comment above: {line}"


def test_the_keys_of_the_shipped_file_stand_in_the_code_s_order() -> None:
    shipped = tomllib.loads(SHIPPED.read_text(encoding="utf-8"))
    assert [(section, *found) for section, found in shipped.items()] == [
        (section, *found) for section, found in keys(Config()).items()
    ]


def test_what_a_file_leaves_out_keeps_its_default(tmp_path: Path) -> None:
    config = load_config(written(tmp_path, "[camera]\nwidth = 800\nsettle_s = 1\n"))
    assert config.camera.width == 800
    assert config.camera.height == 480
    assert isinstance(config.camera.settle_s, float)
    assert config.board == BoardConfig()


def test_the_command_line_has_the_last_word(tmp_path: Path) -> None:
    path = written(tmp_path, "[camera]\nwidth = 800\nheight = 600\n")
    config = load_config(
        path,
        [
            "camera.width=1024",
            'board.displays=["console", "binary"]',
            "board.hold=live",
            "reading.weights=/some/where.npz",
            "board.common_anode=true",
        ],
    )
    assert (config.camera.width, config.camera.height) == (1024, 600)
    assert config.board.displays == ("console", "binary")
    assert config.board.hold == "live"
    assert config.reading.weights == "/some/where.npz"
    assert config.board.common_anode is True


def test_a_configuration_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        Config().camera.width = 1  # type: ignore[misc]  # that it can't is the point


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[camra]\nwidth = 640", "unknown section [camra]; known sections: board, camera, page"),
        ("width = 640", ": width is outside every section: write it below [camera]"),
        ("frame_interval_s = 1", "is outside every section: write it below [camera] or [page]"),
        ("wide = true", ": wide is outside every section"),
        ("camera = 640", "camera is a section: write [camera] and its keys below it"),
        ("[[camera]]\nwidth = 640", "camera is a section"),
        ("[camera]\nexposre_us = 1", "[camera]: unknown key 'exposre_us'; known keys: capture_"),
        ("[camera]\nwidth = '640'", '[camera]: width is "640"; allowed: an even whole number'),
        ("[camera]\nwidth = 640.0", "[camera]: width is 640.0; allowed: an even whole number"),
        ("[camera]\nwidth = true", "[camera]: width is true; allowed: an even whole number"),
        ("[camera]\nwidth = 641", "[camera]: width is 641; allowed: an even whole number from 64"),
        ("[camera]\nwidth = 0", "[camera]: width is 0; allowed"),
        ("[camera]\nwidth = 100000", "[camera]: width is 100000; allowed"),
        ("[camera]\nheight = -2", "[camera]: height is -2; allowed"),
        ("[camera]\nstream = 'raw'", '[camera]: stream is "raw"; allowed: one of "lores", "main"'),
        ("[camera]\nmains_hz = 55", "[camera]: mains_hz is 55; allowed: one of 0, 50, 60"),
        ("[camera]\nmains_hz = false", "[camera]: mains_hz is false; allowed: one of 0"),
        ("[camera]\nmains_hz = 50.0", "[camera]: mains_hz is 50.0; allowed: one of 0"),
        ("[camera]\nmains_hz = [50]", "[camera]: mains_hz is [50]; allowed: one of 0"),
        ("[camera]\nsettle_s = nan", "[camera]: settle_s is nan; allowed: a number from 0 to 30"),
        ("[camera]\nsettle_s = inf", "[camera]: settle_s is inf; allowed"),
        ("[camera]\nsettle_s = true", "[camera]: settle_s is true; allowed"),
        ("[camera]\nsettle_s = 2026-01-01", "[camera]: settle_s is datetime.date(2026, 1, 1)"),
        ("[camera]\ncapture_timeout_s = 0", "[camera]: capture_timeout_s is 0; allowed"),
        ("[board]\nbutton = 99", "[board]: button is 99; allowed: a pin: 4 to 13 and 16 to 27"),
        ("[board]\nbutton = 'GPIO17'", '[board]: button is "GPIO17"; allowed: a pin'),
        ("[board]\nbutton = 2", "[board]: button is 2; allowed: a pin"),
        ("[board]\nlight = 14", "[board]: light is 14; allowed: a pin"),
        ("[board]\nlight = 17", "[board]: GPIO17 is used twice, by button and light"),
        ("[board]\nlight = 5", "[board]: GPIO5 is used twice, by light and seven_segment"),
        ("[board]\nseven_segment = [5, 6]", "[board]: seven_segment is [5, 6]; allowed: a list of"),
        ("[board]\nseven_segment = 5", "[board]: seven_segment is 5; allowed: a list of 7 pins"),
        ("[board]\nseven_segment = [5,5,6,7,8,9,10]", "GPIO5 is used twice, by seven_segment and"),
        ("[board]\ndisplays = 'binary'", '[board]: displays is "binary"; allowed: a list of'),
        ("[board]\ndisplays = ['lcd']", '[board]: displays is ["lcd"]; allowed: a list of'),
        ("[board]\ndisplays = ['binary', 'binary']", "each at most once"),
        ("[board]\ndisplays = ['binary', 'ten_leds']", "GPIO22 is used twice, by binary and ten_"),
        (
            "[board]\nhold = 'reboot'",
            '[board]: hold is "reboot"; allowed: one of "nothing", "live"',
        ),
        ("[board]\nhold_s = 0.5\nbounce_s = 0.5", "hold_s is 0.5; allowed: more than bounce_s"),
        ("[board]\ncommon_anode = 1", "[board]: common_anode is 1; allowed: true or false"),
        ("[reading]\nweights = 5", "[reading]: weights is 5; allowed: a path to an .npz file"),
        ('[reading]\nweights = "a\\u0000b"', "[reading]: weights is"),
        ("[reading]\nlive_frames = 1", "[reading]: live_frames is 1; allowed"),
        ("[service]\nretries = -1", "[service]: retries is -1; allowed: a whole number from 0"),
        (
            "[service]\nretry_s = 9\nretry_most_s = 3",
            "retry_most_s is 3; allowed: at least retry_s",
        ),
        ("[service]\nshutdown_command = 'halt'", 'shutdown_command is "halt"; allowed: a list of'),
        (
            "[service]\nshutdown_command = []",
            "shutdown_command is []; allowed: a list of a program",
        ),
        ("[service]\nlog = 'loud'", '[service]: log is "loud"; allowed: one of "debug"'),
        ("[camera]\nwidth = 640\nwidth = 640", "is not TOML: cannot overwrite a value"),
        ("[camera]\nwidth = ", "is not TOML: invalid value"),
        ("[camera", "is not TOML: expected"),
        ("[camera]\nwidth = 64\x00", "is not TOML"),
        ("x = " + "[" * 5000, "is not TOML: nested too deeply"),
        ("", "is empty: write it again or remove it"),
        (" \n\n", "is empty"),
        (b"# gr\xfc\xdfe\n[camera]\n", "byte 4 is not UTF-8"),
        (b"\xff\xfe[\0c\0\n", "byte 0 is not UTF-8"),
        (b"\x00" * 500 + b"\n", "is not TOML"),
        ("#" * 70_000, "longer than 64 KB"),
    ],
)
def test_every_mistake_in_a_file_is_named_with_file_section_and_key(
    tmp_path: Path, text: str | bytes, words: str
) -> None:
    path = written(tmp_path, text)
    with pytest.raises(BadConfig) as caught:
        load_config(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert words in message
    assert "\n" not in message
    assert len(message) < 400


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("camera.width", "write section.key=value, as in camera.width=640"),
        ("width=640", "write section.key=value"),
        ("=640", "write section.key=value"),
        ("camera.=640", "write section.key=value"),
        ("camera.width=", 'width is ""; allowed'),
        ("camera.width=640\nheight=2", 'width is "640\\nheight=2"; allowed'),
        ("camera.depth=1", "[camera]: unknown key 'depth'"),
        ("camera.settle_s=soon", 'settle_s is "soon"; allowed'),
        ("board.light=17", "GPIO17 is used twice"),
    ],
)
def test_every_mistake_on_the_command_line_is_named(override: str, words: str) -> None:
    with pytest.raises(BadConfig) as caught:
        load_config(None, [override])
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_torn_file_is_an_error_wherever_it_is_cut(tmp_path: Path) -> None:
    whole = SHIPPED.read_bytes()
    for cut in range(1, len(whole), 7):
        if whole[cut - 1 : cut] != b"\n":
            with pytest.raises(BadConfig, match="its last line has no end"):
                load_config(written(tmp_path, whole[:cut]))


def test_a_file_that_is_named_must_exist(tmp_path: Path) -> None:
    with pytest.raises(BadConfig, match=r"nowhere\.toml: can't be read: no such file"):
        load_config(tmp_path / "nowhere.toml")
    with pytest.raises(BadConfig, match="can't be read: is a directory"):
        load_config(tmp_path)


def test_pins_of_displays_that_are_not_used_may_overlap() -> None:
    board = BoardConfig()
    assert set(board.binary) & set(board.ten_leds)
    assert load_config(None, ['board.displays=["binary"]']).board.displays == ("binary",)


def test_the_default_pins_leave_i2c_and_console_alone() -> None:
    board = BoardConfig()
    every = {board.button, board.light, *board.seven_segment, *board.ten_leds, *board.binary}
    assert every <= set(FREE_PINS)
    assert not every & {2, 3, 14, 15}
    assert set(FREE_PINS) | set(RESERVED_PINS) == set(range(28))


def test_the_used_pins_are_those_of_the_parts_that_are_there() -> None:
    board = BoardConfig(displays=("binary", "console"))
    assert used_pins(board) == [
        ("button", 17),
        ("light", 27),
        *[("binary", gpio) for gpio in (22, 23, 24, 25)],
    ]
