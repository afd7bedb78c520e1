"""Runs, their artifacts and logged models by the unmodified client."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.mlflow_client import run_client
from tests.sandbox.running import RunningSandbox

TALE = """
from mlflow import MlflowClient
from mlflow.artifacts import load_text
experiment = mlflow.set_experiment("/Shared/runs").experiment_id
with mlflow.start_run(run_name="first") as run:
    mlflow.log_param("depth", 3)
    mlflow.log_metric("score", 0.5, step=1)
    mlflow.log_metric("score", 0.75, step=2)
    mlflow.set_tag("team", "sales")
    mlflow.log_text("hello", "notes/a b.txt")
    mlflow.log_dict({"x": 1}, "config.json")
    mlflow.set_active_model(name="agent")
client = MlflowClient()
run_id = run.info.run_id
read = client.get_run(run_id)
answer["experiment"] = experiment
answer["run"] = run_id
answer["read"] = [read.data.params, read.data.metrics, read.data.tags["team"]]
answer["user"] = read.data.tags["mlflow.user"]
answer["status"] = read.info.status
answer["history"] = [(m.step, m.value) for m in client.get_metric_history(run_id, "score")]
answer["artifact_uri"] = read.info.artifact_uri
answer["top"] = sorted((f.path, f.is_dir) for f in client.list_artifacts(run_id))
answer["notes"] = [(f.path, f.file_size) for f in client.list_artifacts(run_id, "notes")]
answer["text"] = load_text(f"runs:/{run_id}/notes/a b.txt")
answer["models"] = [m.name for m in mlflow.search_logged_models(
    experiment_ids=[experiment], output_format="list"
)]
found = mlflow.search_runs(
    experiment_ids=[experiment], filter_string="metrics.score > 0.6", output_format="list"
)
answer["found"] = [one.info.run_id for one in found]
client.delete_run(run_id)
answer["after"] = len(mlflow.search_runs(experiment_ids=[experiment], output_format="list"))
client.restore_run(run_id)
"""


@pytest.fixture(scope="module")
def told(sandbox_server: RunningSandbox) -> dict[str, Any]:
    return run_client(sandbox_server, TALE)


def test_what_is_logged_is_read_back(told: dict[str, Any]) -> None:
    assert told["read"] == [{"depth": "3"}, {"score": 0.75}, "sales"]
    assert told["status"] == "FINISHED"
    assert told["history"] == [[1, 0.5], [2, 0.75]]
    assert told["models"] == ["agent"]


def test_the_run_belongs_to_who_is_signed_in(told: dict[str, Any]) -> None:
    assert told["user"] == "you@sandbox.local"


def test_runs_are_searched_deleted_and_restored(told: dict[str, Any]) -> None:
    assert told["found"] == [told["run"]]
    assert told["after"] == 0


def test_artifacts_go_through_the_workspace(told: dict[str, Any]) -> None:
    where = f"dbfs:/databricks/mlflow-tracking/{told['experiment']}/{told['run']}/artifacts"
    assert told["artifact_uri"] == where
    assert told["top"] == [["config.json", False], ["notes", True]]
    assert told["notes"] == [["notes/a b.txt", 5]]
    assert told["text"] == "hello"


def test_a_path_that_leads_out_is_refused(
    sandbox_server: RunningSandbox, told: dict[str, Any]
) -> None:
    asked = {"run_id": told["run"], "path": ["../../other/artifacts/x"]}
    with sandbox_server.http() as http:
        answer = http.post("/api/2.0/mlflow/artifacts/credentials-for-read", json=asked)
        assert answer.status_code == 400 and "leads out" in answer.json()["message"]
        outside = "/WorkspaceInternal/Mlflow/Artifacts/1/Runs/../../../mlflow.db"
        answer = http.post("/api/2.0/fs/create-download-url", json={"path": outside})
        assert answer.status_code == 404


def test_an_unknown_run_does_not_exist(sandbox_server: RunningSandbox) -> None:
    with sandbox_server.http() as http:
        answer = http.get("/api/2.0/mlflow/runs/get", params={"run_id": "0" * 32})
        assert (answer.status_code, answer.json()["error_code"]) == (
            404,
            "RESOURCE_DOES_NOT_EXIST",
        )
        nameless = http.post("/api/2.0/mlflow/runs/search", json={})
        assert nameless.status_code == 400
