"""Cells of a form: cut out as is said, with their digits in them or without."""

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.ndimage import label

from device.reading import Frame
from tests.tools.handwritten import handwriting
from tools.forms import BARE, CLOSE, CUT, MARGINS, ROOM, SIDES, TOUCHING, UNLINED, photograph_cell

SEEDS = range(12)


def cell(kind: str, seed: int, digits: tuple[int, ...] = (5,)) -> Frame:
    pictures = handwriting()
    rng = np.random.default_rng([seed, 5])
    return photograph_cell([pictures[digit] for digit in digits], rng, kind)


def ink_of(frame: Frame) -> NDArray[np.bool_]:
    """What is far darker than paper: the digits, and lines that are printed as dark."""
    ink: NDArray[np.bool_] = frame < (float(frame.min()) + float(np.percentile(frame, 95))) / 2
    return ink


def in_the_middle(frame: Frame) -> NDArray[np.bool_]:
    """The largest piece of ink of those that aren't only lines along the sides."""
    pieces, count = label(ink_of(frame), np.ones((3, 3)))
    inner = pieces[len(pieces) // 4 : -(len(pieces) // 4), pieces.shape[1] // 4 :]
    inner = inner[:, : -(pieces.shape[1] // 4)]
    sizes = np.bincount(inner.ravel(), minlength=count + 1)[1:]
    piece: NDArray[np.bool_] = pieces == 1 + sizes.argmax()
    return piece


def sides_of(piece: NDArray[np.bool_]) -> list[bool]:
    return [bool(side.any()) for side in (piece[0], piece[:, 0], piece[-1], piece[:, -1])]


@pytest.mark.parametrize("kind", MARGINS)
@pytest.mark.parametrize("digits", [(2,), (5, 6)])
def test_a_cell_is_as_large_as_is_said(kind: str, digits: tuple[int, ...]) -> None:
    for seed in SEEDS:
        frame = cell(kind, seed, digits)
        assert frame.dtype == np.uint8
        assert SIDES[0] <= max(frame.shape) <= SIDES[1]
        assert min(frame.shape) >= 28


@pytest.mark.parametrize("kind", [ROOM, CLOSE])
def test_a_digit_between_lines_touches_none_and_is_whole(kind: str) -> None:
    assert not any(any(sides_of(in_the_middle(cell(kind, seed)))) for seed in SEEDS)


def test_a_digit_on_a_line_hangs_together_with_what_runs_out_of_the_cell() -> None:
    hang = [any(sides_of(in_the_middle(cell(TOUCHING, seed)))) for seed in SEEDS]
    assert np.mean(hang) > 0.7  # the line may be too pale, or left outside


@pytest.mark.parametrize("digit", [4, 5, 7])
def test_an_unlined_cell_is_cut_close_to_a_whole_digit(digit: int) -> None:
    for seed in SEEDS:
        frame = cell(UNLINED, seed, (digit,))
        ink = in_the_middle(frame)
        assert ink.sum() > 0.99 * ink_of(frame).sum()
        rows, columns = np.nonzero(ink)
        tall = np.ptp(rows) + 1
        assert tall > 0.92 * frame.shape[0]
        assert np.ptp(columns) + 1 > frame.shape[1] - 0.08 * tall
        # At most the end of a stroke lies along a side, or the side of a stroke, but no cut.
        assert max(side.mean() for side in (ink[0], ink[-1], ink[:, 0], ink[:, -1])) < 0.5


def test_a_cut_digit_ends_at_a_side_without_a_line() -> None:
    assert all(any(sides_of(in_the_middle(cell(CUT, seed)))) for seed in SEEDS)


def test_a_bare_cell_has_nothing_in_the_middle() -> None:
    for seed in SEEDS:
        frame = cell(BARE, seed)
        rows, columns = (side // 3 for side in frame.shape)
        assert np.ptp(frame[rows:-rows, columns:-columns]) < 100


def test_some_bare_cells_lie_partly_in_a_shadow(monkeypatch: pytest.MonkeyPatch) -> None:
    def cells() -> list[Frame]:
        return [cell(BARE, seed) for seed in SEEDS]

    def spans(frames: list[Frame]) -> NDArray[np.float64]:
        return np.array([np.ptp(np.percentile(frame, [20, 80])) for frame in frames])

    some = cells()
    monkeypatch.setattr("tools.forms.SHADED", 0.0)
    lit = cells()
    monkeypatch.setattr("tools.forms.SHADED", 1.0)
    shaded = cells()
    assert (spans(shaded) > 2 * spans(lit)).sum() > len(SEEDS) / 2
    assert 0 < sum(map(np.array_equal, some, shaded)) < len(SEEDS)


def test_a_cell_is_not_cut_out_within_its_whole_digits(monkeypatch: pytest.MonkeyPatch) -> None:
    cells = []
    for inwards in (1.0, 2.0):
        monkeypatch.setattr("tools.forms.STRAY", (-inwards, -inwards))
        cells.append(cell(ROOM, 3))
    assert np.array_equal(cells[0], cells[1])
