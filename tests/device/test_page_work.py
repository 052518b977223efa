import asyncio
import threading
import time

import pytest

from device.page import work as works
from device.page.work import TooBusy, Work


async def test_what_many_want_at_once_is_done_once() -> None:
    work, done, gate = Work(), [], threading.Event()

    def slow() -> str:
        gate.wait(10.0)
        done.append(1)
        return "done"

    asked = [asyncio.create_task(work.share("it", slow)) for _ in range(50)]
    await asyncio.sleep(0)
    gate.set()
    assert set(await asyncio.gather(*asked)) == {"done"}
    assert len(done) == 1
    await work.share("it", slow)
    assert len(done) == 2  # what is done is not remembered here
    work.close()


async def test_a_mistake_is_told_to_all_who_asked() -> None:
    work = Work()

    def fail() -> None:
        raise KeyError("gone")

    asked = [work.share("it", fail) for _ in range(3)]
    for outcome in await asyncio.gather(*asked, return_exceptions=True):
        assert isinstance(outcome, KeyError)
    work.close()


async def test_who_goes_away_takes_nothing_from_the_others() -> None:
    work, gate = Work(), threading.Event()
    first, second = (asyncio.create_task(work.share("it", gate.wait, 10.0)) for _ in "12")
    await asyncio.sleep(0)
    first.cancel()
    gate.set()
    assert await second
    work.close()


async def test_more_than_so_much_may_not_wait() -> None:
    work, gate = Work(), threading.Event()
    asked = [asyncio.create_task(work.do(gate.wait, 10.0)) for _ in range(works.MOST_WAITING)]
    await asyncio.sleep(0)
    with pytest.raises(TooBusy):
        await work.do(gate.wait)
    gate.set()
    await asyncio.gather(*asked)
    assert await work.do(gate.wait)
    work.close()


async def test_while_the_appliance_reads_long_work_waits() -> None:
    work, steps = Work(), []

    def two_steps() -> None:
        for step in "12":
            work.pause()
            steps.append(step)

    work.make_way(is_busy=True)
    task = asyncio.create_task(work.do(two_steps))
    await asyncio.sleep(0.2)
    assert steps == []
    work.make_way(is_busy=False)
    await task
    assert steps == ["1", "2"]
    work.close()


async def test_closed_long_work_comes_to_its_end() -> None:
    work = Work()

    def endless() -> None:
        while True:
            work.pause()
            time.sleep(0.001)

    task = asyncio.create_task(work.do(endless))
    await asyncio.sleep(0.05)
    work.close()
    with pytest.raises(TooBusy):
        await task
