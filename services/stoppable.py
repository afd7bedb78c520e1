"""Work that a signal or a key can stop, told apart from a cancelled caller."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from services.errors import RunStopped

T = TypeVar("T")


class Stoppable:
    """Runs one piece of work at a time. `stop` may come from a signal handler or a key."""

    def __init__(self) -> None:
        self._running: asyncio.Task[Any] | None = None
        self._stopping = False

    def stop(self) -> None:
        """End what runs; `run` then raises RunStopped. Does nothing when nothing runs."""
        self._stopping = True
        if self._running is not None:
            self._running.cancel()

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Await `work`. Raises RunStopped when stop was called, and whatever `work` raises.

        When the caller itself is cancelled, the work is brought to its end first.
        """
        self._stopping = False
        task = asyncio.create_task(work)
        self._running = task
        try:
            return await task
        except asyncio.CancelledError:
            if self._stopping:
                raise RunStopped(
                    "Stopped.", "Start again with --resume to go on where it was."
                ) from None
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
            raise
        finally:
            self._running = None
