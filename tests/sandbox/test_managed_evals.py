"""Scheduled scorers and labeling sessions: kept, shown on a page, refused where they must be."""

from __future__ import annotations

import json
import uuid
from typing import Any

import httpx

from tests.sandbox.running import RunningSandbox

BASE = "/api/2.0/managed-evals"


def experiment(sandbox: RunningSandbox) -> str:
    name = f"/Shared/evals-{uuid.uuid4().hex[:8]}"
    made = sandbox.call("POST", "/api/2.0/mlflow/experiments/create", {"name": name})
    return made["experiment_id"]


def trace(sandbox: RunningSandbox, experiment_id: str) -> str:
    trace_id = f"tr-{uuid.uuid4().hex}"
    info = {
        "trace_id": trace_id,
        "trace_location": {
            "type": "MLFLOW_EXPERIMENT",
            "mlflow_experiment": {"experiment_id": experiment_id},
        },
        "request_time": "2026-01-01T00:00:00Z",
        "execution_duration": "0.5s",
        "state": "OK",
    }
    sandbox.call("POST", "/api/3.0/mlflow/traces", {"trace": {"trace_info": info}})
    return trace_id


def page(sandbox: RunningSandbox, path: str) -> str:
    """As a browser opens it: signed in by cookie, without a form."""
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=30) as browser:
        answer = browser.get(f"{sandbox.host}{path}")
    assert answer.status_code == 200, answer.text
    return answer.text


def test_scorers_are_stored_and_the_page_says_that_none_runs(
    sandbox_server: RunningSandbox,
) -> None:
    sandbox = sandbox_server
    mine = experiment(sandbox)
    path = f"{BASE}/scheduled-scorers/{mine}"
    scorer: dict[str, Any] = {
        "name": "<b>tone</b>",
        "serialized_scorer": "{}",
        "custom": {},
        "sample_rate": 0.25,
    }
    body: dict[str, Any] = {"scheduled_scorers": {"scorers": [scorer]}}
    assert sandbox.call("GET", path)["scheduled_scorers"]["scorers"] == []
    with sandbox.http() as http:
        early = http.patch(path, json=body)
        # The client creates what PATCH does not find.
        assert (early.status_code, early.json()["error_code"]) == (404, "NOT_FOUND")
        assert http.post(path, json=body).status_code == 200
        again = http.post(path, json=body)
        assert (again.status_code, again.json()["error_code"]) == (409, "ALREADY_EXISTS")
        broken: list[dict[str, Any]] = [{**scorer, "serialized_scorer": "no JSON"}]
        refused = http.patch(path, json={"scheduled_scorers": {"scorers": broken}})
        assert (refused.status_code, refused.json()["error_code"]) == (
            400,
            "INVALID_PARAMETER_VALUE",
        )
    assert sandbox.call("GET", path)["scheduled_scorers"]["scorers"] == [scorer]
    shown = page(sandbox, f"/ml/experiments/{mine}/monitoring")
    assert "runs none by itself" in shown
    assert "&lt;b&gt;tone&lt;/b&gt;" in shown and "25%" in shown


def in_mlflow(sandbox: RunningSandbox, path: str, experiment_id: str) -> Any:
    """What the MLflow server itself lists, which its page shows."""
    return httpx.get(
        f"{sandbox.mlflow_url}/api/3.0/mlflow/{path}",
        params={"experiment_id": experiment_id},
        trust_env=False,
    ).json()


