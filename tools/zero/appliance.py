"""The daemon on the emulated processor, as its unit starts it: what it takes until it is ready.

It is the program as it is, on gpiozero as it is; lgpio and picamera2 are stood in for, as
there are no pins and no camera (`tools/zero/stand_ins`).
"""

import socket
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tools.zero.machine import Counts, Machine, NoEmulator, Run

UNIT = ("-P", "-X", "faulthandler", "-m", "device", "run")
"""How the unit's ExecStart calls Python."""

START_S = 300.0
PING_S = 5.0
PINGS = 2
"""A second of waiting is counted over so many pings of the watchdog. The unit's are rarer."""


class Start(NamedTuple):
    """Million instructions from exec on, those of a second of waiting, and memory in MB."""

    light: float
    ready: float
    idle: float
    memory_mb: float


def measure_start(machine: Machine) -> Start:
    """Start the appliance, and let it wait for a press that never comes."""
    with (
        tempfile.TemporaryDirectory() as folder,
        socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as systemd,
    ):
        systemd.bind(f"{folder}/notify")
        variables = {
            "NOTIFY_SOCKET": f"{folder}/notify",
            "WATCHDOG_USEC": f"{2 * PING_S * 1e6:.0f}",
            "RUNTIME_DIRECTORY": folder,
            "STATE_DIRECTORY": folder,
        }
        run = machine.start("python3", *UNIT, more=variables)
        _await_ready(run, systemd)
        run.settle()  # the page loads after that
        time.sleep((PINGS + 1.5) * PING_S)
        run.process.terminate()
        counts = run.finish()
    return start_of(counts)


def start_of(counts: Counts) -> Start:
    """Find in what was counted when what was reached."""
    sent = {
        message: [when / 1e6 for when, size in counts.sent if size == len(message)]
        for message in ("READY=1", "WATCHDOG=1")
    }
    *pings, _ = sent["WATCHDOG=1"]  # the last is STOPPING=1, which is as long
    idle = (pings[-1] - pings[-1 - PINGS]) / (PINGS * PING_S)
    return Start(counts.pins[0] / 1e6, sent["READY=1"][0], idle, counts.peak_mb)


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
