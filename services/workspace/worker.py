"""One blocking call in a thread of its own, that the event loop may stop waiting for at any time.

Not a ThreadPoolExecutor: Python waits for its threads at exit, and a call that hangs in a socket
would keep a wizard that was told to stop for as long as the socket does.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Generic, TypeVar

T = TypeVar("T")


async def in_thread(do: Callable[[], T], name: str = "workspace call") -> T:
    """Run `do` and return what it returns or raises. When cancelled, the thread is left to end by
    itself and its result is dropped."""
    handover = _Handover[T]()

    def work() -> None:
        with handover:
            handover.result(do())

    threading.Thread(target=work, name=name, daemon=True).start()
    return await handover.done


class _Handover(Generic[T]):
    """Carries a result, or whatever was raised, from the thread to the loop."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.done: asyncio.Future[T] = self._loop.create_future()

    def result(self, value: T) -> None:
        self._tell(lambda: self.done.set_result(value))

    def __enter__(self) -> None:
        pass

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> bool:
        if error is None:
            return False
        # asyncio takes no StopIteration into a future; `next()` of an SDK iterator may raise one.
        told = RuntimeError("no more items") if isinstance(error, StopIteration) else error
        self._tell(lambda: self.done.set_exception(told))
        return True

    def _tell(self, settle: Callable[[], None]) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(lambda: None if self.done.done() else settle())
