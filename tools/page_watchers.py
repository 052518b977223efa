"""Measure how much those who look delay a press: `python -m tools.page_watchers`.

A simulated appliance is pressed by its own button, now without anybody looking and now with
twenty browsers' worth of streams and pictures, in turns, so that whatever else the machine does
falls on both. Each watcher hears every event and fetches every picture that he is told of.
"""

import argparse
import http.client
import json
import multiprocessing
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path

import numpy as np
from PIL import Image

from device.notes import write_note
from tools.page_appliance import Appliance, running_appliance

NUMBER = "314159"
BETWEEN_S = 0.3
SETTLE_S = 1.5


def measure(watchers: int, rounds: int, presses: int) -> None:
    """Print, for each round, the middle time from press to answer without and with watchers."""
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        note = write_note(NUMBER, np.random.default_rng(1))
        Image.fromarray(note).save(Path(folder) / "note.png")
        # An answer is shown for a moment only: then each press finds the appliance ready.
        with running_appliance("board.show_s=0.1", notes=Path(folder)) as appliance:
            _press_often(appliance, 3)
            for number in range(rounds):
                alone_s = _press_often(appliance, presses)
                with _watching(appliance, watchers):
                    watched_s = _press_often(appliance, presses)
                pairs.append((alone_s, watched_s))
                print(f"round {number + 1}: {_compare(alone_s, watched_s)}", flush=True)
    alone_s, watched_s = (statistics.median(each) for each in zip(*pairs, strict=True))
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{watchers} watchers: {_compare(alone_s, watched_s)}; load {load}")


def _compare(alone_s: float, watched_s: float) -> str:
    return (
        f"{1000 * alone_s:.0f} ms alone, {1000 * watched_s:.0f} ms watched, "
        f"{100 * (watched_s / alone_s - 1):+.0f} %"
    )


def _press_often(appliance: Appliance, presses: int) -> float:
    """Press so often; return the middle of the times from press to answer."""
    keys, lines = appliance.process.stdin, appliance.process.stdout
    assert keys is not None
    assert lines is not None
    times_s = []
    for _ in range(presses):
        time.sleep(BETWEEN_S)
        begun_s = time.monotonic()
        keys.write(b"\n")
        keys.flush()
        if not lines.readline():
            raise EOFError("the appliance has ended")
        times_s.append(time.monotonic() - begun_s)
    return statistics.median(times_s)


@contextmanager
def _watching(appliance: Appliance, watchers: int) -> Iterator[None]:
    """Have so many look, from another process, as browsers do."""
    come, go = multiprocessing.Event(), multiprocessing.Event()
    crowd = multiprocessing.Process(target=_look, args=(appliance.port, watchers, come, go))
    crowd.start()
    try:
        come.wait()
        time.sleep(SETTLE_S)
        yield
    finally:
        go.set()
        crowd.join()
        time.sleep(SETTLE_S)


def _look(port: int, watchers: int, come: Event, go: Event) -> None:
    arrived = threading.Barrier(watchers + 1)
    for _ in range(watchers):
        threading.Thread(target=_watch, args=(port, arrived), daemon=True).start()
    arrived.wait()
    come.set()
    go.wait()


def _watch(port: int, arrived: threading.Barrier) -> None:
    """Hear every event, and fetch every picture that comes with one."""
    hearing, fetching = (http.client.HTTPConnection("127.0.0.1", port) for _ in "12")
    hearing.request("GET", "/api/events")
    stream, kind = hearing.getresponse(), b""
    arrived.wait()
    for line in stream:
        name, _, value = line.rstrip().partition(b": ")
        if name == b"event":
            kind = value
        elif name == b"data" and kind in (b"frame", b"reading"):
            fetching.request("GET", _picture(kind, json.loads(value)))
            fetching.getresponse().read()


def _picture(kind: bytes, form: dict[str, object]) -> str:
    if kind == b"frame":
        return f"/api/frame.jpg?number={form['number']}"
    return f"/api/readings/{form['id']}/picture.png"


def main() -> int:
    """Measure, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m tools.page_watchers", description=__doc__)
    parser.add_argument("--watchers", type=int, default=20, help="how many look")
    parser.add_argument("--rounds", type=int, default=5, help="how often without and with them")
    parser.add_argument("--presses", type=int, default=20, help="how many presses in each")
    args = parser.parse_args()
    measure(args.watchers, args.rounds, args.presses)
    return 0


if __name__ == "__main__":
    sys.exit(main())
