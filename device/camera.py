"""Where frames come from: what a camera is to the service, and the Pi's own."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from device.config import CameraConfig
from device.errors import CameraError, CameraHung

if TYPE_CHECKING:  # numpy is not loaded before the "starting" light is on
    from device.reading import Frame


log = logging.getLogger(__name__)

TOLD_PERIOD = 1
"""`AeFlickerModeEnum.Manual` of libcamera: the flicker's period is told, not guessed."""


class Camera(Protocol):
    """What the service asks of a camera."""

    def capture(self, timeout_s: float) -> Frame:
        """Take a frame: (rows, columns), uint8.

        Raises
        ------
        CameraHung
            No frame came within `timeout_s` seconds.
        CameraError
            The camera is lost.
        """

    def close(self) -> None:
        """Let go of the camera; closing twice is no mistake."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None: ...


class PiCamera:
    """The Pi's camera through picamera2, which is imported when one is built.

    Configured once and kept running slowly, so that exposure is always settled and no mode
    is ever switched; small streams and two buffers, for a Zero has little memory that the
    camera can use. The frame is the Y plane of a YUV420 stream: greyscale for nothing.

    Parameters
    ----------
    config
        Size, stream and times.
    picamera2
        Stands in for the class `picamera2.Picamera2`.

    Raises
    ------
    CameraError
        When picamera2 or the camera is missing, or another program has the camera.
    CameraHung
        When it gives no frames.
    """

    def __init__(self, config: CameraConfig, picamera2: Any = None) -> None:
        self._config = config
        self._camera: Any = None
        maker = _import_picamera2() if picamera2 is None else picamera2
        if not maker.global_camera_info():
            raise CameraError(
                "no camera found: check both ends of the ribbon cable, then rpicam-hello --list"
            )
        try:
            self._camera = maker()
            self._configure()
            self._camera.start()
            self._avoid_bands()
            self._await_exposure()  # at full speed, where it takes less than a second
            self._slow_down()
        except CameraError:
            self.close()
            raise
        except Exception as error:  # picamera2 and libcamera raise whatever comes to hand
            self.close()
            raise CameraError(_explain(error)) from error

    def capture(self, timeout_s: float) -> Frame:
        """Take the next frame: (height, width), uint8, a copy of its own."""
        config = self._config
        try:
            array = self._wait(
                self._camera.capture_array(config.stream, wait=False), timeout_s, "frame"
            )
        except CameraError:
            raise
        except Exception as error:
            raise CameraError(f"the camera is lost: {error}") from error
        # Rows are padded to the stride, and the colour planes lie below the luma: half as much.
        rows, columns = array.shape[0] * 2 // 3, array.shape[1]
        if rows < config.height or columns < config.width:
            raise CameraError(
                f"the camera gives {columns}x{rows} pixels, asked for "
                f"{config.width}x{config.height}: set [camera] width and height to what it can do"
            )
        frame: Frame = array[: config.height, : config.width].copy()
        return frame

    def close(self) -> None:
        """Stop the camera and let go of it; closing twice is no mistake."""
        camera, self._camera = self._camera, None
        if camera is None:
            return
        # A frame that never came would keep the order to stop waiting behind it.
        for step in (camera.cancel_all_and_flush, camera.close):
            try:
                step()
            except Exception as error:  # noqa: BLE001 - picamera2's may be any, and it may be gone
                log.warning("closing the camera failed: %s", error)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _configure(self) -> None:
        config, camera = self._config, self._camera
        # The main stream always exists and lores may not be larger, so it is of the same size.
        stream = {"size": (config.width, config.height), "format": "YUV420"}
        camera.configure(
            camera.create_preview_configuration(
                main=dict(stream),
                lores=dict(stream) if config.stream == "lores" else None,
                raw=None,
                buffer_count=2,
                queue=False,  # a frame kept from before the press shows what was there before
                display=None,
                encode=None,
            )
        )

    def _avoid_bands(self) -> None:
        """Ask for exposures of whole flickers: a lamp has two in a period of the mains."""
        if self._config.mains_hz:
            flicker_us = round(1e6 / (2 * self._config.mains_hz))
            self._ask_for({"AeFlickerMode": TOLD_PERIOD, "AeFlickerPeriod": flicker_us})

    def _slow_down(self) -> None:
        """Ask for fewer frames."""
        interval_us = round(self._config.frame_interval_s * 1e6)
        self._ask_for({"FrameDurationLimits": (interval_us, interval_us)})

    def _ask_for(self, controls: dict[str, Any]) -> None:
        """Set controls; a camera that offers no such controls does as it likes."""
        try:
            self._camera.set_controls(controls)
        except RuntimeError as error:
            log.debug("the camera does without: %s", error)

    def _await_exposure(self) -> None:
        """Wait until three frames in a row are exposed alike, but not longer than `settle_s`."""
        deadline_s = time.monotonic() + self._config.settle_s
        alike, before = 0, None
        while alike < 2 and time.monotonic() < deadline_s:
            job = self._camera.capture_metadata(wait=False)
            metadata = self._wait(job, self._config.capture_timeout_s, "frame after it was opened")
            if metadata.get("AeLocked") or "ExposureTime" not in metadata:
                return  # settled, or a camera that doesn't tell
            light = metadata["ExposureTime"] * metadata.get("AnalogueGain", 1.0)
            alike = alike + 1 if before and abs(light - before) <= 0.05 * before else 0
            before = light

    def _wait(self, job: Any, timeout_s: float, what: str) -> Any:
        try:
            return self._camera.wait(job, timeout=timeout_s)
        except TimeoutError as error:
            raise CameraHung(
                f"the camera gave no {what} in {timeout_s:g} s: check the ribbon cable"
            ) from error


def _import_picamera2() -> Any:
    try:
        from picamera2 import Picamera2
    except ImportError as error:
        if error.name == "picamera2":
            raise CameraError(
                "picamera2 is not installed: "
                "sudo apt install python3-picamera2 --no-install-recommends"
            ) from error
        raise CameraError(f"picamera2 is installed but not whole: {error}") from error
    if not log.isEnabledFor(logging.DEBUG):  # it tells of every step of every opening
        logging.getLogger("picamera2").setLevel(logging.WARNING)
    return Picamera2


def _explain(error: Exception) -> str:
    """Say why the camera didn't open: most often another program has it."""
    holders = camera_holders()
    if holders:
        return f"the camera is in use by {', '.join(holders)}: end that first"
    text = str(error) or type(error).__name__
    if "allocate memory" in text:
        return (
            f"no memory for the camera's buffers: make [camera] width and height smaller ({text})"
        )
    return f"the camera doesn't open: {text}"


def camera_holders(proc: Path = Path("/proc")) -> list[str]:
    """Name the other processes that have a camera device open, as far as we may look.

    A user sees the files of his own processes only, so an empty list proves nothing.
    """
    holders = []
    for process in proc.glob("[0-9]*"):
        if process.name == str(os.getpid()):
            continue
        with contextlib.suppress(OSError):  # gone meanwhile, or somebody else's
            links = [str(link.readlink()) for link in (process / "fd").iterdir()]
            if any(link.startswith(("/dev/video", "/dev/media")) for link in links):
                name = (process / "comm").read_text().strip()
                holders.append(f"{name} (process {process.name})")
    return sorted(holders)
