"""The built page with the client's stand-in API behind it, as a process of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import httpx

from .building import node_environment


@dataclass(frozen=True)
class Standin:
    """Where the page is, and how to make its API misbehave."""

    url: str

    def set(self, fault: str) -> None:
        """Switches to a fault of test/standin/server.ts; "none" ends it."""
        httpx.post(f"{self.url}standin", json={"fault": fault}).raise_for_status()

    def reset(self) -> None:
        """Takes back every fault and forgets what was sent and written."""
        state: dict[str, Any] = {"fault": "none", "sent": [], "written": []}
        httpx.post(f"{self.url}standin", json=state).raise_for_status()

    def sent(self, path: str) -> list[dict[str, Any]]:
        """Bodies that were posted to a path since the last reset."""
        state = httpx.get(f"{self.url}standin").raise_for_status().json()
        calls = cast(list[dict[str, Any]], state["sent"])
        return [call["body"] for call in calls if call["path"] == path]


@contextmanager
def serve(client: Path, bun: Path) -> Generator[Standin]:
    """Serves a built client until the block ends."""
    port = free_port()
    command = [str(bun), "x", "vite", "preview", "--config", "test/vite.standin.config.ts"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--strictPort"]
    process = subprocess.Popen(
        command,
        cwd=client,
        env=node_environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        said: list[str] = []
        for line in process.stdout:
            said.append(line)
            if f":{port}" in line:
                break
        else:
            raise AssertionError(f"The page was not served:\n{''.join(said)}")
        yield Standin(f"http://127.0.0.1:{port}/")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()
        process.stdout.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
