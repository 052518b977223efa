import sys
from pathlib import Path

import pytest

from device.__main__ import main
from device.board import Board
from device.check_command import (
    Finding,
    Verdict,
    check_board,
    check_import,
    check_permissions,
    check_power,
    check_temperature,
    check_weights,
)
from device.config import BoardConfig, Config
from device.errors import BoardError
from device.pins import simulated_pins
from tests.device.test_board import BusyFactory


def test_a_module_that_is_there_is_ok_with_its_version() -> None:
    import numpy as np

    found = check_import("numpy", "sudo apt install python3-numpy")
    assert str(found) == f"ok       numpy: {np.__version__}"


def test_a_module_that_is_missing_comes_with_the_way_to_get_it() -> None:
    found = check_import("nowhere_to_be_found", "sudo apt install python3-nowhere")
    assert found.verdict is Verdict.MISSING
    assert str(found).endswith(": not installed: sudo apt install python3-nowhere")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGILL)", "(illegal instruction)"),
        ("raise ImportError('libopenblas.so.0: not found')", "libopenblas.so.0: not found"),
        ("import json; json.nothing", "has no attribute 'nothing'"),
    ],
)
def test_a_module_that_breaks_is_found_out_in_a_child(
    body: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "broken.py").write_text(f"{body}\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    found = check_import("broken", "sudo apt install python3-broken")
    assert found.verdict is Verdict.MISSING
    assert words in found.words
    assert "sudo apt install python3-broken" in found.advice
    assert "broken" not in sys.modules


def test_weights_that_are_missing_or_bad_are_told_beside_the_shipped_ones(tmp_path: Path) -> None:
    bad = tmp_path / "bad.npz"
    bad.write_bytes(b"no weights")
    for path in (bad, tmp_path / "nowhere.npz"):
        mine, shipped = check_weights(str(path))
        assert mine.verdict is Verdict.MISSING
        assert str(path) in mine.words
        assert shipped.part == "shipped weights"


def board_findings(config: BoardConfig, pins: object) -> list[Finding]:
    return list(check_board(Config(board=config), lambda: Board(config, pins)))


def test_every_part_of_the_board_has_a_line_with_its_pins() -> None:
    lines = [
        str(found)
        for found in board_findings(
            BoardConfig(displays=("seven_segment", "console")), simulated_pins()
        )
    ]
    assert lines == [
        "ok       button: GPIO17",
        "ok       light: GPIO27",
        "ok       seven_segment: GPIO5 GPIO6 GPIO13 GPIO19 GPIO26 GPIO21 GPIO20",
        "ok       console: standard output",
    ]


def test_a_busy_pin_is_told_with_the_part_and_what_to_do() -> None:
    button, light, display = board_findings(BoardConfig(), BusyFactory(17))
    assert button.verdict is Verdict.MISSING
    assert "a pin is busy" in button.words
    assert "sudo systemctl stop inkling" in button.advice
    assert light.verdict is display.verdict is Verdict.OK


def test_no_pins_at_all_is_one_line() -> None:
    def no_board() -> Board:
        raise BoardError("lgpio is not installed: sudo apt install python3-lgpio")

    (found,) = check_board(Config(), no_board)
    assert str(found) == "missing  pins: lgpio is not installed: sudo apt install python3-lgpio"


def devices(root: Path) -> Path:
    for name in ("gpiochip0", "video0", "media0", "dma_heap/linux,cma"):
        (root / "dev" / name).parent.mkdir(parents=True, exist_ok=True)
        (root / "dev" / name).touch()
    return root


def test_devices_that_may_be_used_are_ok(tmp_path: Path) -> None:
    gpio, video = check_permissions(devices(tmp_path))
    assert gpio.verdict is video.verdict is Verdict.OK
    assert "gpiochip0" in gpio.words
    assert "linux,cma" in video.words


def test_devices_that_may_not_be_used_come_with_the_group(tmp_path: Path) -> None:
    # Even root can't use what a loop of links never leads to.
    heap = devices(tmp_path) / "dev" / "dma_heap" / "linux,cma"
    heap.unlink()
    heap.symlink_to(heap)
    gpio, video = check_permissions(tmp_path)
    assert gpio.verdict is Verdict.OK
    assert video.verdict is Verdict.MISSING
    assert "adduser" in video.advice
    assert " video, then log in again" in video.advice


def test_devices_that_are_not_there_are_missing(tmp_path: Path) -> None:
    gpio, video = check_permissions(tmp_path)
    assert gpio.verdict is video.verdict is Verdict.MISSING
    assert gpio.words == "no /dev/gpiochip* here"


def firmware(root: Path, text: str) -> Path:
    file = root / "sys/devices/platform/soc/soc:firmware/get_throttled"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return root


def test_a_good_supply_is_ok(tmp_path: Path) -> None:
    (found,) = check_power(firmware(tmp_path, "0\n"))
    assert found.verdict is Verdict.OK


def test_a_weak_supply_is_a_warning_in_words(tmp_path: Path) -> None:
    (found,) = check_power(firmware(tmp_path, "50005\n"))
    assert found.verdict is Verdict.WARNING
    assert found.words.split("; ") == [
        "the supply's voltage is too low",
        "the processor is throttled",
        "the supply's voltage has been too low since the start",
        "the processor has been throttled since the start",
    ]


@pytest.mark.parametrize("text", ["", "rubbish"])
def test_where_nothing_is_reported_nothing_is_said(tmp_path: Path, text: str) -> None:
    assert list(check_power(tmp_path)) == []
    assert list(check_power(firmware(tmp_path, text))) == []
    assert list(check_temperature(tmp_path)) == []


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("47236\n", "ok       temperature: 47 °C"),
        ("82000\n", "warning  temperature: 82 °C: give it air or a heat sink"),
    ],
)
def test_the_temperature_is_told_and_warned_of(tmp_path: Path, text: str, line: str) -> None:
    file = tmp_path / "sys/class/thermal/thermal_zone0/temp"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    assert [str(found) for found in check_temperature(tmp_path)] == [line]


def test_a_bad_configuration_ends_the_check_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", "--set", "camera.width=1"]) == 1
    assert capsys.readouterr().out.startswith("missing  configuration: --set camera.width=1: ")


@pytest.mark.usefixtures("laptop")
def test_a_laptop_misses_camera_and_pins_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check"]) == 1
    lines = capsys.readouterr().out.splitlines()
    verdicts = {line[9:].split(":")[0]: line[:9].strip() for line in lines}
    assert verdicts["numpy"] == verdicts["pillow"] == "ok"
    assert verdicts["camera"] == verdicts["pins"] == "missing"
    assert all(": " in line for line in lines)


def test_a_simulation_misses_neither_camera_nor_pins(capsys: pytest.CaptureFixture[str]) -> None:
    main(["check", "--simulate"])
    out = capsys.readouterr().out
    assert "ok       camera: simulated\n" in out
    assert "ok       button: GPIO17\n" in out
    assert "permissions" not in out
