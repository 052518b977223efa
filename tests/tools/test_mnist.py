import gzip
import struct
import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from tools.errors import BadExamples
from tools.mnist import Pixels, load_csv, load_images, load_labels, load_mnist


@pytest.fixture
def images() -> Pixels:
    return np.random.default_rng(50).integers(0, 256, (12, 28, 28), dtype=np.uint8)


@pytest.fixture
def labels() -> Pixels:
    return np.random.default_rng(51).integers(0, 10, 12, dtype=np.uint8)


def idx_images(images: Pixels) -> bytes:
    return struct.pack(">4I", 2051, *images.shape) + images.tobytes()


def idx_labels(labels: Pixels) -> bytes:
    return struct.pack(">2I", 2049, len(labels)) + labels.tobytes()


def csv(images: Pixels, labels: Pixels) -> bytes:
    rows = np.column_stack([labels, images.reshape(len(images), -1)])
    return b"".join(",".join(map(str, row)).encode() + b"\n" for row in rows)


def write_folder(folder: Path, images: Pixels, labels: Pixels, *, dot: bool, zipped: bool) -> None:
    """Write MNIST's four files, the last two of the examples as those to test with."""
    for part, chosen in (("train", slice(10)), ("t10k", slice(10, 12))):
        contents = {
            "images-idx3-ubyte": idx_images(images[chosen]),
            "labels-idx1-ubyte": idx_labels(labels[chosen]),
        }
        for ending, content in contents.items():
            name = f"{part}-{ending.replace('-', '.', 1) if dot else ending}"
            if zipped:
                (folder / f"{name}.gz").write_bytes(gzip.compress(content))
            else:
                (folder / name).write_bytes(content)


@pytest.mark.parametrize("dot", [False, True])
@pytest.mark.parametrize("zipped", [False, True])
def test_idx_files_load_from_a_folder_under_each_of_their_names(
    tmp_path: Path, images: Pixels, labels: Pixels, dot: bool, zipped: bool
) -> None:
    write_folder(tmp_path, images, labels, dot=dot, zipped=zipped)
    mnist = load_mnist(tmp_path)
    assert (mnist.train_images == images[:10]).all()
    assert (mnist.train_labels == labels[:10]).all()
    assert (mnist.test_images == images[10:]).all()
    assert (mnist.test_labels == labels[10:]).all()
    assert all(part.dtype == np.uint8 for part in mnist)


@pytest.mark.parametrize("train_name", ["mnist_train.csv", "mnist_train_100.csv"])
@pytest.mark.parametrize("test_name", ["mnist_test.csv", "mnist_test_10.csv"])
@pytest.mark.parametrize("zipped", [False, True])
def test_the_talks_csv_loads_from_a_folder(
    tmp_path: Path, images: Pixels, labels: Pixels, train_name: str, test_name: str, zipped: bool
) -> None:
    for name, chosen in ((train_name, slice(10)), (test_name, slice(10, 12))):
        content = csv(images[chosen], labels[chosen])
        if zipped:
            (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content))
        else:
            (tmp_path / name).write_bytes(content)
    mnist = load_mnist(tmp_path)
    assert (mnist.train_images == images[:10]).all()
    assert (mnist.test_labels == labels[10:]).all()


def test_a_csv_may_have_headings_and_end_without_a_line_end(
    tmp_path: Path, images: Pixels, labels: Pixels
) -> None:
    path = tmp_path / "mnist_test.csv"
    path.write_bytes(b"label,1x1,1x2\n" + csv(images, labels).replace(b"\n", b"\r\n").rstrip())
    found_images, found_labels = load_csv(path)
    assert (found_images == images).all()
    assert (found_labels == labels).all()


