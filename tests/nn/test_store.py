import hashlib
import io
import json
import os
import re
import resource
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import nn
from nn.layers import Layer

Arrays = dict[str, NDArray[Any]]

CARD = nn.Card(
    name="a small one",
    preparation=3,
    labels=("0", "1", "none"),
    trained={"seed": 1, "epochs": 2, "date": "2025-11-01"},
    accuracy={"mnist_test_error": 0.0061},
    temperature=1.3,
    thresholds={"confidence": 0.9},
)
MEMORY = 64 * 2**20


@pytest.fixture
def network() -> nn.Network:
    layers: list[Layer] = [
        nn.Convolution(2, 3),
        nn.MaxPooling(),
        nn.Dense(4, "tanh", has_biases=False),
        nn.Dropout(0.25),
        nn.Dense(3, "softmax"),
    ]
    network = nn.Network((6, 6, 1), layers)
    network.initialise(np.random.default_rng(40))
    return network


@pytest.fixture
def path(tmp_path: Path, network: nn.Network) -> Path:
    path = tmp_path / "small.npz"
    network.save(path, CARD)
    return path


def forge(path: Path, change: Callable[[Arrays], None]) -> None:
    """Change the arrays of a weights file and seal it again, as one who means harm would."""
    with np.load(path) as file:
        arrays = dict(file)
    change(arrays)
    digest = hashlib.sha256()
    for name in sorted(arrays.keys() - {"sha256"}):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode() + array.tobytes())
    arrays["sha256"] = np.array(digest.hexdigest().encode())
    with path.open("wb") as file:
        np.savez(file, **arrays)


def forge_text(path: Path, name: str, change: Callable[[Any], object]) -> None:
    """Change the card or the architecture, and seal the file again."""

    def reword(arrays: Arrays) -> None:
        settings = json.loads(arrays[name].item())
        changed = change(settings)
        text = changed if isinstance(changed, bytes) else json.dumps(settings).encode()
        arrays[name] = np.array(text)

    forge(path, reword)


def refusal(path: Path) -> str:
    """Return what `load` says against a file: one line that names it."""
    with pytest.raises(nn.BadWeights) as caught:
        nn.load(path)
    line = str(caught.value)
    assert line.startswith(f"{path}: ")
    assert "\n" not in line
    assert len(line) < len(str(path)) + 250
    return line


def test_a_network_comes_back_as_it_was_saved(path: Path, network: nn.Network) -> None:
    loaded = nn.load(path)
    assert loaded.card == CARD
    assert loaded.architecture() == network.architecture()
    assert (loaded.weights == network.weights).all()
    inputs = np.random.default_rng(41).random((4, 36))
    assert (loaded.query(inputs) == network.query(inputs)).all()
    loaded.self_test()


def test_convolutions_from_before_there_were_groups_are_read(
    path: Path, network: nn.Network
) -> None:
    forge_text(path, "architecture", lambda s: s["layers"][0].pop("groups") and s)
    assert (nn.load(path).weights == network.weights).all()


def test_a_network_in_groups_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    layers = [nn.Convolution(4, 3), nn.Convolution(6, 2, groups=2), nn.Dense(3, "softmax")]
    network = nn.Network((6, 6, 1), layers)
    network.initialise(np.random.default_rng(43))
    network.save(tmp_path / "groups.npz", CARD)
    loaded = nn.load(tmp_path / "groups.npz")
    assert loaded.architecture() == network.architecture()
    inputs = np.random.default_rng(44).random((3, 36))
    assert (loaded.query(inputs) == network.query(inputs)).all()


def test_the_talks_network_can_go_on_learning_after_a_load(tmp_path: Path) -> None:
    network = nn.Network.talk(4, 3, 2, rng=np.random.default_rng(42))
    card = nn.Card(name="talk", preparation=0, labels=("0", "1"))
    network.save(tmp_path / "talk.npz", card)
    loaded = nn.load(tmp_path / "talk.npz")
    for one in (network, loaded):
        one.train([0.1, 0.2, 0.3, 0.4], [0.01, 0.99])
    assert loaded.loss == "split error"
    assert (loaded.weights == network.weights).all()


