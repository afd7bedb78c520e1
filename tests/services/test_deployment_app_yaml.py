"""services/deployment/app_yaml.py: a template filled, and a command that really starts here."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
import yaml

from services.deployment import app_yaml
from services.errors import StepFailed
from services.local_http import get_json
from services.processes import Server, free_port
from services.steps.generate_env_file import FIXED
from tests.services.programs import ROOT, Told, environment, own_python, program, project

VALUES = {"UC_CATALOG": "main", "LLM_MODEL": "a: model #1", "DATABRICKS_HOST": "http://x"}


def rendered(root: Path, template: str, values: dict[str, str] = VALUES) -> object:
    project(root, {"app.yaml.template": template})
    text = app_yaml.render(root, values)
    assert text is not None
    return yaml.safe_load(text)


def test_placeholders_and_named_entries_are_filled(tmp_path: Path) -> None:
    template = """
command: [serve, --catalog, "${UC_CATALOG}.x", --port, "${DATABRICKS_APP_PORT}"]
env:
- {name: MODEL, value: "${LLM_MODEL}"}
- {name: UC_CATALOG, value: an-example}
- {name: LLM_MODEL}
- {name: KEPT, value: as written}
- {name: WAREHOUSE, valueFrom: warehouse}
"""
    values = {**VALUES, "DATABRICKS_APP_PORT": "1"}
    assert rendered(tmp_path, template, values) == {
        "command": ["serve", "--catalog", "main.x", "--port", "${DATABRICKS_APP_PORT}"],
        "env": [
            {"name": "MODEL", "value": "a: model #1"},
            {"name": "UC_CATALOG", "value": "main"},
            {"name": "LLM_MODEL", "value": "a: model #1"},
            {"name": "KEPT", "value": "as written"},
            {"name": "WAREHOUSE", "valueFrom": "warehouse"},
        ],
    }


def test_all_that_is_missing_is_named_at_once(tmp_path: Path) -> None:
    template = 'command: [x]\nenv:\n- {name: A, value: "${NOT_A}"}\n- {name: NOT_B}\n'
    with pytest.raises(StepFailed, match=r"asks for NOT_A, NOT_B, which \.env\.local"):
        rendered(tmp_path, template)


def test_a_plain_app_yaml_is_taken_as_it_is(tmp_path: Path) -> None:
    text = "command: [x]   # spaced ${NOT_FILLED}\n"
    project(tmp_path, {"app.yaml": text})
    assert app_yaml.render(tmp_path, VALUES) == text


def test_a_project_without_either_has_none(tmp_path: Path) -> None:
    assert app_yaml.render(tmp_path, VALUES) is None


@pytest.mark.parametrize("text", ["command: [", "- a list", "", "env: {A: 1}"])
def test_a_broken_template_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(StepFailed, match=r"app\.yaml"):
        rendered(tmp_path, text)


def test_the_bundled_demos_template_can_be_filled() -> None:
    """What generate_env_file writes is all it asks for."""
    own = ("UC_CATALOG", "UC_SCHEMA", "MLFLOW_EXPERIMENT_ID", "LLM_MODEL", "DEPLOYMENT_MODE")
    values = dict.fromkeys(("DATABRICKS_HOST", "DATABRICKS_APP_NAME", *own, *FIXED), "x")
    text = app_yaml.render(ROOT / "demo", values)
    assert text is not None
    assert "${" not in text


def test_a_local_command_uses_the_projects_own_programs(tmp_path: Path) -> None:
    uvicorn = program(tmp_path / ".venv/bin", "uvicorn", "true")
    python = str(tmp_path / ".venv/bin/python")
    env = {"PATH": "/usr/bin", "DATABRICKS_APP_PORT": "4321"}
    for command, wanted in {
        "[python, -m, server]": [python, "-m", "server"],
        "[uvicorn, 'server.app:app', --host, 0.0.0.0, --port, '8000']": [
            str(uvicorn), "server.app:app", "--host", "127.0.0.1", "--port", "4321",
        ],
        "uvicorn server.app:app --port=$DATABRICKS_APP_PORT": [
            str(uvicorn), "server.app:app", "--port=4321",
        ],
        "[uv, run, uvicorn, 'a:b', --port=8000, --host=0.0.0.0]": [
            str(uvicorn), "a:b", "--port=4321", "--host=127.0.0.1",
        ],
        "[./start.sh]": [str(tmp_path / "start.sh")],
        "[gunicorn, -b, '0.0.0.0:8000', app]": ["gunicorn", "-b", "127.0.0.1:4321", "app"],
    }.items():  # fmt: skip
        project(tmp_path, {"app.yaml": f"command: {command}\n"})
        assert app_yaml.local_command(tmp_path, env) == wanted


def test_without_a_command_the_first_script_runs(tmp_path: Path) -> None:
    project(tmp_path, {"a.py": "", "app.py": "", "app.yaml": "env: []\n"})
    python = str(tmp_path / ".venv/bin/python")
    assert app_yaml.local_command(tmp_path, {}) == [python, "app.py"]


def test_nothing_to_run_is_told(tmp_path: Path) -> None:
    with pytest.raises(StepFailed, match="no Python file to run"):
        app_yaml.local_command(tmp_path, {})


async def test_a_local_start_really_answers(tmp_path: Path) -> None:
    own_python(tmp_path)
    serve = """
import json, os
from http.server import BaseHTTPRequestHandler, HTTPServer
class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps({"catalog": os.environ["UC_CATALOG"]}).encode())
HTTPServer(("127.0.0.1", int(os.environ["DATABRICKS_APP_PORT"])), Handler).serve_forever()
"""
    project(
        tmp_path,
        {"web/__init__.py": "", "web/__main__.py": serve, "app.yaml": "command: python -m web"},
    )
    port = free_port()
    env = environment(tmp_path, UC_CATALOG="main", DATABRICKS_APP_PORT=str(port))
    told = Told()
    command = app_yaml.local_command(tmp_path, env)
    async with Server(command, cwd=tmp_path, env=env, on_line=told.line) as server:
        answer = await get_json(f"http://127.0.0.1:{port}/")
        while not answer.status and not server.exited.is_set():
            await asyncio.sleep(0.05)
            answer = await get_json(f"http://127.0.0.1:{port}/")
    assert (answer.status, answer.body) == (200, {"catalog": "main"}), told.text
