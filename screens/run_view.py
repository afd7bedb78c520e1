"""What a run looks like from outside: each step's state, time, note and log. Fed by its events."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from services.events import Event, LogLine, StepChanged, StepNote
from services.progress_file import ProgressSnapshot
from services.vocabulary import STEP_TITLES, StepId, StepStatus

KEPT_LINES = 10_000
"""A step's newest lines that stay in memory; the session log on disk has all."""


@dataclass
class StepView:
    status: StepStatus = StepStatus.PENDING
    note: str = ""
    done: int | None = None
    total: int | None = None
    began: float | None = None
    """Wall clock, in seconds; None for a step that did not run."""
    ended: float | None = None
    seconds: float | None = None
    reason: str = ""
    advice: str = ""
    lines: deque[str] = field(default_factory=lambda: deque[str](maxlen=KEPT_LINES))
    written: int = 0
    """Lines ever written: what is beyond `lines` was dropped at its beginning."""

    def newer_than(self, seen: int) -> list[str]:
        """The kept lines after the first `seen` ever written."""
        new = min(self.written - seen, len(self.lines))
        return list(islice(self.lines, len(self.lines) - new, None)) if new > 0 else []

    def elapsed(self) -> float | None:
        """Seconds it took, or takes until now."""
        if self.status is StepStatus.IN_PROGRESS and self.began is not None:
            return max(0.0, time.time() - self.began)
        return self.seconds

    def doing(self) -> str:
        """What it does right now, with its count."""
        if self.done is None:
            return self.note
        of = f" of {self.total}" if self.total is not None else ""
        return f"{self.note} {self.done}{of}".strip()


class RunView:
    """Listens to a Setup. `revision` grows with each change, so that a timer sees them."""

    def __init__(self) -> None:
        self.steps: dict[StepId, StepView] = {step: StepView() for step in StepId}
        self.revision = 0

    def load(self, snapshot: ProgressSnapshot) -> None:
        """Take over what the progress file says of earlier runs; logs stay."""
        for step, record in snapshot.steps.items():
            view = self.steps[step]
            view.status = record.status
            view.seconds = record.duration_seconds
            view.reason, view.advice = record.reason, record.advice
            view.began = _clock(record.started_at)
            view.ended = _clock(record.finished_at)
        self.revision += 1

    def __call__(self, event: Event) -> None:
        match event:
            case StepChanged():
                self._changed(event)
            case StepNote():
                view = self.steps[event.step]
                if event.text != view.note:
                    self._write(view, event.text)
                view.note, view.done, view.total = event.text, event.done, event.total
            case LogLine():
                self._write(self.steps[event.step], event.line)
            case _:
                pass
        self.revision += 1

    def _changed(self, event: StepChanged) -> None:
        view = self.steps[event.step]
        view.status = event.status
        view.reason, view.advice = event.reason, event.advice
        view.note, view.done, view.total = "", None, None
        if event.status is StepStatus.IN_PROGRESS:
            view.began, view.ended, view.seconds = time.time(), None, None
        elif event.status is not StepStatus.PENDING:
            view.ended = time.time()
            view.seconds = event.duration_seconds
        if event.reason:
            self._write(view, f"{event.status.value}: {event.reason}")
        if event.advice:
            self._write(view, event.advice)

    def _write(self, view: StepView, line: str) -> None:
        view.lines.append(line)
        view.written += 1

    @property
    def running(self) -> list[StepId]:
        return [s for s, view in self.steps.items() if view.status is StepStatus.IN_PROGRESS]

    @property
    def failed(self) -> list[StepId]:
        return [s for s, view in self.steps.items() if view.status is StepStatus.FAILED]

    @property
    def met(self) -> int:
        return sum(1 for view in self.steps.values() if view.status.met)

    def report(self) -> str:
        """Plain text of what failed, for a colleague or an issue. Lines are redacted already."""
        parts: list[str] = []
        for step in self.failed:
            view = self.steps[step]
            parts += [f"{STEP_TITLES[step]} ({step.value}) failed.", view.reason, view.advice]
            parts += ["", "Last lines of its log:", *list(view.lines)[-40:], ""]
        return "\n".join(parts).strip()


def _clock(iso: str) -> float | None:
    try:
        return datetime.fromisoformat(iso).timestamp() if iso else None
    except ValueError:
        return None
