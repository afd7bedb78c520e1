"""One app as it lives: its process, its address, and what is under way with it.

Everything that takes time (compute, deployments, deletion) is one task an app; a newer command ends
the one before. What has been reached is in the store, so a sandbox that was killed goes on there.
"""

from __future__ import annotations

import asyncio
import logging
import shutil
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from sandbox import apps_build, apps_config, apps_resources, apps_source
from sandbox.apps_environment import run_environment
from sandbox.apps_errors import DeploymentFailed
from sandbox.apps_log import AppLog
from sandbox.apps_process import AppProcess
from sandbox.apps_records import App, AppRecords, Deployment
from sandbox.context import Sandbox
from sandbox.errors import ApiError
from sandbox.listener import bind, port_of
from sandbox.workspace_access import tree_of
from sandbox.workspace_tree import normalise

COMPUTE_SECONDS = 2.0
"""How long compute takes to start; minutes on the platform."""
STOP_COMPUTE_SECONDS = 0.5
DELETE_SECONDS = 3.0
"""How long a deleted app holds its name; up to 20 minutes on the platform."""
START_SECONDS = 600.0
"""How long an app may take until its port accepts connections, as on the platform."""
_POLL_SECONDS = 0.1
_SEE_LOG = "Please check /logz for more details."

_log = logging.getLogger("sandbox.apps")


