"""A part of a frame is seen from straight in front, and its boxes come back to the frame."""

import numpy as np

from device.preparation.view import View
from device.reading import Box
from tests.device.paper import assert_near, awkward_frames, paper


def test_a_box_is_brought_back_to_the_frame() -> None:
    found = View(np.array([(100.0, 50), (300, 50), (300, 200), (100, 200)]), 200)
    assert found.size == (200, 150)
    assert found.to_frame(Box(10, 20, 30, 40), (480, 640)) == Box(60, 120, 30, 40)
    large = View(np.array([(0.0, 0), (1280, 0), (1280, 640), (0, 640)]), 200)
    assert (large.size, large.scale) == ((320, 160), 0.25)
    assert large.to_frame(Box(10, 20, 30, 40), (960, 1280)) == Box(40, 80, 120, 160)
    beyond = View(np.array([(-50.0, -40), (150, -40), (150, 110), (-50, 110)]), 200)
    assert_near(beyond.to_frame(Box(0, 0, 150, 200), (480, 640)), Box(0, 0, 110, 150), slack=0)


def test_bare_paper_is_straightened_to_bare_paper_beyond_the_frame_too() -> None:
    found = View(np.array([(-50.0, -40), (150, -40), (150, 110), (-50, 110)]), 200)
    assert (found.straighten(paper(brightness=200)) == 200).all()


def test_the_whole_of_a_small_frame_is_the_frame() -> None:
    for frame in awkward_frames():
        whole = View.whole(frame)
        assert (whole.straighten(frame) == frame).all()
        assert whole.to_frame(Box(10, 20, 30, 40), frame.shape) == Box(10, 20, 30, 40)


def test_a_part_of_a_part_is_in_the_same_place() -> None:
    frame = np.random.default_rng(3).integers(0, 256, (150, 200)).astype(np.uint8)
    part = View.whole(frame).part(Box(20, 40, 90, 120)).part(Box(10, 15, 50, 60))
    off = part.straighten(frame).astype(int) - frame[30:80, 55:115]
    assert np.abs(off).max() <= 1
