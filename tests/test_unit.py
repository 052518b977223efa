"""The unit, as systemd itself reads it."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from device.config import Config

SYSTEMD = Path(__file__).parents[1] / "systemd"
UNIT = SYSTEMD / "inkling.service"
LINE = re.compile(r"^(\w+)=(.*)$", re.MULTILINE)

PAGE = SYSTEMD / "page.conf"

Needs = Callable[[str], str]


@pytest.fixture(params=["alone", "with the page"])
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The unit where systemd finds it, with the page's drop-in or without."""
    shutil.copy(UNIT, tmp_path)
    if request.param == "with the page":
        (tmp_path / f"{UNIT.name}.d").mkdir()
        shutil.copy(PAGE, tmp_path / f"{UNIT.name}.d")
    return tmp_path / UNIT.name


def values(name: str) -> list[str]:
    return [value for key, value in LINE.findall(UNIT.read_text()) if key == name]


def test_systemd_has_nothing_to_say_about_the_unit(needs: Needs, unit: Path) -> None:
    needs("/usr/bin/python3")  # or systemd says that ExecStart names nothing
    done = subprocess.run(
        [needs("systemd-analyze"), "verify", "--man=no", unit], capture_output=True, text=True
    )
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize(
    "mistake", ["Restart=perhaps", "WatchdogSecs=30s", "SystemCallFilter=@no-such-group"]
)
def test_systemd_would_say_so_of_a_mistake(needs: Needs, tmp_path: Path, mistake: str) -> None:
    wrong = tmp_path / UNIT.name
    wrong.write_text(UNIT.read_text().replace("[Install]", f"{mistake}\n[Install]"))
    done = subprocess.run(
        [needs("systemd-analyze"), "verify", "--man=no", wrong], capture_output=True, text=True
    )
    assert mistake.partition("=")[0] in done.stderr or mistake.partition("=")[2] in done.stderr


def test_systemd_finds_the_service_exposed_by_2_at_most(needs: Needs, unit: Path) -> None:
    words = ["security", "--offline=true", "--threshold=20", "--no-pager"]
    done = subprocess.run([needs("systemd-analyze"), *words, unit], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Overall exposure level" in done.stdout


def test_the_network_is_there_with_the_page_s_drop_in_and_only_with_it(
    needs: Needs, unit: Path
) -> None:
    words = ["security", "--offline=true", "--no-pager", "--json=short"]
    done = subprocess.run([needs("systemd-analyze"), *words, unit], capture_output=True, text=True)
    findings = {found["json_field"]: found["set"] for found in json.loads(done.stdout)}
    shut = [
        findings[name]
        for name in ("PrivateNetwork", "RestrictAddressFamilies_AF_INET_INET6", "IPAddressDeny")
    ]
    has_page = (unit.parent / f"{unit.name}.d").exists()
    assert shut == [not has_page] * 3


def test_the_user_is_one_that_systemd_can_make(needs: Needs, tmp_path: Path) -> None:
    (tmp_path / "etc").mkdir()
    subprocess.run(
        [needs("systemd-sysusers"), f"--root={tmp_path}", SYSTEMD / "sysusers.conf"],
        check=True,
        capture_output=True,
    )
    groups = (tmp_path / "etc/group").read_text()
    for group in values("SupplementaryGroups")[0].split():
        assert re.search(rf"^{group}:x:\d+:inkling$", groups, re.MULTILINE)
    assert (tmp_path / "etc/passwd").read_text().startswith(f"{values('User')[0]}:")


def test_every_line_is_explained() -> None:
    explained = (SYSTEMD / "README.md").read_text()
    lines = LINE.findall(UNIT.read_text() + PAGE.read_text())
    assert [name for name, _ in lines if f"{name}=" not in explained] == []


def test_nothing_waits_for_a_network_and_nothing_reboots() -> None:
    lines = UNIT.read_text()
    assert "network" not in lines
    assert "reboot" not in lines


def test_lgpio_makes_its_fifo_in_memory() -> None:
    folder = f"/run/{values('RuntimeDirectory')[0]}"
    assert values("WorkingDirectory") == [folder]
    assert f"LG_WD={folder}" in values("Environment")[0].split()


def test_the_watchdog_waits_longer_than_the_camera_may_take() -> None:
    camera = Config().camera
    assert float(values("WatchdogSec")[0].removesuffix("s")) > 2 * camera.capture_timeout_s
