"""One whole setup, what it leaves behind, a second run over it, and its rollback."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import httpx
import pytest
from dotenv import dotenv_values

from tests.sandbox.running import RunningSandbox
from tests.setup.wizard import STEPS, Ended, Wizard

pytestmark = [pytest.mark.full, pytest.mark.timeout(1800)]

SEED_KEYS = (
    "DATABRICKS_HOST",
    "UC_CATALOG",
    "UC_SCHEMA",
    "DATABRICKS_APP_NAME",
    "MLFLOW_EXPERIMENT_ID",
    "LLM_MODEL",
    "DEPLOYMENT_MODE",
    "MLFLOW_ENABLE_ASYNC_TRACE_LOGGING",
    "PROMPT_NAME",
    "PROMPT_ALIAS",
    "MLFLOW_TRACKING_URI",
)


def workspace_state(sandbox: RunningSandbox) -> dict[str, Any]:
    """All that a setup may touch, as the person sees it."""
    client: Any = sandbox.client()
    schemas = [s.full_name for s in client.schemas.list("workspace")]
    grants = sandbox.call(
        "GET", "/api/2.1/unity-catalog/permissions/catalog/workspace?max_results=0"
    )
    return {
        "catalogs": sorted(c.name or "" for c in client.catalogs.list()),
        "schemas": sorted(name or "" for name in schemas),
        "grants": grants,
        "apps": sorted(app.name for app in client.apps.list()),
        "experiments": sorted(e.name or "" for e in client.experiments.list_experiments()),
        "home": sorted(o.path or "" for o in client.workspace.list("/Users/you@sandbox.local")),
    }


@pytest.fixture(scope="module")
def before(sandbox: RunningSandbox) -> dict[str, Any]:
    return workspace_state(sandbox)


@pytest.fixture(scope="module")
def dry(wizard: Wizard, before: dict[str, Any]) -> Ended:
    return wizard.run("--dry-run")


@pytest.fixture(scope="module")
def first(wizard: Wizard, dry: Ended) -> Ended:
    return wizard.run("--yes")


@pytest.fixture(scope="module")
def again(wizard: Wizard, first: Ended) -> Ended:
    return wizard.run("--yes", "--resume")


def test_a_dry_run_changes_nothing_and_names_everything(
    dry: Ended, sandbox: RunningSandbox, before: dict[str, Any], wizard: Wizard
) -> None:
    assert dry.code == 0
    assert workspace_state(sandbox) == before
    left = [p.name for p in wizard.project.iterdir() if p.name.startswith((".setup", ".env"))]
    assert left == []
    planned = {(r["action"], r["kind"]): r["name"] for r in dry.of("plan")[0]["resources"]}
    assert planned["reuse", "catalog"] == "workspace"
    assert planned["create", "schema"] == "workspace.mlflow_demo"
    assert planned["create", "experiment"] == "/Shared/mlflow-demo"
    assert planned["create", "app"] == "mlflow-demo"


def test_fifteen_steps_are_completed(first: Ended) -> None:
    assert first.code == 0, first.events[-3:]
    assert first.result["ok"] is True
    assert first.result["steps"] == dict.fromkeys(STEPS, "completed")
    assert set(first.result["links"]) == {"app", "experiment", "mlflow", "catalog", "notebook"}


def test_the_counts_are_read_back(first: Ended, wizard: Wizard) -> None:
    progress = json.loads((wizard.project / ".setup_progress.json").read_text())
    counts = progress["steps"]["load_sample_data"]["result_data"]
    assert counts["prompts"] == 1
    assert counts["prompt_versions"] == 2
    assert counts["traces"] == 100
    assert counts["evaluation_runs"] == 2
    assert counts["scorers"] >= 3
    assert counts["labeling_sessions"] == 1


def test_the_app_opens_as_in_a_browser(first: Ended, tmp_path: Path) -> None:
    url = first.result["links"]["app"]
    jar = str(tmp_path / "cookies")

    def curl(path: str) -> dict[str, Any]:
        done = subprocess.run(
            ["curl", "-sSL", "--noproxy", "*", "-b", jar, "-c", jar, f"{url}{path}"],
            check=True,
            capture_output=True,
            text=True,
        )
        return json.loads(done.stdout)

    assert curl("/api/health")["status"] == "ok"
    assert len(curl("/api/companies")["companies"]) == 50


def test_an_email_leaves_a_trace(first: Ended, sandbox: RunningSandbox) -> None:
    url = first.result["links"]["app"]
    with httpx.Client(
        base_url=url, headers={"Authorization": f"Bearer {sandbox.token()}"}, trust_env=False
    ) as app:
        company = app.get("/api/companies").json()["companies"][3]
        made = app.post("/api/generate", json={"company_id": company["id"]}, timeout=60).json()
        traces = app.get("/api/traces", params={"limit": 5}).json()["traces"]
    assert company["name"] in made["email"]["body"] or made["email"]["subject"]
    assert traces[0]["trace_id"] == made["trace_id"]
    assert traces[0]["company"] == company["name"]
    # And the MLflow server itself has it.
    found = httpx.get(
        f"{sandbox.mlflow_url}/api/3.0/mlflow/traces/{made['trace_id']}", trust_env=False
    )
    assert found.status_code == 200


def test_env_local_reads_the_same_in_dotenv_and_bash(first: Ended, wizard: Wizard) -> None:
    path = wizard.project / ".env.local"
    values = dotenv_values(path)
    assert [key for key in SEED_KEYS if not values.get(key)] == []
    script = f"set -a; . {path}; env -0"
    env = subprocess.run(["bash", "-c", script], check=True, capture_output=True).stdout
    read = dict(pair.split("=", 1) for pair in env.decode().split("\0") if "=" in pair)
    assert {key: read.get(key) for key in values} == values


def test_every_file_is_private_and_holds_no_secret(
    first: Ended, wizard: Wizard, sandbox: RunningSandbox
) -> None:
    config = sandbox.config_file.read_text()
    secrets = [line.split("=", 1)[1].strip() for line in config.splitlines() if "secret" in line]
    secrets += [line.split("=", 1)[1].strip() for line in config.splitlines() if "token" in line]
    assert len(secrets) >= 2
    files = [p for p in wizard.project.glob(".setup*") if p.is_file()]
    files += [*(wizard.project / ".setup_logs").iterdir(), wizard.project / ".env.local"]
    for path in files:
        assert path.stat().st_mode & 0o077 == 0, path
        text = path.read_text()
        assert not any(secret in text for secret in secrets), path
    assert not any(secret in first.text + first.stderr for secret in secrets)


def test_a_second_run_does_nothing_twice(
    again: Ended, first: Ended, sandbox: RunningSandbox
) -> None:
    assert again.code == 0
    assert again.result["steps"] == first.result["steps"]
    made = {"create_catalog_schema", "create_experiment", "create_app", "load_sample_data"}
    assert made.isdisjoint(again.started())
    assert "deploy_app" not in again.started()
    state = workspace_state(sandbox)
    assert [name for name in state["apps"] if "mlflow-demo" in name] == ["mlflow-demo"]
    assert [n for n in state["experiments"] if "mlflow-demo" in n] == ["/Shared/mlflow-demo"]
    assert [n for n in state["schemas"] if "mlflow" in n] == ["workspace.mlflow_demo"]


def test_what_vanished_is_made_again(again: Ended, wizard: Wizard, sandbox: RunningSandbox) -> None:
    """The tree that somebody deleted is uploaded and deployed again; the rest stands."""
    client = sandbox.client()
    client.workspace.delete("/Users/you@sandbox.local/mlflow-demo", recursive=True)
    third = wizard.run("--yes", "--resume")
    assert third.code == 0, third.events[-3:]
    assert "deploy_app" in third.started()
    assert "load_sample_data" not in third.started()


def test_rollback_leaves_the_workspace_as_it_was(
    again: Ended, wizard: Wizard, sandbox: RunningSandbox, before: dict[str, Any]
) -> None:
    refused = wizard.run("--rollback")
    assert refused.code == 2
    assert "mlflow-demo" in workspace_state(sandbox)["apps"]
    done = wizard.run("--rollback", "--yes")
    assert done.code == 0, done.events
    assert done.of("rollback")[0]["kept"] == []
    assert workspace_state(sandbox) == before
    assert not (wizard.project / ".setup_progress.json").exists()
    nothing = wizard.run("--rollback", "--yes")
    assert nothing.code == 0
