"""Plain frames for tests: strokes of known shape at a known place on even paper."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.notes import draw_strokes
from device.reading import Box, Frame
from tools.rooms import corners_of, place_before

Strokes = Sequence[Sequence[tuple[float, float]]]
"""Strokes as points of (row, column), in units of the digit's height."""

ONE: Strokes = (((0.0, 0.05), (1.0, 0.0)),)
SEVEN: Strokes = (((0.0, 0.0), (0.0, 0.55), (1.0, 0.2)),)
FOUR: Strokes = (((0.0, 0.1), (0.55, 0.0), (0.55, 0.6)), ((0.2, 0.42), (1.0, 0.4)))
ZERO: Strokes = (
    tuple(
        (0.5 - 0.5 * float(np.cos(turn)), 0.3 + 0.3 * float(np.sin(turn)))
        for turn in np.linspace(0, 2 * np.pi, 40)
    ),
)
NINE: Strokes = (((0.1, 0.35), (0.05, 0.1), (0.3, 0.0), (0.4, 0.2), (0.1, 0.35), (1.0, 0.35)),)
_BELLY = ((0.4, 0.1), (0.4, 0.3), (0.55, 0.5), (0.8, 0.5), (1.0, 0.3), (0.97, 0.0))
FIVE: Strokes = (((0.0, 0.5), (0.0, 0.1), *_BELLY),)
FIVE_BODY: Strokes = (((0.13, 0.1), *_BELLY),)
FIVE_WITH_ITS_FLAG_APART: Strokes = (*FIVE_BODY, ((0.0, 0.26), (0.0, 0.62)))

DIGITS: tuple[Strokes, ...] = (ZERO, ONE, FOUR, FIVE, SEVEN)


def paper(size: tuple[int, int] = (640, 480), brightness: int = 200) -> Frame:
    """Bare and evenly lit; size is (width, height)."""
    return np.full(size[::-1], brightness, np.uint8)


def write(
    frame: Frame,
    digit: Strokes,
    top: float,
    left: float,
    tall: float,
    *,
    pen: float = 0.1,
    ink: float = 0.8,
) -> Box:
    """Write a digit into the frame, swallowing the share `ink` of its light; say where it is."""
    placed = [np.array(stroke) * tall + (top, left) for stroke in digit]
    rows, columns = frame.shape
    drawn = draw_strokes(placed, pen * tall, (columns, rows))
    frame[:] = (frame * (1 - ink * drawn) + 0.5).astype(np.uint8)
    low, high = np.min([s.min(0) for s in placed], 0), np.max([s.max(0) for s in placed], 0)
    half = pen * tall / 2
    return Box(
        round(low[0] - half),
        round(low[1] - half),
        round(high[0] - low[0] + 2 * half),
        round(high[1] - low[1] + 2 * half),
    )


def print_box(frame: Frame, *, thick: int = 14, lean: int = 0) -> None:
    """Print a box that is open below, its sides leaning by so many pixels."""
    rows, columns = frame.shape
    near = 9 + thick / 2
    low, left, right = rows - near, near + lean, columns - near
    write(
        frame, [((low, left), (near, near), (near, right), (low, right - lean))], 0, 0, 1, pen=thick
    )


def written(
    *digits: Strokes,
    size: tuple[int, int] = (640, 480),
    tall: float | None = None,
    brightness: int = 200,
    pen: float = 0.1,
    ink: float = 0.8,
) -> tuple[Frame, list[Box]]:
    """Write digits in a line in the middle of a sheet: the frame, and where each digit is."""
    frame = paper(size, brightness)
    tall = tall or min(0.4 * size[1], 0.8 * size[0] / len(digits))
    left = (size[0] - len(digits) * 0.95 * tall + 0.35 * tall) / 2
    top = (size[1] - tall) / 2
    boxes = [
        write(frame, digit, top, left + place * 0.95 * tall, tall, pen=pen, ink=ink)
        for place, digit in enumerate(digits)
    ]
    return frame, boxes


def cut_out(digit: Strokes, tall: float = 200) -> Frame:
    """A digit, leaning a little as all do, without any paper around it."""
    frame, _ = written(digit, tall=tall)
    leaning = np.asarray(Image.fromarray(frame).rotate(6, fillcolor=200))
    rows, columns = np.nonzero(leaning < 120)
    return leaning[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]


