"""What goes wrong around the server: it stays up, says what to do, and recovers by itself."""

from __future__ import annotations

import pytest

from tests.demo.conftest import Fault, Loaded
from tests.demo.project import MODEL, Project, search_traces
from tests.demo.serving import DemoServer, events, serve
from tests.sandbox.running import environment

CUSTOMER = {"company_id": "cust-002"}
CHAT = "POST /serving-endpoints/chat/completions"


@pytest.mark.parametrize(
    ("status", "error_code", "answered", "code"),
    [
        (403, "PERMISSION_DENIED", 403, "endpoint_denied"),
        (404, "RESOURCE_DOES_NOT_EXIST", 503, "endpoint_missing"),
        (400, "BAD_REQUEST", 502, "endpoint_failed"),
        (500, "INTERNAL_ERROR", 502, "endpoint_failed"),
        (429, "REQUEST_LIMIT_EXCEEDED", 429, "endpoint_busy"),
    ],
)
def test_a_failing_endpoint_is_told_and_recovers(
    demo_server: DemoServer, fault: Fault, status: int, error_code: str, answered: int, code: str
) -> None:
    # The client tries three times.
    fault(CHAT, status=status, error_code=error_code, message="Set by a test.", times=3)
    told, error = demo_server.error("/api/generate", CUSTOMER)
    assert (told, error["code"]) == (answered, code)
    assert MODEL in error["message"] and error["fix"]
    newest = search_traces(demo_server.project)[0]
    assert newest["state"] == "ERROR"
    fault("* /never", status=500)
    for _ in range(3):  # what was left of the fault
        if demo_server.post("/api/generate", CUSTOMER).status_code == 200:
            break
    assert demo_server.post("/api/generate", CUSTOMER).status_code == 200


def test_a_stream_that_breaks_ends_with_an_error_event(
    demo_server: DemoServer, fault: Fault
) -> None:
    fault(CHAT, status=403, error_code="PERMISSION_DENIED", message="Set by a test.", times=1)
    with demo_server.http.stream("POST", "/api/generate/stream", json=CUSTOMER) as answer:
        told = list(events(answer.iter_lines()))
    assert [name for name, _ in told] == ["start", "error"]
    assert told[-1][1]["code"] == "endpoint_denied"


def test_features_that_are_off_leave_the_rest_of_the_charts(
    demo_server: DemoServer, fault: Fault
) -> None:
    fault(
        "* /api/2.0/managed-evals/*",
        status=400,
        error_code="FEATURE_DISABLED",
        message="This preview is not enabled.",
    )
    found = demo_server.get("/api/evaluations")
    assert len(found["runs"]) == 2 and found["scorers"] == []
    assert {each["feature"] for each in found["left_out"]} == {"monitoring", "labeling"}


def test_a_slow_endpoint_keeps_the_rest_answering(demo_server: DemoServer, fault: Fault) -> None:
    fault(CHAT, latency_ms=3000, times=1)
    with demo_server.http.stream("POST", "/api/generate/stream", json=CUSTOMER) as answer:
        told = events(answer.iter_lines())
        assert next(told)[0] == "start"
        assert demo_server.get("/api/companies?limit=1")["total"] == 50
        assert list(told)[-1][0] == "done"


def test_the_server_starts_without_any_setting(new_project: Project) -> None:
    (new_project.root / ".env.local").unlink()
    with serve(new_project, environment()) as server:
        health = server.get("/api/health")
        assert health["status"] == "degraded"
        assert "DATABRICKS_HOST" in health["checks"][0]["detail"]
        assert server.get("/api/companies?limit=1")["total"] == 50
        status, error = server.error("/api/generate", CUSTOMER)
        assert (status, error["code"]) == (503, "settings_missing")


def test_the_server_works_as_soon_as_its_prompt_is_there(new_project: Project) -> None:
    with serve(new_project) as server:
        checks = {check["name"]: check for check in server.get("/api/health")["checks"]}
        assert checks["prompt"]["status"] == "failed" and checks["prompt"]["fix"]
        assert checks["experiment"]["status"] == "ok"
        status, error = server.error("/api/generate", CUSTOMER)
        assert (status, error["code"]) == (503, "prompt_missing")
        new_project.load("1_load_prompts.py")
        assert server.post("/api/generate", CUSTOMER).status_code == 200
        assert server.get("/api/health")["status"] == "ok"


def test_a_missing_experiment_is_named(new_project: Project) -> None:
    new_project.set(MLFLOW_EXPERIMENT_ID="987654321")
    with serve(new_project) as server:
        checks = {check["name"]: check for check in server.get("/api/health")["checks"]}
        assert checks["workspace"]["status"] == "ok"
        assert checks["experiment"]["status"] == "failed"
        assert "987654321" in checks["experiment"]["detail"]


def test_sigterm_loses_no_trace(loaded: Loaded, fault: Fault) -> None:
    with serve(loaded.project) as server:
        server.post("/api/generate", CUSTOMER)
        fault(CHAT, latency_ms=2000, times=1)
        with server.http.stream("POST", "/api/generate/stream", json=CUSTOMER) as answer:
            told = events(answer.iter_lines())
            trace_id = next(told)[1]["trace_id"]
            server.process.terminate()
            assert list(told)[-1][0] == "done"
        assert server.process.wait(60) in (0, -15)
    states = {trace["trace_id"]: trace["state"] for trace in search_traces(loaded.project)}
    assert states[trace_id] == "OK"
