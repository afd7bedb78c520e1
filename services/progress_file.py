"""The shape of `.setup_progress.json`, read and written with the standard library alone.

`--status`, `--reset` and `--cleanup` use only this, so that they answer at once. The shape is the
seed's (session_id, last_updated, current_step, steps); host, user, answers and the step fields
`error`, `advice`, `reason` are ours. A file of the old program loads: what it lacks stays empty.
"""

from __future__ import annotations

import json
import secrets
import shutil
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from services.errors import ConfigurationError
from services.paths import ProjectPaths
from services.private_files import set_aside
from services.vocabulary import StepId, StepStatus


@dataclass(frozen=True)
class StepRecord:
    status: StepStatus = StepStatus.PENDING
    duration_seconds: float | None = None
    started_at: str = ""
    finished_at: str = ""
    reason: str = ""
    """Why it was skipped, or what failed."""
    advice: str = ""
    result_data: dict[str, Any] = field(default_factory=dict[str, Any])

    def to_json(self) -> dict[str, Any]:
        body: dict[str, Any] = {"status": self.status.value}
        for name in ("duration_seconds", "started_at", "finished_at", "reason", "advice"):
            if (value := getattr(self, name)) not in (None, ""):
                body[name] = value
        if self.status is StepStatus.FAILED:
            body["error_message"] = self.reason
        body["result_data"] = self.result_data
        return body


@dataclass(frozen=True)
class ProgressSnapshot:
    session_id: str
    last_updated: str = ""
    current_step: str | None = None
    host: str = ""
    user: str = ""
    answers: dict[str, str] = field(default_factory=dict[str, str])
    steps: dict[StepId, StepRecord] = field(default_factory=dict[StepId, StepRecord])

    @property
    def finished(self) -> bool:
        return all(self.steps[step].status.met for step in StepId)

    @property
    def started(self) -> bool:
        return any(record.status is not StepStatus.PENDING for record in self.steps.values())

    def to_json(self) -> str:
        body = {
            "session_id": self.session_id,
            "last_updated": self.last_updated,
            "current_step": self.current_step,
            "host": self.host,
            "user": self.user,
            "answers": self.answers,
            "steps": {step.value: self.steps[step].to_json() for step in StepId},
        }
        return json.dumps(body, indent=2) + "\n"


def new_session_id() -> str:
    """The seed's form, and four hex digits so that two sessions of one second differ."""
    return f"{datetime.now():%Y%m%d_%H%M%S}_{secrets.token_hex(2)}"


def new_snapshot(host: str = "", user: str = "") -> ProgressSnapshot:
    steps = {step: StepRecord() for step in StepId}
    return ProgressSnapshot(new_session_id(), host=host, user=user, steps=steps)


class UnreadableProgress(ConfigurationError):
    """The file is there and is no progress file."""


def read_status(paths: ProjectPaths) -> ProgressSnapshot | None:
    """What the progress file says; None when there is none.

    Raises UnreadableProgress for a file that cannot be read or is not of this shape.
    """
    try:
        text = paths.progress.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(paths.progress, str(error)) from error
    try:
        body: object = json.loads(text)
    except ValueError as error:
        raise _unreadable(paths.progress, f"it is not JSON ({error})") from error
    if not isinstance(body, dict):
        raise _unreadable(paths.progress, "it holds no JSON object")
    return _snapshot(cast("dict[str, Any]", body), paths.progress)


def _unreadable(path: Path, why: str) -> UnreadableProgress:
    return UnreadableProgress(
        [f"The progress file {path} cannot be read: {why}."],
        "Run again without --status to set it aside and start anew, or use --reset.",
    )


def _snapshot(body: dict[str, Any], path: Path) -> ProgressSnapshot:
    raw_steps = body.get("steps")
    if not isinstance(raw_steps, dict):
        raise _unreadable(path, 'it has no "steps"')
    known = cast("dict[str, Any]", raw_steps)
    steps = {step: _record(known.get(step.value)) for step in StepId}
    answers = cast("dict[str, Any]", body.get("answers") or {})
    current = body.get("current_step")
    return ProgressSnapshot(
        session_id=str(body.get("session_id") or new_session_id()),
        last_updated=str(body.get("last_updated") or ""),
        current_step=str(current) if current else None,
        host=str(body.get("host") or ""),
        user=str(body.get("user") or ""),
        answers={name: str(value) for name, value in answers.items()},
        steps=steps,
    )


def _record(raw: object) -> StepRecord:
    if not isinstance(raw, dict):
        return StepRecord()
    body = cast("dict[str, Any]", raw)
    try:
        status = StepStatus(body.get("status"))
    except ValueError:
        status = StepStatus.PENDING
    duration = body.get("duration_seconds")
    result = body.get("result_data")
    return StepRecord(
        status=status,
        duration_seconds=float(duration) if isinstance(duration, int | float) else None,
        started_at=str(body.get("started_at") or ""),
        finished_at=str(body.get("finished_at") or ""),
        reason=str(body.get("reason") or body.get("error_message") or ""),
        advice=str(body.get("advice") or ""),
        result_data=cast("dict[str, Any]", result) if isinstance(result, dict) else {},
    )


def reset(paths: ProjectPaths) -> Path | None:
    """Set the progress file aside (`--reset`); where it went, or None when there was none.

    The caller holds the project's lock.
    """
    if not paths.progress.exists():
        return None
    return set_aside(paths.progress, f"archived-{datetime.now():%Y%m%d-%H%M%S}")


def cleanup(paths: ProjectPaths) -> list[Path]:
    """Remove the progress file and the logs (`--cleanup`), never the ledger; what was removed.

    The caller holds the project's lock.
    """
    removed: list[Path] = []
    if paths.progress.exists():
        paths.progress.unlink()
        removed.append(paths.progress)
    if paths.logs.exists():
        shutil.rmtree(paths.logs)
        removed.append(paths.logs)
    return removed


def with_step(snapshot: ProgressSnapshot, step: StepId, record: StepRecord) -> ProgressSnapshot:
    return replace(snapshot, steps={**snapshot.steps, step: record})
