"""What MLflow's errors mean here, in words a person can act on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from mlflow.exceptions import MlflowException

from mlflow_demo.errors import DemoError
from mlflow_demo.settings import Settings

Subject = Literal["prompt", "experiment", "trace", "scorers", "labeling", "evaluation"]

_OFF = ("FEATURE_DISABLED", "NOT_IMPLEMENTED")


@contextmanager
def explained(subject: Subject, settings: Settings) -> Iterator[None]:
    """Raise a DemoError in place of what MLflow raises inside."""
    try:
        yield
    except MlflowException as error:
        raise explain(error, subject, settings) from error


def explain(error: MlflowException, subject: Subject, settings: Settings) -> DemoError:
    """The DemoError that says the same about `subject` in our words."""
    code = str(error.error_code)
    said = _first_sentence(error.message)
    if is_switched_off(error):
        return DemoError(
            "feature_off",
            f"This workspace has no {_NAMES[subject]}: {said}",
            "A workspace admin can switch it on under Settings, Previews.",
        )
    if code == "PERMISSION_DENIED" or error.get_http_status_code() == 403:
        return DemoError(
            "permission_denied",
            f"Not allowed to use the {_NAMES[subject]}: {said}",
            _grants(subject, settings),
        )
    if code in ("UNAUTHENTICATED", "CUSTOMER_UNAUTHORIZED") or error.get_http_status_code() == 401:
        return DemoError(
            "not_signed_in", f"The workspace refuses the sign-in: {said}", "Sign in again."
        )
    if is_missing(error):
        return _missing(subject, settings, said)
    return DemoError(
        "failed",
        f"MLflow could not use the {_NAMES[subject]}: {said}",
        "Try again; if it stays, look at the experiment's page in the workspace.",
    )


def prompt_missing(settings: Settings) -> DemoError:
    return DemoError(
        "prompt_missing",
        f"The prompt {settings.full_prompt_name}@{settings.prompt_alias} is not there.",
        "Run setup/1_load_prompts.py, or set the alias in the Prompt Registry.",
    )


def is_missing(error: MlflowException) -> bool:
    """Whether what was asked for is not there."""
    return str(error.error_code) in ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND")


def is_switched_off(error: MlflowException) -> bool:
    """Whether an admin switched the feature off, or the workspace does not have it."""
    text = error.message.lower()
    said = ("not enabled", "is disabled", "not available in", "preview is not", "not supported in")
    return str(error.error_code) in _OFF or any(word in text for word in said)


_NAMES = {
    "prompt": "Prompt Registry",
    "experiment": "MLflow experiment",
    "trace": "trace",
    "scorers": "production monitoring",
    "labeling": "labeling sessions",
    "evaluation": "evaluation",
}


def _missing(subject: Subject, settings: Settings, said: str) -> DemoError:
    if subject == "prompt":
        return prompt_missing(settings)
    if subject == "trace":
        return DemoError("trace_missing", "There is no such trace.", "Generate the email again.")
    if subject == "experiment":
        return DemoError(
            "experiment_missing",
            f"The experiment {settings.experiment_id} is not there.",
            "Run auto-setup again, or set MLFLOW_EXPERIMENT_ID to an experiment that is.",
        )
    return DemoError("failed", f"Not there: {said}", "Run auto-setup again.")


def _grants(subject: Subject, settings: Settings) -> str:
    if subject == "prompt":
        return (
            f"Grant USE CATALOG on {settings.catalog}, and USE SCHEMA, EXECUTE, CREATE FUNCTION "
            f"and MANAGE on {settings.catalog}.{settings.schema} to whoever runs this."
        )
    return f"Grant CAN_EDIT on the experiment {settings.experiment_id} to whoever runs this."


def _first_sentence(message: str) -> str:
    line = message.strip().splitlines()[0] if message.strip() else "no reason given."
    line = line.split(" Config: ")[0]  # The SDK adds its whole configuration.
    return line if len(line) <= 300 else line[:297] + "..."