def test_saving_twice_gives_the_same_bytes(path: Path, network: nn.Network) -> None:
    first = path.read_bytes()
    network.save(path, CARD)
    assert path.read_bytes() == first


def test_a_changed_weight_shows_in_the_self_test(path: Path) -> None:
    loaded = nn.load(path)
    loaded.layers[-1].biases[0] += 0.1
    with pytest.raises(nn.BadWeights, match=r"a small one: self-test is off by 0\.0"):
        loaded.self_test()
    loaded.layers[-1].biases[0] = np.nan
    with pytest.raises(nn.BadWeights, match="off by nan"):
        loaded.self_test()


def test_an_example_given_on_saving_is_what_the_self_test_asks(
    tmp_path: Path, network: nn.Network
) -> None:
    example = np.full(36, 0.5)
    network.save(tmp_path / "own.npz", CARD, example=example)
    loaded = nn.load(tmp_path / "own.npz")
    assert (loaded.example_inputs == 0.5).all()
    assert (loaded.example_outputs == network.query(example)).all()


def test_what_could_not_be_loaded_is_not_saved(tmp_path: Path, network: nn.Network) -> None:
    path = tmp_path / "bad.npz"
    with pytest.raises(nn.BadWeights, match="3 outputs"):
        network.save(path, nn.Card(name="x", preparation=1, labels=("0",)))
    with pytest.raises(nn.BadWeights, match="JSON"):
        network.save(path, nn.Card(name="x", preparation=1, labels=CARD.labels, trained={"a": {1}}))
    exact = nn.Network((6, 6, 1), network.layers, dtype=np.float64)
    exact.weights[5] = 1e60  # is infinite as float32
    with pytest.raises(nn.BadWeights, match="aren't finite"):
        exact.save(path, CARD)
    network.weights[5] = np.nan
    with pytest.raises(nn.BadWeights, match=r"bad\.npz: layer1_weights .*aren't finite"):
        network.save(path, CARD)
    large = nn.Network(2000, [nn.Dense(2000), nn.Dense(3)])
    with pytest.raises(nn.BadWeights, match="allowed: 8388608"):
        large.save(path, CARD)
    assert list(tmp_path.iterdir()) == []


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let files grow no larger than `size` bytes, as a full disk would."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_the_old_file_and_nothing_else(path: Path, network: nn.Network) -> None:
    before = path.read_bytes()
    network.weights[...] = 0.5
    with largest_file(1000), pytest.raises(nn.SaveFailed, match=r"small\.npz: cannot be saved: "):
        network.save(path, CARD)
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_folder_that_is_not_there_is_said_in_one_line(
    tmp_path: Path, network: nn.Network
) -> None:
    with pytest.raises(nn.SaveFailed, match="cannot be saved: No such file or directory"):
        network.save(tmp_path / "nowhere" / "small.npz", CARD)


def test_files_that_are_none_are_refused(tmp_path: Path, path: Path) -> None:
    assert "no such file" in refusal(tmp_path / "nothing.npz")
    assert "not a regular file" in refusal(tmp_path)
    assert "cannot be read: File name too long" in refusal(tmp_path / ("x" * 300))
    os.mkfifo(tmp_path / "pipe.npz")
    assert "not a regular file" in refusal(tmp_path / "pipe.npz")
    for content in (b"", b"PK", b"P" * 1000, b"\x80\x04N.", path.read_bytes()[:-1]):
        (tmp_path / "torn.npz").write_bytes(content)
        assert "torn" in refusal(tmp_path / "torn.npz")
    with (tmp_path / "huge.npz").open("wb") as file:
        file.truncate(2**33)
    assert "8589934592 bytes; allowed: up to 8388608" in refusal(tmp_path / "huge.npz")


@pytest.mark.usefixtures("powerless")
def test_a_file_that_may_not_be_read_is_refused(path: Path) -> None:
    path.chmod(0)
    assert "cannot be read: Permission denied" in refusal(path)


