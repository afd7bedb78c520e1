"""Real sandbox processes for tests: started, spoken to with the real SDK, stopped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Generator, Mapping
from configparser import ConfigParser
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
from databricks.sdk import WorkspaceClient
from databricks.sdk.core import Config

ROOT = Path(__file__).resolve().parents[2]


@dataclass
class RunningSandbox:
    """A sandbox that answers."""

    host: str
    config_file: Path
    mlflow_url: str
    state_dir: Path
    process: subprocess.Popen[str]

    def client(self, profile: str = "DEFAULT") -> WorkspaceClient:
        """The real SDK as the local person: profile DEFAULT signs in by OAuth, `pat` by token."""
        return WorkspaceClient(
            config=Config(
                profile=profile,
                config_file=str(self.config_file),
                retry_timeout_seconds=5,
                http_timeout_seconds=30,
            )
        )

    def application(self, display_name: str) -> tuple[str, WorkspaceClient]:
        """A new service principal: its application id, and the real SDK signed in as it."""
        made = self.call("POST", "/sandbox/service-principals", {"display_name": display_name})
        config = Config(
            host=self.host,
            client_id=made["client_id"],
            client_secret=made["client_secret"],
            auth_type="oauth-m2m",
        )
        return made["client_id"], WorkspaceClient(config=config)

    def token_of(self, principal: str, *, lifetime_seconds: int = 3600) -> str:
        """Anybody's OAuth bearer."""
        body = {"principal": principal, "lifetime_seconds": lifetime_seconds}
        return self.call("POST", "/sandbox/tokens", body)["access_token"]

    def client_of(self, principal: str) -> WorkspaceClient:
        """The real SDK, signed in as another user, such as the workspace's admin."""
        token = self.token_of(principal)
        return WorkspaceClient(config=Config(host=self.host, token=token, auth_type="pat"))

    def token(self) -> str:
        """The local person's OAuth bearer."""
        return self.client().config.authenticate()["Authorization"].removeprefix("Bearer ")

    def http(self, token: str | None = None) -> httpx.Client:
        """Plain HTTP with a bearer: the person's access token unless another one is given."""
        if token is None:
            profiles = ConfigParser()
            profiles.read(self.config_file)
            token = profiles["pat"]["token"]
        return httpx.Client(
            base_url=self.host,
            headers={"Authorization": f"Bearer {token}"} if token else {},
            trust_env=False,
            timeout=300,
        )

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """One call of the person that has to work; its JSON."""
        with self.http() as http:
            answer = http.request(method, path, json=body)
        assert answer.is_success, answer.text
        return answer.json()

    def stop(self) -> int:
        """SIGTERM; the exit status."""
        self.process.terminate()
        return self.process.wait(60)


def environment(more: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment without what would lead a client or a child elsewhere."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABRICKS_", "MLFLOW_", "SANDBOX_"))
        and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, **(more or {})}


def sandbox_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run ``python -m sandbox`` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@contextmanager
def serving(state_dir: Path, *arguments: str) -> Generator[RunningSandbox]:
    """A sandbox in the foreground of its own process, ended afterwards whatever happens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sandbox", "serve", "--state-dir", str(state_dir), *arguments],
        cwd=ROOT,
        env=environment(),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None and process.stderr is not None
        line = process.stdout.readline()
        if not line:
            process.wait(60)
            raise AssertionError(f"the sandbox did not start: {process.stderr.read()}")
        about = json.loads(line)
        yield RunningSandbox(
            host=about["host"],
            config_file=Path(about["config_file"]),
            mlflow_url=about["mlflow_url"],
            state_dir=state_dir,
            process=process,
        )
    finally:
        if process.poll() is None:
            process.terminate()
        try:
            process.communicate(timeout=60)
        finally:
            process.kill()
