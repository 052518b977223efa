"""Networks in files: an .npz with the architecture, the weights, and a card that tells of them.

A weights file may be torn, foreign or made to do harm, and the appliance reads it
at every start. So nothing in it is believed before it is checked, no memory taken
on its word, and what passes is held to a SHA-256.
"""

import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import asdict, fields
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from nn.activations import Array
from nn.card import FORMAT, Card
from nn.errors import BadArchitecture, BadWeights, SaveFailed
from nn.layers import Dense, Dropout, Layer, connect, count_parameters
from nn.network import Network
from nn.npz import LARGEST_FILE, read_arrays
from nn.pictures import Convolution, MaxPooling

_LARGEST_TEXT = 64 * 2**10
_MOST_BRACKETS = 400
_MOST_PARAMETERS = 2 * 2**20
_MOST_LAYERS = 64
# How many numbers one example may take within a layer: a picture of 28×28 takes
# a few thousand, and a query makes room for at least one example.
_WIDEST_LAYER = 2**20
_TOLERANCE = 1e-3
_KINDS = {kind.kind: kind for kind in (Dense, Convolution, MaxPooling, Dropout)}


class LoadedNetwork(Network):
    """A network from a file, with its card and an example whose answer is known."""

    card: Card
    example_inputs: Array
    example_outputs: Array

    def self_test(self) -> None:
        """Check that the network still gives its stored answer.

        Raises
        ------
        BadWeights
            When an output is off by more than 1e-3.
        """
        found = self.query(self.example_inputs)
        off = float(np.abs(found - self.example_outputs).max())
        if not off <= _TOLERANCE:  # also when it is no number
            raise BadWeights(
                f"{self.card.name}: self-test is off by {off:.2g}; allowed: {_TOLERANCE};"
                " put the weights file back, or train again"
            )


def save(network: Network, path: str | Path, card: Card, example: ArrayLike | None = None) -> None:
    """Write a network to an .npz file, whole or not at all.

    Parameters
    ----------
    card
        Goes along with the weights.
    example
        Inputs, (inputs,), that the network is to be tested with wherever it is
        loaded; a ramp from 0.01 to 1.0 without them.

    Raises
    ------
    BadWeights
        When `load` would refuse the file, such as for weights that aren't finite.
    SaveFailed
        When the file can't be written. A file that was there before is untouched.
    """
    path = Path(path)
    ramp = np.linspace(0.01, 1.0, prod(network.inputs))
    inputs = np.asarray(ramp if example is None else example, "<f4")
    with np.errstate(over="ignore", invalid="ignore"):  # what isn't finite is refused below
        outputs = network.query(inputs).astype("<f4")
        weights = {name: array.astype("<f4") for name, array in network.arrays().items()}
    arrays: dict[str, NDArray[Any]] = {
        "format": np.array(FORMAT, "<i8"),
        "card": _text(asdict(card)),
        "architecture": _text(network.architecture()),
        **weights,
        "example_inputs": inputs,
        "example_outputs": outputs,
    }
    arrays["sha256"] = np.array(_hash(arrays).encode())
    content = io.BytesIO()
    np.savez(content, **arrays)  # type: ignore[arg-type]  # numpy's stub takes a bool among them
    _parse(path, content.getvalue())
    _write(path, content.getvalue())


def load(path: str | Path) -> LoadedNetwork:
    """Return the network in an .npz file that `save` wrote.

    Takes a few times the memory of the file, which may have 8 MB.

    Raises
    ------
    BadWeights
        For whatever is wrong with the file, in one line that names it.
    """
    path = Path(path)
    return _parse(path, _read(path))


def _read(path: Path) -> bytes:
    try:
        if not path.is_file():  # a directory, or a pipe that would never end
            what = "not a regular file" if path.exists() else "no such file"
            raise BadWeights(f"{path}: {what}; give an .npz file that was trained for inkling")
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise BadWeights(f"{path}: {size} bytes; allowed: up to {LARGEST_FILE}")
        with path.open("rb") as file:
            return file.read(size)
    except OSError as error:
        raise BadWeights(f"{path}: cannot be read: {error.strerror}") from error


