"""What makes a picture hard to read is told from what is only unusual."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from device.preparation.components import components
from device.preparation.light import flatten
from device.preparation.quality import has_glare, is_blurred, is_dark
from device.reading import Frame
from tests.device.paper import (
    DIGITS,
    SEVEN,
    Strokes,
    awkward_frames,
    paper,
    written,
)


def blurred(frame: Frame) -> bool:
    flat = flatten(frame)
    strokes = components(flat > 0.4 * flat.max())
    return is_blurred(flat, [max(strokes, key=lambda stroke: stroke.area)])


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("tall", [40.0, 120.0, 300.0])
@pytest.mark.parametrize("pen", [0.05, 0.12])
def test_a_sharp_digit_is_not_blurred(digit: Strokes, tall: float, pen: float) -> None:
    frame, _ = written(digit, tall=tall, pen=pen)
    assert not blurred(gaussian_filter(frame, 0.8))


@pytest.mark.parametrize("digit", DIGITS)
@pytest.mark.parametrize("tall", [40.0, 120.0, 300.0])
@pytest.mark.parametrize("noise", [0.0, 3.0])
def test_a_digit_out_of_focus_is_blurred(digit: Strokes, tall: float, noise: float) -> None:
    frame, _ = written(digit, tall=tall, pen=0.12)
    soft = gaussian_filter(frame.astype(float), 0.1 * tall)
    grain = np.random.default_rng(0).normal(0, noise, frame.shape)
    assert blurred((soft + grain).clip(0, 255).astype(np.uint8))


def test_pale_ink_is_not_blurred_for_being_pale() -> None:
    frame, _ = written(SEVEN, ink=0.25)
    assert not blurred(gaussian_filter(frame, 0.8))


@pytest.mark.parametrize(("brightness", "dark"), [(0, True), (30, True), (60, False), (255, False)])
def test_darkness_is_told_by_the_brightest_parts(brightness: int, dark: bool) -> None:
    assert is_dark(paper(brightness=brightness)) is dark


def test_a_dark_room_with_a_lit_note_is_not_dark() -> None:
    frame = paper(brightness=10)
    frame[100:300, 200:400] = 180
    assert not is_dark(frame)


def test_a_blinding_spot_on_paper_is_glare() -> None:
    frame = paper(brightness=150)
    assert not has_glare(frame)
    frame[50:130, 60:140] = 255
    assert has_glare(frame)


def test_white_paper_is_no_glare() -> None:
    assert not has_glare(paper(brightness=255))


def test_a_single_bright_pixel_is_no_glare() -> None:
    frame = paper(brightness=150)
    frame[100, 100] = 255
    assert not has_glare(frame)


@pytest.mark.parametrize("shape", [(28, 28), (60, 80), (28, 2000), (2000, 28)])
def test_any_frame_is_judged(shape: tuple[int, int]) -> None:
    for frame in awkward_frames(*shape):
        assert is_dark(frame) in (True, False)
        assert has_glare(frame) in (True, False)
        for stroke in components(frame < 100)[:3]:
            assert is_blurred((255 - frame).astype(np.uint8), [stroke]) in (True, False)
