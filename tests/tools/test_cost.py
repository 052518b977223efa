import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from tools.cost import CASES, mark_table
from tools.marks import Mark
from tools.zero.appliance import start_of
from tools.zero.machine import Counts, NoEmulator, Run, need_programs, resident_mb


def shell(text: str) -> Run:
    return Run(["sh", "-c", text], dict(os.environ))


def test_what_the_counter_tells_is_parted_from_what_the_program_says() -> None:
    told = "printf 'pins 5\\nwarning: odd\\nsent 7 10\\nsent 8 12\\ninstructions 9\\n' >&2"
    counts = shell(f"echo 314159; {told}").finish()
    assert counts[:3] == (9, [5], [(7, 10), (8, 12)])
    assert counts.said == "314159\n"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("printf 'inkling: no pins\\ninstructions 9\\n' >&2; exit 1", "inkling: no pins"),
        ("exit 3", "no word"),
        ("kill -ILL $$", "no word"),
    ],
)
def test_a_program_that_fails_is_told_by_its_last_line(text: str, words: str) -> None:
    with pytest.raises(NoEmulator, match=f": {words}$"):
        shell(text).finish()


def test_a_program_that_ends_uncounted_is_no_count() -> None:
    with pytest.raises(NoEmulator, match="wasn't counted"):
        shell("true").finish()


def test_a_program_has_settled_when_it_only_waits_and_one_that_has_ended_too() -> None:
    run = shell("n=0; while [ $n -lt 300000 ]; do n=$((n + 1)); done; echo worked; exec sleep 600")
    run.settle()
    run.process.terminate()
    assert run.process.communicate()[0] == "worked\n"
    run.settle()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells it")
def test_of_a_process_that_has_ended_there_is_no_memory() -> None:
    ended = subprocess.Popen(["true"])
    ended.wait()
    assert resident_mb(ended.pid) == 0.0


def test_a_start_is_read_from_the_kernel_calls_of_the_daemon() -> None:
    ready, status, ping, stopping = len("READY=1"), 15, len("WATCHDOG=1"), len("STOPPING=1")
    sent = [
        *[(700, status), (720, ready), (721, ping), (726, ping), (728, ping), (731, ping)],
        *[(800, status), (801, stopping)],
    ]
    counts = Counts(
        total=900_000_000,
        pins=[41_000_000, 370_000_000],
        sent=[(when * 1_000_000, size) for when, size in sent],
        said="",
        peak_mb=31.5,
    )
    start = start_of(counts)
    assert (start.light, start.ready, start.memory_mb) == (41.0, 720.0, 31.5)
    assert start.idle == pytest.approx((731 - 726) / 10)


def test_a_mark_that_is_missed_is_shown() -> None:
    console = Console(width=100)
    marks = [Mark("light", 41.4, 150.0, True), Mark("ready", 901.0, 900.0, True)]
    with console.capture() as captured:
        console.print(mark_table(marks))
    rows = [[cell.strip() for cell in line.split("│")] for line in captured.get().splitlines()]
    assert ["", "light", "41.4", "150", "yes", ""] in rows
    assert ["", "ready", "901.0", "900", "no", ""] in rows


def test_the_frame_that_is_counted_is_the_same_every_time() -> None:
    first, again = (CASES["one digit"].photograph() for _ in range(2))
    assert first.shape == (480, 640)
    assert (first == again).all()


def test_what_is_missing_is_named_with_the_way_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NoEmulator, match=r"sudo apt install qemu-user mmdebstrap gcc util-linux$"):
        need_programs()
