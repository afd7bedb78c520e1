"""The answers a setup needs, and the rules they must keep.

Rules of names come from the platform: app names from the Databricks Apps documentation (2 to 30
lower-case letters, digits and dashes), catalog and schema names from the Unity Catalog naming
rules, narrowed to what bash, dotenv and MLflow prompt names all read the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from services.errors import ConfigurationError
from services.vocabulary import DeploymentMode

APP_NAME = re.compile(r"[a-z0-9-]{2,30}")
SECURABLE_NAME = re.compile(r"[a-z0-9_-]{1,255}")
ENDPOINT_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,62}")
UNSAFE_IN_ENV_FILE = re.compile(r"[\"'$`\\\r\n\x00]")


class SetupConfig(BaseModel):
    """One complete, checked set of answers. Immutable: a changed answer is a new config."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    mode: DeploymentMode
    catalog: str
    schema_name: str = Field(alias="schema")
    app_name: str
    llm_model: str
    experiment_path: str

    @property
    def schema_full_name(self) -> str:
        return f"{self.catalog}.{self.schema_name}"

    def answers(self) -> dict[str, str]:
        """The answers by their command-line names, as they are saved and compared."""
        return {
            "mode": self.mode.value,
            "catalog": self.catalog,
            "schema": self.schema_name,
            "app_name": self.app_name,
            "llm_model": self.llm_model,
            "experiment_path": self.experiment_path,
        }


ANSWER_NAMES = ("mode", "catalog", "schema", "app_name", "llm_model", "experiment_path")


def problem_with(name: str, value: str) -> str:
    """What is wrong with one answer, as a sentence; empty when nothing is."""
    if not value:
        return f"{name} is empty."
    if unsafe := UNSAFE_IN_ENV_FILE.search(value):
        return (
            f"{name} {value!r} holds {unsafe.group()!r}, which .env.local cannot carry safely. "
            "Use a name without quotes, $, ` or \\."
        )
    check = _CHECKS.get(name)
    return check(value) if check else ""


def _app_name(value: str) -> str:
    if APP_NAME.fullmatch(value):
        return ""
    return (
        f"app_name {value!r} is not a valid app name: 2 to 30 lower-case letters, digits and "
        f"dashes. Try {suggest_app_name(value)!r}."
    )


def suggest_app_name(value: str) -> str:
    """The nearest valid app name."""
    name = re.sub(r"[^a-z0-9-]+", "-", value.lower()).strip("-")[:30].rstrip("-")
    return name if len(name) >= 2 else "mlflow-demo"


def _securable(kind: str) -> Any:
    def check(value: str) -> str:
        if SECURABLE_NAME.fullmatch(value):
            return ""
        return (
            f"{kind} {value!r} is not a name this setup can use: lower-case letters, digits, "
            "underscores and dashes, at most 255."
        )

    return check


def _mode(value: str) -> str:
    modes = [mode.value for mode in DeploymentMode]
    return "" if value in modes else f"mode {value!r} is not one of {', '.join(modes)}."


def _model(value: str) -> str:
    if ENDPOINT_NAME.fullmatch(value):
        return ""
    return f"llm_model {value!r} is not a serving endpoint name."


def _experiment_path(value: str) -> str:
    if value.startswith("/") and not value.endswith("/") and "//" not in value and len(value) > 1:
        return ""
    return (
        f"experiment_path {value!r} is not a workspace path: it starts with / and names an "
        "experiment, as /Shared/mlflow-demo does."
    )


_CHECKS: Mapping[str, Any] = {
    "mode": _mode,
    "catalog": _securable("catalog"),
    "schema": _securable("schema"),
    "app_name": _app_name,
    "llm_model": _model,
    "experiment_path": _experiment_path,
}


def build_config(answers: Mapping[str, str]) -> SetupConfig:
    """Check every answer and build the config.

    Raises ConfigurationError with all problems at once.
    """
    values = {name: answers.get(name, "") for name in ANSWER_NAMES}
    for name in ("catalog", "schema"):
        values[name] = values[name].lower()
    if not values["experiment_path"] and values["app_name"]:
        values["experiment_path"] = f"/Shared/{values['app_name']}"
    problems = [problem for name, value in values.items() if (problem := problem_with(name, value))]
    if problems:
        raise ConfigurationError(problems)
    return SetupConfig.model_validate(values)
