"""How many calls are under way at once, and how often one may start.

The number grows while calls succeed and halves on a 429, as TCP's window does: no figure has to be
guessed for a workspace, and many wizards side by side share its budget. A 429 also tells the rate
that the workspace bears: what succeeded in the second before it. From then on calls start evenly
at a little less than that, so that a limit is met by a handful of refusals and not by a storm.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

START = 10
HIGHEST = 40
"""One SDK client serves 40 to 60 threads well; the platform's own tools use about 20."""
_BELOW = 0.9
"""The share of the rate that was borne, which is used after a 429."""
_FASTER = 0.5
"""Calls a second by which the pace grows each second, to find out whether more is borne now."""


class AdaptiveLimit:
    """`async with limit.turn():` around each call; then `succeeded` or `throttled`. One event
    loop. Turns are given in order; patient ones only when nobody else waits."""

    def __init__(self, start: int = START, highest: int = HIGHEST) -> None:
        self._allowed = float(start)
        self._highest = highest
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._patient: deque[asyncio.Future[None]] = deque()
        self._not_before = 0.0
        self._pace: float | None = None
        self._successes: deque[float] = deque(maxlen=2_000)
        self._halved_at = float("-inf")
        self._timer: asyncio.TimerHandle | None = None

    @property
    def allowed(self) -> int:
        """How many calls may be under way at once."""
        return max(1, int(self._allowed))

    @property
    def pace(self) -> float | None:
        """Calls a second; None while no 429 was seen."""
        return self._pace

    @asynccontextmanager
    async def turn(self, *, patient: bool = False) -> AsyncGenerator[None]:
        """Wait for a turn and hold it for the length of the block."""
        loop = asyncio.get_running_loop()
        mine = loop.create_future()
        (self._patient if patient else self._waiting).append(mine)
        self._give()
        try:
            await mine
        except asyncio.CancelledError:
            if mine.done() and not mine.cancelled():
                self._end()  # it was given in the same moment: pass it on
            raise
        try:
            yield
        finally:
            self._end()

    def succeeded(self) -> None:
        """Grow: by half with each round before the first 429, by one with each round after it."""
        self._successes.append(asyncio.get_running_loop().time())
        if self._pace is None:
            self._allowed += 0.5
        else:
            self._allowed += 1 / self._allowed
            self._pace += _FASTER / self._pace
        self._allowed = min(float(self._highest), self._allowed)
        self._give()

    def throttled(self, retry_after: float) -> None:
        """Halve, slow down, and let nothing start for `retry_after` seconds.

        Calls that were under way together are refused together: that counts once a second.
        """
        now = asyncio.get_running_loop().time()
        self._not_before = max(self._not_before, now + retry_after)
        if now - self._halved_at < 1.0:
            return
        self._halved_at = now
        self._allowed = max(1.0, self._allowed / 2)
        borne = float(sum(1 for at in self._successes if at > now - 1.0))
        if self._pace is None:
            borne = max(borne, float(START))
        else:
            # Right after a pause little can have succeeded, which says nothing about the rate.
            borne = min(self._pace, max(borne, self._pace / 2))
        self._pace = max(1.0, borne * _BELOW)

    def _give(self) -> None:
        """Hand out the turns that are free now, and come back for the next one."""
        loop = asyncio.get_running_loop()
        while (self._waiting or self._patient) and self._running < self.allowed:
            if self._not_before > loop.time():
                if self._timer is None or self._timer.when() > self._not_before:
                    self._arm(loop)
                return
            turn = (self._waiting or self._patient).popleft()
            if turn.done():
                continue
            self._running += 1
            if self._pace is not None:
                self._not_before = max(self._not_before, loop.time()) + 1 / self._pace
            turn.set_result(None)

    def _arm(self, loop: asyncio.AbstractEventLoop) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(self._not_before, self._ring)

    def _ring(self) -> None:
        self._timer = None
        self._give()

    def _end(self) -> None:
        self._running -= 1
        self._give()
