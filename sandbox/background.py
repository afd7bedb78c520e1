"""The sandbox in the background: start it once, ask about it, stop it."""

from __future__ import annotations

import fcntl
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Generator
from configparser import ConfigParser
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

from sandbox.state_dir import StateDir, StateError

START_SECONDS = 240.0
"""A first start imports MLflow and may revive apps: allow for a slow machine."""
STOP_SECONDS = 45.0
_POLL_SECONDS = 0.1


def start(state: StateDir, scenario: str | None, serve_arguments: list[str]) -> dict[str, Any]:
    """Start a sandbox in a session of its own unless one runs; return what clients need.

    Two callers at once get the same sandbox. Raises StateError when it cannot be had.
    """
    state.make()
    with _one_at_a_time(state):
        running = _running(state)
        if running is not None:
            if scenario not in (None, running["scenario"]):
                raise StateError(
                    f"The running sandbox has the scenario {running['scenario']}, not {scenario}: "
                    "stop it, or use another --state-dir."
                )
            return _for_clients(running)
        if scenario is not None:
            serve_arguments = [*serve_arguments, "--scenario", scenario]
        return _spawn(state, serve_arguments)


def status(state: StateDir) -> dict[str, Any]:
    """Whether it runs and, if so, where, as what and with which apps. Raises StateError."""
    state.check()
    if state.holder() is None:
        return {"running": False, "state_dir": str(state.path)}
    about = state.running()
    if about is None:
        return {"running": True, "ready": False, "state_dir": str(state.path)}
    return {
        "running": True,
        "ready": True,
        "state_dir": str(state.path),
        **about,
        "apps": _ask(state, about["host"]).get("apps", []),
    }


def stop(state: StateDir, *, erase: bool) -> bool:
    """End the sandbox and everything it started; with `erase` delete its state. Says whether one
    ran. Raises StateError when it does not end, or when there is something else to erase."""
    state.check()
    if not state.path.exists():
        return False
    with _one_at_a_time(state):
        ran = state.holder() is not None
        if ran:
            _end(state)
        if erase:
            state.erase()
        return ran


def _spawn(state: StateDir, serve_arguments: list[str]) -> dict[str, Any]:
    sys.stderr.write(f"Starting the sandbox; its state is in {state.path}.\n")
    environment = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("DATABRICKS_", "MLFLOW_")) and name != "PYTHONDONTWRITEBYTECODE"
    }
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "sandbox", "serve", "--detached"),
            *("--state-dir", str(state.path), *serve_arguments),
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent.parent,
        env=environment,
        start_new_session=True,
        text=True,
    )
    line = "" if process.stdout is None else process.stdout.readline()
    if line:
        return json.loads(line)
    code = process.wait()
    raise StateError(
        f"The sandbox did not start (exit status {code}); the reason stands above, and "
        f"its log is {state.log_file}."
    )


def _running(state: StateDir) -> dict[str, Any] | None:
    """The sandbox that runs from this directory, waiting for one that is about to be ready."""
    deadline = time.monotonic() + START_SECONDS
    while (process := state.holder()) is not None:
        about = state.running()
        if about is not None:
            return about
        if time.monotonic() > deadline:
            raise StateError(
                f"The sandbox that runs from {state.path} does not get ready; its log is "
                f"{state.log_file}. Stop it and try again."
            )
        with suppress(psutil.TimeoutExpired):
            process.wait(_POLL_SECONDS)  # it may end instead of getting ready
    return None


def _end(state: StateDir) -> None:
    """Ask it to end and wait; what does not end is killed (its children watch a pipe to it)."""
    process = state.holder()
    if process is None:
        return
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except psutil.TimeoutExpired:
        process.kill()
        process.wait(STOP_SECONDS)
        sys.stderr.write("The sandbox did not stop in time and was killed.\n")
    state.remove_running()


def _for_clients(running: dict[str, Any]) -> dict[str, Any]:
    return {name: running[name] for name in ("host", "config_file", "mlflow_url")}


def _ask(state: StateDir, host: str) -> dict[str, Any]:
    """What the sandbox answers to /sandbox/status; empty when it does not."""
    config = ConfigParser()
    config.read(state.config_file, "utf-8")
    request = urllib.request.Request(
        f"{host}/sandbox/status", headers={"Authorization": f"Bearer {config['pat']['token']}"}
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=5) as answer:
            return json.load(answer)
    except (urllib.error.URLError, TimeoutError) as error:
        sys.stderr.write(f"The sandbox does not answer: {error}\n")
        return {}


@contextmanager
def _one_at_a_time(state: StateDir) -> Generator[None, None, None]:
    """Let one start or stop finish before the next one looks."""
    with (state.path / "start.lock").open("a") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
