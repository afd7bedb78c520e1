"""What one run shares: the open files, the sign-in, the workspace, the answers, the listeners."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from services.config import SetupConfig
from services.errors import StepFailed
from services.events import Event
from services.ledger import Ledger
from services.manual import Person, nobody
from services.paths import ProjectPaths
from services.progress_tracker import ProgressTracker
from services.redaction import Redactor
from services.vocabulary import DeploymentMode, StepId

if TYPE_CHECKING:
    from services.choices import Choices
    from services.environment_detector import EnvironmentDetector, Suggestions
    from services.permissions import Permissions
    from services.workspace.gateway import Workspace
    from services.workspace.profiles import SignIn


@dataclass(frozen=True)
class SetupOptions:
    """How a setup was asked for: by flags, settings or the wizard's first screens."""

    project: Path
    sign_in: SignIn
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Only those that somebody gave, by their names in config.ANSWER_NAMES."""
    resume: bool = False
    skip_manual: bool = False
    sandbox: bool = False


@dataclass
class Session:
    """The state of one run. Built by Setup; steps see it through StepContext."""

    options: SetupOptions
    paths: ProjectPaths
    tracker: ProgressTracker
    ledger: Ledger
    redactor: Redactor
    environ: Mapping[str, str]
    persist: bool = True
    """False in a dry run: neither workspace nor disk is touched."""
    person: Person = nobody
    attended: bool = False
    """Whether a person sits in front of it: then STOP at a manual action is a stop, not a
    failure."""
    workspace_or_none: Workspace | None = None
    suggestions: Suggestions | None = None
    answers: dict[str, str] = field(default_factory=dict[str, str])
    """What somebody gave: flags, settings, or the wizard's screens."""
    config: SetupConfig | None = None
    choices: Choices | None = None
    """What step 4 found of the chosen names; the plan is made from it."""
    skipped_manual: list[str] = field(default_factory=list[str])
    listeners: list[Callable[[Event], None]] = field(default_factory=list[Callable[[Event], None]])
    call_listeners: list[Callable[[dict[str, Any]], None]] = field(
        default_factory=list[Callable[[dict[str, Any]], None]]
    )

    def emit(self, event: Event) -> None:
        for listener in self.listeners:
            listener(event)

    @property
    def workspace(self) -> Workspace:
        if self.workspace_or_none is None:
            raise StepFailed("Not signed in yet.", "Start the setup again.")
        return self.workspace_or_none

    @property
    def permissions(self) -> Permissions:
        from services.permissions import Permissions
        from services.probe_log import LedgerProbes

        return Permissions(self.workspace, LedgerProbes(self.ledger))

    @property
    def detector(self) -> EnvironmentDetector:
        from services.environment_detector import EnvironmentDetector

        return EnvironmentDetector(self.workspace, self.permissions)

    def merged_answers(self) -> dict[str, str]:
        """What was given wins, then what the progress file holds, then the suggestions.

        A saved experiment path that only followed the saved app name does not outlive a new name.
        """
        saved = dict(self.tracker.snapshot.answers)
        given = {name: value for name, value in self.answers.items() if value}
        if given.get("app_name", saved.get("app_name")) != saved.get("app_name"):
            saved.pop("experiment_path", None)
        suggested = self.suggestions.answers() if self.suggestions else {}
        merged = {**suggested, **saved, **given}
        if "app_name" in given and "experiment_path" not in {**saved, **given}:
            merged["experiment_path"] = self.experiment_path_for(given["app_name"])
        return merged

    def experiment_path_for(self, app_name: str) -> str:
        """Where the experiment of an app of this name goes: the folder in which one may be made,
        /Shared where nothing else was found out."""
        suggested = self.suggestions.experiment_path if self.suggestions else ""
        folder = suggested.rsplit("/", 1)[0] or "/Shared"
        return f"{folder}/{app_name}"

    @property
    def mode(self) -> DeploymentMode | None:
        return self.config.mode if self.config else None

    def child_environment(self) -> dict[str, str]:
        """The scrubbed environment every child gets (profiles.SignIn.child_environment)."""
        return self.options.sign_in.child_environment(self.environ)

    def trace(self, call: dict[str, Any]) -> None:
        """Take one HTTP call's record (name, status, seconds, request id) into the session log."""
        for listener in self.call_listeners:
            listener(call)

    def trace_bug(self, step: StepId, error: BaseException) -> None:
        """Put a traceback into the session log, where a report finds it; never on the screen."""
        lines = [line.rstrip() for line in traceback.format_exception(error)]
        self.trace({"call": "bug", "step": step.value, "traceback": lines})
