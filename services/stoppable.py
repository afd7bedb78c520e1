"""Work that a signal or a key can stop, told apart from a cancelled caller."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from services.errors import RunStopped

T = TypeVar("T")


class Stoppable:
    """Runs one piece of work at a time; the next waits until the one before has ended, cleaning up
    included. `stop` may come from a signal handler or a key."""

    def __init__(self) -> None:
        self._running: asyncio.Task[Any] | None = None
        self._free = asyncio.Lock()
        self._stops = 0
        """How often it was stopped."""

    def stop(self) -> None:
        """End what runs or waits; `run` then raises RunStopped. Does nothing when nothing runs."""
        self._stops += 1
        if self._running is not None:
            self._running.cancel()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Await `work`. Raises RunStopped when stop was called, and whatever `work` raises.

        When the caller itself is cancelled, the work is brought to its end first.
        """
        before = self._stops
        try:
            await self._free.acquire()
        except asyncio.CancelledError:
            work.close()
            raise
        try:
            if self._stops != before:
                work.close()
                raise _stopped()
            return await self._run(work, before)
        finally:
            self._free.release()

    async def _run(self, work: Coroutine[Any, Any, T], before: int) -> T:
        task = asyncio.create_task(work)
        self._running = task
        try:
            return await task
        except asyncio.CancelledError:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            if self._stops != before:
                raise _stopped() from None
            raise
        finally:
            self._running = None


def _stopped() -> RunStopped:
    return RunStopped("Stopped.", "Start again with --resume to go on where it was.")
