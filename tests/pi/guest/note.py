"""The camera of the machine: picamera2 on libcamera's virtual camera, which sees our notes.

What the virtual camera lacks is put beside picamera2, in the machine alone.
"""

import shutil
from pathlib import Path

import numpy as np
from PIL import Image

from device.notes import write_digits
from device.photographs import Conditions, photograph
from device.reading import Frame

SIZE = (640, 480)
PACKAGES = Path("/usr/local/lib/python3.13/dist-packages")
PICTURE = Path("/srv/note.jpg")
LOOSE = Path("/srv/loose")
CONFIG = Path("/usr/share/libcamera/pipeline/virtual/virtual.yaml")
CAMERA = f"""\
"Virtual0":
  supported_formats:
  - width: {SIZE[0]}
    height: {SIZE[1]}
    frame_rates: [15, 15]
  location: "CameraLocationBack"
  model: "imx219"
  frames:
    path: "{PICTURE}"
"""

STUBS = {
    # For previews on a screen and for raw pictures: picamera2 imports them, we use neither.
    "pykms.py": """\
class Anything(type):
    def __getattr__(self, name):
        return name


class PixelFormat(metaclass=Anything):
    pass
""",
    "pidng/__init__.py": "",
    "pidng/core.py": "PICAM2DNG = None\n",
    "pidng/camdefs.py": "Picamera2Camera = None\n",
}


def install() -> None:
    """Put beside picamera2 what it wants in this machine."""
    for name, text in STUBS.items():
        path = PACKAGES / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    shutil.copy(Path(__file__).with_name("virtual_camera.py"), PACKAGES)
    with (PACKAGES / "picamera2/__init__.py").open("a") as module:
        module.write("\nimport virtual_camera\n")


def show(number: str | None, seed: int = 11) -> Frame:
    """Lay a note before the camera, for when it is opened next; None is a bare sheet."""
    rng, conditions = np.random.default_rng(seed), Conditions(pen=0.06)
    bare = np.zeros(SIZE[::-1], np.float32)
    ink = bare if number is None else write_digits(number, rng, conditions, SIZE)
    frame = photograph(ink, rng, conditions)
    Image.fromarray(frame).convert("RGB").save(PICTURE, quality=95)
    plug_in()
    return frame


def plug_in() -> None:
    """Have a camera that gives frames."""
    CONFIG.write_text(CAMERA)
    LOOSE.unlink(missing_ok=True)


def loosen() -> None:
    """Have a camera that is there and gives no frames."""
    LOOSE.touch()


def unplug() -> None:
    """Have none."""
    CONFIG.unlink(missing_ok=True)
