"""What one run shares: the open files, the sign-in, the workspace, the answers, the listeners."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from services.config import SetupConfig
from services.errors import StepFailed
from services.events import Event, LogLine
from services.ledger import Ledger
from services.manual import Person, nobody
from services.paths import ProjectPaths
from services.progress_tracker import ProgressTracker
from services.redaction import Redactor
from services.vocabulary import DeploymentMode, StepId

if TYPE_CHECKING:
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
    person: Person = nobody
    attended: bool = False
    """Whether a person sits in front of it: then STOP at a manual action is a stop, not a
    failure."""
    workspace_or_none: Workspace | None = None
    suggestions: Suggestions | None = None
    config: SetupConfig | None = None
    skipped_manual: list[str] = field(default_factory=list[str])
    listeners: list[Callable[[Event], None]] = field(default_factory=list[Callable[[Event], None]])

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

    @property
    def mode(self) -> DeploymentMode | None:
        return self.config.mode if self.config else None

    def child_environment(self) -> dict[str, str]:
        """The scrubbed environment every child gets (profiles.SignIn.child_environment)."""
        return self.options.sign_in.child_environment(self.environ)

    def trace_bug(self, step: StepId, error: BaseException) -> None:
        """Put a traceback into the step's log, where a report finds it; never on the screen."""
        for line in traceback.format_exception(error):
            for part in self.redactor.clean(line).splitlines():
                self.emit(LogLine(step, part))
