"""What the network is trained on: glyphs that went through the same preparation as a photograph.

MNIST's digits and digits of our own strokes are written on paper, photographed
and found again; letters, scribbles, pairs of digits and digits struck out teach
the eleventh answer. Nothing here needs a picture that the project can't make again.
"""

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image
from scipy.ndimage import gaussian_filter

from device.notes import draw_strokes
from device.photographs import Conditions, Ink, draw_conditions, photograph
from device.preparation import prepare
from device.reading import Box
from device.strokes import Stroke, draw_digit
from tools.batches import begin_work
from tools.digit_notes import BOX, rewrite
from tools.parts import draw_part
from tools.shapes import choose_strike, draw_no_digit, draw_strike

Images = NDArray[np.uint8]
Labels = NDArray[np.uint8]
Rng = np.random.Generator

NO_DIGIT = 10
"""The label of what is no digit."""

CUT_SHARE = 0.1
"""Share of the notes whose digit reaches the border of the frame."""

REWRITTEN = 0.5
"""Share of MNIST's digits that are written anew with a pen of another width."""

CHUNK = 500
"""Glyphs made from one seed: what is made does not depend on how many workers make it."""

SHARES = {
    "mnist": 0.42,
    "strokes": 0.21,
    "no digit": 0.16,
    "struck": 0.04,
    "turned": 0.03,
    "pair": 0.04,
    "part": 0.07,
    "blob": 0.02,
    "nothing": 0.01,
}
"""What the notes show; a blob is a stain, a thing, a shadow: dark, and never written.

Of nothing there is an empty glyph, for `tools.distortion` to lay noise and lines over."""

MIRRORED = "3479"
UPSIDE_DOWN = "47"
"""Digits that are none in a mirror, or upside down: near to a digit, but none.

A 6 in a mirror is a 2 with a loop for a foot."""


