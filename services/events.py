"""What a run tells whoever listens: the progress screen, the headless printer, the session log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from services.vocabulary import StepId, StepStatus

if TYPE_CHECKING:
    from services.plan import Plan


@dataclass(frozen=True)
class StepChanged:
    """A step took a new status. `reason` says why it was skipped or what failed; `advice` what
    to do next."""

    step: StepId
    status: StepStatus
    duration_seconds: float | None = None
    reason: str = ""
    advice: str = ""
    result: Mapping[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class StepNote:
    """What a running step is doing right now, with a count where there is one."""

    step: StepId
    text: str
    done: int | None = None
    total: int | None = None


@dataclass(frozen=True)
class LogLine:
    """One line of a step's log, redacted, without a line break. Plain text, never markup."""

    step: StepId
    line: str


@dataclass(frozen=True)
class ManualAction:
    """Something only a person can do. Nothing is believed without its check."""

    id: str
    step: StepId
    title: str
    why: str
    instructions: tuple[str, ...]
    link: str = ""
    statements: tuple[str, ...] = ()
    """SQL or commands to hand to an admin, each one line to copy."""
    may_skip: bool = True


@dataclass(frozen=True)
class ManualRaised:
    action: ManualAction


@dataclass(frozen=True)
class ManualSettled:
    """`outcome` is 'done' or 'skipped'."""

    action: ManualAction
    outcome: str


@dataclass(frozen=True)
class PlanMade:
    plan: Plan


@dataclass(frozen=True)
class PrerequisiteChecked:
    """One prerequisite, as soon as it is known. `ok` is None where it could not be found out."""

    name: str
    ok: bool | None
    required: bool
    detail: str
    fix: str = ""


Event = (
    StepChanged | StepNote | LogLine | ManualRaised | ManualSettled | PlanMade | PrerequisiteChecked
)
