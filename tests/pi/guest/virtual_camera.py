"""Let picamera2, as it is, use libcamera's virtual camera, which lacks three things of a Pi's.

It has no raw stream, by which picamera2 learns the sensor's sizes. Its frames are NV12,
luma and colours in two planes of one buffer, where picamera2 tells libcamera of one plane.
And none can be plugged in while libcamera runs, which here starts anew to look for it; it
must not look where there is none, or it never looks again. Two files say how it is.
This lies beside picamera2 in the machine and is imported by it.
"""

import time
from pathlib import Path

import libcamera
import picamera2.allocators.dmaallocator
from picamera2 import Picamera2
from picamera2.picamera2 import CameraManager

CONFIG = Path("/usr/share/libcamera/pipeline/virtual/virtual.yaml")
"""The camera is there while this is."""
LOOSE = Path("/srv/loose")
"""While this is there, the ribbon is loose: no frame comes."""


def _sizes(camera: Picamera2) -> list[dict[str, object]]:
    """The sizes of still pictures, in place of the raw stream's."""
    config = camera.camera.generate_configuration([libcamera.StreamRole.StillCapture])
    formats = config.at(0).formats
    return [
        {"format": str(pixels), "size": (size.width, size.height)}
        for pixels in formats.pixel_formats
        for size in formats.sizes(pixels)
    ]


class _TwoPlanes:
    """Makes libcamera's FrameBuffer from picamera2's one plane: two thirds are luma."""

    Plane = libcamera.FrameBuffer.Plane

    def __new__(cls, planes: list[libcamera.FrameBuffer.Plane]) -> libcamera.FrameBuffer:
        (luma,) = planes
        colours = cls.Plane()
        colours.fd = luma.fd
        colours.offset = luma.length * 2 // 3
        colours.length = luma.length - colours.offset
        luma.length = colours.offset
        return libcamera.FrameBuffer([luma, colours])


class _Libcamera:
    """libcamera as picamera2's allocator is to see it."""

    FrameBuffer = _TwoPlanes

    def __getattr__(self, name: str) -> object:
        return getattr(libcamera, name)


_told = Picamera2.global_camera_info


def _look_again() -> list[dict[str, object]]:
    if not CONFIG.exists():
        return []
    if not Picamera2._cm.cameras:  # none is open
        Picamera2._cm.reset()
    cameras: list[dict[str, object]] = _told()
    return cameras


_hand_on = CameraManager.handle_request


def _hand_on_what_comes(self: CameraManager, flushid: object = None) -> None:
    if flushid is None and (LOOSE.exists() or not CONFIG.exists()):
        time.sleep(0.05)  # what is ready stays so
    else:
        _hand_on(self, flushid)


CameraManager.handle_request = _hand_on_what_comes
Picamera2.global_camera_info = staticmethod(_look_again)
Picamera2._get_raw_modes = _sizes
picamera2.allocators.dmaallocator.libcamera = _Libcamera()
