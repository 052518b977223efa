import logging
import os
import threading
from concurrent.futures import CancelledError, Future
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from numpy.typing import NDArray

from device.camera import PiCamera, camera_holders
from device.config import CameraConfig
from device.errors import CameraError, CameraHung

STRIDE_PX = 64
"""What the rows of a buffer are padded to."""


class Sensor:
    """What stands before a camera, and what it can do. Shared by all who open it."""

    def __init__(self) -> None:
        self.present = True
        self.open_error: Exception | None = None
        self.frames_come = True
        self.advertises = {"AeFlickerMode", "AeFlickerPeriod", "FrameDurationLimits"}
        self.exposures_us: list[int | None] = [20_000]
        self.scene: NDArray[np.uint8] = np.zeros((480, 640), np.uint8)


class Picamera2:
    """Behaves like picamera2's class of this name, as far as the appliance uses it.

    Jobs are futures that a camera fulfils when a frame comes. Configuration, padding and
    the order of calls are checked as picamera2 and libcamera check them.
    """

    sensor: ClassVar[Sensor]
    opened: ClassVar["list[Picamera2]"]

    def __init__(self) -> None:
        if self.sensor.open_error is not None:
            raise self.sensor.open_error
        self.opened.append(self)
        self.config: dict[str, Any] | None = None
        self.configured = 0
        self.started = False
        self.closed = False
        self.controls: dict[str, Any] = {}
        self._jobs: list[Future[Any]] = []

    @classmethod
    def global_camera_info(cls) -> list[dict[str, Any]]:
        return [{"Model": "imx219", "Num": 0}] if cls.sensor.present else []

    def create_preview_configuration(
        self,
        main: dict[str, Any],
        lores: dict[str, Any] | None,
        raw: None,
        buffer_count: int,
        queue: bool,
        display: None,
        encode: None,
    ) -> dict[str, Any]:
        assert raw is display is encode is None
        assert all(side % 2 == 0 for side in main["size"])
        if lores is not None:
            assert lores["format"] == "YUV420"
            assert lores["size"][0] <= main["size"][0]
            assert lores["size"][1] <= main["size"][1]
        return {"main": main, "lores": lores, "buffers": buffer_count, "queue": queue}

    def configure(self, config: dict[str, Any]) -> None:
        assert not self.started
        self.config = config
        self.configured += 1

    def start(self) -> None:
        assert self.config is not None
        self.started = True

    def set_controls(self, controls: dict[str, Any]) -> None:
        for name in controls:
            if name not in self.sensor.advertises:
                raise RuntimeError(f"Control {name} is not advertised by libcamera")
        self.controls.update(controls)

    def capture_array(self, name: str, wait: bool) -> "Future[Any]":
        assert self.config is not None
        assert self.config[name]["format"] == "YUV420"
        return self._job(lambda: self._padded(self.config[name]["size"]), wait)

    def capture_metadata(self, wait: bool) -> "Future[Any]":
        return self._job(self._metadata, wait)

    def wait(self, job: "Future[Any]", timeout: float | None = None) -> Any:
        return job.result(timeout)

    def cancel_all_and_flush(self) -> None:
        for job in self._jobs:
            job.set_exception(CancelledError())
        self._jobs.clear()

    def close(self) -> None:
        # The order to stop waits behind every job before it, for ever if need be.
        assert not self._jobs, "closing hangs behind a job that never ends"
        self.closed = True
        self.started = False

    def _job(self, result: Any, wait: bool) -> "Future[Any]":
        assert self.started
        assert wait is False
        job: Future[Any] = Future()
        if self.sensor.frames_come:
            job.set_result(result())
        else:
            self._jobs.append(job)
        return job

    def _padded(self, size: tuple[int, int]) -> NDArray[np.uint8]:
        """(height * 3 // 2, stride): rows padded with rubbish, colour planes below the luma."""
        width, height = size
        stride = -(-width // STRIDE_PX) * STRIDE_PX
        buffer = np.full((height * 3 // 2, stride), 255, np.uint8)
        rows, columns = (
            min(a, b) for a, b in zip((height, width), self.sensor.scene.shape, strict=True)
        )
        buffer[:rows, :columns] = self.sensor.scene[:rows, :columns]
        return buffer

    def _metadata(self) -> dict[str, Any]:
        exposures = self.sensor.exposures_us
        exposure_us = exposures.pop(0) if len(exposures) > 1 else exposures[0]
        if exposure_us is None:
            return {"SensorTimestamp": 1}
        return {"ExposureTime": exposure_us, "AnalogueGain": 1.0, "AeLocked": False}


@pytest.fixture
def sensor() -> Sensor:
    Picamera2.sensor = Sensor()
    Picamera2.opened = []
    return Picamera2.sensor


@pytest.mark.parametrize("stream", ["lores", "main"])
@pytest.mark.parametrize("size", [(640, 480), (620, 466), (64, 64)])
def test_a_frame_is_the_luma_without_padding_and_colour(
    sensor: Sensor, stream: str, size: tuple[int, int]
) -> None:
    width, height = size
    rng = np.random.default_rng(5)
    sensor.scene = rng.integers(0, 200, (height, width), dtype=np.uint8)
    config = CameraConfig(width=width, height=height, stream=stream)
    with PiCamera(config, Picamera2) as camera:
        frame = camera.capture(1.0)
    assert frame.dtype == np.uint8
    assert np.array_equal(frame, sensor.scene)
    assert frame.flags.owndata


def test_the_streams_are_small_few_and_configured_once(sensor: Sensor) -> None:
    with PiCamera(CameraConfig(), Picamera2) as camera:
        for _ in range(5):
            camera.capture(1.0)
    (opened,) = Picamera2.opened
    assert opened.configured == 1
    assert opened.config == {
        "main": {"size": (640, 480), "format": "YUV420"},
        "lores": {"size": (640, 480), "format": "YUV420"},
        "buffers": 2,
        "queue": False,
    }


def test_the_main_stream_alone_needs_no_second_one(sensor: Sensor) -> None:
    with PiCamera(CameraConfig(stream="main"), Picamera2):
        pass
    assert Picamera2.opened[0].config is not None
    assert Picamera2.opened[0].config["lores"] is None


def test_the_camera_runs_slowly_between_presses(sensor: Sensor) -> None:
    with PiCamera(CameraConfig(frame_interval_s=0.25), Picamera2):
        assert Picamera2.opened[0].controls["FrameDurationLimits"] == (250_000, 250_000)


@pytest.mark.parametrize(("mains_hz", "flicker_us"), [(50, 10_000), (60, 8333)])
def test_exposures_last_as_long_as_the_flicker_of_lamps(
    sensor: Sensor, mains_hz: int, flicker_us: int
) -> None:
    with PiCamera(CameraConfig(mains_hz=mains_hz), Picamera2):
        controls = Picamera2.opened[0].controls
        assert (controls["AeFlickerMode"], controls["AeFlickerPeriod"]) == (1, flicker_us)


def test_without_mains_exposures_may_last_as_they_like(sensor: Sensor) -> None:
    with PiCamera(CameraConfig(mains_hz=0), Picamera2):
        assert set(Picamera2.opened[0].controls) == {"FrameDurationLimits"}


def test_a_control_that_is_not_advertised_is_taken_calmly(sensor: Sensor) -> None:
    sensor.advertises.clear()
    with PiCamera(CameraConfig(), Picamera2) as camera:
        assert camera.capture(1.0).shape == (480, 640)


def test_opening_waits_until_the_exposure_has_settled(sensor: Sensor) -> None:
    sensor.exposures_us = [100, 400, 1600, 6400, 20_000, 20_100, 20_050, 20_000]
    with PiCamera(CameraConfig(), Picamera2):
        assert sensor.exposures_us == [20_000]


def test_a_camera_that_does_not_tell_its_exposure_is_taken_as_settled(sensor: Sensor) -> None:
    sensor.exposures_us = [None]
    with PiCamera(CameraConfig(settle_s=30.0), Picamera2) as camera:
        assert camera.capture(1.0).shape == (480, 640)


def test_an_exposure_that_never_settles_is_not_waited_for_for_ever(sensor: Sensor) -> None:
    sensor.exposures_us = [100, 900] * 10_000_000
    with PiCamera(CameraConfig(settle_s=0.05), Picamera2) as camera:
        assert camera.capture(1.0).shape == (480, 640)


def test_a_frame_that_never_comes_is_a_camera_that_hangs_and_can_still_be_closed(
    sensor: Sensor,
) -> None:
    camera = PiCamera(CameraConfig(), Picamera2)
    sensor.frames_come = False
    with pytest.raises(CameraHung, match=r"the camera gave no frame in 0\.01 s: check the ribbon"):
        camera.capture(0.01)
    camera.close()
    assert Picamera2.opened[0].closed


def test_a_camera_that_hangs_while_it_is_opened_is_closed_again(sensor: Sensor) -> None:
    sensor.frames_come = False
    with pytest.raises(CameraHung, match="no frame after it was opened"):
        PiCamera(CameraConfig(capture_timeout_s=0.5), Picamera2)
    assert Picamera2.opened[0].closed


def test_no_camera_is_said_with_what_to_do(sensor: Sensor) -> None:
    sensor.present = False
    with pytest.raises(CameraError, match="no camera found: check both ends of the ribbon cable"):
        PiCamera(CameraConfig(), Picamera2)


def test_whatever_libcamera_raises_becomes_a_camera_error(sensor: Sensor) -> None:
    sensor.open_error = RuntimeError("Camera __init__ sequence did not complete.")
    with pytest.raises(CameraError, match="doesn't open: Camera __init__ sequence did not"):
        PiCamera(CameraConfig(), Picamera2)


def test_too_little_memory_is_said_with_what_to_do(sensor: Sensor) -> None:
    sensor.open_error = OSError(12, "Cannot allocate memory")
    with pytest.raises(CameraError, match=r"make \[camera\] width and height smaller"):
        PiCamera(CameraConfig(), Picamera2)


def test_a_camera_that_is_pulled_out_while_it_runs_is_lost(sensor: Sensor) -> None:
    class Pulled(Picamera2):
        def _padded(self, size: tuple[int, int]) -> NDArray[np.uint8]:
            raise OSError(19, "No such device")

    with PiCamera(CameraConfig(), Pulled) as camera:
        sensor.frames_come = True
        with pytest.raises(CameraError, match=r"the camera is lost: \[Errno 19\] No such device"):
            camera.capture(1.0)


def test_a_size_that_the_camera_changed_is_an_error(sensor: Sensor) -> None:
    class Smaller(Picamera2):
        def _padded(self, size: tuple[int, int]) -> NDArray[np.uint8]:
            return super()._padded((size[0] // 2, size[1] // 2))

    with (
        PiCamera(CameraConfig(), Smaller) as camera,
        pytest.raises(CameraError, match=r"gives 320x240 pixels, asked for 640x480"),
    ):
        camera.capture(1.0)


def test_the_colours_below_the_luma_are_not_taken_for_rows_of_it(sensor: Sensor) -> None:
    class Lower(Picamera2):
        def _padded(self, size: tuple[int, int]) -> NDArray[np.uint8]:
            return super()._padded((size[0], size[1] * 2 // 3))

    with (
        PiCamera(CameraConfig(height=720), Lower) as camera,
        pytest.raises(CameraError, match=r"gives \d+x480 pixels, asked for 640x720"),
    ):
        camera.capture(1.0)


def test_closing_twice_is_no_mistake_and_a_failing_close_no_error(
    sensor: Sensor,
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Stuck(Picamera2):
        def close(self) -> None:
            raise RuntimeError("Unable to stop preview.")

    caplog.set_level(logging.WARNING)
    camera = PiCamera(CameraConfig(), Stuck)
    camera.close()
    camera.close()
    assert caplog.messages == ["closing the camera failed: Unable to stop preview."]


def test_a_camera_that_can_not_be_told_to_stop_waiting_is_closed_all_the_same(
    sensor: Sensor,
    caplog: pytest.LogCaptureFixture,
) -> None:
    class Deaf(Picamera2):
        def cancel_all_and_flush(self) -> None:
            raise RuntimeError("Camera is not there.")

    PiCamera(CameraConfig(), Deaf).close()
    assert [camera.closed for camera in Deaf.opened] == [True]
    assert caplog.messages == ["closing the camera failed: Camera is not there."]


@pytest.mark.usefixtures("laptop")
def test_without_picamera2_it_says_how_to_get_it() -> None:
    with pytest.raises(CameraError, match="sudo apt install python3-picamera2 --no-install-re"):
        PiCamera(CameraConfig())


def test_it_names_who_has_the_camera(tmp_path: Path) -> None:
    for number, name, device in [
        ("41", "rpicam-hello", "/dev/video0"),
        ("42", "bash", "/dev/pts/0"),
        ("43", "motion", "/dev/media1"),
        (str(os.getpid()), "ourselves", "/dev/video0"),
    ]:
        (tmp_path / number / "fd").mkdir(parents=True)
        (tmp_path / number / "fd" / "3").symlink_to(device)
        (tmp_path / number / "comm").write_text(f"{name}\n")
    (tmp_path / "44").mkdir()
    assert camera_holders(tmp_path) == ["motion (process 43)", "rpicam-hello (process 41)"]


def test_looking_for_who_has_the_camera_works_on_this_machine_too() -> None:
    assert isinstance(camera_holders(), list)


def test_a_camera_can_be_closed_from_another_thread(sensor: Sensor) -> None:
    camera = PiCamera(CameraConfig(), Picamera2)
    closer = threading.Thread(target=camera.close)
    closer.start()
    closer.join(5.0)
    assert Picamera2.opened[0].closed
