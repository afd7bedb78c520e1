"""Resumable progress: who is where, saved before and after each step.

The engine is the only writer. Saves run in a worker thread, one at a time, in order. `read_status`,
`reset` and `cleanup` (progress_file) are re-exported under the seed's module name.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.paths import ProjectPaths
from services.private_files import set_aside, write_private
from services.progress_file import (
    ProgressSnapshot,
    StepRecord,
    UnreadableProgress,
    cleanup,
    new_snapshot,
    read_status,
    reset,
    with_step,
)
from services.vocabulary import StepId, StepStatus

__all__ = ["ProgressSnapshot", "ProgressTracker", "StepRecord", "cleanup", "read_status", "reset"]


class ProgressTracker:
    """The progress of one project directory. With `persist=False` (dry run) no file is touched."""

    def __init__(self, paths: ProjectPaths, *, persist: bool = True) -> None:
        self._paths = paths
        self._persist = persist
        self._saving = asyncio.Lock()
        self.snapshot = new_snapshot()
        self.notices: list[str] = []
        """What a person should know of how the file was found (set aside, archived)."""

    def load(self) -> None:
        """Read the file. One that cannot be read is set aside, never overwritten."""
        try:
            found = read_status(self._paths)
        except UnreadableProgress as error:
            if self._persist:
                kept = set_aside(self._paths.progress, "unreadable")
                self.notices.append(f"{error.message} It was kept as {kept.name}.")
            return
        if found is not None:
            self.snapshot = found

    def record(self, step: StepId) -> StepRecord:
        return self.snapshot.steps[step]

    def result(self, step: StepId) -> dict[str, Any]:
        return self.snapshot.steps[step].result_data

    async def belongs_to(self, host: str, user: str) -> bool:
        """Bind the progress to a workspace and user; False when it was another's.

        Then it is archived and a new one begun: a sandbox run never makes a real one look done.
        """
        now = self.snapshot
        ours = now.host in ("", host) and (now.user in ("", user) or not user)
        if not ours:
            await self.start_anew(f"it belongs to {now.user or 'somebody'} on {now.host}")
        self.snapshot = replace(self.snapshot, host=host, user=user or self.snapshot.user)
        return ours

    async def start_anew(self, why: str = "") -> None:
        """Archive the file and begin an empty session."""
        if self._persist and self._paths.progress.exists():
            kept = await asyncio.to_thread(reset, self._paths)
            if kept is not None and why:
                self.notices.append(f"The earlier progress was kept as {kept.name}: {why}.")
        self.snapshot = new_snapshot(self.snapshot.host, "")

    async def save_answers(self, answers: Mapping[str, str]) -> None:
        self.snapshot = replace(self.snapshot, answers=dict(answers))
        await self._save()

    async def start(self, step: StepId) -> None:
        now = datetime.now().isoformat()
        record = StepRecord(StepStatus.IN_PROGRESS, started_at=now)
        record = replace(record, result_data=self.result(step))
        await self._put(step, record, current=step.value)

    async def finish(
        self,
        step: StepId,
        status: StepStatus,
        *,
        duration_seconds: float | None = None,
        result: Mapping[str, Any] | None = None,
        reason: str = "",
        advice: str = "",
    ) -> None:
        record = replace(
            self.record(step),
            status=status,
            duration_seconds=duration_seconds,
            finished_at=datetime.now().isoformat(),
            reason=reason,
            advice=advice,
            result_data=self.result(step) if result is None else dict(result),
        )
        await self._put(step, record)

    async def keep(self, step: StepId, **facts: Any) -> None:
        """Save facts of a running step at once, so that an interrupted one finds them again."""
        record = self.record(step)
        record = replace(record, result_data={**record.result_data, **facts})
        await self._put(step, record)

    async def make_pending(self, steps: list[StepId]) -> None:
        for step in steps:
            self.snapshot = with_step(self.snapshot, step, StepRecord())
        if steps:
            await self._save()

    async def _put(self, step: StepId, record: StepRecord, current: str | None = None) -> None:
        self.snapshot = with_step(self.snapshot, step, record)
        if current is not None:
            self.snapshot = replace(self.snapshot, current_step=current)
        await self._save()

    async def _save(self) -> None:
        self.snapshot = replace(self.snapshot, last_updated=datetime.now().isoformat())
        if not self._persist:
            return
        async with self._saving:
            await asyncio.to_thread(write_private, self._paths.progress, self.snapshot.to_json())
