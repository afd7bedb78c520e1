"""The platform ends the server while somebody's email is being written."""

from __future__ import annotations

from tests.demo.conftest import SCRIPTS, Fault
from tests.demo.project import Project, search_traces
from tests.demo.serving import events, serve

BODY = {"company_id": "cust-004", "prompt_version": 2}


def test_an_email_whose_reader_left_still_has_its_trace(new_project: Project, fault: Fault) -> None:
    new_project.load(SCRIPTS[0])
    with serve(new_project) as server:
        # Its words come once the reader has left, and its trace is slow to be stored.
        fault("POST /serving-endpoints/chat/completions", latency_ms=1000)
        fault("POST /api/3.0/mlflow/traces*", latency_ms=2000)
        with server.http.stream("POST", "/api/generate/stream", json=BODY) as answer:
            name, data = next(events(answer.iter_lines()))
            assert name == "start"
        server.stop()
    found = {trace["trace_id"]: trace["state"] for trace in search_traces(new_project)}
    assert found.get(data["trace_id"]) == "OK"
