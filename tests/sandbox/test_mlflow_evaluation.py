"""Evaluation as on Databricks, by the real mlflow with databricks-agents: datasets and judges.

The client is the demo's environment, which has databricks-agents; the sandbox's own has not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.demo.project import sync_environment
from tests.sandbox.mlflow_client import run_client
from tests.sandbox.running import RunningSandbox

DATASETS = "/api/2.0/managed-evals/datasets"
DATASET = """
import mlflow.genai.datasets as datasets
experiment = mlflow.set_experiment("/Shared/evaluation_tests").experiment_id
name = "workspace.evaluation_tests.requests"
dataset = datasets.create_dataset(name=name, experiment_id=experiment)
dataset.merge_records([
    {"inputs": {"customer": "c1"}, "expectations": {"length": 3}},
    {"inputs": {"customer": "c2"}},
])
dataset.merge_records([{"inputs": {"customer": "c2"}, "expectations": {"length": 4}}])
again = datasets.get_dataset(name=name)
rows = again.to_df().to_dict("records")
answer["rows"] = [[row["inputs"], row["expectations"]] for row in rows]
answer["id"] = again.dataset_id

@mlflow.genai.scorer
def short(outputs):
    return len(outputs) < 10

result = mlflow.genai.evaluate(
    data=again, predict_fn=lambda customer: f"to {customer}", scorers=[short]
)
answer["metrics"] = result.metrics
traces = mlflow.search_traces(
    experiment_ids=[experiment], run_id=result.run_id, return_type="list"
)
answer["assessed"] = sorted(a.name for trace in traces for a in trace.info.assessments)
datasets.delete_dataset(name=name)
try:
    datasets.get_dataset(name=name)
except Exception as error:
    answer["gone"] = type(error).__name__
"""
JUDGES = """
from mlflow.genai.judges import is_context_relevant, meets_guidelines
from mlflow.genai.scorers import Guidelines, Safety

