"""A part of a frame, however it is turned, as if it were seen from straight in front."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from device.preparation.light import border_of
from device.reading import Box, Frame

LONGEST_PX = 320
"""What is larger is reduced to this length, which is enough to read it."""

Corners = NDArray[np.float64]
"""(4, 2) of column and row: top left, top right, bottom right, bottom left."""


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A part of a frame: where its corners are, in the frame's pixels, and how light paper is."""

    corners: Corners
    paper: int

    @classmethod
    def whole(cls, frame: Frame) -> "View":
        """All of a frame, as it is."""
        rows, columns = frame.shape
        corners = np.array([(0, 0), (columns, 0), (columns, rows), (0, rows)], dtype=np.float64)
        return cls(corners, int(np.median(border_of(frame))))

    @property
    def scale(self) -> float:
        """How many pixels of the straightened view a pixel of the frame makes, at most 1."""
        return self._scale(LONGEST_PX)

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of what is seen from straight in front, in pixels."""
        return self._size(LONGEST_PX)

    def straighten(self, frame: Frame, longest_px: int = LONGEST_PX) -> Frame:
        """See it from straight in front, and nothing else, reduced to this length."""
        step = max(1, int(np.ptp(self.corners, axis=0).max() / longest_px))
        top_left, top_right, bottom_right, bottom_left = (self.corners / step).tolist()
        picture = Image.fromarray(frame).reduce(step) if step > 1 else Image.fromarray(frame)
        straight = picture.transform(
            self._size(longest_px),
            Image.Transform.QUAD,
            [*top_left, *bottom_left, *bottom_right, *top_right],
            Image.Resampling.BILINEAR,
            fillcolor=self.paper,
        )
        return np.asarray(straight)

    def part(self, box: Box) -> "View":
        """The part of it within a box on the straightened view, which may go beyond its edges."""
        return View(self._places(box), self.paper)

    def to_frame(self, box: Box, shape: tuple[int, ...]) -> Box:
        """Bring a box on the straightened view back to the frame of that shape."""
        places = self._places(box)
        left, top = np.maximum(np.floor(places.min(axis=0)), 0).astype(int).tolist()
        right, bottom = np.minimum(np.ceil(places.max(axis=0)), shape[::-1]).astype(int).tolist()
        return Box(top, left, max(1, bottom - top), max(1, right - left))

    def _places(self, box: Box) -> Corners:
        """Where the corners of a box on the straightened view are in the frame."""
        width, height = self.size
        across = np.array([0, box.width, box.width, 0]) / width + box.left / width
        down = np.array([0, 0, box.height, box.height]) / height + box.top / height
        weights = np.stack(
            [(1 - across) * (1 - down), across * (1 - down), across * down, (1 - across) * down]
        )
        places: Corners = weights.T @ self.corners
        return places

    def _size(self, longest_px: int) -> tuple[int, int]:
        width, height = self._sides()
        scale = self._scale(longest_px)
        return max(28, round(scale * width)), max(28, round(scale * height))

    def _scale(self, longest_px: int) -> float:
        return min(1.0, longest_px / max(self._sides()))

    def _sides(self) -> tuple[float, float]:
        """How wide and how high it is, in the frame's pixels."""
        sides = np.roll(self.corners, -1, axis=0) - self.corners
        top, right, bottom, left = np.hypot(*sides.T).tolist()
        return max(top, bottom), max(left, right)
