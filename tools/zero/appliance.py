"""The daemon on the emulated processor, as its unit starts it: what it takes until it is ready.

It is the program as it is, on gpiozero as it is; lgpio and picamera2 are stood in for, as
there are no pins and no camera (`tools/zero/stand_ins`).
"""

import socket
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tools.zero.machine import Machine, NoEmulator, Run

UNIT = ("-P", "-X", "faulthandler", "-m", "device", "run")
"""How the unit's ExecStart calls Python."""

START_S = 300.0
SHORT_S, LONG_S = 2.0, 12.0
"""Two times to wait; what a second costs is in their difference."""


class Start(NamedTuple):
    """Million instructions from exec on, those of a second of waiting, and memory in MB."""

    light: float
    board: float
    ready: float
    idle: float
    memory_mb: float


class Wait(NamedTuple):
    """Instructions from exec on, until a run was told to stop."""

    light: int
    board: int
    ready: int
    stopping: int
    memory_mb: float


def measure_start(machine: Machine) -> Start:
    """Start the appliance, let it wait for a press, and stop it; twice."""
    short, long = (wait(machine, seconds) for seconds in (SHORT_S, LONG_S))
    idle = (long.stopping - long.ready - short.stopping + short.ready) / (LONG_S - SHORT_S)
    light, board, ready, idle = (
        count / 1e6 for count in (short.light, short.board, short.ready, idle)
    )
    return Start(light, board, ready, idle, short.memory_mb)


def wait(machine: Machine, seconds: float) -> Wait:
    """Start the appliance and let it wait for so long."""
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd,
    ):
        path = f"{folder}/notify"
        systemd.bind(path)
        variables = {"NOTIFY_SOCKET": path, "RUNTIME_DIRECTORY": folder, "STATE_DIRECTORY": folder}
        run = machine.start("python3", *UNIT, more=variables)
        _await_ready(run, systemd)
        run.settle()  # the page loads after that
        time.sleep(seconds)
        run.process.terminate()
        counts = run.finish()
    (ready, *_), (*_, stopping) = (
        [when for when, size in counts.sent if size == len(message)]
        for message in ("READY=1", "STOPPING=1")
    )
    return Wait(counts.pins[0], counts.pins[1], ready, stopping, counts.peak_mb)


def _await_ready(run: Run, systemd: socket.socket) -> None:
    systemd.settimeout(1.0)
    give_up_s = time.monotonic() + START_S
    while time.monotonic() < give_up_s and run.process.poll() is None:
        try:
            if systemd.recv(4096) == b"READY=1":
                return
        except TimeoutError:
            continue
    run.process.terminate()
    run.finish()  # says why, where the program has said it
    raise NoEmulator(f"{Path(__file__).stem}: never became ready")
