"""Every kind of picture file, good and bad, through the one door."""

import io
import os
import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from device.errors import BadPicture
from device.picture import MAX_FILE_BYTES, open_picture, printable
from device.reading import Frame

WRITERS: dict[str, Callable[[Image.Image, io.BytesIO], None]] = {
    "png": lambda image, out: image.save(out, "PNG"),
    "jpg": lambda image, out: image.save(out, "JPEG", quality=95),
    "progressive.jpg": lambda image, out: image.save(out, "JPEG", quality=95, progressive=True),
    "gif": lambda image, out: image.convert("L").save(out, "GIF"),
    "bmp": lambda image, out: image.save(out, "BMP"),
    "ppm": lambda image, out: image.save(out, "PPM"),
    "pgm": lambda image, out: image.convert("L").save(out, "PPM"),
    "tiff": lambda image, out: image.save(out, "TIFF"),
    "deflate.tiff": lambda image, out: image.save(out, "TIFF", compression="tiff_adobe_deflate"),
    "webp": lambda image, out: image.save(out, "WEBP", lossless=True),
}


def note(rows: int = 40, columns: int = 60) -> Frame:
    """A grey sheet, lighter to the right, with a black stroke in its upper left quarter."""
    frame = np.tile(np.linspace(150, 240, columns).astype(np.uint8), (rows, 1))
    frame[4:16, 8:12] = 10
    return frame


def encoded(kind: str, frame: Frame) -> bytes:
    out = io.BytesIO()
    WRITERS[kind](Image.fromarray(frame).convert("RGB"), out)
    return out.getvalue()


def saved(tmp_path: Path, image: Image.Image, name: str, **options: Any) -> Path:
    path = tmp_path / name
    image.save(path, **options)
    return path


def refusal(path: Path) -> str:
    with pytest.raises(BadPicture) as caught:
        open_picture(path)
    message = str(caught.value)
    assert message.startswith(printable(f"{path}: "))
    assert len(message.splitlines()) == 1
    return message.removeprefix(printable(f"{path}: "))