def refusal(path: Path, load: object) -> str:
    """Return what a loader says against a file: one line that names it."""
    assert callable(load)
    with pytest.raises(BadExamples) as caught:
        load(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    return line


def test_torn_and_foreign_idx_files_are_refused(tmp_path: Path, images: Pixels) -> None:
    path, whole = tmp_path / "images", idx_images(images)
    for content, complaint in (
        (b"", "torn in its header"),
        (whole[:15], "torn in its header"),
        (whole[:-1], "9407 bytes for 12 examples; allowed: 9408"),
        (whole[:16], "0 bytes for 12 examples"),
        (whole + b"\0", "more bytes for 12 examples"),
        (idx_labels(images[0, 0]) + whole, "starts with 2049"),
        (b"PK\x03\x04" + whole, "starts with 1347093252"),
        (whole[:4] + struct.pack("<3I", 12, 28, 28) + whole[16:], "allowed: 2051 [28, 28]"),
        (struct.pack(">4I", 2051, 12, 14, 56) + whole[16:], "starts with 2051 [14, 56]"),
        (struct.pack(">4I", 2051, 0, 28, 28), "0 examples; allowed: 1 to 300000"),
        (struct.pack(">4I", 2051, 2**32 - 1, 28, 28) + whole[16:], "4294967295 examples"),
        (gzip.compress(whole)[:-9], "torn: "),
        (gzip.compress(whole)[:40], "torn: "),
        (gzip.compress(whole) + b"more", "torn: "),
        (b"\x1f\x8b" + whole, "torn: "),
        (gzip.compress(whole)[:5000] + bytes(9) + gzip.compress(whole)[5009:], "torn: "),
    ):
        path.write_bytes(content)
        assert complaint in refusal(path, load_images)


def test_labels_beyond_nine_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "labels"
    path.write_bytes(idx_labels(np.array([3, 10], np.uint8)))
    assert "label 10; allowed: 0 to 9" in refusal(path, load_labels)


def test_torn_and_foreign_csv_files_are_refused(
    tmp_path: Path, images: Pixels, labels: Pixels
) -> None:
    path, whole = tmp_path / "mnist.csv", csv(images, labels)
    line = whole.splitlines()[0].decode()
    for text, complaint in (
        ("", "no examples in it"),
        ("label,pixel0\n", "no examples in it"),
        (f"{line}\n\n{line}\n", "line 2 isn't an example; allowed: a label"),
        (f"{line}\n{line[:-5]}", "line 2 isn't an example"),
        (f"{line}\n{line},0\n", "line 2 isn't an example"),
        ("17" + line[1:], "line 1 isn't an example"),
        (line[:-1] + "256", "line 1 isn't an example"),
        (line[:2] + "-1" + line[line.index(",", 3) :], "line 1 isn't an example"),
        (line.replace(",", ";"), "line 1 isn't an example"),
        (line.replace(",", ",x", 1), "line 1 isn't an example"),
        ("1," * 100_000, "line 1 isn't an example"),
        ("\0" * 1000, "line 1 isn't an example"),
    ):
        path.write_text(text, "latin-1")
        assert complaint in refusal(path, load_csv)
    path.write_bytes(gzip.compress(whole)[:-9])
    assert "torn: " in refusal(path, load_csv)


def test_a_header_that_lies_takes_no_memory(tmp_path: Path) -> None:
    path = tmp_path / "images"
    path.write_bytes(struct.pack(">4I", 2051, 300_000, 28, 28) + bytes(1000))
    tracemalloc.start()
    try:
        assert "1000 bytes for 300000 examples" in refusal(path, load_images)
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()


def test_a_gzip_bomb_is_left_once_it_is_longer_than_its_header_says(tmp_path: Path) -> None:
    path, bomb = tmp_path / "images", struct.pack(">4I", 2051, 2, 28, 28) + bytes(50 * 2**20)
    path.write_bytes(gzip.compress(bomb))
    (tmp_path / "bomb.csv").write_bytes(gzip.compress(bytes(50 * 2**20)))
    tracemalloc.start()
    try:
        assert "more bytes for 2 examples" in refusal(path, load_images)
        assert "line 1" in refusal(tmp_path / "bomb.csv", load_csv)
        assert tracemalloc.get_traced_memory()[1] < 4 * 2**20
    finally:
        tracemalloc.stop()


def test_missing_files_and_folders_are_said_in_one_line(
    tmp_path: Path, images: Pixels, labels: Pixels
) -> None:
    nowhere = tmp_path / "nowhere"
    assert "no train-images-idx3-ubyte in it, nor mnist_train.csv" in refusal(nowhere, load_mnist)
    assert "no train-images-idx3-ubyte" in refusal(tmp_path, load_mnist)
    assert "no such file" in refusal(nowhere, load_images)
    assert "not a regular file" in refusal(tmp_path, load_csv)
    write_folder(tmp_path, images, labels, dot=False, zipped=False)
    (tmp_path / "t10k-labels-idx1-ubyte").unlink()
    assert "has no t10k-labels-idx1-ubyte beside it" in refusal(tmp_path, load_mnist)
    short = tmp_path / "t10k-labels-idx1-ubyte"
    short.write_bytes(idx_labels(labels[:1]))
    with pytest.raises(BadExamples, match="1 labels for 2 images in t10k-images-idx3-ubyte"):
        load_mnist(tmp_path)


def test_the_real_mnist_has_its_known_sizes_and_counts(real_mnist: str) -> None:
    mnist = load_mnist(real_mnist)
    assert mnist.train_images.shape == (60_000, 28, 28)
    assert mnist.test_images.shape == (10_000, 28, 28)
    assert mnist.train_labels[:5].tolist() == [5, 0, 4, 1, 9]
    assert np.bincount(mnist.test_labels).tolist() == [
        980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009,
    ]  # fmt: skip
