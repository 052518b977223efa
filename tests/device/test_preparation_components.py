"""Components agree with a flood fill that anybody can follow."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from device.preparation.components import MOST_RUNS, Component, components, runs

Mask = NDArray[np.bool_]


def flood(mask: Mask) -> list[set[tuple[int, int]]]:
    """The components pixel by pixel, in the order of their first pixels."""
    left = {(int(row), int(column)) for row, column in np.argwhere(mask)}
    found = []
    for seed in sorted(left):
        if seed not in left:
            continue
        left.discard(seed)
        pixels, edge = {seed}, [seed]
        while edge:
            row, column = edge.pop()
            around = {(row + r, column + c) for r in (-1, 0, 1) for c in (-1, 0, 1)} & left
            left -= around
            pixels |= around
            edge += around
        found.append(pixels)
    return found


def pixels_of(component: Component) -> set[tuple[int, int]]:
    return {
        (row, column) for row, first, end in component.runs.tolist() for column in range(first, end)
    }


def random_mask(seed: int, rows: int, columns: int, density: float) -> Mask:
    drawn: Mask = np.random.default_rng(seed).random((rows, columns)) < density
    return drawn


masks = st.builds(
    random_mask,
    seed=st.integers(0, 2**32),
    rows=st.integers(1, 24),
    columns=st.integers(1, 24),
    density=st.floats(0, 1),
)


@given(masks)
@settings(max_examples=150, deadline=None, derandomize=True)
def test_components_are_those_of_a_flood_fill(mask: Mask) -> None:
    found = components(mask)
    expected = flood(mask)
    assert [pixels_of(component) for component in found] == expected
    for component, pixels in zip(found, expected, strict=True):
        rows, columns = zip(*pixels, strict=True)
        assert (component.top, component.left) == (min(rows), min(columns))
        assert (component.bottom, component.right) == (max(rows) + 1, max(columns) + 1)
        assert component.area == len(pixels)
        assert component.height == max(rows) - min(rows) + 1
        assert component.width == max(columns) - min(columns) + 1


@given(masks)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_painting_every_component_gives_the_mask_again(mask: Mask) -> None:
    painted = np.zeros_like(mask)
    for component in components(mask):
        component.paint(painted)
    np.testing.assert_array_equal(painted, mask)


@given(masks)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_runs_are_as_long_as_they_can_be_and_in_order(mask: Mask) -> None:
    found = runs(mask).tolist()
    assert found == sorted(found)
    for row, first, end in found:
        assert mask[row, first:end].all()
        assert first == 0 or not mask[row, first - 1]
        assert end == mask.shape[1] or not mask[row, end]
    assert sum(end - first for _, first, end in found) == mask.sum()


def test_the_end_of_a_row_does_not_touch_the_start_of_the_next() -> None:
    mask = np.zeros((2, 9), bool)
    mask[0, -1] = mask[1, 0] = True
    assert len(components(mask)) == 2


def test_corners_touch() -> None:
    assert len(components(np.eye(7, dtype=bool))) == 1
    assert len(components(np.eye(7, dtype=bool)[:, ::-1])) == 1


def test_a_spiral_is_one_piece() -> None:
    mask = np.zeros((40, 40), bool)
    for inset in range(0, 18, 4):
        mask[inset, inset : 40 - inset] = mask[inset : 40 - inset, 39 - inset] = True
        mask[39 - inset, inset : 40 - inset] = mask[inset + 4 : 40 - inset, inset] = True
        mask[inset + 4, inset : inset + 4] = True
    assert len(components(mask)) == len(flood(mask)) == 1


def test_a_piece_is_painted_into_a_window_of_the_mask() -> None:
    mask = np.zeros((20, 30), bool)
    mask[5:9, 10:13] = True
    (component,) = components(mask)
    window = np.zeros((4, 3), bool)
    component.paint(window, 5, 10)
    assert window.all()


@pytest.mark.parametrize("shape", [(1, 1), (1, 50), (50, 1), (30, 40)])
def test_an_empty_mask_has_none_and_a_full_one_has_one(shape: tuple[int, int]) -> None:
    assert components(np.zeros(shape, bool)) == []
    (whole,) = components(np.ones(shape, bool))
    assert (whole.top, whole.left, whole.bottom, whole.right) == (0, 0, *shape)
    assert whole.area == shape[0] * shape[1]


def test_texture_is_not_labelled() -> None:
    side = int((2 * MOST_RUNS) ** 0.5) + 2
    checkered = np.indices((side, side)).sum(axis=0) % 2 == 0
    assert len(runs(checkered)) > MOST_RUNS
    assert components(checkered) == []


def test_a_component_is_equal_to_itself_alone() -> None:
    runs = np.array([[0, 0, 4]])
    one, twin = Component(0, 0, 1, 4, 4, runs), Component(0, 0, 1, 4, 4, runs.copy())
    assert one in [twin, one]
    assert one not in [twin]
