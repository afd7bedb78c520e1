"""A copy of the demo's project, set up as the wizard leaves it, and its programs run for real."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.sandbox.running import ROOT, RunningSandbox, environment

DEMO = ROOT / "demo"
MODEL = "databricks-claude-3-7-sonnet"
_LEFT_BEHIND = (".venv", ".env.local", "node_modules", "__pycache__", ".ruff_cache")


@dataclass(frozen=True)
class Project:
    """A copy of demo/ with an .env.local. The Python environment stays where uv made it."""

    root: Path
    python: Path
    sandbox: RunningSandbox
    experiment_id: str
    prompt: str

    def env(self, more: Mapping[str, str] | None = None) -> dict[str, str]:
        """What the wizard gives its children: nothing but the profile in use."""
        return environment(
            {
                "DATABRICKS_CONFIG_FILE": str(self.sandbox.config_file),
                "DATABRICKS_CONFIG_PROFILE": "DEFAULT",
                **(more or {}),
            }
        )

    def run(
        self, *arguments: str, env: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """The demo's Python in the project's folder, to its end."""
        return subprocess.run(
            [str(self.python), *arguments],
            cwd=self.root,
            env=dict(env) if env is not None else self.env(),
            capture_output=True,
            text=True,
            timeout=900,
            check=False,
        )

    def load(self, script: str) -> dict[str, int]:
        """Run a setup script that has to work; the counts of its last line."""
        ended = self.run(f"setup/{script}")
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout.splitlines()[-1])["counts"]

    def set(self, **values: str) -> None:
        """Change values of .env.local."""
        path = self.root / ".env.local"
        kept = [line for line in path.read_text().splitlines() if line.split("=")[0] not in values]
        path.write_text(
            "\n".join([*kept, *(f'{name}="{value}"' for name, value in values.items())]) + "\n"
        )


def sync_environment() -> Path:
    """demo/.venv with what the lock says and what notebooks need; its Python."""
    uv = shutil.which("uv")
    assert uv, "uv is needed; check.sh brings it along"
    env = {name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"}
    subprocess.run(
        [uv, "sync", "--frozen", "--inexact", "--group", "dev",
         "--project", str(DEMO)],
        env=env,
        check=True,
        capture_output=True,
        timeout=900,
    )  # fmt: skip
    return DEMO / ".venv/bin/python"


def make_project(root: Path, sandbox: RunningSandbox, python: Path, name: str) -> Project:
    """A copy of the demo with a schema and an experiment of its own in the sandbox."""
    shutil.copytree(
        DEMO, root, ignore=lambda folder, names: _ignored(Path(folder), names), symlinks=True
    )
    client = sandbox.client()
    client.schemas.create(name=name, catalog_name="workspace")
    made = client.experiments.create_experiment(name=f"/Shared/{name}")
    experiment_id = str(made.experiment_id)
    values = {
        "DATABRICKS_HOST": sandbox.host,
        "UC_CATALOG": "workspace",
        "UC_SCHEMA": name,
        "DATABRICKS_APP_NAME": name.replace("_", "-"),
        "MLFLOW_EXPERIMENT_ID": experiment_id,
        "LLM_MODEL": MODEL,
        "DEPLOYMENT_MODE": "full_deployment",
        "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING": "false",
        "PROMPT_NAME": "email_generation",
        "PROMPT_ALIAS": "production",
        "MLFLOW_TRACKING_URI": "databricks",
    }
    text = "".join(f'{key}="{value}"\n' for key, value in values.items())
    (root / ".env.local").write_text(text)
    prompt = f"workspace.{name}.email_generation"
    return Project(root, python, sandbox, experiment_id, prompt)


def search_traces(project: Project, text: str = "") -> list[dict[str, Any]]:
    """The traces in the experiment, newest first, as the workspace's API lists them."""
    body: dict[str, Any] = {
        "locations": [
            {
                "type": "MLFLOW_EXPERIMENT",
                "mlflow_experiment": {"experiment_id": project.experiment_id},
            }
        ],
        "max_results": 500,
        "order_by": ["timestamp_ms DESC"],
    }
    if text:
        body["filter"] = text
    found = project.sandbox.call("POST", "/api/3.0/mlflow/traces/search", body)
    return found.get("traces", [])


def _ignored(folder: Path, names: list[str]) -> set[str]:
    left = {name for name in names if name in _LEFT_BEHIND}
    return left | ({"client"} & set(names) if folder == DEMO else set())
