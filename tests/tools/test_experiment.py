"""`inkling-desk experiment` as a command: stopped, killed and resumed, here and on a cluster."""

import contextlib
import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from PIL import Image

from tests.tools.desk import inkling_desk, write_mnist
from tools.experiments.points import Point
from tools.experiments.sweeps import SWEEPS, THE_TALKS, all_points

QUICK = ("--examples", 60, "--epochs", 1, "--seeds", 2)
LONG = ("hidden-nodes", "--values", 100, 101, "--seeds", 3, "--examples", 200, "--epochs", 30)
"""Six trainings of half a second or so each."""


@pytest.fixture
def mnist(tmp_path: Path) -> Path:
    return write_mnist(tmp_path / "mnist")


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def start(*words: object) -> subprocess.Popen[str]:
    """Begin a sweep and leave it running."""
    return subprocess.Popen(
        [sys.executable, "-u", "-m", "tools", "experiment", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def wait_for_point(running: subprocess.Popen[str]) -> None:
    """Until the first point is finished."""
    assert running.stdout is not None
    assert any(" after " in line for line in running.stdout)


def rows(out: Path) -> list[dict[str, str]]:
    with (out / "experiment.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def trainings(said: str) -> int:
    return said.count(" after ")


def assert_every_point_is_there_once(out: Path) -> None:
    points = [(row["hidden_nodes"], row["seed"]) for row in rows(out)]
    assert sorted(points) == [(nodes, str(s)) for nodes in ("100", "101") for s in (1, 2, 3)]


def test_without_more_it_measures_the_talks_three_plots(mnist: Path, out: Path) -> None:
    done = inkling_desk("experiment", *QUICK, "--mnist", mnist, "--out", out, "--workers", 2)
    assert (done.returncode, done.stderr) == (0, "")
    base = Point(examples=60, epochs=1)
    points = all_points([SWEEPS[name] for name in THE_TALKS], base, 2)
    assert done.stdout.startswith(f"{len(points)} points, 0 of them known already\n")
    assert len(rows(out)) == len(points)
    headings = re.findall(r"^ *(\S.*?)  read right", done.stdout, re.MULTILINE)
    assert headings == ["learning rate", "epochs", "hidden nodes"]
    with Image.open(out / "experiment.png") as picture:
        assert picture.width > picture.height


def test_a_finished_point_is_never_measured_twice(mnist: Path, out: Path) -> None:
    words = ("experiment", "layers", *QUICK, "--mnist", mnist, "--out", out, "--workers", 1)
    first = inkling_desk(*words, "--values", 1, 2)
    assert trainings(first.stdout) == 4
    before = (out / "experiment.csv").read_bytes()
    again = inkling_desk(*words, "--values", 2, 1)
    assert again.stdout.startswith("4 points, 4 of them known already\n")
    assert trainings(again.stdout) == 0
    assert (out / "experiment.csv").read_bytes() == before
    more = inkling_desk(*words, "--values", 1, 2, 3)
    assert trainings(more.stdout) == 2
    assert (out / "experiment.csv").read_bytes().startswith(before)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_sweep_that_was_cut_off_goes_on_where_it_was(
    mnist: Path, out: Path, how: signal.Signals
) -> None:
    words = (*LONG, "--mnist", mnist, "--out", out, "--workers", 1)
    with start(*words) as running:
        wait_for_point(running)
        os.killpg(running.pid, how)
        said, errors = running.communicate(timeout=300)
    kept = len(rows(out))
    assert 1 <= kept < 6
    if how == signal.SIGINT:
        assert (running.returncode, errors) == (130, "")
        assert f"interrupted: {6 - kept} points left; the same command goes on from here" in said
        assert (out / "experiment.png").exists()
    done = inkling_desk("experiment", *words)
    assert f"6 points, {kept} of them known already" in done.stdout
    assert trainings(done.stdout) == 6 - kept
    assert_every_point_is_there_once(out)


def test_ctrl_c_at_the_program_alone_ends_its_workers_too(mnist: Path, out: Path) -> None:
    slow = ("--hidden-nodes", 3000, "--epochs", 1000, "--seeds", 1)
    words = ("examples", "--values", 1, 200, *slow, "--mnist", mnist, "--out", out)
    with start(*words, "--workers", 2) as running:
        wait_for_point(running)  # the single example's; the other training takes minutes
        running.send_signal(signal.SIGINT)
        # Its output ends only when no worker holds it any more.
        running.communicate(timeout=300)
    assert running.returncode == 130


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="looks for workers in /proc")
def test_a_killed_worker_of_this_machine_is_told_and_what_was_finished_stays(
    mnist: Path, out: Path
) -> None:
    words = (*LONG, "--mnist", mnist, "--out", out, "--workers", 1)
    with start(*words) as running:
        wait_for_point(running)
        os.kill(find_worker(running.pid), signal.SIGKILL)
        said, errors = running.communicate(timeout=300)
    assert running.returncode == 1
    assert errors.startswith("inkling-desk: a worker process was killed")
    kept = len(rows(out))
    done = inkling_desk("experiment", *words)
    assert trainings(done.stdout) == 6 - kept < 6
    assert_every_point_is_there_once(out)


def find_worker(pid: int) -> int:
    """The one child that isn't multiprocessing's own bookkeeper."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = {child: Path(f"/proc/{child}/cmdline").read_text() for child in children}
    (worker,) = (int(child) for child, line in lines.items() if "spawn_main" in line)
    return worker


def test_a_torn_last_line_is_told_and_measured_again(mnist: Path, out: Path) -> None:
    words = ("layers", "--values", 1, *QUICK, "--mnist", mnist, "--out", out, "--workers", 1)
    inkling_desk("experiment", *words)
    table = out / "experiment.csv"
    whole = table.read_bytes()
    table.write_bytes(whole[:-4])
    done = inkling_desk("experiment", *words)
    assert done.returncode == 0, done.stderr
    assert "its last line was torn; taken away" in done.stdout
    assert trainings(done.stdout) == 1
    assert table.read_bytes() == whole


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("--values", "1"), "--values: name the one thing that takes them"),
        (("layers", "epochs", "--values", "1"), "--values: name the one thing that takes them"),
        (("layers", "--values", "x"), "--layers x: give a whole number from 1 to 20"),
        (("learning-rate", "--values", "nan"), "--learning-rate nan: give a number from 1e-06"),
        (("activation", "--values", "softmax"), "--activation softmax: give linear, relu"),
        (("--hidden-nodes", "0"), "--hidden-nodes 0: give a whole number from 1"),
        (("--seeds", "0"), "--seeds 0: give 1 to 1000"),
        (("--workers", "0"), "--workers 0: give 1 to 256"),
        (("--examples", "201"), "201 examples: there are 200 training digits"),
    ],
)
def test_what_cannot_be_meant_is_told_before_anything_starts(
    mnist: Path, out: Path, words: tuple[str, ...], told: str
) -> None:
    done = inkling_desk("experiment", *words, "--mnist", mnist, "--out", out)
    assert done.returncode == 1
    assert done.stderr.startswith(f"inkling-desk: {told}")
    assert not out.exists()


def test_what_cannot_be_varied_is_wrong_usage() -> None:
    done = inkling_desk("experiment", "weather")
    assert done.returncode == 2
    assert "'weather' can't be varied; known: learning-rate, epochs" in done.stderr


def test_a_foreign_table_is_refused(mnist: Path, out: Path) -> None:
    out.mkdir()
    (out / "experiment.csv").write_text("temperature,rain\n3,4\n")
    done = inkling_desk("experiment", *QUICK, "--mnist", mnist, "--out", out)
    assert done.returncode == 1
    assert "experiment.csv: no table of experiments" in done.stderr
    assert (out / "experiment.csv").read_text() == "temperature,rain\n3,4\n"


def test_an_address_without_a_scheduler_is_told(mnist: Path, out: Path) -> None:
    words = ("--mnist", mnist, "--out", out, "--dask", "nonsense://nowhere")
    done = inkling_desk("experiment", *QUICK, *words)
    assert done.returncode == 1
    assert done.stderr.startswith(
        "inkling-desk: --dask nonsense://nowhere: no Dask scheduler answers there"
    )


Process = subprocess.Popen[bytes]


class Cluster(NamedTuple):
    """Programs that run, and where the scheduler listens."""

    address: str
    scheduler: Process
    workers: list[Process]


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A real scheduler with two real workers."""
    with contextlib.ExitStack() as stack:
        file = tmp_path / "scheduler.json"
        log = stack.enter_context((tmp_path / "cluster.log").open("wb"))

        def run(*words: object) -> Process:
            process = subprocess.Popen(
                [sys.executable, "-m", *map(str, words)],
                stdout=log,
                stderr=log,
                env=os.environ | {"OPENBLAS_NUM_THREADS": "1"},
            )
            stack.callback(process.wait, 60)
            stack.callback(process.kill)
            return process

        quiet = ("--no-dashboard", "--scheduler-file", file, "--host", "127.0.0.1")
        scheduler = run("distributed.cli.dask_scheduler", *quiet, "--port", 0)
        place = ("--local-directory", tmp_path, "--death-timeout", 60)
        workers = [
            run("distributed.cli.dask_worker", *quiet, "--nthreads", 1, "--no-nanny", *place)
            for _ in range(2)
        ]
        wait_for(file)
        yield Cluster(json.loads(file.read_text())["address"], scheduler, workers)


def wait_for(file: Path) -> None:
    for _ in range(600):
        if file.exists() and file.read_text():
            return
        time.sleep(0.1)
    pytest.fail(f"{file.name} was never written")


def test_on_a_cluster_a_worker_killed_in_mid_sweep_loses_nothing(
    mnist: Path, out: Path, cluster: Cluster
) -> None:
    with start(*LONG, "--mnist", mnist, "--out", out, "--dask", cluster.address) as running:
        wait_for_point(running)
        cluster.workers[0].kill()
        said, errors = running.communicate(timeout=300)
    assert (running.returncode, errors) == (0, "")
    assert_every_point_is_there_once(out)

    here = out.parent / "here"
    done = inkling_desk("experiment", *LONG, "--mnist", mnist, "--out", here, "--workers", 2)
    assert done.returncode == 0, done.stderr
    assert sorted(map(str, rows(here))) == sorted(map(str, rows(out)))


def test_a_scheduler_killed_in_mid_sweep_is_told_in_one_line_and_the_rest_is_measured_later(
    mnist: Path, out: Path, cluster: Cluster
) -> None:
    words = (*LONG, "--mnist", mnist, "--out", out)
    with start(*words, "--dask", cluster.address) as running:
        wait_for_point(running)
        cluster.scheduler.kill()
        said, errors = running.communicate(timeout=300)
    assert running.returncode == 1
    assert errors == (
        f"inkling-desk: {cluster.address}: the scheduler is gone; start it again, and the same "
        "command goes on from here\n"
    )
    kept = len(rows(out))
    assert 1 <= kept < 6
    assert "read right" in said  # what is known is shown

    done = inkling_desk("experiment", *words, "--workers", 2)
    assert trainings(done.stdout) == 6 - kept
    assert_every_point_is_there_once(out)
