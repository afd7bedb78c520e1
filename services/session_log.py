"""The session's log: one JSON object a line in `.setup_logs/SESSION.jsonl`, redacted, mode 0600.

Lines are collected and written a few times a second, so that a chatty step never waits for the
disk.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import aiofiles
from async_timeout import timeout

from services.events import Event, PlanMade
from services.redaction import Redactor

FLUSH_SECONDS = 0.2


class SessionLog:
    """Open with `open`, close with `close`; both belong to the running event loop."""

    def __init__(self, path: Path, redactor: Redactor) -> None:
        self.path = path
        self._redactor = redactor
        self._waiting: list[str] = []
        self._task: asyncio.Task[None] | None = None
        self._ended = asyncio.Event()

    async def open(self) -> None:
        await asyncio.to_thread(_make_private, self.path)
        self._task = asyncio.create_task(self._flush_until_ended())

    def on_event(self, event: Event) -> None:
        if isinstance(event, PlanMade):
            self._add("PlanMade", {"resources": event.plan.entries()})
        else:
            self._add(type(event).__name__, asdict(event))

    def on_call(self, call: dict[str, Any]) -> None:
        self._add("call", call)

    def _add(self, kind: str, body: dict[str, Any]) -> None:
        entry = {"at": datetime.now().isoformat(), "kind": kind, **body}
        self._waiting.append(self._redactor.clean(json.dumps(entry, default=str)) + "\n")

    async def _flush_until_ended(self) -> None:
        while not self._ended.is_set():
            with contextlib.suppress(asyncio.TimeoutError):
                async with timeout(FLUSH_SECONDS):
                    await self._ended.wait()
            await self._flush()

    async def _flush(self) -> None:
        if not self._waiting:
            return
        lines, self._waiting = self._waiting, []
        async with aiofiles.open(self.path, "a", encoding="utf-8") as file:
            await file.write("".join(lines))

    async def close(self) -> None:
        """Returns when all lines are on disk: a write under way is waited for, never cut off."""
        if self._task is None:
            return
        self._ended.set()
        await asyncio.gather(self._task, return_exceptions=True)
        self._task = None
        await self._flush()


def _make_private(path: Path) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
