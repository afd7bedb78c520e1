"""What the demo is told: from .env.local here, from app.yaml's environment in Databricks Apps."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mlflow_demo.app_yaml import read_app_yaml
from mlflow_demo.env_file import read_env_file
from mlflow_demo.errors import DemoError

PROJECT_DIR = Path(__file__).resolve().parents[1]
ENV_FILE = PROJECT_DIR / ".env.local"
APP_YAML = PROJECT_DIR / "app.yaml"

_REQUIRED = ("DATABRICKS_HOST", "UC_CATALOG", "UC_SCHEMA", "MLFLOW_EXPERIMENT_ID", "LLM_MODEL")


@dataclass(frozen=True)
class Settings:
    host: str
    """The workspace, https://... without a slash at the end."""
    catalog: str
    schema: str
    app_name: str
    experiment_id: str
    model: str
    """The name of the chat endpoint."""
    deployment_mode: str
    prompt_name: str
    prompt_alias: str
    tracking_uri: str

    @property
    def full_prompt_name(self) -> str:
        """The prompt's name in Unity Catalog: catalog.schema.prompt."""
        return f"{self.catalog}.{self.schema}.{self.prompt_name}"


def load_settings(env_file: Path = ENV_FILE, host: str = "") -> Settings:
    """Read the settings; a value in `.env.local` goes before one of the environment.

    In a workspace there is no `.env.local`, and a notebook there has no environment of its own: it
    gets what stands in app.yaml, and `host`, where nothing else names the workspace.
    Raises DemoError (settings_missing) naming every setting that is missing.
    """
    given = {"DATABRICKS_HOST": host} if host else {}
    values = {**given, **read_app_yaml(APP_YAML), **os.environ, **read_env_file(env_file)}
    missing = [name for name in _REQUIRED if not values.get(name)]
    if missing:
        raise DemoError(
            "settings_missing",
            f"The demo is not configured: {', '.join(missing)} is not set.",
            "Run auto-setup, or set it in .env.local (here) or app.yaml (in Databricks Apps).",
        )
    return Settings(
        host=normal_host(values["DATABRICKS_HOST"]),
        catalog=values["UC_CATALOG"],
        schema=values["UC_SCHEMA"],
        app_name=values.get("DATABRICKS_APP_NAME") or "mlflow-demo",
        experiment_id=values["MLFLOW_EXPERIMENT_ID"],
        model=values["LLM_MODEL"],
        deployment_mode=values.get("DEPLOYMENT_MODE") or "full_deployment",
        prompt_name=values.get("PROMPT_NAME") or "email_generation",
        prompt_alias=values.get("PROMPT_ALIAS") or "production",
        tracking_uri=values.get("MLFLOW_TRACKING_URI") or "databricks",
    )


def normal_host(host: str) -> str:
    """The host as a URL: Databricks Apps hand it out without its scheme."""
    host = host.strip().rstrip("/")
    return host if "://" in host else f"https://{host}"
