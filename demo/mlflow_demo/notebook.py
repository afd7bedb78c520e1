"""What every notebook of the demo begins with: where it is, who is signed in, what it works on."""

from __future__ import annotations

import logging
import os
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlflow_demo.settings import Settings, load_settings
from mlflow_demo.workspace import Links, connect, links

if TYPE_CHECKING:
    from mlflow_demo.agent import EmailAgent, GeneratedEmail


@dataclass(frozen=True)
class Demo:
    settings: Settings
    agent: EmailAgent
    links: Links


def open_demo() -> Demo:
    """Read the settings, sign in, and point MLflow at the demo's experiment.

    In a Databricks notebook whoever runs it is signed in already; elsewhere the profile that
    DATABRICKS_CONFIG_PROFILE names is used. Raises DemoError.
    """
    # Before MLflow is imported: tqdm warns of a widget that a notebook can do without.
    warnings.filterwarnings("ignore", message="IProgress not found")
    warnings.filterwarnings("ignore", category=DeprecationWarning)
    settings = load_settings(host=_host_of_the_runtime())
    config = connect(settings)

    import mlflow

    from mlflow_demo.agent import EmailAgent
    from mlflow_demo.chat import ChatEndpoint

    logging.getLogger("mlflow").setLevel(logging.WARNING)
    if not in_databricks():
        # The trace viewer is a page of the workspace, which only its own notebooks can show.
        mlflow.tracing.disable_notebook_display()
    agent = EmailAgent(settings, ChatEndpoint(settings.model, config))
    return Demo(settings, agent, links(settings))


def in_databricks() -> bool:
    return "DATABRICKS_RUNTIME_VERSION" in os.environ


def print_email(made: GeneratedEmail) -> None:
    """The email, the version of the prompt and whether a model wrote it."""
    by = "a simulated endpoint" if made.simulated else made.model
    print(f"Prompt version {made.prompt_version}, written by {by}\n")
    print(f"Subject: {made.email.subject}\n\n{made.email.body}")


def _host_of_the_runtime() -> str:
    if not in_databricks():
        return ""
    from databricks.sdk.core import Config

    return Config().host or ""
