"""The README against the program: tables, links and commands say what is so."""

import re
import shlex
from pathlib import Path

import pytest

from device.config import BoardConfig
from device.light import PATTERNS
from device.reading import Refusal
from tools.wiring import table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def marked(name: str) -> str:
    """What stands between `<!-- name -->` and `<!-- /name -->`."""
    found = re.search(f"<!-- {name} -->\n(.*)<!-- /{name} -->", README, re.DOTALL)
    assert found, f"README.md has no part marked {name}"
    return found[1]


def light_table() -> str:
    rows = ["| light | meaning |", "|---|---|"]
    for name, pattern in PATTERNS.items():
        light, _, meaning = pattern.words.partition(": ")
        rows.append(f"| {light} | {meaning or name} |")
    return "\n".join(rows) + "\n"


def commands() -> list[list[str]]:
    blocks = re.findall("```sh\n(.*?)```", README, re.DOTALL)
    return [shlex.split(line, comments=True) for block in blocks for line in block.splitlines()]


def test_the_wiring_table_is_the_default_configuration() -> None:
    assert marked("wiring") == table(BoardConfig())


def test_the_table_of_the_status_light_is_the_programs() -> None:
    assert marked("light") == light_table()


@pytest.mark.parametrize("refusal", Refusal)
def test_every_refusal_is_explained(refusal: Refusal) -> None:
    assert re.search(rf"^\|.*\*{refusal.value}[*:]", README, re.MULTILINE)


def test_every_link_leads_to_a_file() -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", README)
    assert len(links) >= 4
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_every_make_command_is_a_target() -> None:
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.M)
    asked = [words[1] for words in commands() if words[0] == "make"]
    asked += re.findall(r"`make ([a-z-]+)", README)
    assert len(asked) >= 6
    assert set(asked) <= set(targets)
