"""`make soak`: thousands of presses on an appliance that everything happens to.

The real service, page, reader, signals and files, a stand-in for picamera2 and gpiozero's
simulated pins; only the clock is moved by hand. With the same seed the same things happen.
"""

import argparse
import secrets
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from device.camera_thread import MOST_HANGING
from tests.endurance.appliance import PATIENCE_S, Machine, open_files
from tests.endurance.story import Story, Window

MOST_GROWTH_MB = 3.0
"""From the first half of the windows to the second; what is kept on purpose is full before."""

ENOUGH = 5000
"""Presses by which all is full that is kept on purpose, so that memory may grow no more."""


def main() -> int:
    """Run the whole and print the figures; 1 where something was lost, doubled or not true."""
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--presses", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=None, help="repeat what happened with it")
    parser.add_argument("--trace", action="store_true", help="count Python's memory, which is slow")
    args = parser.parse_args()
    seed = secrets.randbelow(10**6) if args.seed is None else args.seed
    print(f"{args.presses} presses, seed {seed}", flush=True)
    if args.trace:
        tracemalloc.start()
    before = threading.active_count(), open_files()
    with tempfile.TemporaryDirectory() as folder:
        machine = Machine(Path(folder), np.random.default_rng(seed + 1))
        story = Story(machine, args.presses, seed)
        machine.live(story)
    report(machine, story)
    complaints = list(left_over(*before)) + list(grown(story.windows))
    if machine.failure is not None:
        complaints.append(f"after {story.told} presses: {machine.failure}")
    if machine.readings != machine.journal.readings:
        complaints.append("the journal has not one line for each reading")
    for complaint in complaints:
        print(f"make soak: {complaint}; again with ARGS='--seed {seed}'", file=sys.stderr)
    return 1 if complaints else 0


def report(machine: Machine, story: Story) -> None:
    """Print what happened."""
    for title, counts in (("outcomes", story.outcomes), ("mischief", story.mischief)):
        print(f"{title}: " + ", ".join(f"{name} {n}" for name, n in counts.most_common()))
    lines = ", ".join(f"{name} {n}" for name, n in machine.journal.lines.most_common())
    print(f"lines in the journal: {lines}")
    print(f"starts of the process: {machine.starts}")
    print(f"pings of the watchdog: {story.pings}")
    print("presses  resident MB  traced MB  threads  descriptors")
    for window in story.windows:
        print("{:7}  {:11.1f}  {:9.2f}  {:7}  {:11}".format(*window))


def left_over(threads: int, files: int) -> Iterator[str]:
    """Say what is still there when all has ended."""
    end_s = time.monotonic() + PATIENCE_S
    while threading.active_count() > threads and time.monotonic() < end_s:
        time.sleep(0.01)
    if threading.active_count() > threads:
        yield f"threads left: {[thread.name for thread in threading.enumerate()]}"
    if open_files() > files:
        yield f"{open_files() - files} descriptors left open"


def grown(windows: list[Window]) -> Iterator[str]:
    """Say what there is more of in the second half than in the first, the very start left out."""
    half = len(windows) // 2
    first, second = windows[1:half], windows[half:]
    allowed: dict[str, float] = {"threads": MOST_HANGING + 1, "files": 2}
    if windows and windows[-1].presses >= ENOUGH:
        allowed |= {"resident_mb": MOST_GROWTH_MB, "traced_mb": MOST_GROWTH_MB / 2}
    for name, more in allowed.items() if first else ():
        before = max(getattr(window, name) for window in first)
        after = min(getattr(window, name) for window in second)
        if after > before + more:
            yield f"{name} grew from {before:g} to {after:g}"


if __name__ == "__main__":
    sys.exit(main())
