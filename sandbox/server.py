"""One running sandbox: builds it, serves it, and ends it with everything it started."""

from __future__ import annotations

import asyncio
import logging
import logging.handlers
import os
import signal
import socket
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox import workspace_access
from sandbox.acls import Acls
from sandbox.application import application
from sandbox.apps_runtime import AppsRuntime
from sandbox.context import Sandbox
from sandbox.faults import Faults
from sandbox.listener import Listener, bind, port_of
from sandbox.mlflow_server import MlflowServer
from sandbox.principals import Principals
from sandbox.privileges import Privileges
from sandbox.request_log import RequestLog
from sandbox.scenarios import SCENARIOS, Scenario
from sandbox.seeding import seed
from sandbox.state_dir import StateDir, StateError
from sandbox.store import Store

_log = logging.getLogger("sandbox")


@dataclass(frozen=True)
class Options:
    """How to run: see ``python -m sandbox serve --help``."""

    state: StateDir
    port: int | None = None
    scenario: str | None = None
    latency_ms: int = 0
    with_mlflow: bool = True
    idle_hours: float | None = None


async def serve(
    options: Options, ready: Callable[[dict[str, str]], None], tell: Callable[[str], None]
) -> None:
    """Run until SIGTERM, SIGINT or idleness. `ready` gets what clients need to know; `tell` gets
    progress lines. Raises StateError when the state, the scenario or the port cannot be had."""
    state = options.state
    state.make()
    if not state.hold():
        raise StateError(f"A sandbox is already running from {state.path}; stop it first.")
    state.remove_running()  # of one that was killed
    _log_to(state)
    store = state.open_store()
    try:
        sock = _socket(store, options.port)
        sandbox = _build(options, store, f"http://127.0.0.1:{port_of(sock)}")
        state.write_config(sandbox.host, store)
        await _run(sandbox, options, sock, ready, tell)
    finally:
        store.close()
        state.unlock()


async def _run(
    sandbox: Sandbox,
    options: Options,
    sock: socket.socket,
    ready: Callable[[dict[str, str]], None],
    tell: Callable[[str], None],
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    listener = Listener(application(sandbox), sock)
    await listener.start()
    work = asyncio.create_task(_start(sandbox, options, tell), name="start")
    asked = asyncio.create_task(stop.wait(), name="stop-asked")
    try:
        await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
        if not stop.is_set():
            await work
            about = {
                "host": sandbox.host,
                "config_file": str(options.state.config_file),
                "mlflow_url": sandbox.mlflow.url if options.with_mlflow else "",
            }
            options.state.write_running(
                {**about, "pid": os.getpid(), "scenario": sandbox.scenario.name}
            )
            ready(about)
            if options.idle_hours is not None:
                _stop_when_idle(sandbox, options.idle_hours, stop)
            await stop.wait()
    finally:
        options.state.remove_running()
        asked.cancel()
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)
        _log.info("stopping")
        await sandbox.apps.stop()
        await listener.stop()
        await sandbox.mlflow.stop()
        _log.info("stopped")


async def _start(sandbox: Sandbox, options: Options, tell: Callable[[str], None]) -> None:
    if options.with_mlflow:
        tell("Starting the MLflow server.")
        try:
            await sandbox.mlflow.start()
        except TimeoutError as error:
            raise StateError(str(error)) from error
    tell("Starting the apps that were running.")
    await sandbox.apps.start()


def _stop_when_idle(sandbox: Sandbox, idle_hours: float, stop: asyncio.Event) -> None:
    """Look whenever the time could be over at the earliest."""
    left = idle_hours * 3600 - sandbox.requests.idle_seconds()
    if left > 0:
        loop = asyncio.get_running_loop()
        loop.call_later(left, _stop_when_idle, sandbox, idle_hours, stop)
        return
    _log.info("nobody used the sandbox for %s hours", idle_hours)
    stop.set()


def _build(options: Options, store: Store, host: str) -> Sandbox:
    scenario = _scenario(options, store)
    sandbox = Sandbox(
        state_dir=options.state.path,
        host=host,
        store=store,
        scenario=scenario,
        principals=Principals(store),
        privileges=Privileges(store),
        acls=Acls(store),
        faults=Faults(),
        requests=RequestLog(),
        latency_ms=options.latency_ms,
        with_mlflow=options.with_mlflow,
    )
    sandbox.mlflow = MlflowServer(sandbox)
    if store.get("meta", "scenario") is None:
        seed(sandbox)
    workspace_access.prepare(sandbox)
    sandbox.apps = AppsRuntime(sandbox)
    return sandbox


def _scenario(options: Options, store: Store) -> Scenario:
    """The one asked for when the state is new, afterwards the one it was made with."""
    kept = store.get("meta", "scenario")
    name = options.scenario or (kept["name"] if kept else "default")
    if kept is not None and name != kept["name"]:
        raise StateError(
            f"The state in {options.state.path} was made for the scenario {kept['name']}, not "
            f"{name}: use another --state-dir, or erase this one with "
            "'python -m sandbox stop --erase'."
        )
    return SCENARIOS[name]


def _socket(store: Store, asked: int | None) -> socket.socket:
    """The port asked for, else the one this state had before, else any; it is kept."""
    kept = store.get("meta", "port")
    port = asked or (int(kept["port"]) if kept else 0)
    try:
        sock = bind(port)
    except OSError as error:
        raise StateError(
            f"Port {port} on 127.0.0.1 cannot be used ({error.strerror}): stop the program that "
            "has it, or choose another one with --port."
        ) from error
    store.put("meta", "port", {"port": port_of(sock)})
    return sock


def _log_to(state: StateDir) -> None:
    """Everything to DIR/sandbox.log, two files of 5 MB."""
    handler = logging.handlers.RotatingFileHandler(
        state.log_file, maxBytes=5_000_000, backupCount=1, encoding="utf-8"
    )
    state.log_file.chmod(0o600)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root: Any = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("httpx").setLevel(logging.WARNING)
