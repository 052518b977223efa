"""One of those that can read a digit, a number of times; run by `inkling-desk cost --compare`.

python peers.py NAME TIMES FILE...; FILE is what each name's function says.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np


def inkling(weights: str, frame: str) -> Callable[[], object]:
    """The appliance's reader: a whole frame."""
    import nn
    from device.reader import Reader

    reader, picture = Reader(nn.load(Path(weights))), np.load(frame)
    return lambda: reader.read(picture).number


def network(weights: str, glyph: str) -> Callable[[], object]:
    """A network of `nn`: one glyph."""
    import nn

    inputs, loaded = nn.scale_inputs(np.load(glyph)[:1]), nn.load(Path(weights))
    return lambda: int(loaded.query(inputs)[0].argmax())


def classifier(model: str, glyph: str) -> Callable[[], object]:
    """scikit-learn's MLPClassifier: one glyph."""
    import joblib

    inputs, loaded = np.load(glyph)[:1] / 255, joblib.load(model)
    return lambda: int(loaded.predict(inputs)[0])


def fit(model: str, glyphs: str) -> Callable[[], object]:
    """Make such a classifier of the talk's size; what it costs doesn't hang on what it knows."""
    import joblib
    from sklearn.neural_network import MLPClassifier

    examples = np.load(glyphs) / 255
    made = MLPClassifier((200,), activation="logistic")
    made.partial_fit(examples, np.arange(len(examples)) % 10, classes=np.arange(10))
    return lambda: joblib.dump(made, model)


PEERS = {"inkling": inkling, "network": network, "classifier": classifier, "fit": fit}


def main(name: str, times: str, *files: str) -> None:
    """Load what is asked for, and ask it so many times."""
    ask = PEERS[name](*files)
    for _ in range(int(times)):
        print(ask())


if __name__ == "__main__":
    main(*sys.argv[1:])
