"""What MLflow's errors mean here, in words a person can act on.

Labeling and monitoring go through databricks-agents, which raises errors of requests instead.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

import requests
from mlflow.exceptions import MlflowException

from mlflow_demo.errors import DemoError
from mlflow_demo.settings import Settings

Subject = Literal["prompt", "experiment", "trace", "scorers", "labeling", "evaluation"]

_OFF = ("FEATURE_DISABLED", "NOT_IMPLEMENTED", "ENDPOINT_NOT_FOUND")
_CODE_IN_FRONT = re.compile(r"^[A-Z][A-Z_]+: ")


@contextmanager
def explained(subject: Subject, settings: Settings) -> Iterator[None]:
    """Raise a DemoError in place of what MLflow raises inside."""
    try:
        yield
    except MlflowException as error:
        raise explain(error, subject, settings) from error
    except requests.RequestException as error:
        raise explain(_as_mlflow_error(error), subject, settings) from error


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


def prompt_missing(settings: Settings, version: int | None = None) -> DemoError:
    """For the version that was asked for, or for the alias."""
    name = settings.full_prompt_name
    if version is not None:
        return DemoError(
            "prompt_missing",
            f"The prompt {name} has no version {version}.",
            "Ask for one that the Prompt Registry lists.",
        )
    return DemoError(
        "prompt_missing",
        f"The prompt {name}@{settings.prompt_alias} is not there.",
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


def _as_mlflow_error(error: requests.RequestException) -> MlflowException:
    if error.response is None:
        return MlflowException(f"the workspace did not answer ({type(error).__name__}).")
    try:
        told = json.loads(error.response.text)
    except ValueError:
        told = {}
    told = told if isinstance(told, dict) else {}
    code = str(told.get("error_code") or "")
    if error.response.status_code == 403 and not code:
        code = "PERMISSION_DENIED"
    message = str(told.get("message") or f"the workspace answered {error.response.status_code}.")
    made = MlflowException(message)
    made.error_code = code or made.error_code
    return made


def _first_sentence(message: str) -> str:
    line = message.strip().splitlines()[0] if message.strip() else "no reason given."
    line = line.split(" Config: ")[0]  # The SDK adds its whole configuration.
    line = _CODE_IN_FRONT.sub("", line)
    line = line if len(line) <= 300 else line[:297] + "..."
    return line if line.endswith((".", "...")) else f"{line}."
