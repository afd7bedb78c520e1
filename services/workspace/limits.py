"""How many calls are under way at once: grows while they succeed, halves on a 429.

Additive increase, multiplicative decrease, as TCP does it: no figure has to be guessed for a
workspace, and many wizards side by side share its budget.
"""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType

START = 10
HIGHEST = 40
"""One SDK client serves 40 to 60 threads well; the platform's own tools use about 20."""


class AdaptiveLimit:
    """`async with limit:` around each call; then `succeeded` or `throttled`. One event loop."""

    def __init__(self, start: int = START, highest: int = HIGHEST) -> None:
        self._allowed = float(start)
        self._highest = highest
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._quiet_until = 0.0
        self._halved_at = float("-inf")

    @property
    def allowed(self) -> int:
        return max(1, int(self._allowed))

    def succeeded(self) -> None:
        """Grow by one for every `allowed` calls that succeed."""
        self._allowed = min(float(self._highest), self._allowed + 1 / self._allowed)
        self._wake()

    def throttled(self, retry_after: float) -> None:
        """Halve, and let nothing start for `retry_after` seconds.

        Calls that were under way together are refused together: that counts once a second.
        """
        now = asyncio.get_running_loop().time()
        self._quiet_until = max(self._quiet_until, now + retry_after)
        if now - self._halved_at >= 1.0:
            self._halved_at = now
            self._allowed = max(1.0, self._allowed / 2)

    async def __aenter__(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if (pause := self._quiet_until - loop.time()) > 0:
                await asyncio.sleep(pause)
                continue
            if self._running < self.allowed:
                break
            turn = loop.create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._wake()  # the turn was given to us: pass it on
                raise
            finally:
                if turn in self._waiting:
                    self._waiting.remove(turn)
        self._running += 1

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._running -= 1
        self._wake()

    def _wake(self) -> None:
        free = self.allowed - self._running
        while free > 0 and self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)
                free -= 1