def test_scorers_are_seen_in_mlflow_without_their_code(sandbox_server: RunningSandbox) -> None:
    sandbox = sandbox_server
    mine = experiment(sandbox)
    path = f"{BASE}/scheduled-scorers/{mine}"

    def write(method: str, *names: str, code: str = "return True") -> dict[str, int]:
        scorers = [
            {"name": name, "serialized_scorer": json.dumps({"name": name, "call_source": code})}
            for name in names
        ]
        sandbox.call(method, path, {"scheduled_scorers": {"scorers": scorers}})
        assert sandbox.call("GET", path)["scheduled_scorers"]["scorers"] == scorers
        shown = in_mlflow(sandbox, "scorers/list", mine).get("scorers", [])
        assert not any(code in scorer["serialized_scorer"] for scorer in shown)
        return {scorer["scorer_name"]: scorer["scorer_version"] for scorer in shown}

    assert write("POST", "tone", "length") == {"tone": 1, "length": 1}
    # What did not change is not written again, and one that the server refuses stays here.
    assert write("PATCH", "length", " ") == {"length": 1}
    sandbox.call("DELETE", path)
    assert in_mlflow(sandbox, "scorers/list", mine).get("scorers", []) == []


def test_a_session_holds_each_trace_once_and_shows_in_mlflow(
    sandbox_server: RunningSandbox,
) -> None:
    sandbox = sandbox_server
    mine = experiment(sandbox)
    schema: dict[str, Any] = {
        "name": "good",
        "type": "FEEDBACK",
        "title": "Good?",
        "categorical": {"options": ["yes", "no"]},
    }
    app = sandbox.call("POST", f"{BASE}/review-apps", {"experiment_id": mine})
    app_path = f"{BASE}/review-apps/{app['review_app_id']}"
    sandbox.call(
        "PATCH", f"{app_path}?update_mask=labeling_schemas", {"labeling_schemas": [schema]}
    )
    listed = sandbox.call("GET", f"{BASE}/review-apps?filter=experiment_id%3D{mine}")
    assert [a["labeling_schemas"] for a in listed["review_apps"]] == [[schema]]

    wanted: dict[str, Any] = {"name": "Review", "labeling_schemas": [{"name": "good"}]}
    session = sandbox.call("POST", f"{app_path}/labeling-sessions", wanted)
    items_path = f"{app_path}/labeling-sessions/{session['labeling_session_id']}/items"
    items = {"items": [{"source": {"trace_id": trace(sandbox, mine)}}]}
    for _ in range(2):
        sandbox.call("POST", f"{items_path}:batchCreate", items)
    assert len(sandbox.call("GET", items_path)["items"]) == 1

    runs = sandbox.call("POST", "/api/2.0/mlflow/runs/search", {"experiment_ids": [mine]})["runs"]
    assert [r["info"]["run_id"] for r in runs] == [session["mlflow_run_id"]]
    assert runs[0]["info"]["status"] == "FINISHED"
    queues = in_mlflow(sandbox, "review-queues/list", mine)["review_queues"]
    assert [q["name"].split(" (")[0] for q in queues] == ["Review"]
    schemas = in_mlflow(sandbox, "label-schemas/list", mine)["label_schemas"]
    asked = {schema["schema_id"]: schema for schema in schemas}[queues[0]["schema_ids"][0]]
    assert (asked["name"], asked["instruction"]) == ("good", "Good?")
    assert asked["input"] == {"categorical": {"options": ["yes", "no"], "multi_select": False}}
    assert "Review" in page(sandbox, f"/ml/experiments/{mine}/labeling-sessions")


def test_an_unknown_question_and_an_unknown_trace_are_refused(
    sandbox_server: RunningSandbox,
) -> None:
    sandbox = sandbox_server
    mine = experiment(sandbox)
    app = sandbox.call("POST", f"{BASE}/review-apps", {"experiment_id": mine})
    path = f"{BASE}/review-apps/{app['review_app_id']}/labeling-sessions"
    with sandbox.http() as http:
        unknown = http.post(path, json={"name": "x", "labeling_schemas": [{"name": "nope"}]})
        assert unknown.json()["error_code"] == "INVALID_PARAMETER_VALUE"
        session = http.post(path, json={"name": "x"}).json()
        items = {"items": [{"source": {"trace_id": "tr-nothing"}}]}
        refused = http.post(
            f"{path}/{session['labeling_session_id']}/items:batchCreate", json=items
        )
    assert refused.status_code == 404
