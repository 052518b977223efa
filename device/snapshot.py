"""What the appliance tells of itself, for whoever draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # numpy is not loaded before the "starting" light is on
    from device.reading import Frame, Reading


class State(StrEnum):
    """What the appliance is doing."""

    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    SHOWING = "showing"
    LIVE = "live"
    FAULT = "fault"
    STOPPING = "stopping"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How things stood after something changed.

    `frame` and `reading` are the last ones, and None from a press until there are new ones.
    `fault` is what is wrong, in words. `light` names a pattern of `device.light.PATTERNS`.
    """

    state: State
    frame: Frame | None
    reading: Reading | None
    fault: str | None
    light: str


Observer = Callable[[Snapshot], None]