class AppInstance:
    """The live half of an app; the other half is its record."""

    def __init__(self, sandbox: Sandbox, records: AppRecords, name: str) -> None:
        self._sandbox = sandbox
        self._records = records
        self.name = name
        self.folder = sandbox.state_dir / "apps" / name
        self.log = AppLog(self.folder / "app.log")
        self.target_port: int | None = None
        """Where the app's own process listens; None while none is ready."""
        self._process: AppProcess | None = None
        self._watcher: asyncio.Task[None] | None = None
        self._job: asyncio.Task[None] | None = None

    @property
    def record(self) -> App:
        found = self._records.get(self.name)
        if found is None:
            raise LookupError(f"There is no app {self.name}.")
        return found

    def change(self, **fields: Any) -> App:
        """Write some fields of the record."""
        app = self.record
        for name, value in fields.items():
            setattr(app, name, value)
        self._records.save(app)
        return app

    async def begin(self, job: Coroutine[Any, Any, None], what: str) -> None:
        """Let `job` be what is under way with the app, in the place of what was."""
        await self.halt()
        self._job = asyncio.create_task(self._reported(job, what), name=f"{what} {self.name}")

    async def halt(self) -> None:
        """End what is under way; a running process stays."""
        job, self._job = self._job, None
        if job is not None and job is not asyncio.current_task():
            job.cancel()
            await asyncio.wait({job})

    async def settled(self) -> None:
        """Return when nothing is under way."""
        if self._job is not None:
            await asyncio.wait({self._job})

    async def _reported(self, job: Coroutine[Any, Any, None], what: str) -> None:
        try:
            await job
        except asyncio.CancelledError:
            raise
        except (OSError, LookupError, RuntimeError, ValueError) as error:
            _log.error("%s of app %s failed", what, self.name, exc_info=error)
            self.log.system(f"The sandbox failed: {error}")
            self._finish_pending("FAILED", f"The sandbox failed: {error}")

    async def start_compute(self) -> None:
        """STARTING, then ACTIVE, then the active deployment runs again."""
        await asyncio.sleep(COMPUTE_SECONDS)
        self.change(compute="ACTIVE", compute_message="App compute is running.")
        await self.run_active()

    async def run_active(self) -> None:
        """Start the process of the active deployment from what was kept of it."""
        deployment = self._records.deployment(self.name, self.record.active)
        if deployment is None:
            return
        self.change(status="DEPLOYING", status_message="App is starting.")
        try:
            await self._replace(deployment)
        except DeploymentFailed as error:
            self._crashed(str(error))

    async def stop_compute(self) -> None:
        """STOPPING, then STOPPED; the deployment under way is cancelled."""
        await self.end_process()
        await asyncio.sleep(STOP_COMPUTE_SECONDS)
        self.change(compute="STOPPED", compute_message="App compute is stopped.")

    async def deploy(self, deployment: Deployment) -> None:
        """Build and run a deployment. The old process runs until the new one is built."""
        self.log.system(f"Deployment {deployment.id} from {deployment.source_code_path}.")
        try:
            await self._prepare(deployment)
            self._progress(deployment, "Starting the app.")
            await self._replace(deployment)
        except DeploymentFailed as error:
            self.log.system(f"Deployment {deployment.id} failed: {error}")
            await asyncio.to_thread(self._prune)
            self._finish_pending("FAILED", str(error))
            if self.target_port is None:
                self._crashed(str(error))
            return
        self.change(active=deployment.id, source_code_path=deployment.source_code_path)
        await asyncio.to_thread(self._prune)
        self._finish_pending("SUCCEEDED", "App started successfully.")

    def cancel_pending(self) -> None:
        self._finish_pending("CANCELLED", "The deployment was cancelled.")

    async def end_process(self) -> None:
        """Stop the app's process group, if there is one, and wait for it."""
        self.target_port = None
        watcher, self._watcher = self._watcher, None
        if watcher is not None:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
        process, self._process = self._process, None
        if process is not None:
            self.log.system("Stopping the app.")
            await process.stop()

    def remove_files(self) -> None:
        if self.folder.exists():
            shutil.rmtree(self.folder)

    async def _prepare(self, deployment: Deployment) -> None:
        tree = tree_of(self._sandbox)
        try:
            folder = tree.require(normalise(deployment.source_code_path))
        except ApiError as error:
            raise DeploymentFailed(f"The source code is not there: {error.message}") from error
        source = self._source(deployment.id)
        count = await apps_source.lay_out(tree, folder, source)
        self.log.system(f"Laid out {count} files.")
        self._progress(deployment, "Installing packages.")
        # Read once before the build, which may take minutes: a mistake in it is told at once.
        self._execution(deployment)
        environment = await apps_build.build(source, self.folder / "environments", self.log)
        deployment.environment = environment
        self._records.save_deployment(deployment)

    async def _replace(self, deployment: Deployment) -> None:
        """End the process that runs and start the deployment's; return when it accepts."""
        execution = self._execution(deployment)
        await self.end_process()
        source, home = self._source(deployment.id), self.folder / "home"
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        environment = self.folder / "environments" / (deployment.environment or "none")
        port = _free_port()
        env = run_environment(self._sandbox, self.record, port, home, environment)
        env |= {name: value for name, value in execution.env.items() if name not in _RESERVED}
        command = apps_config.fill(execution.command, env)
        if not source.is_dir() or not environment.is_dir():
            raise DeploymentFailed("What was built is not there any more. Deploy again.")
        if shutil.which(command[0], path=env["PATH"]) is None and "/" not in command[0]:
            raise DeploymentFailed(
                f"The command '{command[0]}' was not found. Is its package among the app's "
                f"requirements? {_SEE_LOG}"
            )
        self.log.system(f"Starting {' '.join(execution.command)}")
        process = await AppProcess.start(command, cwd=source, env=env, log=self.log, origin="APP")
        try:
            await self._wait_ready(process, port)
        except BaseException:
            await process.stop()
            raise
        self._process, self.target_port = process, port
        self._watcher = asyncio.create_task(self._watch(process), name=f"watch {self.name}")
        self.change(status="RUNNING", status_message="App is running.")
        self.log.system("The app is running.")

    async def _wait_ready(self, process: AppProcess, port: int) -> None:
        deadline = time.monotonic() + START_SECONDS
        exited = asyncio.create_task(process.wait())
        try:
            while time.monotonic() < deadline:
                if exited.done():
                    raise DeploymentFailed(self._crash_message(exited.result()))
                if await _accepts(port):
                    return
                await asyncio.wait({exited}, timeout=_POLL_SECONDS)
        finally:
            exited.cancel()
        raise DeploymentFailed(
            f"The app did not listen on DATABRICKS_APP_PORT ({port}) within "
            f"{START_SECONDS:.0f} s. {_SEE_LOG}\n{self.log.tail('APP')}"
        )

    async def _watch(self, process: AppProcess) -> None:
        status = await process.wait()
        self.target_port, self._process = None, None
        message = self._crash_message(status)
        self.log.system(message.partition("\n")[0])
        self._crashed(message)

    def _crash_message(self, status: int) -> str:
        return (
            f"App crashed unexpectedly with status {status}. {_SEE_LOG}\n{self.log.tail('APP')}"
        ).strip()

    def _crashed(self, message: str) -> None:
        self.change(status="CRASHED", status_message=message)

    def _execution(self, deployment: Deployment) -> apps_config.Execution:
        return apps_config.read(
            self._source(deployment.id),
            command=deployment.command,
            env_vars=deployment.env_vars,
            resources=apps_resources.values(self.record.resources),
        )

    def _progress(self, deployment: Deployment, message: str) -> None:
        deployment.message = message
        self._records.save_deployment(deployment)

    def _finish_pending(self, state: str, message: str) -> None:
        app = self.record
        deployment = self._records.deployment(self.name, app.pending)
        if deployment is not None:
            deployment.state, deployment.message = state, message
            self._records.save_deployment(deployment)
        self.change(pending=None)

    def _source(self, deployment_id: str) -> Path:
        return self.folder / "deployments" / deployment_id

    def _prune(self) -> None:
        """Keep the files of the active deployment only. Without one the environments stay: the next
        try needs them. Called while a deployment counts as pending, so that no other can begin."""
        active = self._records.deployment(self.name, self.record.active)
        kept = {active.id, active.environment} if active else set[str | None]()
        for folder in ("deployments", *(("environments",) if active else ())):
            for path in (self.folder / folder).glob("*"):
                if path.name not in kept:
                    shutil.rmtree(path)


_RESERVED = frozenset({"DATABRICKS_APP_PORT", "DATABRICKS_APP_NAME", "DATABRICKS_APP_URL"})
"""What app.yaml cannot change."""


def _free_port() -> int:
    with bind(0) as sock:
        return port_of(sock)


async def _accepts(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return False
    writer.close()
    return True
