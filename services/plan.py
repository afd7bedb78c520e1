"""What a run will do, entry by entry, before it does anything. Made in services/planning.py."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any

from services.config import SetupConfig
from services.vocabulary import StepId


class PlanAction(str, Enum):
    CREATE = "create"
    REUSE = "reuse"
    GRANT = "grant"
    UPLOAD = "upload"
    INSTALL = "install"
    SKIP = "skip"


@dataclass(frozen=True)
class PlannedResource:
    """One entry. `kind` is the field's word for it: catalog, schema, experiment, app, grant..."""

    action: PlanAction
    kind: str
    name: str
    step: StepId
    detail: str = ""
    """Why it is there, or why it is skipped, in one sentence."""


@dataclass(frozen=True)
class Plan:
    host: str
    user_name: str
    config: SetupConfig
    resources: tuple[PlannedResource, ...]
    notices: tuple[str, ...]
    """What it costs, who will see it, what needs an admin: said before it happens."""
    estimate_seconds: float | None = None
    """From the durations of earlier runs in this project; None when there was none."""

    def count(self, action: PlanAction) -> int:
        return sum(1 for resource in self.resources if resource.action is action)

    def summary(self) -> str:
        """`create 3, reuse 1, grant 4`: the actions that occur, in their fixed order."""
        parts = [f"{a.value} {n}" for a in PlanAction if (n := self.count(a))]
        return ", ".join(parts) or "nothing to do"

    def entries(self) -> list[dict[str, Any]]:
        """The resources as plain data, as the `plan` event and the JSON export carry them."""
        return [
            {**asdict(r), "action": r.action.value, "step": r.step.value} for r in self.resources
        ]

    def to_json(self) -> str:
        body = {
            "host": self.host,
            "user": self.user_name,
            "answers": self.config.answers(),
            "resources": self.entries(),
            "notices": list(self.notices),
            "estimate_seconds": self.estimate_seconds,
        }
        return json.dumps(body, indent=2)

    def to_markdown(self) -> str:
        lines = ["# Setup plan", "", f"Workspace {self.host}, as {self.user_name}", ""]
        lines += [f"- {name}: `{value}`" for name, value in self.config.answers().items()]
        lines += ["", "| action | what | name | why |", "|---|---|---|---|"]
        lines += [
            f"| {r.action.value} | {r.kind} | `{r.name}` | {r.detail} |" for r in self.resources
        ]
        lines += ["", *(f"- {notice}" for notice in self.notices)]
        return "\n".join(lines) + "\n"
