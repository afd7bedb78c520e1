"""services/deployment/health.py against a real app behind the sandbox's sign-in."""

from __future__ import annotations

import pytest

from services.deployment import health
from services.errors import StepFailed
from services.processes import free_port
from services.workspace.gateway import Workspace
from services.workspace.profiles import choose_sign_in
from tests.sandbox.app_sources import address, running_app
from tests.sandbox.running import RunningSandbox

APP = """
import json, os
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ANSWERS = {
    "/api/health": (200, {"status": "ok"}),
    "/api/companies": (200, [{"id": 1}]),
    "/ill": (500, {"error": {"message": "the prompt is missing"}}),
}

class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = ANSWERS.get(self.path, (404, {"detail": "Not Found"}))
        self.answer(status, body)

    def do_POST(self):
        sent = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(200, {"sent": sent, "trace_id": "tr-1"})

    def answer(self, status, body):
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

ThreadingHTTPServer(("127.0.0.1", int(os.environ["DATABRICKS_APP_PORT"])), Handler).serve_forever()
"""


@pytest.fixture(scope="module")
def url(workspace_server: RunningSandbox) -> str:
    return address(running_app(workspace_server.client(), "health-app", {"app.py": APP}))


async def test_a_healthy_app(workspace: Workspace, url: str) -> None:
    seen = await health.check_app(workspace, url)
    assert (seen.ok, seen.reachable, seen.may_look, seen.status) == (True, True, True, 200)
    assert seen.body == {"status": "ok"}


async def test_an_app_without_the_path_still_answers(workspace: Workspace, url: str) -> None:
    seen = await health.check_app(workspace, url, "/nothing")
    assert (seen.ok, seen.status) == (True, 404)
    assert seen.explanation == "the app answers, without /nothing."


async def test_an_app_that_is_ill(workspace: Workspace, url: str) -> None:
    seen = await health.check_app(workspace, url, "/ill")
    assert (seen.ok, seen.may_look, seen.status) == (False, True, 500)


async def test_a_token_that_apps_refuse_is_not_taken_for_an_ill_app(
    workspace_server: RunningSandbox, url: str
) -> None:
    environ = {"DATABRICKS_CONFIG_FILE": str(workspace_server.config_file)}
    by_token = await Workspace.connect(choose_sign_in("pat", environ))
    seen = await health.check_app(by_token, url)
    await by_token.close()
    assert (seen.ok, seen.reachable, seen.may_look, seen.status) == (False, True, False, 401)
    assert "pat" in seen.explanation
    assert "Databricks OAuth only" in seen.explanation


async def test_an_address_where_nobody_answers(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "WARM_UP_SECONDS", 0.0)
    seen = await health.check_app(workspace, f"http://127.0.0.1:{free_port()}")
    assert (seen.ok, seen.reachable, seen.status) == (False, False, 0)
    assert "127.0.0.1" in seen.explanation


async def test_json_goes_both_ways(workspace: Workspace, url: str) -> None:
    sent = {"company_id": "c1"}
    answer = await health.app_json(workspace, url, "POST", "/api/generate", sent)
    assert answer == {"sent": sent, "trace_id": "tr-1"}
    listed = await health.app_json(workspace, url, "GET", "/api/companies")
    assert listed == {"items": [{"id": 1}]}


async def test_what_the_app_says_is_told(workspace: Workspace, url: str) -> None:
    with pytest.raises(StepFailed, match="GET /ill of the app answered 500: the prompt is missing"):
        await health.app_json(workspace, url, "GET", "/ill")
