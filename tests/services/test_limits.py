"""The adaptive limit, driven by tasks on a real event loop."""

from __future__ import annotations

import asyncio

from services.workspace.limits import HIGHEST, START, AdaptiveLimit


async def hold(limit: AdaptiveLimit, until: asyncio.Event, *, patient: bool = False) -> None:
    async with limit.turn(patient=patient):
        await until.wait()


async def settle() -> None:
    """Let everything that can run do so."""
    for _ in range(20):
        await asyncio.sleep(0)


async def test_no_more_than_allowed_run_at_once() -> None:
    limit, until = AdaptiveLimit(), asyncio.Event()
    running = 0
    highest = 0

    async def one() -> None:
        nonlocal running, highest
        async with limit.turn():
            running += 1
            highest = max(highest, running)
            await until.wait()
            running -= 1

    tasks = [asyncio.create_task(one()) for _ in range(3 * START)]
    await settle()
    assert running == START
    until.set()
    await asyncio.gather(*tasks)
    assert highest == START


async def test_it_grows_with_success_up_to_the_highest() -> None:
    limit = AdaptiveLimit()
    for _ in range(1_000):
        limit.succeeded()
    assert limit.allowed == HIGHEST
    assert limit.pace is None


async def test_refusals_of_one_round_halve_it_once() -> None:
    limit = AdaptiveLimit()
    for _ in range(1_000):
        limit.succeeded()
    for _ in range(HIGHEST):
        limit.throttled(0.0)
    assert limit.allowed == HIGHEST // 2
    assert limit.pace is not None


async def test_it_never_goes_below_one() -> None:
    limit = AdaptiveLimit(start=1)
    limit.throttled(0.0)
    assert limit.allowed == 1
    async with limit.turn():
        pass


async def test_nothing_starts_while_the_platform_wants_quiet() -> None:
    limit, until = AdaptiveLimit(), asyncio.Event()
    limit.throttled(30.0)
    task = asyncio.create_task(hold(limit, until))
    await settle()
    assert not task.done()
    until.set()
    await settle()
    assert not task.done(), "it has no turn yet"
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_pause_that_is_over_wakes_all_that_wait() -> None:
    limit = AdaptiveLimit()
    limit.throttled(0.05)
    done = asyncio.Event()
    done.set()
    await asyncio.gather(*(hold(limit, done) for _ in range(5)))


async def test_patient_calls_let_the_others_go_first() -> None:
    limit = AdaptiveLimit(start=1)
    order: list[str] = []
    until = asyncio.Event()

    async def one(name: str, *, patient: bool) -> None:
        async with limit.turn(patient=patient):
            order.append(name)

    first = asyncio.create_task(hold(limit, until))
    await settle()
    waiting = [asyncio.create_task(one(f"patient {n}", patient=True)) for n in range(2)]
    await settle()
    waiting.append(asyncio.create_task(one("urgent", patient=False)))
    await settle()
    until.set()
    await asyncio.gather(first, *waiting)
    assert order == ["urgent", "patient 0", "patient 1"]


async def test_a_cancelled_wait_takes_no_turn() -> None:
    limit, until = AdaptiveLimit(start=1), asyncio.Event()
    first = asyncio.create_task(hold(limit, until))
    await settle()
    waiting = [asyncio.create_task(hold(limit, until)) for _ in range(3)]
    await settle()
    waiting[0].cancel()
    first.cancel()  # its turn passes on in the same moment
    waiting[1].cancel()
    await settle()
    until.set()
    await waiting[2]
    async with limit.turn():
        pass
    await asyncio.gather(first, *waiting, return_exceptions=True)
