"""kill -9 in the middle of steps: the next run goes on, and nothing is made twice.

A kill while the data loads is in test_notebook_only.py, which runs every day.
"""

from __future__ import annotations

import json

import pytest

from tests.sandbox.running import RunningSandbox
from tests.setup.wizard import STEPS, Wizard, log_has, step_is

pytestmark = [pytest.mark.soak, pytest.mark.timeout(2700)]
CUSTOMERS = 20


def test_three_kills_and_one_setup(wizard: Wizard, sandbox: RunningSandbox) -> None:
    resume = ("--yes", "--resume")

    # While the app is being made.
    wizard.kill_when(step_is("create_app"), "--yes")
    assert wizard.statuses()["create_app"] in ("in_progress", "completed")

    # While the sample data loads.
    events = wizard.kill_when(log_has("load_sample_data", f"10 of {CUSTOMERS}"), *resume)
    assert wizard.statuses()["load_sample_data"] == "in_progress"
    done = {s for s, status in wizard.statuses().items() if status == "completed"}
    assert {"create_catalog_schema", "create_experiment", "create_app"} <= done
    assert events

    # While the app is being deployed.
    events = wizard.kill_when(log_has("deploy_app", "begun"), *resume)
    started = {e["step"] for e in events if e["event"] == "step" and e["status"] == "in_progress"}
    assert started.isdisjoint({"create_catalog_schema", "create_experiment", "create_app"})

    ended = wizard.run(*resume)
    assert ended.code == 0, ended.events[-3:]
    assert ended.result["steps"] == dict.fromkeys(STEPS, "completed")
    assert "load_sample_data" not in ended.started()

    client = sandbox.client()
    apps = [app.name for app in client.apps.list() if "mlflow" in app.name]
    schemas = [s.name for s in client.schemas.list("workspace") if "mlflow" in (s.name or "")]
    experiments = [e.name for e in client.experiments.list_experiments() if "mlflow" in str(e.name)]
    assert (apps, schemas, experiments) == (
        ["mlflow-demo"],
        ["mlflow_demo"],
        ["/Shared/mlflow-demo"],
    )
    deployments = list(client.apps.list_deployments("mlflow-demo"))
    assert len(deployments) == 1
    counts = json.loads((wizard.project / ".setup_progress.json").read_text())
    assert counts["steps"]["load_sample_data"]["result_data"]["traces"] == 2 * CUSTOMERS
