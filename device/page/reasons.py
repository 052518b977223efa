"""Why it was read so, found when somebody asks, and remembered: it takes a Zero seconds."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import nn
from device.page.history import Entry
from device.page.imagining import Imagined, imagine
from device.page.why import Map, spoke_for
from device.page.work import Work

MOST_REMEMBERED = 64
"""Of those that were asked for last; each has 3 KB at most."""

R = TypeVar("R")


class Reasons:
    """The reasons of one network, until another reads.

    Parameters
    ----------
    work
        Finds them.
    """

    def __init__(self, work: Work) -> None:
        self._work = work
        self._network: nn.Network | None = None
        self._found: OrderedDict[Hashable, Any] = OrderedDict()

    async def spoke(self, network: nn.Network, entry: Entry, number: int) -> Map:
        """Find which pixels spoke for a digit of a reading, see `spoke_for`."""
        digit = entry.reading.digits[number]
        return await self._find(
            network, (entry.name, number), spoke_for, digit.glyph, digit.digit, self._work.pause
        )

    async def imagined(self, network: nn.Network, digit: int) -> Imagined:
        """Find what a digit looks like to the network, see `imagine`."""
        return await self._find(network, digit, imagine, digit, self._work.pause)

    async def _find(
        self, network: nn.Network, name: Hashable, function: Callable[..., R], *args: Any
    ) -> R:
        if network is not self._network:
            self._network = network
            self._found.clear()
        if name not in self._found:
            found = await self._work.share((id(network), name), function, network, *args)
            if network is not self._network:  # another has begun to read meanwhile
                return found
            self._found[name] = found
            if len(self._found) > MOST_REMEMBERED:
                self._found.popitem(last=False)
        self._found.move_to_end(name)
        remembered: R = self._found[name]
        return remembered
