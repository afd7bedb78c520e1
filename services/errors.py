"""The errors of a setup. Each carries a sentence for a person and what to do next.

SetupError
├── ConfigurationError     an answer, flag or file is wrong: exit 2
├── PrerequisitesMissing   a tool or sign-in is not there: exit 3
├── AlreadyRunning         another wizard holds this project: exit 4
├── StepFailed             a step could not do its work: exit 1
├── NeedsPerson            only somebody with other rights can go on: exit 1
├── RunStopped             the person asked to stop: exit 130
└── WorkspaceError         the workspace said no, or nothing (services/workspace/errors.py)
"""

from __future__ import annotations

from collections.abc import Sequence

from services.vocabulary import ExitCode


class SetupError(Exception):
    """Something a person is told about.

    `message` says what happened and why; `advice` says what to do next and may be empty.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        return f"{self.message} {self.advice}".strip()


class ConfigurationError(SetupError):
    """Everything that is wrong with the configuration, told at once."""

    exit_code = ExitCode.BAD_CONFIGURATION

    def __init__(self, problems: Sequence[str], advice: str = "") -> None:
        super().__init__(" ".join(problems), advice)
        self.problems = tuple(problems)


class PrerequisitesMissing(SetupError):
    exit_code = ExitCode.PREREQUISITES_MISSING


class AlreadyRunning(SetupError):
    exit_code = ExitCode.ALREADY_RUNNING


class StepFailed(SetupError):
    pass


class NeedsPerson(SetupError):
    pass


class RunStopped(SetupError):
    exit_code = ExitCode.INTERRUPTED
