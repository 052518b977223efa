"""What the daemon has imported once it is ready, by what its configuration asks for."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.device.appliance import SystemdSocket

ROOT = Path(__file__).parents[2]
STAND_INS = ROOT / "tools/zero/stand_ins"

DAEMON = """
import json, sys
import gpiozero.pins.local
gpiozero.pins.local.get_pi_revision = lambda: 0x9000C1  # this is no Pi
from device.__main__ import main
main(sys.argv[1:])
print(json.dumps(sorted(sys.modules)))
"""

NEVER = {
    *("scipy", "matplotlib", "rich", "textual", "pytest", "tools", "unittest", "pydoc"),
    *("device.simulation", "device.simulated_run", "device.plain", "device.terminal"),
    *("device.photographs", "device.notes", "device.picture", "device.explain", "device.drawing"),
    *("device.check_command", "device.read_command", "nn.optimisers"),
    "PIL.ImageDraw",
}
"""What belongs to the desk, to the simulation and to other commands."""

FOR_THE_PAGE = {"tornado", "asyncio", "http", "ssl", "urllib.request", "webbrowser"}
NUMBERS = {"numpy", "PIL", "nn", "device.reader", "device.preparation"}


def modules_of_a_daemon(folder: Path, *words: str) -> set[str]:
    """Start it with a camera and pins that are stood in for, and end it when it is ready."""
    systemd = SystemdSocket(folder / "notify")
    with (
        contextlib.closing(systemd),
        subprocess.Popen(
            [sys.executable, "-P", "-c", DAEMON, "run", *words],
            stdout=subprocess.PIPE,
            text=True,
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": f"{ROOT}:{STAND_INS}",
                "NOTIFY_SOCKET": str(systemd.path),
                "STATE_DIRECTORY": str(folder),
                "RUNTIME_DIRECTORY": str(folder),
            },
        ) as daemon,
    ):
        try:
            systemd.wait_for("READY=1")
        finally:
            daemon.send_signal(signal.SIGTERM)
        said, _ = daemon.communicate()
    assert daemon.returncode == 0
    return set(json.loads(said.splitlines()[-1]))


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--set", "board.displays=['ten_leds', 'console']", "--set", "board.hold='live'"],
        ["--set", "board.hold='shutdown'", "--set", "camera.stream='main'"],
    ],
    ids=["as shipped", "LEDs, live", "shutdown"],
)
def test_without_the_page_nothing_of_it_is_imported(words: list[str], tmp_path: Path) -> None:
    modules = modules_of_a_daemon(tmp_path, *words)
    page = {name for name in modules if name.startswith("device.page")}
    assert modules & (NEVER | FOR_THE_PAGE) | page == set()
    assert modules >= NUMBERS | {"gpiozero", "lgpio", "picamera2"}


def test_with_the_page_only_that_is_imported_besides(tmp_path: Path) -> None:
    modules = modules_of_a_daemon(tmp_path, "--page", "--set", "page.port=0")
    assert modules & NEVER == set()
    assert modules >= NUMBERS | {"device.page.page"}


def test_the_first_light_comes_before_all_but_python_itself() -> None:
    code = (
        "import sys; bare = set(sys.modules); import device.__main__\n"
        "print(*sorted(set(sys.modules) - bare))"
    )
    # Without site, whose hooks for what is installed here would import a good deal.
    done = subprocess.run(
        [sys.executable, "-S", "-P", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    known = {"device", "device.__main__", "device.first_light", "fcntl"}
    system = {
        "os",
        "os.path",
        "stat",
        "_stat",
        "posixpath",
        "genericpath",
        "_collections_abc",
    }  # site's own
    assert set(done.stdout.split()) - system == known
