"""What can be varied, and over which values unless others are asked for."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from tools.experiments.points import Point

Value = float | int | str


@dataclass(frozen=True, slots=True)
class Sweep:
    """One parameter of a point and the values that it goes through.

    `is_wide` when the values span so much that they are drawn on a logarithmic axis.
    """

    parameter: str
    values: tuple[Value, ...]
    is_wide: bool = False

    @property
    def title(self) -> str:
        """The parameter in words."""
        return TITLES[self.parameter]

    def points(self, base: Point, seeds: int) -> list[Point]:
        """Every value with every seed, and everything else as in `base`."""
        return [point for value in self.values for point in self.points_at(base, value, seeds)]

    def points_at(self, base: Point, value: Value, seeds: int) -> list[Point]:
        """One value with every seed."""
        changed = {self.parameter: value}
        return [replace(base, seed=seed, **changed) for seed in range(1, seeds + 1)]  # type: ignore[arg-type]  # the parameter says which


TITLES = {
    "learning_rate": "learning rate",
    "epochs": "epochs",
    "hidden_nodes": "hidden nodes",
    "examples": "training examples",
    "rotation_deg": "angle of turned copies (°, 0: none)",
    "layers": "hidden layers",
    "activation": "activation of the hidden nodes",
}

SWEEPS = {
    sweep.parameter.removesuffix("_deg").replace("_", "-"): sweep
    for sweep in (
        Sweep("learning_rate", (0.01, 0.03, 0.1, 0.2, 0.3, 0.45, 0.6, 0.9)),
        Sweep("epochs", (1, 2, 3, 5, 7, 10, 15, 20)),
        Sweep("hidden_nodes", (5, 10, 20, 50, 100, 200, 500), is_wide=True),
        Sweep("examples", (100, 300, 1_000, 3_000, 10_000, 30_000, 60_000), is_wide=True),
        Sweep("rotation_deg", (0.0, 2.5, 5.0, 7.5, 10.0, 15.0, 20.0, 30.0)),
        Sweep("layers", (1, 2, 3, 4)),
        Sweep("activation", ("sigmoid", "tanh", "relu")),
    )
}
"""By the name that they have on the command line."""

THE_TALKS = ("learning-rate", "epochs", "hidden-nodes")
"""What the talk draws, and what is measured when nothing else is asked for."""


def all_points(sweeps: Sequence[Sweep], base: Point, seeds: int) -> list[Point]:
    """The points of several sweeps; what they have in common comes once."""
    return list(dict.fromkeys(p for sweep in sweeps for p in sweep.points(base, seeds)))
