"""The workspace that the demo talks to: signing in, and the links into its pages."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlflow_demo.errors import DemoError
from mlflow_demo.settings import Settings, normal_host

if TYPE_CHECKING:
    from databricks.sdk.core import Config

_SIGN_IN_FIX = "Sign in again (databricks auth login), or check the profile that is in use."


def prepare_environment() -> None:
    """Set what MLflow reads from the environment; call it before MLflow is imported.

    A value that somebody set stays.
    """
    # A trace must be readable as soon as its email is there, and none may be lost at the end.
    os.environ.setdefault("MLFLOW_ENABLE_ASYNC_TRACE_LOGGING", "false")
    # MLflow tells its makers how it is used: a call out of a customer's network on every start.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    # Judges would first fetch a catalogue of models from the internet.
    os.environ.setdefault("MLFLOW_MODEL_CATALOG_URI", "")
    # An advertisement, in colours, on every start.
    os.environ.setdefault("_MLFLOW_ENABLE_UC_TRACE_UPSELL", "false")
    # The defaults keep a person waiting for minutes before an error shows.
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "3")
    os.environ.setdefault("MLFLOW_HTTP_REQUEST_TIMEOUT", "60")
    os.environ.setdefault("MLFLOW_DATABRICKS_ENDPOINT_HTTP_RETRY_TIMEOUT", "90")


def sign_in(settings: Settings) -> Config:
    """The SDK's configuration, from whatever signs in here: a profile, an app's own credentials,
    a token, a notebook's user.

    Raises DemoError when nothing does, or when it leads to another workspace than the settings
    name: data must not end up in the wrong one.
    """
    from databricks.sdk.core import Config

    # With a host in the environment the SDK ignores the config file unless a profile is named,
    # so the settings' host is compared here and never exported.
    try:
        config = Config(http_timeout_seconds=30, retry_timeout_seconds=30)
        headers = config.authenticate()
    except ValueError as error:
        reason = str(error).split(". Config:")[0].rstrip(".")
        raise DemoError("not_signed_in", f"Cannot sign in: {reason}.", _SIGN_IN_FIX) from error
    except OSError as error:
        raise DemoError(
            "workspace_unreachable",
            f"Cannot reach the workspace {settings.host}: {type(error).__name__}.",
            "Check the network, VPN and proxy.",
        ) from error
    if not headers:
        raise DemoError("not_signed_in", "Cannot sign in: there are no credentials.", _SIGN_IN_FIX)
    actual = normal_host(config.host or "")
    if actual != settings.host:
        raise DemoError(
            "workspace_mismatch",
            f"The sign-in leads to {actual}, but the settings name {settings.host}.",
            "Nothing was written. Choose the profile of that workspace, or run auto-setup again.",
        )
    return config


def point_mlflow(settings: Settings) -> None:
    """Point MLflow at the workspace's experiment and Prompt Registry.

    Raises DemoError (experiment_missing, permission_denied).
    """
    import mlflow

    from mlflow_demo.mlflow_errors import explained

    mlflow.set_tracking_uri(settings.tracking_uri)
    mlflow.set_registry_uri("databricks-uc")
    with explained("experiment", settings):
        mlflow.set_experiment(experiment_id=settings.experiment_id)


def connect(settings: Settings) -> Config:
    """Sign in and point MLflow at the workspace. Raises DemoError."""
    prepare_environment()
    config = sign_in(settings)
    point_mlflow(settings)
    return config


@dataclass(frozen=True)
class Links:
    """Pages of the workspace, as its own browser addresses."""

    workspace: str
    experiment: str
    traces: str
    prompts: str
    evaluations: str
    labeling: str
    monitoring: str

    def trace(self, trace_id: str) -> str:
        return f"{self.traces}?selectedEvaluationId={trace_id}"

    def run(self, run_id: str) -> str:
        return f"{self.evaluations}?selectedRunUuid={run_id}"


def links(settings: Settings) -> Links:
    experiment = f"{settings.host}/ml/experiments/{settings.experiment_id}"
    return Links(
        workspace=settings.host,
        experiment=experiment,
        traces=f"{experiment}/traces",
        prompts=f"{experiment}/prompts",
        evaluations=f"{experiment}/evaluation-runs",
        labeling=f"{experiment}/labeling-sessions",
        monitoring=f"{experiment}/monitoring",
    )
