"""What the demo is made of, as Databricks Apps and a person who reads it want it."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

import yaml

from tests.demo.project import DEMO, Project
from tests.sandbox.running import environment

MOST_BYTES = 10 * 1024 * 1024
_BUILT_HERE = {".venv", "node_modules", "__pycache__", ".ruff_cache"}


def test_the_app_gets_every_value_of_env_local(new_project: Project) -> None:
    ended = new_project.run("-m", "mlflow_demo.app_yaml")
    assert ended.returncode == 0, ended.stderr
    app = cast("dict[str, Any]", yaml.safe_load(ended.stdout))
    assert app["command"] == ["python", "-m", "server"]
    env: dict[str, str] = {entry["name"]: entry["value"] for entry in app["env"]}
    assert env["MLFLOW_EXPERIMENT_ID"] == new_project.experiment_id
    assert env["MLFLOW_ENABLE_ASYNC_TRACE_LOGGING"] == "false"
    assert not any(name.startswith("DATABRICKS_") for name in env), "the platform sets those"


def test_a_value_that_is_missing_is_named(new_project: Project) -> None:
    new_project.set(UC_SCHEMA="", LLM_MODEL="")
    ended = new_project.run("-m", "mlflow_demo.app_yaml")
    assert ended.returncode == 1
    assert "app.yaml needs LLM_MODEL, UC_SCHEMA" in ended.stderr


def test_notebooks_find_their_settings_in_app_yaml(new_project: Project) -> None:
    """As in a workspace: .env.local is never uploaded, app.yaml is."""
    filled = new_project.run("-m", "mlflow_demo.app_yaml").stdout
    (new_project.root / "app.yaml").write_text(filled)
    (new_project.root / ".env.local").unlink()
    ended = new_project.run(
        "-c",
        "import sys; sys.path.insert(0, '.')\n"
        "from mlflow_demo.settings import load_settings\n"
        f"print(load_settings(host={new_project.sandbox.host!r}).full_prompt_name)",
    )
    assert ended.stdout.strip() == new_project.prompt, ended.stderr


def test_mlflow_does_not_call_its_makers(new_project: Project) -> None:
    """A customer's network would show a call to a stranger on every start."""
    told = {"PYTEST_CURRENT_TEST", "CI", "GITHUB_ACTIONS", "DO_NOT_TRACK"}
    ended = new_project.run(
        "-c",
        "from mlflow_demo.workspace import prepare_environment\n"
        "prepare_environment()\n"
        "from mlflow.telemetry import get_telemetry_client\n"
        "print(get_telemetry_client())",
        env={name: value for name, value in new_project.env().items() if name not in told},
    )
    assert ended.stdout.strip() == "None", ended.stderr


def test_deploy_says_what_is_missing(tmp_path: Path) -> None:
    script = tmp_path / "deploy.sh"
    script.write_bytes((DEMO / "deploy.sh").read_bytes())
    assert "There is no .env.local" in _deploy(script, environment())
    (tmp_path / ".env.local").touch()
    assert "Run: uv sync --frozen" in _deploy(script, environment())
    (tmp_path / ".venv/bin").mkdir(parents=True)
    (tmp_path / ".venv/bin/python").touch(0o755)
    assert "The page is not built" in _deploy(script, environment())


def test_nothing_in_it_is_refused_by_the_platform() -> None:
    assert not (DEMO / "package.json").exists(), "it would trigger an npm build"
    assert not (DEMO / "requirements.txt").exists(), "it would win over uv.lock"
    large = [
        path
        for path in DEMO.rglob("*")
        if not _BUILT_HERE & set(path.parts) and path.is_file() and path.stat().st_size > MOST_BYTES
    ]
    assert large == []


def test_it_imports_nothing_of_the_repository() -> None:
    outside = re.compile(r"^\s*(?:from|import) (?:services|sandbox|screens|app)\b", re.MULTILINE)
    for folder in ("mlflow_demo", "server", "setup"):
        for path in (DEMO / folder).rglob("*.py"):
            assert outside.search(path.read_text()) is None, path


def _deploy(script: Path, env: Mapping[str, str]) -> str:
    ended = subprocess.run(
        ["bash", str(script)], env=dict(env), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 1
    return ended.stderr
