"""What the command line and the settings asked of the wizard."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class WizardRequest:
    """The wizard's marching orders.

    With `sandbox` the wizard calls app.sandbox_process.use_sandbox first, which starts the local
    workspace and points this process at it; `profile` then names one of the sandbox's own.
    """

    project: Path
    answers: Mapping[str, str] = field(default_factory=dict[str, str])
    """Only those that somebody gave, by their names in services.config.ANSWER_NAMES."""
    profile: str | None = None
    sandbox: bool = False
    resume: bool = False
    skip_manual: bool = False
    notices: tuple[str, ...] = ()
    """Told on the first screen, e.g. that --reset set an earlier progress file aside."""