context = {"request": '{"seats": 12}', "response": "You have 12 seats."}
right = meets_guidelines(guidelines="State only facts of the record.", context=context)
context["response"] = "You have 14 seats."
wrong = meets_guidelines(guidelines="State only facts of the record.", context=context)
answer["facts"] = [right.value.value, wrong.value.value, wrong.rationale]
relevant = is_context_relevant(request="seats?", context="12 seats")
answer["relevant"] = relevant.value.value
answer["safe"] = [
    Safety()(outputs=text).value.value for text in ("Good morning.", "You stupid idiot.")
]
mlflow.set_experiment("/Shared/judge_tests")
row = {"inputs": {"request": "Write."}, "outputs": "one two three"}
result = mlflow.genai.evaluate(
    data=[row],
    scorers=[Guidelines(name="length", guidelines="At most 2 words."), Safety()],
)
answer["metrics"] = result.metrics
model = Guidelines(
    name="length", guidelines="At most 2 words.", model="databricks:/databricks-claude-3-7-sonnet"
)
answer["by_model"] = model(inputs={"request": "Write."}, outputs="one two three").value.value
"""


@pytest.fixture(scope="module")
def agents_python() -> Path:
    return sync_environment()


@pytest.fixture(scope="module")
def evaluated(sandbox_server: RunningSandbox, agents_python: Path) -> dict[str, Any]:
    sandbox_server.client().schemas.create("evaluation_tests", "workspace")
    return run_client(sandbox_server, DATASET, python=agents_python)


def test_records_with_the_same_inputs_are_merged(evaluated: dict[str, Any]) -> None:
    assert sorted(map(str, evaluated["rows"])) == sorted(
        map(str, ([{"customer": "c1"}, {"length": 3}], [{"customer": "c2"}, {"length": 4}]))
    )


def test_a_dataset_can_be_evaluated(evaluated: dict[str, Any]) -> None:
    assert evaluated["metrics"] == {"short/mean": 1.0}
    assert evaluated["assessed"].count("short") == 2


def test_a_deleted_dataset_is_gone(
    sandbox_server: RunningSandbox, evaluated: dict[str, Any]
) -> None:
    assert evaluated["gone"]
    with sandbox_server.http() as http:
        assert http.get(f"{DATASETS}/{evaluated['id']}").status_code == 404


def test_managed_judges_answer_by_rule(sandbox_server: RunningSandbox, agents_python: Path) -> None:
    told = run_client(sandbox_server, JUDGES, python=agents_python)
    right, wrong, rationale = told["facts"]
    assert (right, wrong) == ("yes", "no")
    assert "Simulated judge" in rationale and "14" in rationale
    assert told["safe"] == ["yes", "no"]
    assert told["relevant"] == "yes"
    assert told["metrics"] == {"length/mean": 0.0, "safety/mean": 1.0}
    assert told["by_model"] == "no"


def test_a_judge_that_is_not_known_is_refused(sandbox_server: RunningSandbox) -> None:
    asked = {
        "assessment_input": {"chat_request": "?"},
        "requested_assessments": [{"assessment_name": "horoscope"}],
    }
    with sandbox_server.http() as http:
        answer = http.post("/api/2.0/agents/chat-assessments", json=asked)
    assert answer.status_code == 400
    assert "horoscope" in answer.json()["message"]


def test_a_dataset_needs_the_right_to_make_tables(sandbox_server: RunningSandbox) -> None:
    sandbox_server.client().schemas.create("dataset_private", "workspace")
    _, application = sandbox_server.application("dataset maker")
    token = application.config.authenticate()["Authorization"].removeprefix("Bearer ")
    with sandbox_server.http(token) as http:
        refused = http.post(DATASETS, json={"name": "workspace.dataset_private.mine"})
        assert (refused.status_code, refused.json()["error_code"]) == (403, "PERMISSION_DENIED")
    with sandbox_server.http() as http:
        wrong = http.post(DATASETS, json={"name": "mine"})
        assert wrong.status_code == 400 and "catalog.schema.table" in wrong.json()["message"]


def test_records_are_changed_paged_and_deleted(sandbox_server: RunningSandbox) -> None:
    client = sandbox_server.client()
    client.schemas.create("dataset_rest", "workspace")
    made = sandbox_server.call("POST", DATASETS, {"name": "workspace.dataset_rest.rows"})
    path = f"{DATASETS}/{made['dataset_id']}"
    rows = [{"dataset_record": {"inputs": [{"key": "n", "value": number}]}} for number in range(3)]
    created = sandbox_server.call("POST", f"{path}/records:batchCreate", {"requests": rows})
    ids = [record["dataset_record_id"] for record in created["dataset_records"]]
    first = sandbox_server.call("GET", f"{path}/records?page_size=2")
    rest = sandbox_server.call(
        "GET", f"{path}/records?page_size=2&page_token={first['next_page_token']}"
    )
    listed = first["dataset_records"] + rest["dataset_records"]
    assert [record["dataset_record_id"] for record in listed] == ids
    sandbox_server.call(
        "POST", f"{path}/records/{ids[0]}/expectations", {"expectations": {"a": {"value": 1}}}
    )
    changed = sandbox_server.call(
        "PATCH", f"{path}/records/{ids[0]}?update_mask=tags", {"tags": {"b": "2"}, "inputs": []}
    )
    assert (changed["expectations"], changed["tags"]) == ({"a": {"value": 1}}, {"b": "2"})
    assert changed["inputs"] == [{"key": "n", "value": 0}]
    gone = {"requests": [{"dataset_record_id": one} for one in ids[:2]]}
    sandbox_server.call("POST", f"{path}/records:batchDelete", gone)
    left = sandbox_server.call("GET", f"{path}/records")["dataset_records"]
    assert [record["dataset_record_id"] for record in left] == ids[2:]
    client.schemas.delete("workspace.dataset_rest", force=True)
    with sandbox_server.http() as http:
        assert http.get(path).status_code == 404