def png_of_size(columns: int, rows: int, *chunks: bytes) -> bytes:
    """A PNG that declares a size and brings pixels for 28x28."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", columns, rows, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(29 * 28)))
    return b"\x89PNG\r\n\x1a\n" + b"".join((header, *chunks, pixels, chunk(b"IEND", b"")))


def chunk(name: bytes, content: bytes) -> bytes:
    check = struct.pack(">I", zlib.crc32(name + content))
    return struct.pack(">I", len(content)) + name + content + check


@pytest.mark.parametrize("kind", WRITERS)
def test_every_format_gives_the_frame_that_was_written(kind: str, tmp_path: Path) -> None:
    path = tmp_path / f"note.{kind}"
    path.write_bytes(encoded(kind, note()))
    frame = open_picture(path)
    assert frame.dtype == np.uint8
    assert frame.shape == (40, 60)
    assert np.abs(frame.astype(int) - note()).mean() < 6
    assert frame[10, 9] < 40


def test_the_name_of_the_file_does_not_decide_its_format(tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_bytes(encoded("png", note()))
    np.testing.assert_array_equal(open_picture(str(path)), note())


def test_colour_becomes_the_luma_of_the_cameras_y_plane(tmp_path: Path) -> None:
    colours = {(255, 0, 0): 76, (0, 255, 0): 150, (0, 0, 255): 29, (255, 255, 255): 255}
    for colour, luma in colours.items():
        path = saved(tmp_path, Image.new("RGB", (28, 28), colour), "colour.png")
        assert np.all(np.abs(open_picture(path).astype(int) - luma) <= 1)


@pytest.mark.parametrize("mode", ["RGB", "L", "CMYK", "YCbCr"])
def test_a_jpeg_in_any_colour_space_reads_alike(mode: str, tmp_path: Path) -> None:
    image = Image.fromarray(note()).convert("RGB").convert(mode)
    path = saved(tmp_path, image, "note.jpg", quality=95)
    assert np.abs(open_picture(path).astype(int) - note()).mean() < 4


def test_cmyk_and_lab_tiffs_read_as_grey(tmp_path: Path) -> None:
    image = Image.fromarray(note()).convert("RGB")
    path = saved(tmp_path, image.convert("CMYK"), "cmyk.tiff")
    assert np.abs(open_picture(path).astype(int) - note()).max() <= 2
    lab = Image.merge("LAB", (Image.fromarray(note()), *[Image.new("L", (60, 40), 128)] * 2))
    np.testing.assert_array_equal(open_picture(saved(tmp_path, lab, "lab.tiff")), note())


def test_one_bit_pictures_become_black_and_white(tmp_path: Path) -> None:
    image = Image.fromarray(note() > 100)
    assert image.mode == "1"
    frame = open_picture(saved(tmp_path, image, "note.png"))
    np.testing.assert_array_equal(frame, np.where(note() > 100, 255, 0))


def test_sixteen_bit_grey_is_scaled_and_not_clipped(tmp_path: Path) -> None:
    deep = Image.fromarray(note().astype(np.uint16) * 257)
    for name in ("note.png", "note.tiff"):
        np.testing.assert_array_equal(open_picture(saved(tmp_path, deep, name)), note())
    pgm = tmp_path / "note.pgm"
    pgm.write_bytes(b"P5 60 40 65535\n" + (note().astype(">u2") * 257).tobytes())
    np.testing.assert_array_equal(open_picture(pgm), note())


def test_grey_without_a_declared_range_is_stretched_over_its_own(tmp_path: Path) -> None:
    stretched = np.round(255 * (note() - 10.0) / 230)
    for values in (note() / np.float32(255), note().astype(np.int32) * 1000 - 99):
        path = saved(tmp_path, Image.fromarray(values), "note.tiff")
        assert np.abs(open_picture(path) - stretched).max() <= 1


def test_floats_that_are_not_numbers_show_as_paper(tmp_path: Path) -> None:
    values = note().astype(np.float32)
    values[0], values[1], values[2] = np.nan, np.inf, -np.inf
    frame = open_picture(saved(tmp_path, Image.fromarray(values), "note.tiff"))
    assert (frame[0, 0], frame[1, 0], frame[2, 0]) == (255, 255, 0)
    empty = Image.fromarray(np.full((30, 30), np.nan, np.float32))
    assert np.all(open_picture(saved(tmp_path, empty, "empty.tiff")) == 255)
    extremes = Image.fromarray(np.full((28, 14, 2), [-3e38, 3e38], np.float32).reshape(28, 28))
    assert open_picture(saved(tmp_path, extremes, "extremes.tiff")).max() == 255


@pytest.mark.parametrize("mode", ["RGBA", "LA"])
def test_what_is_transparent_shows_white_paper(mode: str, tmp_path: Path) -> None:
    image = Image.fromarray(note()).convert(mode)
    alpha = Image.fromarray(np.where(note() == 10, 255, 0).astype(np.uint8))
    image.putalpha(alpha)
    frame = open_picture(saved(tmp_path, image, "note.png"))
    np.testing.assert_array_equal(frame, np.where(note() == 10, 10, 255))


def test_a_half_transparent_pixel_is_half_paper(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGBA", (28, 28), (0, 0, 0, 128)), "half.png")
    assert np.all(np.abs(open_picture(path).astype(int) - 127) <= 1)


@pytest.mark.parametrize("name", ["note.png", "note.gif"])
def test_the_transparent_colour_of_a_palette_shows_white_paper(name: str, tmp_path: Path) -> None:
    image = Image.fromarray(np.where(note() == 10, 1, 0).astype(np.uint8)).convert("P")
    image.putpalette([0, 0, 0, 40, 40, 40] + [0, 0, 0] * 254)
    path = saved(tmp_path, image, name, transparency=0)
    np.testing.assert_array_equal(open_picture(path), np.where(note() == 10, 40, 255))


@pytest.mark.parametrize("name", ["note.gif", "note.png", "note.webp", "note.tiff"])
def test_an_animation_is_read_by_its_first_picture(name: str, tmp_path: Path) -> None:
    pages = [Image.fromarray(note()), Image.new("L", (60, 40), 0)]
    options = {"lossless": True} if name.endswith("webp") else {}
    path = saved(tmp_path, pages[0], name, save_all=True, append_images=pages[1:], **options)
    assert np.abs(open_picture(path).astype(int) - note()).max() <= 1


@pytest.mark.parametrize("kind", ["png", "jpg", "tiff", "deflate.tiff"])
def test_exif_orientation_is_honoured(kind: str, tmp_path: Path) -> None:
    stored = {
        1: note(),
        2: np.fliplr(note()),
        3: np.rot90(note(), 2),
        4: np.flipud(note()),
        5: note().T,
        6: np.rot90(note(), 1),
        7: np.rot90(note(), 2).T,
        8: np.rot90(note(), -1),
    }
    for orientation, frame in stored.items():
        exif = Image.Exif()
        exif[0x0112] = orientation
        image = Image.fromarray(np.ascontiguousarray(frame))
        options = {"compression": "tiff_adobe_deflate"} if kind == "deflate.tiff" else {}
        path = saved(tmp_path, image, f"{orientation}.{kind}", exif=exif, **options)
        upright = open_picture(path)
        assert upright.shape == (40, 60), orientation
        assert np.abs(upright.astype(int) - note()).mean() < 3, orientation


def test_an_unknown_orientation_leaves_the_picture_as_it_is(tmp_path: Path) -> None:
    for orientation in (0, 9, 65535):
        exif = Image.Exif()
        exif[0x0112] = orientation
        path = saved(tmp_path, Image.fromarray(note()), "note.png", exif=exif)
        np.testing.assert_array_equal(open_picture(path), note())


@pytest.mark.parametrize("kind", ["png", "jpg", "webp"])
@pytest.mark.parametrize(
    "exif",
    [
        b"",
        b"II*\x00\xff\xff\xff\xff",
        b"MM" * 99,
        b"MM\x00*\x00\x00\x00",
        b"MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x02\x00\x00\x00\x04up!\x00" + bytes(4),
    ],
    ids=["empty", "leads nowhere", "no header", "torn", "orientation in words"],
)
def test_a_damaged_exif_block_leaves_the_picture_readable(
    kind: str, exif: bytes, tmp_path: Path
) -> None:
    path = saved(tmp_path, Image.fromarray(note()), f"note.{kind}", exif=b"Exif\x00\x00" + exif)
    assert open_picture(path).shape == (40, 60)


def test_a_link_to_a_picture_is_followed(tmp_path: Path) -> None:
    target = saved(tmp_path, Image.fromarray(note()), "note.png")
    link = tmp_path / "link"
    link.symlink_to(target)
    np.testing.assert_array_equal(open_picture(link), note())


def test_the_smallest_and_the_longest_pictures_are_taken(tmp_path: Path) -> None:
    for size in ((28, 28), (28, 60_000), (60_000, 28)):
        path = saved(tmp_path, Image.new("L", size, 200), "note.png")
        assert open_picture(path).shape == (size[1], size[0])


def test_a_photograph_of_twelve_megapixels_is_taken(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.new("RGB", (4056, 3040), (9, 9, 9)), "photo.jpg")
    assert open_picture(path).shape == (3040, 4056)


@pytest.mark.parametrize("size", [(1, 1), (27, 400), (400, 27)])
def test_a_picture_too_small_for_a_digit_is_refused(size: tuple[int, int], tmp_path: Path) -> None:
    message = refusal(saved(tmp_path, Image.new("L", size, 200), "small.png"))
    assert message == f"{size[0]}x{size[1]} pixels is too small; at least 28x28"


def test_a_hundred_megapixels_are_refused_before_decoding(tmp_path: Path) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(png_of_size(10_000, 10_000))
    assert "10000x10000 pixels is too large; at most 16 megapixels" in refusal(path)


def test_a_declared_size_beyond_all_reason_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(png_of_size(2**31 - 1, 2**31 - 1))
    assert "too large" in refusal(path)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "sparse.png"
    with path.open("wb") as out:
        out.truncate(MAX_FILE_BYTES + 1)
    assert "too large; at most 128 MB" in refusal(path)


def test_a_compressed_chunk_that_swells_is_refused(tmp_path: Path) -> None:
    bomb = zlib.compress(bytes(50_000_000))
    for name, content in ((b"zTXt", b"Comment\0\0" + bomb), (b"iCCP", b"profile\0\0" + bomb)):
        path = tmp_path / "bomb.png"
        path.write_bytes(png_of_size(28, 28, chunk(name, content)))
        assert "damaged" in refusal(path)


@pytest.mark.parametrize("kind", WRITERS)
def test_a_file_cut_short_is_refused(kind: str, tmp_path: Path) -> None:
    whole = encoded(kind, np.random.default_rng(3).integers(0, 256, (64, 64), np.uint8))
    path = tmp_path / f"cut.{kind}"
    for tenth in range(1, 10):
        path.write_bytes(whole[: len(whole) * tenth // 10])
        assert refusal(path)


@pytest.mark.parametrize(
    "content",
    [b"hello\n", b"\0" * 5000, b"%PDF-1.4 ...", b"<svg xmlns='x'/>", b"\x89PNG\r\n\x1a\n"],
)
def test_what_is_not_a_picture_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "note.png"
    path.write_bytes(content)
    assert "not a picture in a known format (JPEG, PNG, GIF" in refusal(path)


def test_formats_outside_the_list_are_not_even_tried(tmp_path: Path) -> None:
    image = Image.fromarray(note()).convert("RGB")
    for name in ("note.pcx", "note.tga", "note.ico", "note.eps"):
        assert "known format" in refusal(saved(tmp_path, image, name))


def test_what_is_not_a_readable_file_is_refused_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    assert refusal(tmp_path / "empty.png") == "an empty file"
    assert refusal(tmp_path / "missing.png") == "no such file or directory"
    assert refusal(tmp_path) == "a folder, not a picture: name the pictures in it"
    assert "symbolic links" in refusal(tmp_path / "loop")
    assert "too long" in refusal(tmp_path / ("x" * 5000))
    assert refusal(tmp_path / "nul\0.png") == "not a file name"
    assert refusal(tmp_path / "two\nlines.png") == "no such file or directory"


def test_a_pipe_or_a_device_is_refused_without_waiting(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert refusal(tmp_path / "pipe") == "not a regular file"
    assert refusal(Path("/dev/zero")) == "not a regular file"


@pytest.mark.usefixtures("powerless")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = saved(tmp_path, Image.fromarray(note()), "note.png")
    path.chmod(0)
    assert refusal(path) == "permission denied"


@pytest.mark.parametrize("kind", WRITERS)
def test_a_mutated_file_is_read_or_refused_and_nothing_else(kind: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(20)
    whole = np.frombuffer(encoded(kind, note()), np.uint8)
    path = tmp_path / f"mutated.{kind}"
    refused = 0
    for _ in range(300):
        path.write_bytes(mutated(whole, rng))
        try:
            frame = open_picture(path)
        except BadPicture:
            refusal(path)
            refused += 1
        else:
            assert frame.dtype == np.uint8
            assert frame.ndim == 2
            assert min(frame.shape) >= 28
    assert 0 < refused < 300


def mutated(whole: np.ndarray[tuple[int], np.dtype[np.uint8]], rng: np.random.Generator) -> bytes:
    """Overwrite, cut out or repeat a little, mostly near the start, where headers stand."""
    content = whole.copy()
    near = len(content) if rng.random() < 0.5 else min(len(content), 120)
    places = rng.integers(0, near, rng.integers(1, 6))
    content[places] = rng.choice(np.array([0, 1, 127, 128, 255, rng.integers(256)]), len(places))
    start, stop = sorted(rng.integers(0, len(content), 2))
    match rng.integers(4):
        case 0:
            return content[:stop].tobytes() + content[start:].tobytes()
        case 1:
            return content[: max(start, 1)].tobytes() + content[stop:].tobytes()
        case _:
            return content.tobytes()
