"""The sign-in in use, and how it reaches the SDK and child processes without interference."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.workspace.credentials import ENVIRONMENT, SECRETS, is_loopback

SCRUBBED_PREFIXES = ("DATABRICKS_", "MLFLOW_", "_MLFLOW_", "ARM_")
SCRUBBED_NAMES = frozenset(
    {
        "GOOGLE_CREDENTIALS",
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONHOME",
        "PYTHONPATH",
        "VIRTUAL_ENV",
        "UV_PROJECT_ENVIRONMENT",
    }
)
"""Taken out of a child's environment: what could lead it to another workspace or another Python."""

KEPT_FOR_CHILDREN = frozenset({"DATABRICKS_CLI_PATH"})


@dataclass(frozen=True)
class SignIn:
    """One way into one workspace.

    `source` says where it came from, `warnings` what else was found and not used. `values` are
    the SDK's attributes; they hold secrets and stay out of the repr.
    """

    host: str
    profile: str | None
    auth_type: str
    source: str
    warnings: tuple[str, ...] = ()
    config_file: str = ""
    values: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)

    @property
    def needs_cli(self) -> bool:
        """Whether the Databricks CLI has to be there for this sign-in."""
        return self.auth_type == "databricks-cli"

    @property
    def loopback(self) -> bool:
        return is_loopback(self.host)

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that must not be shown, for a Redactor."""
        return tuple(value for name in SECRETS if (value := self.values.get(name)))

    @property
    def mend(self) -> str:
        """The one thing to do when this sign-in is refused."""
        if self.auth_type == "azure-cli":
            return "Run: az login"
        if self.auth_type.startswith("google"):
            return "Run: gcloud auth application-default login"
        if self.profile is None:
            names = [ENVIRONMENT[name] for name in self.values if name in SECRETS]
            return f"Export a fresh {' and '.join(names) or 'sign-in'} and start again."
        if self.auth_type in ("databricks-cli", "external-browser"):
            return f"Run: databricks auth login --host {self.host} --profile {self.profile}"
        if self.auth_type == "pat":
            return (
                f"Run: databricks auth login --host {self.host} --profile {self.profile} "
                f"(or put a new token into [{self.profile}] of {self.config_file})."
            )
        return f"Correct the credentials in [{self.profile}] of {self.config_file}."

    def sdk_config_arguments(self) -> dict[str, Any]:
        """The exact keyword arguments for the SDK's Config.

        Config lets the environment fill whatever attribute was not given. Every attribute that
        has a variable is therefore given, an empty one included, and `auth_type` is always set:
        so a stray DATABRICKS_TOKEN is neither used nor counted as a second method.
        Imports databricks.sdk: call it in a worker thread.
        """
        from databricks.sdk.config import Config

        arguments: dict[str, Any] = {}
        for attribute in Config.attributes():
            variable: str | None = attribute.env
            if variable and variable not in KEPT_FOR_CHILDREN:
                kind: type = attribute.transform
                arguments[attribute.name] = kind() if kind in (int, bool, float) else ""
        arguments |= dict(self.values)
        arguments |= {"host": self.host, "auth_type": self.auth_type}
        # The CLI keeps its login by profile; so does the browser's token cache.
        arguments["profile"] = self.profile or ""
        arguments["config_file"] = self.config_file or os.devnull
        return arguments

    def child_environment(self, base: Mapping[str, str]) -> dict[str, str]:
        """The environment for a child process: `base` with exactly this sign-in in it."""
        child = {
            name: value
            for name, value in base.items()
            if name in KEPT_FOR_CHILDREN
            or not (name.startswith(SCRUBBED_PREFIXES) or name in SCRUBBED_NAMES)
        }
        if self.profile is not None:
            # The host too: a child that loads .env.local sets it anyway, to the same value.
            child["DATABRICKS_CONFIG_FILE"] = self.config_file
            child["DATABRICKS_CONFIG_PROFILE"] = self.profile
            return child
        for name, value in self.values.items():
            if value and name in ENVIRONMENT:
                child[ENVIRONMENT[name]] = value
        child["DATABRICKS_HOST"] = self.host
        child["DATABRICKS_AUTH_TYPE"] = self.auth_type
        return child
