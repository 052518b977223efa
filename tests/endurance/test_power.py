"""After a power cut at any moment the next start finds what was, or what was to be."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

from device.page.shelf import Shelf
from nn.store import load
from tests.endurance.power import Tree, cuts, lay, record
from tools.experiments.table import Table
from tools.recipe import Recipe, build_network
from tools.training import Training

Needs = Callable[[str], str]

NETWORK = """
import sys
import nn
from nn import store
from pathlib import Path
def save(name, folder):
    network = nn.Network(4, [nn.Dense(3, "softmax")])
    card = nn.Card(name=name, preparation=1, labels=("a", "b", "c"))
    store.save(network, Path(folder) / "weights.npz", card)
"""
SHELF = """
import sys
from pathlib import Path
import numpy as np
from device.page.history import encode_png
from device.page.shelf import Shelf
png = encode_png(np.zeros((30, 40), np.uint8))
def shelf(most=5):
    made = Shelf(Path(sys.argv[1]), most, 10**6)
    list(made.open())
    return made
def story(words, number=None):
    return {"words": words, "correction": None if number is None else {"number": number}}
"""
TRAINING = """
import sys
from pathlib import Path
import numpy as np
from tools.recipe import Recipe, build_network
from tools.training import Epoch, Training
def save(epochs):
    recipe = Recipe("784-30-10", epochs=6, augment=False)
    training = Training(build_network(recipe), recipe)
    training.best = training.network.weights
    training.history = [Epoch(number, 1.0, {}, 1.0) for number in range(epochs)]
    training.save(Path(sys.argv[1]) / "training.npz")
"""
TABLE = """
import sys
from pathlib import Path
from tools.experiments.points import Point
from tools.experiments.table import Table
def add(*seeds):
    Table(Path(sys.argv[1]) / "t" / "e.csv", "d").add([(Point(seed=s), s / 100) for s in seeds])
"""
EXPLANATION = """
import sys
from pathlib import Path
import numpy as np
from device.explain import Explanations
from device.reading import Reading, Refusal
def explain(grey):
    frame = np.full((60, 80), grey, np.uint8)
    Explanations(Path(sys.argv[1])).write("note", frame, Reading(None, Refusal.NOTHING_WRITTEN))
"""


def found_network(folder: Path) -> Any:
    path = folder / "weights.npz"
    return load(path).card.name if path.exists() else None


def found_readings(folder: Path) -> Any:
    return tuple((name, story["words"]) for name, story in Shelf(folder, 5, 10**6).open())


def found_training(folder: Path) -> Any:
    recipe = Recipe("784-30-10", epochs=6, augment=False)
    training = Training(build_network(recipe), recipe)
    path = folder / "training.npz"
    if not path.exists():
        return None
    training.restore(path)
    return len(training.history)


def found_points(folder: Path) -> Any:
    table = Table(folder / "t" / "e.csv", "d")
    return frozenset(point.seed for point in table.accuracies)


def found_explanation(folder: Path) -> Any:
    path = folder / "note-read.png"
    if not path.exists():
        return None
    with Image.open(path) as picture:
        return round(float(np.asarray(picture.convert("L")).mean()), 3)


class Writing(NamedTuple):
    """What is written, on what was there before, and how the next start looks at it."""

    first: str
    then: str
    found: Callable[[Path], Any]
    also: frozenset[Any] = frozenset()
    """What may be found besides the old and the new."""


WRITINGS = {
    "the first weights": Writing("", NETWORK + "save('new', sys.argv[1])", found_network),
    "weights over others": Writing(
        NETWORK + "save('old', sys.argv[1])", NETWORK + "save('new', sys.argv[1])", found_network
    ),
    "the first reading": Writing("", SHELF + "shelf().put('1', story('a'), png)", found_readings),
    "a further reading": Writing(
        SHELF + "shelf().put('1', story('a'), png)",
        SHELF + "shelf().put('2', story('b'), png)",
        found_readings,
    ),
    "a correction": Writing(
        SHELF + "shelf().put('1', story('a'), png)",
        SHELF + "kept = shelf(); kept.put('1', story('b', '7'), kept.read('1'))",
        found_readings,
    ),
    "a reading for which an old one goes": Writing(
        SHELF + "shelf().put('1', story('a'), png)",
        SHELF + "shelf(most=1).put('2', story('b'), png)",
        found_readings,
        frozenset({(("1", "a"), ("2", "b"))}),
    ),
    "a reading forgotten": Writing(
        SHELF + "shelf().put('1', story('a'), png)",
        SHELF + "shelf().remove('1')",
        found_readings,
    ),
    "the first checkpoint": Writing("", TRAINING + "save(1)", found_training),
    "a checkpoint over another": Writing(
        TRAINING + "save(1)", TRAINING + "save(2)", found_training
    ),
    "the first points": Writing("", TABLE + "add(1, 2)", found_points, frozenset({frozenset({1})})),
    "further points": Writing(
        TABLE + "add(1, 2)", TABLE + "add(3, 4)", found_points, frozenset({frozenset({1, 2, 3})})
    ),
    "an explanation": Writing("", EXPLANATION + "explain(90)", found_explanation),
    "an explanation over another": Writing(
        EXPLANATION + "explain(90)", EXPLANATION + "explain(200)", found_explanation
    ),
}


@pytest.fixture(params=WRITINGS)
def writing(request: pytest.FixtureRequest) -> Writing:
    return WRITINGS[request.param]


def test_a_power_cut_leaves_the_old_or_the_new(
    writing: Writing, needs: Needs, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()
    if writing.first:
        record(writing.first, folder, needs("strace"))
    before = {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    calls = record(writing.then, folder, needs("strace"))
    assert any(call.name == "fsync" for call in calls)

    states = Numbered(tmp_path, folder)
    old, new = writing.found(states.lay(before)), writing.found(folder)
    assert old != new
    allowed = {old, new, *writing.also}
    for words, tree in cuts(before, calls):
        assert writing.found(states.lay(tree)) in allowed, words
    assert writing.found(states.lay(tree)) in {old, new}


class Numbered:
    """Folders, each as a cut has left it."""

    def __init__(self, root: Path, like: Path) -> None:
        self._root, self._like, self._number = root, like, 0

    def lay(self, tree: Tree) -> Path:
        self._number += 1
        folder = self._root / f"cut-{self._number}"
        folder.mkdir()
        lay(tree, self._like, folder)
        return folder
