"""The bands of a flickering lamp are taken out, and nothing else is taken for them."""

from collections.abc import Callable

import numpy as np
import pytest

from device.preparation.bands import without_bands
from device.reading import Frame
from tests.device.paper import FOUR, SEVEN, ZERO, awkward_frames, flickering, paper, write, written

ROWS, COLUMNS = 480, 640
PLACE = (np.arange(ROWS) + 0.5) / ROWS


def unrest(frame: Frame) -> float:
    """How much the light on bare paper differs from row to row, a slope aside, as a share of it."""
    light = np.median(frame, axis=1)
    slope = np.polynomial.Polynomial.fit(PLACE, light, 2)(PLACE)
    return float(np.ptp(light - slope) / light.mean())


@pytest.mark.parametrize("number", [1.4, 3.0, 7.3])
@pytest.mark.parametrize("share", [0.1, 0.4])
@pytest.mark.parametrize("noise", [0.0, 6.0])
def test_every_row_has_the_same_light_afterwards(number: float, share: float, noise: float) -> None:
    frame, _ = written(SEVEN, FOUR, ZERO)
    banded = flickering(frame, number, share, overtone=0.1, noise=noise)
    steady = without_bands(banded)
    assert steady is not None
    assert steady.shape == frame.shape
    assert unrest(steady) < 0.2 * unrest(banded)


def test_bands_are_found_in_a_room_too() -> None:
    rng = np.random.default_rng(3)
    room = paper(brightness=60)
    for _ in range(40):
        top, left = rng.integers(0, 400), rng.integers(0, 500)
        room[top : top + rng.integers(30, 200), left : left + rng.integers(30, 200)] = rng.integers(
            20, 140
        )
    steady = without_bands(flickering(room, 5.0, 0.25))
    assert steady is not None
    share = steady[room > 30] / room[room > 30] * 1.5
    assert share.std() < 0.05


def ruled() -> Frame:
    frame = paper()
    for row in range(40, ROWS, 60):
        frame[row : row + 4] = 120
    return frame


def shadowed() -> Frame:
    frame = paper()
    frame[220:] = 110
    return frame


def sloping() -> Frame:
    slope = np.rint(110 + 90 * PLACE).astype(np.uint8)
    return np.repeat(slope[:, None], COLUMNS, axis=1)


def vignetted() -> Frame:
    row, column = np.mgrid[-1 : 1 : ROWS * 1j, -1 : 1 : COLUMNS * 1j]
    lit: Frame = np.rint(200 * (1 - 0.25 * (row**2 + column**2))).astype(np.uint8)
    return lit


def grainy() -> Frame:
    grain = np.random.default_rng(1).normal(0.0, 12.0, (ROWS, COLUMNS))
    grey: Frame = (paper() + grain).clip(0, 255).astype(np.uint8)
    return grey


def slatted() -> Frame:
    slats = 0.75 + 0.25 * np.sin(np.arange(COLUMNS) / 12)
    boards: Frame = (paper() * slats).astype(np.uint8)
    return boards


def barred() -> Frame:
    """Five level strokes, broad and soft, over a third of the frame's width."""
    frame = paper()
    for row in range(60, ROWS, 90):
        write(frame, (((0.0, 0.0), (0.0, 1.0)),), row, 200, 200, pen=0.2)
    return frame


@pytest.mark.parametrize(
    "draw", [paper, ruled, shadowed, sloping, vignetted, grainy, slatted, barred]
)
def test_what_is_no_lamp_is_left_alone(draw: Callable[[], Frame]) -> None:
    assert without_bands(draw()) is None


def test_faint_bands_are_left_to_evening_out_the_light() -> None:
    assert without_bands(flickering(paper(), 4.0, 0.03)) is None


def test_awkward_frames_are_looked_at_for_bands() -> None:
    for frame in awkward_frames():
        steady = without_bands(frame)
        assert steady is None or steady.shape == frame.shape
