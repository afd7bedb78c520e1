"""Small apps for tests: plain Python, so that nothing has to be downloaded."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping
from typing import Any, cast

import httpx
from databricks.sdk import WorkspaceClient
from databricks.sdk.service.apps import (
    App,
    AppDeployment,
    AppDeploymentState,
    AppDeploymentStatus,
    ComputeState,
)
from databricks.sdk.service.workspace import ImportFormat

WEB = r"""
import json, os, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, body, kind="application/json"):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "one=1")
        self.send_header("Set-Cookie", "two=2")
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        if self.path == "/environment":
            self.answer(json.dumps(dict(os.environ)).encode())
        elif self.path == "/crash":
            print("going down on purpose", flush=True)
            os._exit(7)
        elif self.path == "/events":
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.event("first")
            while not os.path.exists("go"):
                time.sleep(0.02)
            self.event("second")
            self.wfile.write(b"0\r\n\r\n")
        elif self.path == "/go":
            open("go", "w").close()
            self.answer(b"{}")
        else:
            told = {"path": self.path, "pid": os.getpid(), "headers": dict(self.headers)}
            self.answer(json.dumps(told | {"version": VERSION}).encode())

    def event(self, text):
        data = f"data: {text}\n\n".encode()
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.flush()

    def do_POST(self):
        if "chunked" in self.headers.get("Transfer-Encoding", ""):
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        else:
            body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(body, "application/octet-stream")


VERSION = os.environ.get("VERSION", "1")
print("version", VERSION, "is listening", flush=True)
ThreadingHTTPServer(("127.0.0.1", int(os.environ["DATABRICKS_APP_PORT"])), Handler).serve_forever()
"""
"""Tells what it was asked, streams events, echoes, and crashes on request."""


def home(client: WorkspaceClient) -> str:
    return f"/Workspace/Users/{client.current_user.me().user_name}"


def upload(client: WorkspaceClient, folder: str, files: Mapping[str, str]) -> str:
    """Put files into a folder of the person's home, in the place of those there; its path."""
    path = f"{home(client)}/{folder}"
    client.workspace.mkdirs(path)
    for name, text in files.items():
        if "/" in name:
            client.workspace.mkdirs(f"{path}/{name.rpartition('/')[0]}")
        content = io.BytesIO(text.encode())
        client.workspace.upload(f"{path}/{name}", content, format=ImportFormat.RAW, overwrite=True)
    return path


def deploy(client: WorkspaceClient, name: str, files: Mapping[str, str]) -> App:
    """Upload, deploy and wait; the app as it then is."""
    deployment = begun(client, name, upload(client, name, files))

    def status() -> AppDeploymentStatus:
        return client.apps.get_deployment(name, deployment).status or AppDeploymentStatus()

    until(lambda: status().state is not AppDeploymentState.IN_PROGRESS, "the deployment ended", 300)
    assert status().state is AppDeploymentState.SUCCEEDED, status().message
    return client.apps.get(name)


def created(client: WorkspaceClient, app: App, *, no_compute: bool = True) -> App:
    """Create an app and return the answer, waiting for nothing."""
    waiter = cast("Any", client.apps.create(app, no_compute=no_compute))
    return waiter.response


def begun(client: WorkspaceClient, name: str, path: str) -> str:
    """Begin a deployment and return its id."""
    waiter = cast("Any", client.apps.deploy(name, AppDeployment(source_code_path=path)))
    return waiter.response.deployment_id


def compute(client: WorkspaceClient, name: str) -> ComputeState | None:
    status = client.apps.get(name).compute_status
    return status.state if status else None


def running_app(client: WorkspaceClient, name: str, files: Mapping[str, str] | None = None) -> App:
    """A new app, deployed and running."""
    created(client, App(name=name), no_compute=False)
    until(lambda: compute(client, name) is ComputeState.ACTIVE, "the compute is active")
    return deploy(client, name, files or {"app.py": WEB})


def address(app: App) -> str:
    assert app.url is not None
    return app.url


def ask(app: App, path: str, token: str) -> httpx.Response:
    """One request to the app with a bearer; redirects are not followed."""
    headers = {"Authorization": f"Bearer {token}"}
    return httpx.get(f"{address(app)}{path}", headers=headers, trust_env=False, timeout=30)


def until(reached: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Poll a state that comes by itself; fail with `what` when it does not."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"not reached: {what}"
        time.sleep(0.05)