def test_files_of_other_makes_are_refused(tmp_path: Path, path: Path) -> None:
    np.savez(tmp_path / "talk.npz", wih=np.zeros((2, 3)), who=np.zeros((1, 2)))
    assert "no format in it" in refusal(tmp_path / "talk.npz")
    with np.load(path) as file:
        np.savez_compressed(tmp_path / "packed.npz", **file)
    assert "is compressed" in refusal(tmp_path / "packed.npz")
    np.savez(tmp_path / "pickle.npz", format=np.array([{"a": 1}], object))
    assert "no plain array" in refusal(tmp_path / "pickle.npz")
    np.savez(tmp_path / "fortran.npz", format=np.zeros((2, 3), order="F"))
    assert "no plain array" in refusal(tmp_path / "fortran.npz")


@pytest.mark.parametrize("number", [0, 2, 10**12])
def test_other_formats_are_refused_by_name(path: Path, number: int) -> None:
    forge(path, lambda arrays: arrays.update(format=np.array(number)))
    assert f"format {number}; this version reads format 1: train again" in refusal(path)


def test_a_format_that_is_no_number_is_refused(path: Path) -> None:
    forge(path, lambda arrays: arrays.update(format=np.array([1.0])))
    assert "no format in it" in refusal(path)


def bent(arrays: Arrays, name: str, place: int, value: float) -> None:
    arrays[name] = arrays[name].copy()
    arrays[name].flat[place] = value


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda a: a.pop("card"), "card"),
        (lambda a: a.pop("architecture"), "no sound architecture"),
        (lambda a: a.pop("layer5_biases"), "file: missing key 'layer5_biases'; known keys: "),
        (lambda a: a.pop("example_inputs"), "missing key 'example_inputs'"),
        (lambda a: a.update(layer9_weights=np.zeros(3)), "unknown key 'layer9_weights'"),
        (lambda a: a.update(layer5_biases=np.zeros(3)), "layer5_biases is float64 (3,)"),
        (lambda a: a.update(layer5_biases=np.zeros(4, "f4")), "(4,); allowed: float32 (3,)"),
        (lambda a: a.update(layer5_biases=np.zeros((3, 0), "f4")), "is float32 (3, 0)"),
        (lambda a: a.update(layer5_biases=np.zeros(3, ">f4")), "is no plain array"),
        (lambda a: a.update(layer5_biases=np.zeros(3, "M8[s]")), "is no plain array"),
        (lambda a: a.update(layer5_biases=np.zeros(3, "f2")), "layer5_biases is float16 (3,)"),
        (lambda a: a.update(example_outputs=np.zeros(3, "f2")), "example_outputs is float16"),
        (lambda a: bent(a, "layer1_weights", 4, np.nan), "layer1_weights has values that aren't"),
        (lambda a: bent(a, "layer1_biases", 0, np.inf), "layer1_biases has values that aren't"),
        (lambda a: bent(a, "example_inputs", 0, -np.inf), "example_inputs has values that aren't"),
        (lambda a: a.update(card=np.array(b"{" * 9000)), "card has too many brackets"),
        (lambda a: a.update(card=np.array(b"[" * 399)), "card is no JSON"),
        (lambda a: a.update(card=np.array(b" " * 70000)), "no sound card"),
        (lambda a: a.update(card=np.array("{}")), "is no plain array"),
        (lambda a: a.update(card=np.array([b"{}"])), "no sound card"),
        (lambda a: a.update(card=np.array(b"\xff\xfe{")), "card is no JSON"),
        (lambda a: a.update(card=np.array(b"7" * 5000)), "card is no JSON"),
        (lambda a: a.update(card=np.array(b"[]")), "card: list found; allowed: an object"),
        (lambda a: a.update(architecture=np.array(b"null")), "architecture: NoneType found"),
    ],
)
def test_forged_arrays_are_refused(
    path: Path, change: Callable[[Arrays], None], complaint: str
) -> None:
    forge(path, change)
    assert complaint in refusal(path)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda s: s.pop("loss"), "architecture: missing key 'loss'"),
        (lambda s: s.update(more=1), "architecture: unknown key 'more'"),
        (lambda s: s.update(loss=1), "the loss is a name"),
        (lambda s: s.update(loss="hinge"), "loss 'hinge'; allowed: "),
        (lambda s: s.update(inputs="6"), "inputs and layers are lists"),
        (
            lambda s: s.update(inputs=[6, 6, -1]),
            "5 layers on inputs (6, 6, -1); allowed: ",
        ),
        (lambda s: s.update(inputs=[6, 6, [1]]), "of 1 to 1000000"),
        (lambda s: s.update(inputs=[6, 6, 10**30]), "of 1 to 1000000"),
        (lambda s: s.update(inputs=[1] * 500), "allowed: at least one, on"),
        (lambda s: s.update(layers=[]), "0 layers"),
        (lambda s: s.update(layers=s["layers"][:1] * 65), "65 layers; allowed: 64"),
        (lambda s: s.update(layers=[None]), "layer of kind None; allowed: dense, "),
        (lambda s: s["layers"][0].update(kind="lstm"), "layer of kind 'lstm'"),
        (lambda s: s["layers"][0].update(kind=[]), "layer of kind []"),
        (lambda s: s["layers"][0].pop("stride"), "convolution layer: missing key 'stride'"),
        (lambda s: s["layers"][0].update(stride=2), "stride is 2; allowed: 1"),
        (lambda s: s["layers"][0].update(padding="same"), "padding is 'same'; allowed: valid"),
        (lambda s: s["layers"][0].update(dilation=2), "layer: unknown key 'dilation'"),
        (lambda s: s["layers"][0].update(groups=2), "2 groups of 1 and 2 channels; allowed: "),
        (lambda s: s["layers"][0].update(groups=0), "groups is 0; allowed: whole numbers"),
        (lambda s: s["layers"][2].update(groups=2), "dense layer: unknown key 'groups'"),
        (lambda s: s["layers"][0].update(channels=True), "channels is True"),
        (lambda s: s["layers"][0].update(activation=[1]), "activation is [1]"),
        (lambda s: s["layers"][3].update(share="half"), "share is 'half'"),
        (lambda s: s["layers"][2].update(nodes=10**6), "weights; allowed: 2097152"),
        (lambda s: s.update(inputs=[1000, 1000, 1]), "wide; allowed: 1048576"),
        (lambda s: s.update(inputs=[10**6, 10**6, 10**6]), "allowed: 2097152"),
        (lambda _: b'{"inputs": NaN}', "architecture is no JSON (NaN is no number)"),
    ],
)
def test_forged_architectures_are_refused_before_memory_is_taken(
    path: Path, change: Callable[[Any], object], complaint: str
) -> None:
    forge_text(path, "architecture", change)
    tracemalloc.start()
    try:
        assert complaint in refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 2**20
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda s: s.pop("temperature"), "card: missing key 'temperature'"),
        (lambda s: s.update(colour="red"), "card: unknown key 'colour'"),
        (lambda s: s.update(format=2), "card: format is 2"),
        (lambda s: s.update(name=None), "card: name is None"),
        (lambda s: s.update(preparation=1.5), "card: preparation is 1.5"),
        (lambda s: s.update(labels=["0", "1"]), "2 labels for 3 outputs"),
        (lambda s: s.update(labels="012"), "card: labels is '012'"),
        (lambda s: s.update(labels=["0", "1", 2]), "card: labels is "),
        (lambda s: s.update(temperature=0), "card: temperature is 0; allowed: above 0"),
        (lambda s: s.update(temperature=10**400), "card: temperature is 1000"),
        (lambda s: s.update(temperature=True), "card: temperature is True"),
        (lambda _: b'{"temperature": -Infinity}', "card is no JSON"),
        (lambda s: s.update(accuracy={"mnist": "good"}), "card: accuracy is "),
        (lambda s: s.update(thresholds=[0.5]), "card: thresholds is [0.5]"),
        (lambda s: s.update(trained="long"), "card: trained is 'long'"),
    ],
)
def test_forged_cards_are_refused(
    path: Path, change: Callable[[Any], object], complaint: str
) -> None:
    forge_text(path, "card", change)
    assert complaint in refusal(path)


