"""The real MLflow server behind the sandbox: a child process with its own port and database.

It keeps SQLite and artifacts below ``STATE_DIR/mlflow``, listens on loopback and ends with the
sandbox (process_guard.py). Its web page is the experiment, trace and prompt view that the
sandbox's links open.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
import sys
import time
from pathlib import Path

import httpx
from async_timeout import timeout

from sandbox.context import Sandbox

START_TIMEOUT_SECONDS = 120.0
"""A cold start on a slow machine imports half a gigabyte; a warm one takes four seconds."""
_POLL_SECONDS = 0.1
_STOP_TIMEOUT_SECONDS = 10.0
_LONGEST_PAUSE_SECONDS = 30.0
_READY_PATH = "/api/2.0/mlflow/experiments/search?max_results=1"
_DATABASE_CONNECTIONS = 100
"""More than the server has threads (40): with SQLAlchemy's own 15, a crowd of writers waiting for
SQLite keeps everybody else from a connection, and after 30 s what was to be written is lost."""
_PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "LD_LIBRARY_PATH")

_log = logging.getLogger("sandbox.mlflow")


class MlflowServer:
    """Starts, watches, restarts and stops the MLflow server. One a sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._dir = sandbox.state_dir / "mlflow"
        self._store = sandbox.store
        self.experiment_by_child: dict[str, str] = {}
        """Experiment id by run, trace or logged model id: it never changes, so it is looked up
        once (api/mlflow_access.py)."""
        self._port = 0
        self._process: asyncio.subprocess.Process | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._ready = asyncio.Event()
        self._client: httpx.AsyncClient | None = None

    @property
    def url(self) -> str:
        """``http://127.0.0.1:PORT``: the same after a restart with the same state."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def client(self) -> httpx.AsyncClient:
        """One pooled client for every call to the server.

        Connections are dropped before the server's own five seconds of idleness are over, so that
        no request is written to a connection that is about to close.
        """
        if self._client is None:
            self._client = httpx.AsyncClient(
                base_url=self.url,
                trust_env=False,
                timeout=httpx.Timeout(120.0, connect=5.0),
                limits=httpx.Limits(
                    max_connections=64, max_keepalive_connections=32, keepalive_expiry=3.0
                ),
            )
        return self._client

    async def start(self) -> None:
        """Start the server; return when it answers a real call.

        Raises TimeoutError, with the end of the server's log, when it does not.
        """
        self._dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._port = self._choose_port()
        await self._spawn()
        await self._wait_until_ready()
        self._watcher = asyncio.create_task(self._watch(), name="mlflow-watcher")

    async def stop(self) -> None:
        """Stop the server's process group and wait until it is gone."""
        if self._watcher is not None:
            self._watcher.cancel()
            await asyncio.gather(self._watcher, return_exceptions=True)
            self._watcher = None
        await self._end_process()
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def wait_ready(self, seconds: float = START_TIMEOUT_SECONDS) -> None:
        """Return when the server answers, at once in the usual case. Raises TimeoutError."""
        async with timeout(seconds):
            await self._ready.wait()

    def _choose_port(self) -> int:
        kept = self._store.get("mlflow_server", "address")
        port = int(kept["port"]) if kept else 0
        for candidate in (port, 0):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", candidate))
                except OSError as error:
                    _log.warning("port %s is taken, MLflow gets another one: %s", port, error)
                    continue
                port = probe.getsockname()[1]
                break
        self._store.put("mlflow_server", "address", {"port": port})
        return port

    async def _spawn(self) -> None:
        command = [
            *(sys.executable, "-m", "sandbox.mlflow_process", str(self._port)),
            *(str(self._dir / "mlflow.db"), str(self._dir / "artifacts")),
        ]
        guard = Path(__file__).with_name("process_guard.py")
        with (self._dir / "server.log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, str(guard), "--", *command),
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=self._dir,
                env=self._environment(),
                start_new_session=True,
            )

    def _environment(self) -> dict[str, str]:
        """A clean environment: nothing of the caller's Databricks or MLflow settings, and bytecode
        may be written (without it every start takes two and a half times as long)."""
        kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
        return kept | {
            "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
            "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false",
            "MLFLOW_SQLALCHEMYSTORE_MAX_OVERFLOW": str(_DATABASE_CONNECTIONS),
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "DO_NOT_TRACK": "true",
            "MLFLOW_MODEL_CATALOG_URI": "",
        }

    async def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECONDS
        process = self._process
        while time.monotonic() < deadline:
            if process is None or process.returncode is not None:
                break
            try:
                answer = await self.client.get(_READY_PATH, timeout=5.0)
            except httpx.TransportError:
                await asyncio.sleep(_POLL_SECONDS)
                continue
            if answer.status_code == 200:
                self._ready.set()
                return
            await asyncio.sleep(_POLL_SECONDS)
        await self._end_process()
        raise TimeoutError(
            f"The MLflow server did not start within {START_TIMEOUT_SECONDS:.0f} s. "
            f"Its log is {self._dir / 'server.log'}; its last lines:\n{self._log_tail()}"
        )

    def _log_tail(self, lines: int = 15) -> str:
        text = (self._dir / "server.log").read_text("utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])

    async def _watch(self) -> None:
        """Start the server again whenever it ends without having been asked to."""
        pause = 0.5
        while True:
            process = self._process
            if process is not None:
                status = await process.wait()
                self._ready.clear()
                await self._end_process()
                _log.error("the MLflow server ended with status %s and is started again", status)
            try:
                await self._spawn()
                await self._wait_until_ready()
                pause = 0.5
            except (OSError, TimeoutError) as error:
                _log.error("%s; next attempt in %.1f s", error, pause)
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)

    async def _end_process(self) -> None:
        self._ready.clear()
        process, self._process = self._process, None
        if process is None:
            return
        if process.stdin is not None:
            process.stdin.close()  # the guard takes the group down
        try:
            async with timeout(_STOP_TIMEOUT_SECONDS):
                await process.wait()
        except asyncio.TimeoutError:
            _log.error("the MLflow server did not stop in time and is killed")
        try:
            os.killpg(process.pid, signal.SIGKILL)  # what a killed guard would leave behind
        except ProcessLookupError:
            return
        await process.wait()
