"""Training examples from files: MNIST in its own IDX form, or as the talk's CSV.

IDX is described at http://yann.lecun.com/exdb/mnist/: big-endian numbers, then one
byte for each pixel or label. Both forms may be gzipped. Sizes in headers are not
believed: memory grows with what is really in the file.
"""

import gzip
import struct
import zlib
from math import prod
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from tools.errors import BadExamples

Pixels = NDArray[np.uint8]

_SIDE = 28
# A few times MNIST; EMNIST's digits are 280,000.
_MOST_EXAMPLES = 300_000
_PIECE = 2**20
_LONGEST_LINE = 8192
_IMAGES_MAGIC, _LABELS_MAGIC = 2051, 2049
_TORN = (OSError, EOFError, zlib.error)


class Mnist(NamedTuple):
    """Examples to train with and examples to test with, uint8, ink high.

    Images are (n, 28, 28), labels (n,) from 0 to 9.
    """

    train_images: Pixels
    train_labels: Pixels
    test_images: Pixels
    test_labels: Pixels


def load_mnist(folder: str | Path) -> Mnist:
    """Return the MNIST examples of a folder.

    It holds the four IDX files (`train-images-idx3-ubyte` and so on, a dot in
    place of the second hyphen allowed) or `mnist_train.csv` and `mnist_test.csv`,
    each with or without `.gz`; the talk's small `mnist_train_100.csv` and
    `mnist_test_10.csv` are taken where nothing else is there.

    Raises
    ------
    BadExamples
        When a file is missing, torn, or something else.
    """
    folder = Path(folder)
    train, test = (_load_part(folder, *names) for names in (("train", 100), ("t10k", 10)))
    return Mnist(*train, *test)


def _load_part(folder: Path, part: str, small: int) -> tuple[Pixels, Pixels]:
    images = _find(folder, f"{part}-images-idx3-ubyte", f"{part}-images.idx3-ubyte")
    if images:
        labels = _find(folder, f"{part}-labels-idx1-ubyte", f"{part}-labels.idx1-ubyte")
        if not labels:
            raise BadExamples(f"{folder}: {images.name} has no {part}-labels-idx1-ubyte beside it")
        return _load_pair(images, labels)
    stem = "mnist_test" if part == "t10k" else "mnist_train"
    table = _find(folder, f"{stem}.csv", f"{stem}_{small}.csv")
    if not table:
        raise BadExamples(
            f"{folder}: no {part}-images-idx3-ubyte in it, nor {stem}.csv; give an MNIST folder"
        )
    return load_csv(table)


def _find(folder: Path, *names: str) -> Path | None:
    paths = [folder / f"{name}{ending}" for name in names for ending in ("", ".gz")]
    return next((path for path in paths if path.exists()), None)


def _load_pair(images_path: Path, labels_path: Path) -> tuple[Pixels, Pixels]:
    images, labels = load_images(images_path), load_labels(labels_path)
    if len(images) != len(labels):
        raise BadExamples(
            f"{labels_path}: {len(labels)} labels for {len(images)} images in {images_path.name}"
        )
    return images, labels


def load_images(path: str | Path) -> Pixels:
    """Return the images of an IDX file, (n, 28, 28)."""
    return _load_idx(Path(path), _IMAGES_MAGIC, (_SIDE, _SIDE))


def load_labels(path: str | Path) -> Pixels:
    """Return the labels of an IDX file, (n,) from 0 to 9."""
    labels = _load_idx(Path(path), _LABELS_MAGIC, ())
    if labels.max() > 9:
        raise BadExamples(f"{path}: label {labels.max()}; allowed: 0 to 9")
    return labels


def load_csv(path: str | Path) -> tuple[Pixels, Pixels]:
    """Return images, (n, 28, 28), and labels, (n,), of the talk's CSV: a label, then 784 pixels."""
    path = Path(path)
    rows = bytearray()
    width = _SIDE * _SIDE + 1
    with _open(path) as file:
        for number in range(1, _MOST_EXAMPLES + 2):
            line = _read(path, file, _LONGEST_LINE, line=True)
            if not line:
                break
            if number == 1 and line.startswith(b"label"):
                continue  # some copies have a line of headings
            rows += _row(path, number, line)
        else:
            raise BadExamples(f"{path}: too many lines; allowed: {_MOST_EXAMPLES}")
    if not rows:
        raise BadExamples(f"{path}: no examples in it; allowed: lines of a label and 784 pixels")
    table = np.frombuffer(rows, np.uint8).reshape(-1, width)
    return table[:, 1:].reshape(-1, _SIDE, _SIDE), table[:, 0].copy()


def _row(path: Path, number: int, line: bytes) -> bytes:
    """Return a line's values as bytes, which hold exactly what is allowed: 0 to 255."""
    try:
        row = bytes(map(int, line.split(b",")))
    except ValueError:
        row = b""
    if len(row) != _SIDE * _SIDE + 1 or row[0] > 9:
        raise BadExamples(
            f"{path}: line {number} isn't an example; allowed: a label, 0 to 9, then 784 pixels,"
            " 0 to 255"
        )
    return row


def _load_idx(path: Path, magic: int, item: tuple[int, ...]) -> Pixels:
    header = struct.Struct(f">{2 + len(item)}I")
    with _open(path) as file:
        start = _read(path, file, header.size)
        if len(start) < header.size:
            raise BadExamples(f"{path}: no IDX file, or torn in its header; get a whole one")
        found, count, *shape = header.unpack(start)
        if (found, *shape) != (magic, *item):
            raise BadExamples(f"{path}: starts with {found} {shape}; allowed: {magic} {list(item)}")
        if not 1 <= count <= _MOST_EXAMPLES:
            raise BadExamples(f"{path}: {count} examples; allowed: 1 to {_MOST_EXAMPLES}")
        size = count * prod(item)
        content = bytearray()
        while len(content) <= size:  # one byte more would be too much, and is looked for
            piece = _read(path, file, min(_PIECE, size + 1 - len(content)))
            if not piece:
                break
            content += piece
    if len(content) != size:
        found = "more" if len(content) > size else len(content)
        raise BadExamples(f"{path}: {found} bytes for {count} examples; allowed: {size}")
    return np.frombuffer(content, np.uint8).reshape(count, *item)


def _open(path: Path) -> BinaryIO:
    try:
        if not path.is_file():
            what = "not a regular file" if path.exists() else "no such file"
            raise BadExamples(f"{path}: {what}; give an MNIST file")
        with path.open("rb") as file:
            zipped = file.read(2) == b"\x1f\x8b"
        return cast(BinaryIO, gzip.open(path)) if zipped else path.open("rb")
    except OSError as error:
        raise BadExamples(f"{path}: cannot be read: {error.strerror}") from error


def _read(path: Path, file: BinaryIO, size: int, *, line: bool = False) -> bytes:
    try:
        return file.readline(size) if line else file.read(size)
    except _TORN as error:
        raise BadExamples(f"{path}: torn: {error}; get a whole one") from error
