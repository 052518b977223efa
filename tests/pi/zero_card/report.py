"""Runs on the emulated Zero: tells the serial console, in lines of JSON, how the Zero does."""

import json
import mmap
import os
import platform
import struct
import subprocess
import time
from pathlib import Path

UNIT = "inkling.service"
TIMER = 0x20003000
PROPERTIES = (
    "ActiveState",
    "MainPID",
    "StatusText",
    "NRestarts",
    "ExecMainStartTimestampMonotonic",
    "ActiveEnterTimestampMonotonic",
)
MEMORY = ("Rss", "Pss", "Private_Clean", "Private_Dirty", "Shared_Clean", "Swap", "MemAvailable")


def main() -> None:
    """Report now, when the service has settled, and whenever its log has grown."""
    tell("machine", machine())
    tell("booted", show("multi-user.target"))
    found = settled()
    tell("unit", found)
    if found["ActiveState"] == "active":
        tell("memory", memory(Path("/proc") / found["MainPID"]))
    said = 0
    while True:
        lines = journal()
        if lines[said:]:
            tell("journal", lines[said:])
        said = len(lines)
        time.sleep(5)


def machine() -> dict[str, str | float]:
    """What the kernel says that it runs on, and when after power-on its clock began."""
    model = Path("/proc/device-tree/model").read_text().strip("\0")
    kernel_s = power_on_s() - time.monotonic()
    return {
        "machine": platform.machine(),
        "kernel": platform.release(),
        "model": model,
        "kernel_s": kernel_s,
    }


def power_on_s() -> float:
    """Seconds since power-on: the BCM2835 counts the microseconds."""
    handle = os.open("/dev/mem", os.O_RDONLY)
    with mmap.mmap(handle, mmap.PAGESIZE, mmap.MAP_SHARED, mmap.PROT_READ, offset=TIMER) as page:
        return int(struct.unpack_from("<I", page, 4)[0]) / 1e6


def settled() -> dict[str, str]:
    """Wait until the service is ready, or has given up."""
    while (found := show(UNIT))["ActiveState"] in ("activating", "reloading"):
        time.sleep(1)
    return found


def show(unit: str) -> dict[str, str]:
    """What systemd knows of a unit."""
    command = ["systemctl", "show", unit, "--property=" + ",".join(PROPERTIES)]
    told = subprocess.run(command, capture_output=True, text=True).stdout
    return {name: value for name, _, value in (line.partition("=") for line in told.splitlines())}


def memory(process: Path) -> dict[str, int]:
    """The process's memory in kB: what it has in common with others counts in Pss by its share."""
    sizes = table(process / "smaps_rollup", after=1) | table(Path("/proc/meminfo"))
    return {name: sizes[name] for name in MEMORY}


def table(path: Path, after: int = 0) -> dict[str, int]:
    """What the kernel tells as a name and a number in each line."""
    lines = [line.split() for line in path.read_text().splitlines()[after:]]
    return {words[0].rstrip(":"): int(words[1]) for words in lines}


def journal() -> list[str]:
    """What the service has logged."""
    command = ["journalctl", "--no-pager", "--output=cat", f"--unit={UNIT}"]
    return subprocess.run(command, capture_output=True, text=True).stdout.splitlines()


def tell(name: str, value: object) -> None:
    print("\n@" + json.dumps({name: value}), flush=True)


main()
