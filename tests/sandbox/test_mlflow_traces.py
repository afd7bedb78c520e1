"""Traces by the unmodified client, with MLFLOW_TRACKING_URI=databricks, and as plain REST."""

from __future__ import annotations

from typing import Any

import pytest

from tests.sandbox.mlflow_client import run_client
from tests.sandbox.running import RunningSandbox

MAKE = """
mlflow.set_experiment("/Shared/traces")

@mlflow.trace
def inner(number):
    return {"square": number * number}

@mlflow.trace(name="ask")
def ask(number):
    mlflow.update_current_trace(tags={"customer": str(number)})
    return inner(number)

ids = []
for number in range(3):
    ask(number)
    ids.append(mlflow.get_last_active_trace_id())
mlflow.flush_trace_async_logging()
trace = mlflow.get_trace(ids[2])
answer["ids"] = ids
answer["experiment"] = trace.info.experiment_id
answer["spans"] = [span.name for span in trace.data.spans]
answer["outputs"] = trace.data.spans[0].outputs
found = mlflow.search_traces(
    experiment_ids=[trace.info.experiment_id],
    filter_string="tag.customer = '2'",
    return_type="list",
)
answer["found"] = [(t.info.trace_id, len(t.data.spans)) for t in found]
mlflow.set_trace_tag(ids[0], "seen", "yes")
mlflow.log_feedback(trace_id=ids[0], name="good", value=True, rationale="It is short.")
mlflow.log_expectation(trace_id=ids[0], name="wanted", value="0")
again = mlflow.get_trace(ids[0])
answer["tags"] = again.info.tags
answer["assessments"] = {a.name: a.value for a in again.info.assessments}
first = again.info.assessments[0]
mlflow.delete_assessment(ids[0], first.assessment_id)
answer["left"] = len(mlflow.get_trace(ids[0]).info.assessments)
"""


@pytest.fixture(scope="module")
def made(sandbox_server: RunningSandbox) -> dict[str, Any]:
    return run_client(sandbox_server, MAKE)


def test_a_trace_comes_back_with_its_spans(made: dict[str, Any]) -> None:
    assert made["spans"] == ["ask", "inner"]
    assert made["outputs"] == {"square": 4}


def test_a_search_finds_by_tag_and_loads_spans(made: dict[str, Any]) -> None:
    assert made["found"] == [[made["ids"][2], 2]]


def test_tags_and_assessments_are_kept(made: dict[str, Any]) -> None:
    assert made["tags"]["seen"] == "yes"
    assert made["tags"]["customer"] == "0"
    assert made["assessments"] == {"good": True, "wanted": "0"}
    assert made["left"] == 1


def test_a_trace_is_read_by_plain_rest(
    sandbox_server: RunningSandbox, made: dict[str, Any]
) -> None:
    info = sandbox_server.call("GET", f"/api/3.0/mlflow/traces/{made['ids'][1]}")["trace"]
    assert info["trace_info"]["tags"]["customer"] == "1"
    location = {"type": "MLFLOW_EXPERIMENT", "mlflow_experiment": {"experiment_id": "?"}}
    location["mlflow_experiment"] = {"experiment_id": made["experiment"]}
    found = sandbox_server.call(
        "POST", "/api/3.0/mlflow/traces/search", {"locations": [location], "max_results": 2}
    )
    assert len(found["traces"]) == 2
    assert found["next_page_token"]


def test_the_newest_search_says_that_it_is_not_there(sandbox_server: RunningSandbox) -> None:
    with sandbox_server.http() as http:
        answer = http.post("/api/4.0/mlflow/traces/search-long-running", json={})
    assert (answer.status_code, answer.json()["error_code"]) == (404, "ENDPOINT_NOT_FOUND")


def test_a_search_without_a_place_is_refused(sandbox_server: RunningSandbox) -> None:
    with sandbox_server.http() as http:
        answer = http.post("/api/3.0/mlflow/traces/search", json={"max_results": 5})
    assert answer.status_code == 400
    assert "experiment" in answer.json()["message"]


def test_a_stranger_reads_neither_trace_nor_spans(sandbox_server: RunningSandbox) -> None:
    script = """
    mlflow.set_experiment("/Users/you@sandbox.local/private_traces")
    with mlflow.start_span("secret") as span:
        span.set_outputs("nobody else's")
    answer["trace"] = span.trace_id
    answer["experiment"] = mlflow.get_trace(span.trace_id).info.experiment_id
    """
    mine = run_client(sandbox_server, script)
    _, application = sandbox_server.application("trace stranger")
    token = application.config.authenticate()["Authorization"].removeprefix("Bearer ")
    spans = (
        f"/api/2.0/fs/files/WorkspaceInternal/Mlflow/Artifacts/{mine['experiment']}"
        f"/Runs/traces/{mine['trace']}/artifacts/traces.json"
    )
    with sandbox_server.http(token) as http:
        for path in (f"/api/3.0/mlflow/traces/{mine['trace']}", spans):
            answer = http.get(path)
            assert (answer.status_code, answer.json()["error_code"]) == (403, "PERMISSION_DENIED")
    with sandbox_server.http() as http:
        assert "secret" in http.get(spans).text
