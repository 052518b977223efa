"""A file that can't be written leaves the old one as it was."""

import os
import stat
from pathlib import Path

import numpy as np
import pytest

from tools.errors import NotWritten
from tools.files import read_arrays, written_aside


def test_a_file_takes_the_others_place_once_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "a"
    with written_aside(path) as file:
        file.write(b"new")
        assert not path.exists()
    assert path.read_bytes() == b"new"
    assert [each.name for each in path.parent.iterdir()] == ["a"]


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_fails_leaves_the_old_file_and_nothing_else(
    tmp_path: Path, error: type[BaseException]
) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")

    def fail() -> None:
        with written_aside(path) as file:
            file.write(b"half of the n")
            raise error

    with pytest.raises(error):
        fail()
    assert path.read_bytes() == b"old"
    assert [each.name for each in tmp_path.iterdir()] == ["a"]


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    place = written_aside(tmp_path / "file" / "a")
    with pytest.raises(NotWritten, match="file/a: cannot be written: "), place:
        pass


def test_others_may_read_what_is_written_as_the_umask_says(tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        with written_aside(tmp_path / "a"):
            pass
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "a").stat().st_mode) == 0o640


def test_arrays_come_back_by_name(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", one=np.arange(3))
    assert read_arrays(tmp_path / "a.npz")["one"].tolist() == [0, 1, 2]


def test_pickles_are_not_read(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", one=np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="allow_pickle"):
        read_arrays(tmp_path / "a.npz")
