"""Open a picture file as the greyscale frame that the camera would have given.

Only common formats are let through to Pillow, the declared size is checked before
anything is decoded, and whatever Pillow raises on a bad file becomes a `BadPicture`.
"""

import stat
import warnings
from io import BytesIO
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

# TIFF and WebP are imported so that they are registered: Pillow would otherwise
# import all of its forty plugins to look for them.
from PIL import Image, TiffImagePlugin, UnidentifiedImageError, WebPImagePlugin  # noqa: F401

from device.errors import BadPicture
from device.reading import Frame

FORMATS = ("JPEG", "PNG", "GIF", "BMP", "PPM", "TIFF", "WEBP")
MIN_SIDE_PX = 28
# A 12-megapixel camera gives up to 12.5; decoded in colour, 16 take 64 MB of the Zero's 430.
MAX_PIXELS = 16_000_000
MAX_FILE_BYTES = 128_000_000

_ORIENTATION_TAG = 0x0112
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def open_picture(path: str | Path) -> Frame:
    """Read a picture file as a greyscale frame, upright.

    Parameters
    ----------
    path
        A regular file in one of `FORMATS`, at least 28 pixels on its shorter side and
        at most 16 megapixels.

    Returns
    -------
    Frame
        (rows, columns), uint8, 0 black. Colour becomes luma (ITU-R BT.601), as in the
        camera's Y plane; what is transparent shows white paper; 16-bit grey is divided by
        256; 32-bit grey, whose range no file declares, is stretched from its least to its
        greatest value. Of an animation it is the first picture. EXIF orientation is honoured.

    Raises
    ------
    BadPicture
        One line, starting with the path, for anything that can't be read so.
    """
    try:
        _check_file(path)
        # Pillow warns about damaged metadata, which doesn't concern us, and about
        # sizes far above MAX_PIXELS.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return _decode(path)
    except BadPicture as error:
        raise BadPicture(printable(f"{path}: {error}")) from error.__cause__


def read_picture(content: bytes) -> Frame:
    """Read what a picture file holds as `open_picture` reads the file.

    Raises
    ------
    BadPicture
        One line.
    """
    if not content:
        raise BadPicture("an empty file")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _decode_file(BytesIO(content))


def printable(text: str) -> str:
    """Escape what would break a line of output: control characters and undecodable bytes."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )


def _check_file(path: str | Path) -> None:
    """Refuse what isn't a plain file before opening it: opening a FIFO or a device can hang."""
    try:
        status = Path(path).stat()
    except OSError as error:
        raise BadPicture(_reason(error)) from error
    except ValueError as error:  # a null character in the name
        raise BadPicture("not a file name") from error
    if stat.S_ISDIR(status.st_mode):
        raise BadPicture("a folder, not a picture: name the pictures in it")
    if not stat.S_ISREG(status.st_mode):
        raise BadPicture("not a regular file")
    if status.st_size == 0:
        raise BadPicture("an empty file")
    if status.st_size > MAX_FILE_BYTES:
        raise BadPicture(
            f"{status.st_size / 1e6:.0f} MB is too large; at most {MAX_FILE_BYTES / 1e6:.0f} MB"
        )


def _decode(path: str | Path) -> Frame:
    try:
        # The open file and not its name: by name Pillow maps an uncompressed TIFF into
        # memory, and then some versions turn it wrongly.
        with Path(path).open("rb") as file:
            return _decode_file(file)
    except OSError as error:
        raise BadPicture(_reason(error)) from error


def _decode_file(file: IO[bytes]) -> Frame:
    try:
        with Image.open(file, formats=FORMATS) as image:
            _check_size(image)
            # The Y of a JPEG is decoded alone: a quarter of the memory, half the time.
            image.draft("L", image.size)
            image.load()
            return np.array(_upright(_grey(image), _orientation(image)))
    except BadPicture:
        raise
    except UnidentifiedImageError as error:
        allowed = ", ".join(FORMATS)
        raise BadPicture(f"not a picture in a known format ({allowed}); save it as PNG") from error
    except Image.DecompressionBombError as error:
        raise BadPicture(_too_large("far more")) from error
    # Pillow's parsers raise whatever a damaged file leads them to: OSError, SyntaxError,
    # ValueError, struct.error, EOFError, OverflowError, MemoryError, KeyError and others.
    except Exception as error:
        if isinstance(error, OSError) and error.errno is not None:  # the system's, not Pillow's
            raise BadPicture(_reason(error)) from error
        raise BadPicture(f"damaged or cut short: {_reason(error)}") from error


def _check_size(image: Image.Image) -> None:
    columns, rows = image.size
    if columns * rows > MAX_PIXELS:
        raise BadPicture(_too_large(f"{columns}x{rows}"))
    if min(columns, rows) < MIN_SIDE_PX:
        raise BadPicture(
            f"{columns}x{rows} pixels is too small; at least {MIN_SIDE_PX}x{MIN_SIDE_PX}"
        )


def _too_large(size: str) -> str:
    allowed = MAX_PIXELS // 1_000_000
    return f"{size} pixels is too large; at most {allowed} megapixels: make it smaller"


def _grey(image: Image.Image) -> Image.Image:
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        return Image.fromarray(_deep_grey(image))
    if image.mode in ("PA", "La", "RGBa") or "transparency" in image.info:
        image = image.convert("RGBA")
    if image.mode in ("LA", "RGBA"):
        # Luma first and paper after: the same sum, in a third of the memory.
        paper = Image.new("L", image.size, 255)
        return Image.composite(image.convert("L"), paper, image.getchannel("A"))
    if image.mode == "LAB":
        return image.getchannel("L")
    return image.convert("L")


def _deep_grey(image: Image.Image) -> NDArray[np.uint8]:
    """Bring more than 8 bits to 8; Pillow's own conversion clips at 255 instead."""
    # Mode I is 16 bits in a 32-bit array for every format but TIFF.
    if image.mode.startswith("I;16") or (image.mode == "I" and image.format != "TIFF"):
        return np.asarray(np.clip(np.asarray(image), 0, 65535) >> 8, dtype=np.uint8)
    values = np.asarray(image, dtype=np.float32)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    if low == high:  # nothing is written on it
        return np.full(values.shape, 255, np.uint8)
    scaled = np.nan_to_num((values - low) * (255 / (high - low)), nan=255)
    return np.asarray(np.clip(np.round(scaled), 0, 255), dtype=np.uint8)


def _orientation(image: Image.Image) -> int:
    """Read the EXIF orientation; a damaged EXIF block doesn't spoil a good picture."""
    if image.format == "TIFF":  # Pillow has turned it while loading
        return 1
    try:
        return int(image.getexif().get(_ORIENTATION_TAG, 1))
    except Exception:  # noqa: BLE001 - a hostile block makes Pillow raise even SyntaxError
        return 1


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    method = _UPRIGHT.get(orientation)
    return image if method is None else image.transpose(method)


def _reason(error: Exception) -> str:
    """Say in one lower-case line what an exception of the system or of Pillow says."""
    said = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    said = " ".join(said.split()) or type(error).__name__
    return said[0].lower() + said[1:]
