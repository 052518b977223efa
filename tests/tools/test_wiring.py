"""The wiring picture: committed as it is made, and true to the configuration."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from device.config import BoardConfig
from device.wiring import PHYSICAL_PINS, wiring
from tools.wiring import GROUNDS, POWER, draw, table

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def words(svg: str) -> list[str]:
    return [text.text or "" for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def test_the_committed_picture_is_the_one_that_the_default_configuration_gives() -> None:
    committed = (ROOT / "docs/wiring.svg").read_text(encoding="utf-8")
    assert committed == draw(BoardConfig()), "run: python -m tools.wiring docs/wiring.svg"


def test_the_command_writes_the_picture(tmp_path: Path) -> None:
    path = tmp_path / "wiring.svg"
    subprocess.run([sys.executable, "-m", "tools.wiring", path], check=True, cwd=ROOT)
    assert path.read_text(encoding="utf-8") == draw(BoardConfig())


def test_every_pin_of_the_header_is_drawn_once_with_its_name() -> None:
    drawn = words(draw(BoardConfig()))
    header = drawn[drawn.index("3V3") : drawn.index("40") + 1]
    named = dict(zip(header[1::2], header[::2], strict=True))
    assert list(named) == [str(pin) for pin in range(1, 41)]
    assert {int(pin): name for pin, name in named.items()} == (
        POWER
        | dict.fromkeys(GROUNDS, "ground")
        | {pin: f"GPIO{gpio}" for gpio, pin in PHYSICAL_PINS.items()}
    )


def test_the_segments_stand_in_the_order_in_which_their_wires_come() -> None:
    drawn = words(draw(BoardConfig()))
    after = [drawn[at + 1] for at, word in enumerate(drawn) if word == "330 Ω"]
    assert [letter for letter in after if letter in "abcdefg"] == list("abcdefg")
    swapped = BoardConfig(seven_segment=(6, 5, 13, 19, 26, 20, 21))
    drawn = words(draw(swapped))
    after = [drawn[at + 1] for at, word in enumerate(drawn) if word == "330 Ω"]
    assert [letter for letter in after if letter in "abcdefg"] == list("bacdegf")


def test_another_pin_gives_another_picture() -> None:
    assert draw(BoardConfig(button=22)) != draw(BoardConfig())


def test_the_table_has_a_row_for_every_wire() -> None:
    board = replace(BoardConfig(), displays=("seven_segment", "ten_leds"))
    rows = table(board).splitlines()[2:]
    assert len(rows) == len(wiring(board)) == 19
    assert rows[0].startswith("| button | GPIO17 | 11 | ")