def hold_up(
    note: Frame,
    at: tuple[int, int],
    *,
    size: tuple[int, int] = (640, 480),
    lean: float = 0,
    room: int = 60,
) -> tuple[Frame, NDArray[np.float64]]:
    """Hold a note up before a room: the frame, and the note's corners as (column, row).

    `at` is the column and row of its upper left corner; it leans about its middle.
    """
    rng = np.random.default_rng(5)
    blobs = rng.uniform(0.4 * room, room, (6, 8)).astype(np.float32)
    behind = np.asarray(Image.fromarray(blobs).resize(size, Image.Resampling.BICUBIC))
    angle = np.deg2rad(lean)
    turn = np.array([(np.cos(angle), np.sin(angle)), (-np.sin(angle), np.cos(angle))])
    flat = corners_of(note) + np.array(at)
    seen = (flat - flat.mean(axis=0)) @ turn.T + flat.mean(axis=0)
    frame = place_before(note, seen, behind.clip(0, 255).astype(np.uint8))
    noisy = frame + rng.normal(0, 2, frame.shape)
    return noisy.clip(0, 255).astype(np.uint8), seen


def assert_near(found: Box, expected: Box, slack: float) -> None:
    off = np.abs(
        np.array([found.top, found.left, found.top + found.height, found.left + found.width])
        - (expected.top, expected.left, expected.top + expected.height,
           expected.left + expected.width)
    )  # fmt: skip
    assert off.max() <= slack, f"{found} for {expected}"


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    """How much ink of two glyphs lies apart: 0 where they are alike, 1 where nothing is shared.

    Glyphs are centred to a whole pixel, so a neighbouring pixel is as good.
    """
    steps = [(row, column) for row in (-1, 0, 1) for column in (-1, 0, 1)]
    apart = [
        np.abs(np.roll(one, step, (0, 1)).astype(float) - other.astype(float)).sum()
        for step in steps
    ]
    return float(min(apart) / max(1.0, one.sum(dtype=float) + other.sum(dtype=float)))


def take_in_hand(
    frame: Frame, side: str, place: float, *, reach: float = 120, broad: float = 90, skin: int = 120
) -> None:
    """Lay a thumb over the frame's left, right or bottom side, so far down or across."""
    rows, columns = frame.shape
    tip, root = {
        "left": ((place, reach - broad / 2), (place + 20, -broad)),
        "right": ((place, columns - reach + broad / 2), (place + 20, columns + broad)),
        "bottom": ((rows - reach + broad / 2, place), (rows + broad, place + 20)),
    }[side]
    thumb = draw_strokes([np.array([tip, root])], broad, (columns, rows))
    frame[:] = (frame * (1 - thumb) + skin * thumb + 0.5).astype(np.uint8)


def flickering(
    frame: Frame, number: float, share: float, overtone: float = 0.0, noise: float = 0.0
) -> Frame:
    """Light each row as a lamp does that flickers so often while the rows are exposed."""
    turn = 2 * np.pi * number * (np.arange(len(frame)) + 0.5) / len(frame) + 1.0
    light = 1 + share * (np.sin(turn) + overtone * np.cos(2 * turn))
    grain = np.random.default_rng(0).normal(0.0, noise, frame.shape)
    return np.rint(frame * light[:, None] / 1.5 + grain).clip(0, 255).astype(np.uint8)


def awkward_frames(rows: int = 60, columns: int = 80) -> Iterator[Frame]:
    """Every frame that no photographer means to take."""
    rng = np.random.default_rng(1)
    for grey in (0, 1, 128, 254, 255):
        yield np.full((rows, columns), grey, np.uint8)
    yield rng.integers(0, 256, (rows, columns), dtype=np.uint8)
    yield rng.integers(120, 130, (rows, columns), dtype=np.uint8)
    yield ((np.indices((rows, columns)).sum(axis=0) % 2) * 255).astype(np.uint8)
    for edge in (np.s_[:3], np.s_[-3:], np.s_[:, :3], np.s_[:, -3:], np.s_[rows // 2 :]):
        frame = np.full((rows, columns), 220, np.uint8)
        frame[edge] = 10
        yield frame
    framed = np.full((rows, columns), 10, np.uint8)
    framed[2:-2, 2:-2] = 220
    yield framed
