"""What is kept is whole, made once, and made anew when what it is made from changes."""

import fcntl
import os
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from tests.namespaces import Needs, in_a_namespace
from tools.cache import UNUSED_S, cache_folder, fingerprint, kept

REPOSITORY = Path(__file__).parents[2]


class Maker:
    """Makes a folder with a file, and counts how often."""

    def __init__(self) -> None:
        self.made = 0

    def __call__(self, place: Path) -> None:
        self.made += 1
        place.mkdir()
        (place / "content").write_text("whole")


def names(folder: Path) -> list[str]:
    """Everything there but the locks."""
    return sorted(path.name for path in folder.iterdir() if path.suffix != ".lock")


def test_what_was_made_once_is_used_again(tmp_path: Path) -> None:
    maker = Maker()
    first, second = (
        kept("root", ["1.0"], maker, takes="a while", folder=tmp_path / "new") for _ in "12"
    )
    assert (first, maker.made) == (second, 1)
    assert (first / "content").read_text() == "whole"


def test_a_single_file_can_be_kept_too(tmp_path: Path) -> None:
    place = kept("kernel", [], lambda path: path.write_bytes(b"\0"), takes="", folder=tmp_path)
    assert place.read_bytes() == b"\0"


@pytest.mark.parametrize("change", ["a word", "a file"])
def test_what_is_made_from_something_else_is_made_anew(tmp_path: Path, change: str) -> None:
    maker, source = Maker(), tmp_path / "source.c"
    source.write_text("old")
    folder = tmp_path / "cache"
    old = kept("counter", ["-O2", source], maker, takes="", folder=folder)
    option = "-O3" if change == "a word" else "-O2"
    if change == "a file":
        source.write_text("new")
    new = kept("counter", [option, source], maker, takes="", folder=folder)
    assert (new != old, maker.made) == (True, 2)


def test_parts_can_t_be_mistaken_for_others_that_read_the_same_in_a_row() -> None:
    assert fingerprint(["ab", "c"]) != fingerprint(["a", "bc"])


def test_a_maker_that_fails_leaves_nothing_and_is_tried_again(tmp_path: Path) -> None:
    def fail(place: Path) -> None:
        Maker()(place)
        raise ConnectionError("the mirror went away")

    with pytest.raises(ConnectionError):
        kept("root", [], fail, takes="", folder=tmp_path)
    assert names(tmp_path) == []
    assert (kept("root", [], Maker(), takes="", folder=tmp_path) / "content").exists()


MAKE_AND_TELL = """
    import os, sys, time
    from pathlib import Path
    from tools.cache import kept

    def make(place):
        place.mkdir()
        (place / "content").write_text(sys.argv[2])
        print("making", flush=True)
        sys.stdin.readline()

    print(kept(sys.argv[3], [], make, takes="", folder=Path(sys.argv[1])), flush=True)
"""


def making(folder: Path, content: str, name: str) -> list[str]:
    return [sys.executable, "-c", textwrap.dedent(MAKE_AND_TELL), str(folder), content, name]


def start(folder: Path, content: str, name: str = "root") -> "subprocess.Popen[str]":
    """Another run, which makes until it is told to go on."""
    return subprocess.Popen(
        making(folder, content, name),
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )


def test_a_run_that_is_killed_leaves_nothing_that_is_taken_for_whole(tmp_path: Path) -> None:
    with start(tmp_path, "torn") as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "making\n"
        killed.kill()
    assert all(name.startswith(".") for name in names(tmp_path))
    place = kept("root", [], Maker(), takes="", folder=tmp_path)
    assert (place / "content").read_text() == "whole"
    assert names(tmp_path) == [place.name]


def leave_half_made(folder: Path, name: str) -> Path:
    """What a run leaves that is killed."""
    with start(folder, "torn", name) as killed:
        assert killed.stdout is not None
        assert killed.stdout.readline() == "making\n"
        killed.kill()
    (left,) = folder.glob(".*.part*")
    return left


@pytest.mark.parametrize("name", ["root", "a root"])
def test_what_a_killed_run_had_mounted_is_unmounted_and_never_emptied(
    needs: Needs, tmp_path: Path, name: str
) -> None:
    folder, precious = tmp_path / "cache", tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("whole")
    left = leave_half_made(folder, name)
    for inside in ("dev", "proc"):
        (left / inside).mkdir()
    mount = f"""
        mount --bind '{precious}' '{left}/dev' && mount -t tmpfs -o ro none '{left}/proc' &&
        exec "$@"
    """
    command = [*in_a_namespace(needs, "--mount", mount), *making(folder, "anew", name)]
    done = subprocess.run(command, cwd=REPOSITORY, input="\n", capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert [path.read_text() for path in folder.glob("*/content")] == ["anew"]
    assert not left.exists()
    assert (precious / "file").read_text() == "whole"


def test_what_may_not_be_unmounted_is_told_and_left_alone(needs: Needs, tmp_path: Path) -> None:
    folder, precious = tmp_path / "cache", tmp_path / "precious"
    precious.mkdir()
    (precious / "file").write_text("whole")
    left = leave_half_made(folder, "root")
    (left / "dev").mkdir()
    # Root there, but without the right to mount and unmount.
    mount = f"""
        mount --bind '{precious}' '{left}/dev' &&
        exec {needs("setpriv")} --bounding-set=-sys_admin --inh-caps=-sys_admin "$@"
    """
    command = [*in_a_namespace(needs, "--mount", mount), *making(folder, "anew", "root")]
    done = subprocess.run(command, cwd=REPOSITORY, input="\n", capture_output=True, text=True)
    assert done.returncode == 1
    told = done.stderr.splitlines()[-1]
    assert told.startswith(f"tools.cache.StillMounted: {left}/dev: left by a run that was killed: ")
    assert (left / "content").exists()
    assert (precious / "file").read_text() == "whole"


def test_of_two_runs_at_once_one_makes_it_and_the_other_waits(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    maker = Maker()
    with start(tmp_path, "by the first") as first:
        assert first.stdout is not None
        assert first.stdin is not None
        assert first.stdout.readline() == "making\n"
        (lock,) = tmp_path.glob(".root-*.lock")
        with lock.open() as file, pytest.raises(BlockingIOError):
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        first.stdin.write("\n")
        first.stdin.flush()
        place = kept("root", [], maker, takes="", folder=tmp_path)
    assert (maker.made, (place / "content").read_text()) == (0, "by the first")


def test_what_nobody_used_for_a_month_goes_when_its_successor_is_made(tmp_path: Path) -> None:
    old, recent, other = (
        kept(name, [version], Maker(), takes="", folder=tmp_path)
        for name, version in (("root", "1"), ("root", "2"), ("rooted-tree", "1"))
    )
    month_ago_s = time.time() - UNUSED_S - 60
    half, begun = (place.with_name(f".{place.name}.part1") for place in (old, recent))
    for part in (half, begun):
        part.mkdir()
    for place in (old, other, half):
        os.utime(place, (month_ago_s, month_ago_s))
    new = kept("root", ["3"], Maker(), takes="", folder=tmp_path)
    assert names(tmp_path) == sorted(place.name for place in (recent, other, new, begun))


def test_the_cache_is_where_the_user_wants_caches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert tmp_path in cache_folder().parents
