"""Bad luck on request: errors, dropped connections, latency, a rate limit, and the request log."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from databricks.sdk.errors import InternalError

from tests.sandbox.running import RunningSandbox

CATALOGS = "/api/2.1/unity-catalog/catalogs"
SCHEMAS = "/api/2.1/unity-catalog/schemas"


@pytest.fixture
def sandbox(workspace_server: RunningSandbox) -> Generator[RunningSandbox]:
    yield workspace_server
    workspace_server.call("DELETE", "/sandbox/faults")


def logged(sandbox: RunningSandbox, path: str) -> list[dict[str, Any]]:
    found = sandbox.call("GET", "/sandbox/requests")["requests"]
    return [entry for entry in found if entry["path"] == path]


def test_an_error_is_answered_so_many_times(sandbox: RunningSandbox) -> None:
    client = sandbox.client()
    fault = {"match": f"GET {CATALOGS}", "status": 500, "message": "Out of luck.", "times": 2}
    assert sandbox.call("POST", "/sandbox/faults", fault)["faults"][0]["used"] == 0
    for _ in range(2):
        with pytest.raises(InternalError, match="Out of luck"):
            list(client.catalogs.list())
    assert list(client.catalogs.list())
    assert sandbox.call("GET", "/sandbox/faults")["faults"][0]["used"] == 2


def test_the_platforms_retry_header_is_sent(sandbox: RunningSandbox) -> None:
    """The SDK waits for it and tries again by itself."""
    fault = {
        "match": f"GET {CATALOGS}",
        "status": 429,
        "error_code": "REQUEST_LIMIT_EXCEEDED",
        "retry_after": 1,
        "times": 1,
    }
    sandbox.call("POST", "/sandbox/faults", fault)
    client = sandbox.client()
    sandbox.call("DELETE", "/sandbox/requests")
    assert list(client.catalogs.list())
    assert [entry["status"] for entry in logged(sandbox, CATALOGS)] == [429, 200]


@pytest.mark.parametrize(("drop", "made"), [("before", False), ("after", True)])
def test_a_connection_is_dropped(sandbox: RunningSandbox, drop: str, made: bool) -> None:
    """Dropped after the work was done: the answer is lost and the schema is there."""
    name = f"dropped_{drop}"
    sandbox.call("POST", "/sandbox/faults", {"match": f"POST {SCHEMAS}", "drop": drop, "times": 1})
    with sandbox.http() as http:
        with pytest.raises(httpx.RemoteProtocolError):
            http.post(SCHEMAS, json={"name": name, "catalog_name": "workspace"})
        found = http.get(f"{SCHEMAS}/workspace.{name}")
        assert found.is_success is made
        log = [e for e in logged(sandbox, SCHEMAS) if e["method"] == "POST"]
        assert log[-1]["status"] == (200 if made else None) or log[-1]["status"] is None


def test_latency_of_one_call_holds_up_no_other(sandbox: RunningSandbox) -> None:
    """A later call is answered first; the clock is not asked."""
    fault = {"match": f"GET {CATALOGS}", "latency_ms": 2000, "times": 1}
    sandbox.call("POST", "/sandbox/faults", fault)
    with sandbox.http() as http, ThreadPoolExecutor(1) as pool:
        slow = pool.submit(http.get, CATALOGS)
        while not sandbox.call("GET", "/sandbox/faults")["faults"][0]["used"]:
            assert not slow.done()
        assert http.get("/api/2.0/serving-endpoints").is_success
        assert not slow.done()
        assert slow.result().is_success


def test_a_rate_limit_refuses_what_is_over_it(sandbox: RunningSandbox) -> None:
    sandbox.call("POST", "/sandbox/faults", {"calls_per_second": 5})
    with sandbox.http() as http:
        answers = [http.get("/api/2.0/serving-endpoints") for _ in range(30)]
        over = [answer for answer in answers if answer.status_code == 429]
        assert over
        assert over[0].headers["retry-after"] == "1"
        assert over[0].json()["error_code"] == "REQUEST_LIMIT_EXCEEDED"
        assert sum(answer.is_success for answer in answers) >= 5
    sandbox.call("POST", "/sandbox/faults", {"calls_per_second": None})
    assert sandbox.call("GET", "/sandbox/faults")["calls_per_second"] is None


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "calls_per_second"),
        ({"match": "nonsense", "status": 500}, "METHOD /path-glob"),
        ({"match": "GET /api/*"}, "at least one of"),
        ({"match": "GET /api/*", "status": 42}, "status"),
        ({"match": "GET /api/*", "status": "500"}, "status"),
        ({"match": "GET /api/*", "status": 500, "often": 2}, "no field often"),
        ({"match": "GET /api/*", "status": 500, "probability": 2}, "probability"),
        ({"match": "GET /api/*", "drop": "sometimes"}, "drop"),
        ({"match": "GET /api/*", "status": 500, "message": 7}, "message"),
        ({"calls_per_second": 0}, "calls_per_second"),
    ],
)
def test_a_wrong_fault_is_told(sandbox: RunningSandbox, body: dict[str, Any], words: str) -> None:
    with sandbox.http() as http:
        answer = http.post("/sandbox/faults", json=body)
    assert answer.status_code == 400
    assert words in answer.json()["message"]


def test_an_app_may_not_control_the_sandbox(sandbox: RunningSandbox) -> None:
    name, _ = sandbox.application("app-6 curious")
    with sandbox.http(sandbox.token_of(name)) as http:
        for method, path in (
            ("GET", "/sandbox/requests"),
            ("POST", "/sandbox/faults"),
            ("POST", "/sandbox/tokens"),
            ("GET", "/sandbox/status"),
        ):
            assert http.request(method, path, json={}).status_code == 403