def build_pool(
    images: Images,
    labels: Labels,
    rng: Rng,
    *,
    count: int,
    progress: Callable[[int], object] | None = None,
    workers: int = 2,
) -> tuple[Images, Labels]:
    """Make training glyphs.

    Parameters
    ----------
    images, labels : MNIST's training digits, (n, 28, 28) and (n,) uint8.
    count : how many glyphs to make.
    progress : is told after each chunk how many are done.

    Returns
    -------
    (count, 28, 28) uint8 and (count,) uint8, where 10 means "no digit".
    """
    chunks = -(-count // CHUNK)
    seeds = rng.integers(2**63, size=chunks)
    glyphs = np.empty((chunks * CHUNK, 28, 28), dtype=np.uint8)
    answers = np.empty(chunks * CHUNK, dtype=np.uint8)
    # Spawned: a fork of a process that has threads (a progress bar's) can lock up.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _keep, (images, labels)) as pool:
        for index, (some, theirs) in enumerate(pool.map(_make_chunk, seeds.tolist())):
            part = slice(index * CHUNK, (index + 1) * CHUNK)
            glyphs[part], answers[part] = some, theirs
            if progress:
                progress(min(count, (index + 1) * CHUNK))
    return glyphs[:count], answers[:count]


_MNIST: list[NDArray[np.uint8]] = []


def _keep(images: Images, labels: Labels) -> None:
    """Keep MNIST in a worker, else it would be sent with every chunk."""
    begin_work()
    _MNIST[:] = [images, labels]


def _make_chunk(seed: int) -> tuple[Images, Labels]:
    rng = np.random.default_rng(seed)
    images, labels = _MNIST
    made = _make(images, labels, rng)
    some = [next(made) for _ in range(CHUNK)]
    return np.stack([glyph for glyph, _ in some]), np.array([a for _, a in some], dtype=np.uint8)


def _make(images: Images, labels: Labels, rng: Rng) -> Iterator[tuple[NDArray[np.uint8], int]]:
    """Make glyphs without end; a note on which the writing isn't found is thrown away."""
    kinds, shares = list(SHARES), list(SHARES.values())
    while True:
        kind = rng.choice(kinds, p=shares)
        if kind == "nothing":
            yield np.zeros((28, 28), dtype=np.uint8), NO_DIGIT
            continue
        index = int(rng.integers(len(images)))
        conditions = small_conditions(rng)
        if kind == "part":
            if part := _part(images, labels, rng, conditions):
                yield part
            continue
        if kind == "mnist":
            ink, answer = _ink_of_digit(images[index], rng, conditions), int(labels[index])
        elif kind == "strokes":
            digit = str(rng.choice(list("01123445677899")))
            ink, answer = _ink_of_strokes(draw_digit(digit, rng), rng, conditions), int(digit)
        elif kind == "no digit":
            ink, answer = _ink_of_strokes(draw_no_digit(rng), rng, conditions), NO_DIGIT
        elif kind == "struck":
            ink = _ink_of_struck(images[index], str(labels[index]), rng, conditions)
            answer = NO_DIGIT
        elif kind == "turned":
            turned = _turn(images[index], str(labels[index]), rng)
            if turned is None:
                continue
            ink, answer = ink_of_image(turned, rng), NO_DIGIT
        elif kind == "pair":
            ink, answer = _ink_of_pair(images, rng, conditions), NO_DIGIT
        else:
            ink, answer = _ink_of_blob(rng), NO_DIGIT
        # A pair is one only with both of its digits, of which a 1 has little ink, and struck
        # out is what has kept its line.
        least = 0.97 if kind in ("pair", "struck") else 0.8
        found = prepare(photograph(ink, rng, conditions))
        glyphs = [glyph for glyph in found if is_there(glyph.box, ink, least)]
        if glyphs:
            yield max(glyphs, key=lambda g: g.box.height * g.box.width).pixels, answer


def is_there(box: Box, ink: Ink, least: float = 0.8) -> bool:
    """Tell whether the writing is in this box: at least this share of its ink, and little more."""
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    tall, wide = np.ptp(rows) + 1, np.ptp(columns) + 1
    inside = ink[box.top : box.top + box.height, box.left : box.left + box.width].sum()
    return bool(inside > least * ink.sum() and max(box.height, box.width) < 1.5 * max(tall, wide))


def small_conditions(rng: Rng) -> Conditions:
    """Draw the conditions of a note of which only the part around one digit is photographed."""
    conditions = draw_conditions(rng)
    return replace(conditions, lean_deg=conditions.lean_deg * 1.5, blur_px=conditions.blur_px * 0.8)


def _ink_of_digit(image: NDArray[np.uint8], rng: Rng, conditions: Conditions) -> Ink:
    if rng.random() >= REWRITTEN:
        return ink_of_image(image, rng)
    tall = int(rng.integers(24, 130))
    return _on_sheet(rewrite(image, tall / BOX, conditions.pen * tall), rng)


def _part(
    images: Images, labels: Labels, rng: Rng, conditions: Conditions
) -> tuple[NDArray[np.uint8], int] | None:
    """Draw a part of two or three digits that touch."""
    tall, count = float(rng.uniform(40, 110)), int(rng.integers(2, 4))
    if rng.random() < 0.3:
        answers = rng.integers(10, size=count).tolist()
        hands = [draw_digit(str(answer), rng) for answer in answers]
        inks = [_ink_of_hand(hand, tall, conditions.pen * tall) for hand in hands]
    else:
        chosen = rng.integers(len(images), size=count)
        answers = labels[chosen].tolist()
        inks = [rewrite(image, tall / BOX, conditions.pen * tall) for image in images[chosen]]
    return draw_part(inks, answers, NO_DIGIT, rng, conditions)


def _ink_of_hand(strokes: list[Stroke], tall: float, pen_px: float) -> Ink:
    reach = np.max([stroke.max(axis=0) for stroke in strokes], axis=0) * tall + pen_px + 2
    placed = [stroke * tall + pen_px / 2 + 1 for stroke in strokes]
    return draw_strokes(placed, pen_px, (int(reach[1]), int(reach[0])))


def ink_of_image(image: NDArray[np.uint8], rng: Rng) -> Ink:
    """Write one of MNIST's digits: enlarged until its grey edges are a pen's."""
    tall = int(rng.integers(24, 130))
    rows, columns = np.nonzero(image)
    cut = image[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    k = tall / max(cut.shape)
    size = max(3, round(cut.shape[1] * k)), max(3, round(cut.shape[0] * k))
    big = Image.fromarray(np.pad(cut, 2)).resize(
        (size[0] + round(4 * k), size[1] + round(4 * k)), Image.Resampling.BICUBIC
    )
    edge = rng.uniform(0.25, 0.5)
    ink = ((np.asarray(big, dtype=np.float32) / 255 - edge) * 2.5 + 0.5).clip(0, 1)
    return _on_sheet(ink, rng)


def _on_sheet(ink: Ink, rng: Rng) -> Ink:
    margins = (rng.uniform(0.1, 0.8, 4) * max(ink.shape)).astype(int) + 4
    sheet = np.pad(ink, ((margins[0], margins[1]), (margins[2], margins[3])))
    if rng.random() < CUT_SHARE:
        # The frame's border takes a little of the digit, or just touches it.
        rows, columns = np.nonzero(sheet)
        ends = np.array([rows.min(), rows.max() + 1, columns.min(), columns.max() + 1])
        taken = rng.uniform(0.0, 0.08, 4) * np.repeat([np.ptp(rows), np.ptp(columns)], 2)
        lost = abs(ends - [0, len(sheet), 0, sheet.shape[1]]) + taken.astype(int)
        top, bottom, left, right = np.where(np.arange(4) == rng.integers(4), lost, 0)
        sheet = sheet[top : len(sheet) - bottom, left : sheet.shape[1] - right]
    return np.ascontiguousarray(sheet)


def _ink_of_strokes(strokes: list[Stroke], rng: Rng, conditions: Conditions) -> Ink:
    tall = float(rng.uniform(24, 130))
    margins = rng.uniform(0.2, 0.8, 4) * tall + 4
    reach = np.max([stroke.max(axis=0) for stroke in strokes], axis=0) * tall
    size = int(reach[1] + margins[2] + margins[3]), int(reach[0] + margins[0] + margins[1])
    placed = [stroke * tall + (margins[0], margins[2]) for stroke in strokes]
    return draw_strokes(placed, conditions.pen * tall, size)


def _ink_of_struck(image: NDArray[np.uint8], digit: str, rng: Rng, conditions: Conditions) -> Ink:
    """Write a digit and strike it out."""
    tall = float(rng.uniform(24, 130))
    pen_px = conditions.pen * tall
    if rng.random() < 0.3:
        digit = str(rng.integers(10))
        ink = _ink_of_hand(draw_digit(digit, rng), tall, pen_px)
    else:
        ink = rewrite(image, tall / BOX, pen_px)
    way = choose_strike(rng, digit)
    ink = np.pad(ink, round(0.45 * tall))
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    corner, high = (int(rows[0]), int(columns[0])), int(np.ptp(rows)) + 1
    strike = draw_strike(way, (int(np.ptp(columns)) + 1) / high, rng)
    lines = [stroke * high + corner for stroke in strike]
    height, width = ink.shape
    return _on_sheet(np.maximum(ink, draw_strokes(lines, pen_px, (width, height))), rng)


def _turn(image: NDArray[np.uint8], digit: str, rng: Rng) -> NDArray[np.uint8] | None:
    """Mirror a digit or turn it upside down; None where that may give a digit again."""
    ways = [image[:, ::-1]] * (digit in MIRRORED) + [image[::-1]] * (digit in UPSIDE_DOWN)
    return ways[rng.integers(len(ways))] if ways else None


def _ink_of_pair(images: Images, rng: Rng, conditions: Conditions) -> Ink:
    """Write two digits so close that they are found as one."""
    if rng.random() < 0.4:
        first, second = (draw_digit(str(rng.integers(10)), rng) for _ in range(2))
        wide = max(float(stroke[:, 1].max()) for stroke in first)
        shift = (rng.normal(0.0, 0.05), wide - rng.uniform(0.0, 0.12))
        both = first + [stroke + shift for stroke in second]
        corner = np.min([stroke.min(axis=0) for stroke in both], axis=0)
        return _ink_of_strokes([stroke - corner for stroke in both], rng, conditions)
    some = []
    for image in images[rng.integers(len(images), size=2)]:
        columns = np.flatnonzero(image.any(axis=0))
        some.append(image[:, columns[0] : columns[-1] + 1])
    overlap = min(int(rng.integers(0, 4)), some[0].shape[1], some[1].shape[1])
    wide = some[0].shape[1] + some[1].shape[1] - overlap
    pair = np.zeros((28, wide), dtype=np.uint8)
    pair[:, : some[0].shape[1]] = some[0]
    pair[:, wide - some[1].shape[1] :] = np.maximum(pair[:, wide - some[1].shape[1] :], some[1])
    return ink_of_image(pair, rng)


def _ink_of_blob(rng: Rng) -> Ink:
    """Dark patches of any form: smooth noise, cut off at a level, within an oval."""
    size = rng.integers(40, 120, 2)
    noise = rng.normal(0, 1, size).astype(np.float32)
    smooth = gaussian_filter(noise, rng.uniform(1.5, 0.2 * size.min()))
    row, column = np.linspace(-1, 1, size[0])[:, None], np.linspace(-1, 1, size[1])[None, :]
    oval = row**2 + column**2 < 1
    inside = smooth > np.quantile(smooth, rng.uniform(0.2, 0.8))
    shade = 1 - rng.uniform(0, 0.6) * (smooth - smooth.min()) / np.ptp(smooth)
    ink = np.where(oval & inside, shade, 0).astype(np.float32)
    return _on_sheet(ink if ink.any() else oval.astype(np.float32), rng)
