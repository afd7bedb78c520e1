"""An app's compute and deployments: started, deployed, waited for.

Own waiters over single calls: the SDK's block a thread, cannot be cancelled, and end early on a
STOPPED or missing first status. States are those of the Databricks Apps API.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from services.deployment.upload import Note, uploaded_at
from services.errors import StepFailed
from services.workspace.errors import AlreadyExists, Refused, Unreachable
from services.workspace.gateway import Workspace

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.apps import App, AppDeployment

COMPUTE_SECONDS = 900.0
DEPLOY_SECONDS = 1200.0
"""The platform gives an app 10 minutes to start, after the build."""
RUNNING_SECONDS = 660.0
STOP_SECONDS = 300.0
_POLL_SECONDS = 2.0


async def start_app(workspace: Workspace, name: str) -> None:
    """Ask for compute; returns before it is there. One that starts already is left alone."""

    def do(client: WorkspaceClient) -> None:
        client.apps.start(name)

    await _asked(workspace, "apps.start", do, name, ("ACTIVE", "STARTING"))


async def stop_app(workspace: Workspace, name: str) -> None:
    """Stop the compute and wait until it is STOPPED. Raises NotFound, or StepFailed after
    5 minutes."""

    def do(client: WorkspaceClient) -> None:
        client.apps.stop(name)

    await _asked(workspace, "apps.stop", do, name, ("STOPPED", "STOPPING"))
    waiting = _Patience(STOP_SECONDS)
    while compute_of(await _get(workspace, name)) != "STOPPED":
        if not await waiting.pause():
            raise StepFailed(f"The app {name} is still stopping.", "Look at it in the workspace.")


async def wait_compute(workspace: Workspace, name: str, *, note: Note) -> None:
    """Return once the compute is ACTIVE; one that is stopped is started. Raises StepFailed."""
    waiting = _Patience(COMPUTE_SECONDS)
    asked = False
    while True:
        app = await _get(workspace, name)
        state = compute_of(app)
        if state == "ACTIVE":
            return
        if state in ("ERROR", "DELETING"):
            told = (app.compute_status and app.compute_status.message) or ""
            raise StepFailed(
                f"The compute of {name} is in state {state}. {told}".strip(),
                "Look at the app in the workspace, then retry.",
            )
        # A compute that was asked for may still show STOPPED: asking twice does no harm.
        if state == "STOPPED" and not asked:
            await start_app(workspace, name)
            asked = True
        note(f"waiting for the compute of {name} ({(state or 'no state yet').lower()})")
        if not await waiting.pause():
            raise StepFailed(
                f"The compute of {name} was not ready after {COMPUTE_SECONDS / 60:.0f} minutes.",
                "Resume to go on waiting.",
            )


async def deploy(
    workspace: Workspace,
    name: str,
    source: str,
    *,
    changed: bool,
    note: Note,
    on_line: Callable[[str], None],
) -> str:
    """Deploy `source` and return the deployment's id once it SUCCEEDED.

    A deployment that is under way, or runs, is taken over when it was begun after the last upload;
    never when `changed` says that this run has uploaded something. Raises StepFailed with what the
    platform says about a failed one.
    """
    app = await _get(workspace, name)
    pending = app.pending_deployment
    if pending and _state(pending) == "IN_PROGRESS" and pending.deployment_id:
        on_line(f"Deployment {pending.deployment_id} is under way already.")
        # A second one is refused until it ends, so it is waited for in any case.
        try:
            await _finished(workspace, name, pending.deployment_id, note, on_line)
        except StepFailed as error:
            on_line(error.message)
        app = await _get(workspace, name)
    active = app.active_deployment
    uploaded = None if changed else await uploaded_at(workspace, source)
    if active and active.deployment_id and _runs(app, active, source, uploaded):
        on_line(f"Deployment {active.deployment_id} of the same files is active.")
        return active.deployment_id
    deployment_id = await _begin(workspace, name, source)
    on_line(f"Deployment {deployment_id} begun.")
    await _finished(workspace, name, deployment_id, note, on_line)
    return deployment_id


async def wait_running(workspace: Workspace, name: str, *, note: Note) -> None:
    """Return once the app is RUNNING. Raises StepFailed for one that crashed or never came up."""
    waiting = _Patience(RUNNING_SECONDS)
    while True:
        app = await _get(workspace, name)
        state = _value(app.app_status and app.app_status.state)
        told = (app.app_status and app.app_status.message) or ""
        if state == "RUNNING":
            return
        if state == "CRASHED":
            raise StepFailed(
                f"The app {name} crashed. {told}".strip(), f"Its log: {app.url}/logz. Then retry."
            )
        note(f"waiting for the app ({(state or 'no state yet').lower()})")
        if not await waiting.pause():
            raise StepFailed(
                f"The app {name} is not running: {state or 'no state'}. {told}".strip(),
                f"Its log: {app.url}/logz. Then retry.",
            )


def compute_of(app: App) -> str:
    """ACTIVE, STOPPED, STARTING...; empty where the platform gives none yet."""
    return _value(app.compute_status and app.compute_status.state)


async def _begin(workspace: Workspace, name: str, source: str) -> str:
    def do(client: WorkspaceClient) -> str:
        from databricks.sdk.service.apps import AppDeployment, AppDeploymentMode

        wanted = AppDeployment(source_code_path=source, mode=AppDeploymentMode.SNAPSHOT)
        waiter: Any = client.apps.deploy(name, wanted)
        return waiter.response.deployment_id or ""

    try:
        return await workspace.call("apps.deploy", do, retry=False, deadline=120)
    except (Unreachable, AlreadyExists, Refused):
        # The answer was lost, or another one got in: what is pending of this source is it.
        pending = (await _get(workspace, name)).pending_deployment
        if pending and pending.deployment_id and pending.source_code_path == source:
            return pending.deployment_id
        raise


async def _finished(
    workspace: Workspace, name: str, deployment_id: str, note: Note, on_line: Callable[[str], None]
) -> None:
    waiting = _Patience(DEPLOY_SECONDS)
    last = ""
    while True:
        found = await workspace.call(
            "apps.get_deployment", lambda client: client.apps.get_deployment(name, deployment_id)
        )
        state, told = _state(found), (found.status and found.status.message) or ""
        if told and told != last:
            for line in told.splitlines():
                on_line(line)
            last = told
        if state == "SUCCEEDED":
            return
        if state in ("FAILED", "CANCELLED"):
            app = await _get(workspace, name)
            why = (
                told.strip().splitlines()[-1] if told.strip() else "The platform does not say why."
            )
            raise StepFailed(
                f"The deployment of {name} {state.lower()}. {why}",
                f"The app's log has more: {app.url}/logz. Then retry.",
            )
        note("deploying the app")
        if not await waiting.pause():
            raise StepFailed(
                f"The deployment of {name} did not end within {DEPLOY_SECONDS / 60:.0f} minutes.",
                "Resume to go on waiting.",
            )


async def _asked(
    workspace: Workspace,
    call: str,
    do: Callable[[WorkspaceClient], None],
    name: str,
    enough: tuple[str, ...],
) -> None:
    """Ask for a change of compute; a refusal counts only where the state is not yet on its way."""
    try:
        await workspace.call(call, do)
    except Refused:
        if compute_of(await _get(workspace, name)) not in enough:
            raise


async def _get(workspace: Workspace, name: str) -> App:
    return await workspace.call("apps.get", lambda client: client.apps.get(name))


def _runs(app: App, deployment: AppDeployment, source: str, uploaded: float | None) -> bool:
    """Whether the app runs what was uploaded to `source`, by the platform's own clock."""
    running = _value(app.app_status and app.app_status.state) == "RUNNING"
    same = deployment.source_code_path == source and _state(deployment) == "SUCCEEDED"
    if not running or not same or uploaded is None or deployment.create_time is None:
        return False
    try:
        begun = datetime.fromisoformat(deployment.create_time.replace("Z", "+00:00"))
    except ValueError:
        return False
    # Both in whole seconds: the platform gives no more for a deployment.
    return int(begun.timestamp()) >= int(uploaded)


def _state(deployment: AppDeployment) -> str:
    return _value(deployment.status and deployment.status.state)


def _value(state: Any) -> str:
    return str(state.value) if state else ""


class _Patience:
    """Pauses between polls, until the time is up."""

    def __init__(self, seconds: float) -> None:
        self._end = asyncio.get_running_loop().time() + seconds

    async def pause(self) -> bool:
        """False when the time is up."""
        if asyncio.get_running_loop().time() >= self._end:
            return False
        await asyncio.sleep(_POLL_SECONDS)
        return True
