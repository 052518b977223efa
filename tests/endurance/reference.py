"""What the appliance must read: by which weights, and what these read on each note."""

import numpy as np

import nn
from device.notes import write_note
from device.preparation import VERSION
from device.run_command import make_reader
from nn.store import save
from tests.endurance.appliance import Machine

NOTES = 40

BROKEN = ("half", "rubbish", "empty", "missing")
"""What a weights file may have become."""


class Reference:
    """Notes, weights good and bad, and which are in use.

    Attributes
    ----------
    notes
        Frames to hold up to the camera.
    is_bad
        Whether the configured weights are no good, so that others read on.
    """

    def __init__(self, machine: Machine, rng: np.random.Generator) -> None:
        self._m = machine
        self._in_use = "shipped"
        self._good = {"shipped": nn.SHIPPED_WEIGHTS.read_bytes(), "seven": self._make_seven()}
        self._answers: dict[tuple[int, str], str | None] = {}
        self.notes = [write_note(str(n), rng) for n in rng.integers(0, 9999, NOTES)]
        self.is_bad = False
        self._put(self._good["shipped"])

    def _make_seven(self) -> bytes:
        """Weights that see a seven in everything."""
        network = nn.Network(784, [nn.Dense(11, "softmax")])
        network.layers[0].biases[7] = 20.0
        path = self._m.folder / "seven.npz"
        labels = (*map(str, range(10)), "none")
        save(network, path, nn.Card(name="seven", preparation=VERSION, labels=labels))
        return path.read_bytes()

    def _put(self, content: bytes | None) -> None:
        if content is None:
            self._m.weights.unlink(missing_ok=True)
        else:
            self._m.weights.write_bytes(content)

    def swap(self, rng: np.random.Generator) -> None:
        """Put other weights into the file, whole or not, for the next reload."""
        name = str(rng.choice([*self._good, *BROKEN]))
        whole = self._good[str(rng.choice(list(self._good)))]
        broken = {"half": whole[: len(whole) // 2], "rubbish": bytes(len(whole)), "empty": b""}
        self._put(self._good.get(name, broken.get(name)))
        self.is_bad = name in BROKEN
        if not self.is_bad:
            self._in_use = name

    def note_start(self, fault: str) -> None:
        """After a start bad weights leave the shipped ones reading."""
        self.is_bad = "weights bad" in fault
        seven = not self.is_bad and self._m.weights.read_bytes() == self._good["seven"]
        self._in_use = "seven" if seven else "shipped"

    def right(self, number: int) -> str | None:
        """What the weights in use read on a note, read by themselves."""
        key = number, self._in_use
        if key not in self._answers:
            path = self._m.folder / "reference.npz"
            path.write_bytes(self._good[self._in_use])
            reader = make_reader(str(path))
            for each, note in enumerate(self.notes):
                self._answers[each, self._in_use] = reader.read(note).number
        return self._answers[key]
