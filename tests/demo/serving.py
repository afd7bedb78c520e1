"""The demo's server as a process of its own, spoken to over HTTP."""

from __future__ import annotations

import json
import socket
import subprocess
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from tests.demo.project import Project


@dataclass(frozen=True)
class DemoServer:
    project: Project
    http: httpx.Client
    process: subprocess.Popen[bytes]
    log: Path

    def get(self, path: str) -> Any:
        """The JSON of a GET that has to work."""
        answer = self.http.get(path)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def post(self, path: str, body: Mapping[str, Any]) -> httpx.Response:
        return self.http.post(path, json=dict(body))

    def error(self, path: str, body: Mapping[str, Any]) -> tuple[int, dict[str, str]]:
        """The status and the error of a POST that has to fail."""
        answer = self.post(path, body)
        return answer.status_code, answer.json()["error"]

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.process.terminate()
        return self.process.wait(60)


@contextmanager
def serve(project: Project, env: Mapping[str, str] | None = None) -> Generator[DemoServer]:
    """`python -m server`, once it answers; ended afterwards whatever happens."""
    port = _free_port()
    settings = dict(env) if env is not None else project.env()
    settings["DATABRICKS_APP_PORT"] = str(port)
    settings.setdefault("UVICORN_HOST", "127.0.0.1")
    log = project.root / f"server-{port}.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [str(project.python), "-m", "server"],
            cwd=project.root,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=120) as client:
        try:
            _wait_until_open(port, process, log)
            yield DemoServer(project, client, process, log)
        finally:
            if process.poll() is None:
                process.terminate()
            try:
                process.wait(60)
            finally:
                process.kill()


def events(lines: Iterator[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The server-sent events of a response."""
    name = ""
    for line in lines:
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def _wait_until_open(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Follow the server's own word that it listens."""
    while process.poll() is None:
        try:
            process.wait(0.1)
        except subprocess.TimeoutExpired:
            if f"running on http://127.0.0.1:{port}" in log.read_text():
                return
    raise AssertionError(f"the server ended: {log.read_text()}")


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]
