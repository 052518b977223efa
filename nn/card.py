"""The card that goes along with a network's weights and tells of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from nn.errors import BadWeights

FORMAT = 1
"""The format of weights files that is written, and the only one that there has been."""


@dataclass(frozen=True)
class Card:
    """What a network is, beside its weights.

    `preparation` is the version of the image preparation that it was trained
    through, `trained` says how it was trained (seed, epochs, examples, date …),
    `accuracy` what was measured, `temperature` what confidences are softened by,
    `thresholds` what the reader refuses below.
    """

    name: str
    preparation: int
    labels: tuple[str, ...]
    trained: Mapping[str, Any] = field(default_factory=dict)
    accuracy: Mapping[str, float] = field(default_factory=dict)
    temperature: float = 1.0
    thresholds: Mapping[str, float] = field(default_factory=dict)
    format: int = FORMAT

    def __post_init__(self) -> None:
        texts = isinstance(self.labels, tuple) and all(isinstance(one, str) for one in self.labels)
        for name, sound, allowed in (
            ("format", type(self.format) is int and self.format == FORMAT, str(FORMAT)),
            ("name", isinstance(self.name, str), "a text"),
            ("preparation", type(self.preparation) is int, "a whole number"),
            ("labels", texts, "texts"),
            ("trained", isinstance(self.trained, dict), "names and values"),
            ("accuracy", _are_numbers(self.accuracy), "names and numbers"),
            ("temperature", _is_number(self.temperature) and self.temperature > 0, "above 0"),
            ("thresholds", _are_numbers(self.thresholds), "names and numbers"),
        ):
            if not sound:
                raise BadWeights(f"card: {name} is {getattr(self, name)!r:.60}; allowed: {allowed}")


def _is_number(value: Any) -> bool:
    # Not isfinite, which chokes on a whole number of hundreds of digits.
    return isinstance(value, int | float) and type(value) is not bool and abs(value) < 1e30


def _are_numbers(values: Any) -> bool:
    return isinstance(values, dict) and all(_is_number(value) for value in values.values())
