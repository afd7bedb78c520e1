"""Work that can be stopped: one at a time, and none left behind."""

from __future__ import annotations

import asyncio

import pytest

from services.errors import RunStopped
from services.stoppable import Stoppable


class Work:
    """Something that takes its time, also to clean up."""

    def __init__(self) -> None:
        self.began, self.may_end, self.may_go = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self.running = 0
        self.most = 0

    async def __call__(self) -> str:
        self.running += 1
        self.most = max(self.most, self.running)
        self.began.set()
        try:
            await self.may_end.wait()
            return "done"
        finally:
            await self.may_go.wait()
            self.running -= 1


async def test_what_comes_next_waits_until_a_cancelled_one_has_cleaned_up() -> None:
    stoppable, work = Stoppable(), Work()
    first = asyncio.create_task(stoppable.run(work()))
    await work.began.wait()
    first.cancel()
    second = asyncio.create_task(stoppable.run(work()))
    for _ in range(5):
        await asyncio.sleep(0)
    assert work.running == 1
    work.may_end.set()
    work.may_go.set()
    assert await second == "done"
    assert (work.most, work.running) == (1, 0)
    with pytest.raises(asyncio.CancelledError):
        await first


async def test_a_stop_ends_what_runs_and_what_waits() -> None:
    stoppable, work = Stoppable(), Work()
    work.may_go.set()
    runs = [asyncio.create_task(stoppable.run(work())) for _ in range(2)]
    await work.began.wait()
    stoppable.stop()
    ended = await asyncio.gather(*runs, return_exceptions=True)
    assert [type(each) for each in ended] == [RunStopped, RunStopped]
    # What is begun afterwards is not stopped.
    work.may_end.set()
    assert await stoppable.run(work()) == "done"


async def test_one_that_waits_can_be_cancelled_alone() -> None:
    stoppable, work = Stoppable(), Work()
    work.may_go.set()
    first, second = (asyncio.create_task(stoppable.run(work())) for _ in range(2))
    await work.began.wait()
    await asyncio.sleep(0)
    second.cancel()
    work.may_end.set()
    assert await first == "done"
    with pytest.raises(asyncio.CancelledError):
        await second