def rezip(path: Path, change: Callable[[dict[str, bytes]], None]) -> None:
    """Change the members of a file as they are, under a zip that is in order."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def test_changed_contents_are_caught_by_the_hash_though_the_zip_is_in_order(path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        content = bytearray(members["layer1_weights.npy"])
        content[-2] ^= 1
        members["layer1_weights.npy"] = bytes(content)

    rezip(path, change)
    assert "the SHA-256 differs from the stored one" in refusal(path)


def test_a_hash_that_is_none_is_refused(path: Path) -> None:
    with np.load(path) as file:
        arrays = dict(file)
    for hashes in (np.array([arrays["sha256"]] * 2), np.zeros(0, "f4"), np.array(b"")):
        with path.open("wb") as target:
            np.savez(target, **arrays | {"sha256": hashes})
        refusal(path)


def test_a_header_that_promises_more_than_there_is_takes_no_memory(path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        name = "layer5_biases.npy"
        members[name] = members[name].replace(b"(3,)", b"(9" + b"9" * 50 + b",)", 1)

    rezip(path, change)
    assert "is no plain array" in refusal(path)
    rezip(path, lambda members: members.update({"layer5_biases.npy": header("(9999999999,)")}))
    assert "isn't as long as it says" in refusal(path)
    rezip(path, lambda members: members.update({"layer5_biases.npy": header("(((((3,)))))")}))
    assert "is no plain array" in refusal(path)


def header(shape: str) -> bytes:
    text = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"
    text += " " * (117 - len(text)) + "\n"
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text.encode() + bytes(12)


def test_a_name_that_is_in_the_zip_twice_is_refused(path: Path) -> None:
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("card.npy", archive.read("card.npy"))
    assert "twice" in refusal(path)


def test_a_number_too_large_for_a_float_is_refused(path: Path) -> None:
    forge(path, lambda arrays: arrays.update(card=np.array(huge(arrays["card"].item()))))
    assert "card: temperature is inf" in refusal(path)


def huge(card: bytes) -> bytes:
    return card.replace(b'"temperature": 1.3', b'"temperature": 1e999')


def test_a_zip_of_a_hundred_thousand_names_is_refused_before_it_is_listed(tmp_path: Path) -> None:
    entry = io.BytesIO()
    with zipfile.ZipFile(entry, "w") as archive:
        archive.writestr("a", b"")
    content = entry.getvalue()
    directory = content[content.index(b"PK\x01\x02") : content.index(b"PK\x05\x06")]
    count = 100_000
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff" * 2
    end += (len(directory) * count).to_bytes(4, "little") + bytes(6)
    path = tmp_path / "many.npz"
    path.write_bytes(directory * count + end)
    tracemalloc.start()
    try:
        assert "directory of 4700000 bytes; allowed: 65536" in refusal(path)
        assert tracemalloc.get_traced_memory()[1] < 2 * 8 * 2**20
    finally:
        tracemalloc.stop()


def test_the_largest_network_that_may_be_saved_loads_within_the_memory(tmp_path: Path) -> None:
    network = nn.Network(1000, [nn.Dense(2000), nn.Dense(3)])
    network.save(tmp_path / "large.npz", CARD)
    tracemalloc.start()
    try:
        nn.load(tmp_path / "large.npz")
        assert tracemalloc.get_traced_memory()[1] < MEMORY
    finally:
        tracemalloc.stop()


def fingerprint(network: nn.LoadedNetwork) -> tuple[object, ...]:
    """Everything that a weights file tells."""
    examples = network.example_inputs.tobytes() + network.example_outputs.tobytes()
    return network.architecture(), network.card, network.weights.tobytes(), examples


def outcome(path: Path) -> tuple[object, ...] | str:
    """Return the fingerprint of a weights file, or the line that refuses it."""
    try:
        return fingerprint(nn.load(path))
    except nn.BadWeights as error:
        return str(error)


DIGITS = np.frombuffer(b"0123456789", np.uint8)
LARGE_NUMBERS = (b"\xff\xff\xff\xff", b"\x00\x00\x00\x00", b"\xff\xff\xff\x7f", b"\x01\x00\x00\x80")


def mutated(whole: bytes, other: bytes, marks: list[int], rng: np.random.Generator) -> bytes:
    """Return a file with some of what happens to files, or is done to them; it likes `marks`."""
    content = bytearray(whole)
    for _ in range(rng.integers(1, 4)):
        place, kind = int(rng.integers(len(content) + 1)), rng.integers(7)
        if kind == 0:  # bits flip
            content[place : place + 1] = bytes([whole[place % len(whole)] ^ 1 << rng.integers(8)])
        elif kind == 1:  # the end, or the start, is lost
            content = content[:place] if rng.random() < 0.5 else content[place:]
        elif kind == 2:  # a stretch of another file, or of this one, gets in
            start, length = int(rng.integers(len(other))), int(rng.integers(1, 400))
            source = other if rng.random() < 0.5 else whole
            content[place : place + length] = source[start : start + length]
        elif kind == 3:  # a header is edited: a number in it becomes large, or nothing
            place = marks[rng.integers(len(marks))] + int(rng.integers(60))
            content[place : place + 4] = LARGE_NUMBERS[rng.integers(len(LARGE_NUMBERS))]
        elif kind == 4:  # a figure in a text becomes another
            digits = np.flatnonzero(np.isin(np.frombuffer(bytes(content), "u1"), DIGITS))
            if len(digits):
                content[digits[rng.integers(len(digits))]] = rng.choice(DIGITS)
        elif kind == 5:  # a stretch is blank
            content[place : place + 64] = bytes(64)
        else:  # something is put in, and all else moves
            content[place:place] = rng.bytes(int(rng.integers(1, 20)))
    return bytes(content)


def places(content: bytes, mark: bytes) -> list[int]:
    """Return wherever a mark is found."""
    return [found.start() for found in re.finditer(re.escape(mark), content)]


def resealed(whole: bytes, rng: np.random.Generator) -> bytes:
    """Return a file with bits flipped in one array, and the zip's own checksum put right again."""
    content = bytearray(whole)
    starts = places(whole, b"\x93NUMPY")
    ends = places(whole, b"PK")[1 : len(starts) + 1]
    entries = places(whole, b"PK\x01\x02")
    number = rng.integers(len(starts))
    for _ in range(rng.integers(1, 4)):
        content[rng.integers(starts[number], ends[number])] ^= 1 << rng.integers(8)
    checksum = zlib.crc32(content[starts[number] : ends[number]]).to_bytes(4, "little")
    content[entries[number] + 16 : entries[number] + 20] = checksum
    return bytes(content)