def _write(path: Path, content: bytes) -> None:
    aside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        try:
            with aside.open("wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)
        _sync_folder(path.parent)
    except OSError as error:
        raise SaveFailed(f"{path}: cannot be saved: {error.strerror}") from error


def _sync_folder(folder: Path) -> None:
    """Make the new name last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _parse(path: Path, content: bytes) -> LoadedNetwork:
    try:
        arrays = read_arrays(content)
        _check_format(arrays.get("format"))
        return _build(arrays)
    except (BadWeights, BadArchitecture) as error:
        raise BadWeights(f"{path}: {error}") from error


def _check_format(array: NDArray[Any] | None) -> None:
    if array is None or array.shape or array.dtype != np.int64:
        raise BadWeights("no format in it; give an .npz file that was trained for inkling")
    if (found := array.item()) != FORMAT:
        raise BadWeights(
            f"format {found}; this version reads format {FORMAT}:"
            " train again with inkling-desk train, or update inkling"
        )


def _build(arrays: dict[str, NDArray[Any]]) -> LoadedNetwork:
    """Return the network that sound arrays describe."""
    architecture = _json(arrays, "architecture")
    inputs, layers = _layers(architecture)
    connected = connect(inputs, layers)
    _check_sizes(connected)
    network = LoadedNetwork(inputs, layers, loss=architecture["loss"])
    _check_arrays(arrays, network)
    if _hash(arrays).encode() != arrays["sha256"].tobytes():
        raise BadWeights("the SHA-256 differs from the stored one; put a whole file back")
    network.card = _card(_json(arrays, "card"))
    if len(network.card.labels) != network.outputs:
        raise BadWeights(f"{len(network.card.labels)} labels for {network.outputs} outputs")
    for name, place in network.arrays().items():
        place[...] = arrays[name]
    network.example_inputs = arrays["example_inputs"]
    network.example_outputs = arrays["example_outputs"]
    return network


def _layers(architecture: Any) -> tuple[tuple[int, ...], list[Layer]]:
    """Return inputs and layers from their JSON."""
    _check_keys("architecture", architecture, {"inputs", "layers", "loss"})
    inputs, layers, loss = (architecture[key] for key in ("inputs", "layers", "loss"))
    if not isinstance(inputs, list) or not isinstance(layers, list) or not isinstance(loss, str):
        raise BadWeights("architecture: inputs and layers are lists, and the loss is a name")
    if len(layers) > _MOST_LAYERS:
        raise BadWeights(f"architecture: {len(layers)} layers; allowed: {_MOST_LAYERS}")
    return tuple(inputs), [_layer(settings) for settings in layers]


def _layer(settings: Any) -> Layer:
    kind = settings.get("kind") if isinstance(settings, dict) else None
    if not isinstance(kind, str) or kind not in _KINDS:
        raise BadWeights(f"layer of kind {kind!r:.40}; allowed: {', '.join(_KINDS)}")
    known = {field.name for field in fields(_KINDS[kind])}
    settings = dict.fromkeys(known & {"groups"}, 1) | settings  # older files have none
    _check_keys(f"{kind} layer", settings, known | {"kind"})
    return _KINDS[kind](**{name: settings[name] for name in known})


def _check_sizes(layers: list[Layer]) -> None:
    """Bound the memory that the network will take, before it takes any."""
    parameters = count_parameters(layers)
    if parameters > _MOST_PARAMETERS:
        raise BadWeights(f"architecture: {parameters:.3g} weights; allowed: {_MOST_PARAMETERS}")
    widest = max(layer.working_size() for layer in layers)
    if widest > _WIDEST_LAYER:
        raise BadWeights(f"architecture: a layer {widest:.3g} wide; allowed: {_WIDEST_LAYER}")


def _check_arrays(arrays: dict[str, NDArray[Any]], network: Network) -> None:
    """Check that every array of the network is there, no other, each as it must be."""
    shapes = {name: array.shape for name, array in network.arrays().items()}
    shapes |= {"example_inputs": (prod(network.inputs),), "example_outputs": (network.outputs,)}
    _check_keys("file", arrays, {*shapes, "format", "card", "architecture", "sha256"})
    for name, shape in shapes.items():
        array = arrays[name]
        if array.shape != shape or array.dtype.str != "<f4":
            raise BadWeights(f"{name} is {array.dtype} {array.shape}; allowed: float32 {shape}")
        if not np.isfinite(array).all():
            raise BadWeights(f"{name} has values that aren't finite; train again")


def _card(settings: Any) -> Card:
    _check_keys("card", settings, {field.name for field in fields(Card)})
    labels = settings["labels"]
    return Card(**{**settings, "labels": tuple(labels) if isinstance(labels, list) else labels})


def _check_keys(where: str, found: Any, known: set[str]) -> None:
    if not isinstance(found, dict):
        raise BadWeights(f"{where}: {type(found).__name__} found; allowed: an object")
    for name in sorted(found.keys() ^ known):
        what = "missing" if name in known else "unknown"
        keys = ", ".join(sorted(known))
        raise BadWeights(f"{where}: {what} key {name!r:.40}; known keys: {keys}")


def _json(arrays: dict[str, NDArray[Any]], name: str) -> Any:
    array = arrays.get(name)
    if array is None or array.dtype.kind != "S" or array.nbytes > _LARGEST_TEXT or array.shape:
        raise BadWeights(f"no sound {name} in it; put a whole file back")
    text = array.item()
    if text.count(b"[") + text.count(b"{") > _MOST_BRACKETS:  # bounds the depth along with it
        raise BadWeights(f"{name} has too many brackets; allowed: {_MOST_BRACKETS}")
    try:
        return json.loads(text.decode("ascii"), parse_constant=_refuse_constant)
    except ValueError as error:
        raise BadWeights(f"{name} is no JSON ({error!s:.60}); put a whole file back") from error


def _refuse_constant(constant: str) -> None:
    raise ValueError(f"{constant} is no number")


def _text(settings: dict[str, Any]) -> NDArray[np.bytes_]:
    try:
        return np.array(json.dumps(settings, allow_nan=False).encode())
    except (TypeError, ValueError) as error:
        raise BadWeights(f"card: cannot be written as JSON: {error}") from error


def _hash(arrays: Mapping[str, NDArray[Any]]) -> str:
    """Return the SHA-256 over all arrays but the stored hash: names, types, shapes, contents."""
    digest = hashlib.sha256()
    for name in sorted(arrays.keys() - {"sha256"}):
        array = arrays[name]
        digest.update(f"{name} {array.dtype.str} {array.shape}\n".encode() + array.tobytes())
    return digest.hexdigest()
