import numpy as np
from numpy.typing import ArrayLike, NDArray

import nn
from device.page.history import Entry
from device.page.reasons import MOST_REMEMBERED, Reasons
from device.page.work import Work
from tests.device.bench import answer
from tests.device.test_page_why import ink_counter


def entry(name: str) -> Entry:
    return Entry(name, 0.0, "", answer("11"), None, (640, 480))


class Counted(nn.Network):
    """Counts how often it is asked."""

    asked = 0

    def query(self, inputs: ArrayLike) -> NDArray[np.float32]:
        self.asked += 1
        return super().query(inputs)


def counted() -> Counted:
    network = Counted(784, [nn.Dense(11, "softmax")])
    network.weights[...] = ink_counter().weights
    return network


async def test_what_was_found_once_is_not_looked_for_again() -> None:
    work, network = Work(), counted()
    reasons = Reasons(work)
    found = await reasons.spoke(network, entry("1"), 0)
    imagined = await reasons.imagined(network, 3)
    asked = network.asked
    assert await reasons.spoke(network, entry("1"), 0) is found
    assert await reasons.imagined(network, 3) is imagined
    assert network.asked == asked
    await reasons.spoke(network, entry("1"), 1)
    assert network.asked > asked
    work.close()


async def test_another_network_has_reasons_of_its_own() -> None:
    work, network, other = Work(), counted(), counted()
    other.weights[...] = -network.weights
    reasons = Reasons(work)
    found = await reasons.spoke(network, entry("1"), 0)
    assert not np.array_equal(await reasons.spoke(other, entry("1"), 0), found)
    assert np.array_equal(await reasons.spoke(network, entry("1"), 0), found)
    work.close()


async def test_the_oldest_of_many_are_forgotten() -> None:
    work, network = Work(), counted()
    reasons = Reasons(work)
    for number in range(MOST_REMEMBERED + 1):
        await reasons.spoke(network, entry(str(number)), 0)
    asked = network.asked
    await reasons.spoke(network, entry(str(MOST_REMEMBERED)), 0)
    assert network.asked == asked
    await reasons.spoke(network, entry("0"), 0)
    assert network.asked > asked
    work.close()
