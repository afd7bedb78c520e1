"""Small apps for tests: plain Python, so that nothing has to be downloaded."""

from __future__ import annotations

import io
import time
from collections.abc import Callable, Mapping

from databricks.sdk import WorkspaceClient
from databricks.sdk.service.apps import App, AppDeployment
from databricks.sdk.service.workspace import ImportFormat

WEB = """
import json, os, sys, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, body, kind="application/json"):
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
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
            open("waiting", "w").close()
            while not os.path.exists("go"):
                time.sleep(0.02)
            self.event("second")
            self.wfile.write(b"0\\\\r\\\\n\\\\r\\\\n")
        elif self.path == "/go":
            open("go", "w").close()
            self.answer(b"{}")
        else:
            told = {"path": self.path, "pid": os.getpid(), "headers": dict(self.headers)}
            self.answer(json.dumps(told).encode())

    def event(self, text):
        data = f"data: {text}\\\\n\\\\n".encode()
        self.wfile.write(f"{len(data):x}\\\\r\\\\n".encode() + data + b"\\\\r\\\\n")
        self.wfile.flush()

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.answer(self.rfile.read(length), "application/octet-stream")


print("VERSION", "listening", flush=True)
ThreadingHTTPServer(("127.0.0.1", int(os.environ["DATABRICKS_APP_PORT"])), Handler).serve_forever()
""".replace("\\\\", "\\")
"""Tells what it was asked, streams events, echoes, and crashes on request."""


def upload(client: WorkspaceClient, folder: str, files: Mapping[str, str]) -> str:
    """Put files into the person's home; the workspace path."""
    home = f"/Workspace/Users/{client.current_user.me().user_name}/{folder}"
    client.workspace.mkdirs(home)
    for name, text in files.items():
        content = io.BytesIO(text.encode())
        client.workspace.upload(f"{home}/{name}", content, format=ImportFormat.RAW, overwrite=True)
    return home


def running_app(
    client: WorkspaceClient, name: str, files: Mapping[str, str], **deployment: object
) -> App:
    """An app of its own, deployed and running."""
    client.apps.create_and_wait(App(name=name))
    path = upload(client, name, files)
    client.apps.deploy_and_wait(name, AppDeployment(source_code_path=path))
    del deployment
    return client.apps.get(name)


def until(reached: Callable[[], bool], what: str, seconds: float = 60) -> None:
    """Poll a state that the sandbox reaches by itself; fail with `what` when it does not."""
    deadline = time.monotonic() + seconds
    while not reached():
        assert time.monotonic() < deadline, f"not reached: {what}"
        time.sleep(0.05)