def test_ten_thousand_mutated_files_are_refused_or_load_as_what_they_were(
    tmp_path: Path, path: Path
) -> None:
    """Fuzz `load`: anything but the same network or BadWeights fails, and so does much memory.

    In a third of the files the zip's own checksums are right again, so that the
    checks behind them are reached. Memory is the peak that tracemalloc sees in a
    load, numpy's arrays included.
    """
    rng = np.random.default_rng(43)
    other = tmp_path / "other.npz"
    nn.Network.talk(5, 4, 3, rng=rng).save(other, CARD)
    whole, foreign = path.read_bytes(), other.read_bytes()
    original = outcome(path)
    marks = [place for mark in (b"PK", b"\x93NUMPY", b"{", b"(") for place in places(whole, mark)]
    refused = loaded = 0
    for number in range(10_000):
        sealed = number % 3 == 0
        content = resealed(whole, rng) if sealed else mutated(whole, foreign, marks, rng)
        path.write_bytes(content)
        tracemalloc.start()
        try:
            found = outcome(path)
            assert tracemalloc.get_traced_memory()[1] < MEMORY
        finally:
            tracemalloc.stop()
        if isinstance(found, str):
            refused += 1
            assert "\n" not in found
        else:
            loaded += 1
            assert found == original
    assert refused > 9000
    assert loaded > 10  # some mutations hit what means nothing, such as a date
