"""Stands between the engine and the person: one manual action on screen at a time.

The engine asks for a decision, acts on it, and asks again when its check did not hold; the screen
stays up meanwhile. A second action waits until the first is settled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol

from services.events import Event, ManualAction, ManualSettled
from services.manual import Decision


class ManualView(Protocol):
    """The screen that shows one action."""

    def ask_again(self) -> None:
        """The check did not hold: say so, and take decisions again."""

    def close(self) -> None: ...


class ManualDesk:
    """A services.manual.Person, and a listener of the same Setup. `show` opens the screen."""

    def __init__(self) -> None:
        self.show: Callable[[ManualAction], ManualView] | None = None
        self._free = asyncio.Condition()
        self._action: ManualAction | None = None
        self._view: ManualView | None = None
        self._decided: asyncio.Future[Decision] | None = None
        self._stop_wanted = False
        """Stop was pressed while it was looked whether the action is done."""

    async def __call__(self, action: ManualAction) -> Decision:
        if self.show is None:
            return Decision.STOP
        async with self._free:
            await self._free.wait_for(lambda: self._action in (None, action))
            if self._view is None:
                self._action, self._view = action, self.show(action)
            elif self._stop_wanted:
                self._clear()
                return Decision.STOP
            else:
                self._view.ask_again()
        self._decided = asyncio.get_running_loop().create_future()
        try:
            decision = await self._decided
        except asyncio.CancelledError:
            self._clear()
            raise
        if decision is Decision.STOP:
            self._clear()
        return decision

    def decide(self, decision: Decision) -> None:
        """What the person pressed. While it is checked only a stop counts: after the check."""
        if self._decided is not None and not self._decided.done():
            self._decided.set_result(decision)
        elif decision is Decision.STOP:
            self._stop_wanted = True

    def on_event(self, event: Event) -> None:
        if isinstance(event, ManualSettled) and event.action == self._action:
            self._clear()

    def end(self) -> None:
        """The run is over: an action whose check failed with an error leaves no screen behind."""
        self._clear()

    def _clear(self) -> None:
        view, self._view, self._action = self._view, None, None
        self._stop_wanted = False
        if view is not None:
            view.close()
            self._waking = asyncio.get_running_loop().create_task(self._wake())

    async def _wake(self) -> None:
        async with self._free:
            self._free.notify_all()
