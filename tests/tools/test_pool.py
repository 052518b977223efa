"""Generated glyphs are made once, and again when anything that made them is different."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from device import preparation
from tests.tools.desk import make_digits
from tools import pool
from tools.training import Examples

DIGITS = make_digits(20, np.random.default_rng(1))


class Builder:
    """Makes glyphs of noise, and counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(
        self,
        images: NDArray[np.uint8],
        labels: NDArray[np.uint8],
        rng: np.random.Generator,
        *,
        count: int,
        progress: Callable[[int], None],
        workers: int,
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
        self.asked += 1
        progress(count)
        glyphs = rng.integers(0, 256, (count, 28, 28), dtype=np.uint8)
        return glyphs, rng.integers(0, 11, count, dtype=np.uint8)


@pytest.fixture
def builder() -> Builder:
    return Builder()


def make(
    folder: Path, builder: Builder, *, digits: Examples = DIGITS, count: int = 30, seed: int = 1
) -> Examples:
    done: list[int] = []
    made = pool.load_or_build(
        digits, count, seed, workers=1, progress=done.append, folder=folder, build=builder
    )
    assert len(made) == count
    return made


def test_glyphs_are_made_once(tmp_path: Path, builder: Builder) -> None:
    first, second = make(tmp_path, builder), make(tmp_path, builder)
    assert builder.asked == 1
    assert np.array_equal(first.glyphs, second.glyphs)
    assert np.array_equal(first.labels, second.labels)


def test_other_digits_seeds_and_counts_are_made_anew(tmp_path: Path, builder: Builder) -> None:
    make(tmp_path, builder)
    make(tmp_path, builder, seed=2)
    make(tmp_path, builder, count=31)
    make(tmp_path, builder, digits=make_digits(21, np.random.default_rng(1)))
    assert builder.asked == 4


@pytest.mark.parametrize("content", [b"", b"torn", None])
def test_a_damaged_file_is_made_again(
    tmp_path: Path,
    builder: Builder,
    content: bytes | None,
    capsys: pytest.CaptureFixture[str],
) -> None:
    made = make(tmp_path, builder)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:-300] if content is None else content)
    assert np.array_equal(make(tmp_path, builder).glyphs, made.glyphs)
    assert builder.asked == 2
    assert "damaged; made again" in capsys.readouterr().err


def test_a_file_of_something_else_is_made_again(tmp_path: Path, builder: Builder) -> None:
    make(tmp_path, builder)
    (path,) = tmp_path.iterdir()
    np.savez(path, glyphs=np.zeros((3, 28, 28)), labels=np.zeros(3))
    make(tmp_path, builder)
    assert builder.asked == 2


def test_the_name_says_the_version_of_the_preparation(tmp_path: Path, builder: Builder) -> None:
    make(tmp_path, builder)
    (path,) = tmp_path.iterdir()
    assert path.name.startswith(f"preparation-{preparation.VERSION}-")
