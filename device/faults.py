"""What can be wrong while the appliance runs, and what is wrong now."""

import logging
from enum import StrEnum

log = logging.getLogger(__name__)


class Fault(StrEnum):
    """What can be wrong, the most pressing first; the status light has a code for each."""

    PINS_BUSY = "pins busy"
    NO_CAMERA = "no camera"
    CAMERA_HUNG = "camera hung"
    WEIGHTS_BAD = "weights bad"
    DISPLAY_GONE = "display gone"
    HELD_BACK = "held back"


class Faults:
    """The faults that there are now. The log hears of each change, and only of changes."""

    def __init__(self) -> None:
        self._words: dict[Fault, str] = {}

    def add(self, fault: Fault, words: str) -> None:
        """Note a fault, or that it now has other words."""
        if self._words.get(fault) != words:
            log.warning("%s: %s", fault, words)
        self._words[fault] = words

    def remove(self, *faults: Fault) -> None:
        """Note that a fault is over, if there was one."""
        for fault in faults:
            if self._words.pop(fault, None) is not None:
                log.warning("%s: over", fault)

    def replace(self, found: dict[Fault, str], among: tuple[Fault, ...]) -> None:
        """Note that among some faults there are these and no others."""
        for fault in among:
            if fault in found:
                self.add(fault, found[fault])
            else:
                self.remove(fault)

    def any(self, *faults: Fault) -> bool:
        """Tell whether there is one of these."""
        return any(fault in self._words for fault in faults)

    @property
    def worst(self) -> Fault | None:
        """The most pressing fault."""
        return next((fault for fault in Fault if fault in self._words), None)

    @property
    def words(self) -> str | None:
        """All faults in one line."""
        return "; ".join(f"{fault}: {words}" for fault, words in self._words.items()) or None
