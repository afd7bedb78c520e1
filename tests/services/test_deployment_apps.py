"""services/deployment/apps.py against a real sandbox, whose apps really run."""

from __future__ import annotations

import asyncio
from datetime import datetime
from pathlib import Path

import pytest
from async_timeout import timeout
from databricks.sdk.service.apps import App, ComputeState

from services.deployment import apps
from services.deployment.tree import project_files
from services.deployment.upload import upload_tree, uploaded_at
from services.errors import StepFailed
from services.workspace.errors import NotFound
from services.workspace.gateway import Workspace
from tests.sandbox.app_sources import WEB, ask, begun, compute, created
from tests.sandbox.running import RunningSandbox
from tests.services.programs import Told, project


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The sandbox's apps change within a second or two."""
    monkeypatch.setattr(apps, "_POLL_SECONDS", 0.1)


async def uploaded(workspace: Workspace, root: Path, name: str, source: str = WEB) -> str:
    """The app's source in the workspace, brought there as a setup does."""
    project(root, {"app.py": source})
    target = f"/Workspace/Users/{(await workspace.current_user()).user_name}/{name}"
    files = project_files(root, frozenset(), {})
    await upload_tree(workspace, root, target, files, note=Told().note)
    return target


async def deploy(
    workspace: Workspace, name: str, target: str, told: Told, *, changed: bool = False
) -> str:
    return await apps.deploy(
        workspace, name, target, changed=changed, note=told.note, on_line=told.line
    )


def deployments(server: RunningSandbox, name: str) -> int:
    return len(list(server.client().apps.list_deployments(name)))


async def test_from_stopped_to_running_and_back(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    client = workspace_server.client()
    created(client, App(name="apps-whole"), no_compute=True)
    told = Told()
    await apps.wait_compute(workspace, "apps-whole", note=told.note)
    assert compute(client, "apps-whole") is ComputeState.ACTIVE
    assert ("waiting for the compute of apps-whole (stopped)", None, None) in told.notes
    target = await uploaded(workspace, tmp_path, "apps-whole")
    deployment = await deploy(workspace, "apps-whole", target, told)
    assert f"Deployment {deployment} begun." in told.lines
    await apps.wait_running(workspace, "apps-whole", note=told.note)
    assert ask(client.apps.get("apps-whole"), "/", workspace_server.token()).status_code == 200
    await apps.stop_app(workspace, "apps-whole")
    assert compute(client, "apps-whole") is ComputeState.STOPPED
    await apps.stop_app(workspace, "apps-whole")


async def ready(workspace: Workspace, server: RunningSandbox, name: str) -> None:
    created(server.client(), App(name=name), no_compute=False)
    await apps.wait_compute(workspace, name, note=Told().note)


async def test_the_same_files_are_deployed_once(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    await ready(workspace, workspace_server, "apps-once")
    target = await uploaded(workspace, tmp_path, "apps-once")
    first = await deploy(workspace, "apps-once", target, Told())
    await uploaded(workspace, tmp_path, "apps-once")
    told = Told()
    assert await deploy(workspace, "apps-once", target, told) == first
    assert told.lines == [f"Deployment {first} of the same files is active."]
    assert deployments(workspace_server, "apps-once") == 1


async def test_files_that_this_run_uploaded_are_deployed(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    await ready(workspace, workspace_server, "apps-newer")
    target = await uploaded(workspace, tmp_path, "apps-newer")
    first = await deploy(workspace, "apps-newer", target, Told())
    newer = WEB.replace('"VERSION", "1"', '"VERSION", "2"')
    await uploaded(workspace, tmp_path, "apps-newer", newer)
    assert await deploy(workspace, "apps-newer", target, Told(), changed=True) != first
    app = workspace_server.client().apps.get("apps-newer")
    assert ask(app, "/", workspace_server.token()).json()["version"] == "2"


async def test_a_setup_that_was_cut_off_after_its_upload_deploys_it(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    """The next one sends nothing, and still must not take the old deployment for its own."""
    await ready(workspace, workspace_server, "apps-cut")
    target = await uploaded(workspace, tmp_path, "apps-cut")
    first = await deploy(workspace, "apps-cut", target, Told())
    told = workspace_server.client().apps.get_deployment("apps-cut", first).create_time
    assert told is not None
    begun_at = datetime.fromisoformat(told.replace("Z", "+00:00")).timestamp()
    version = 1
    # The platform's times are whole seconds: upload until the clock has moved on.
    while int(await uploaded_at(workspace, target) or 0) <= begun_at:
        version += 1
        await uploaded(workspace, tmp_path, "apps-cut", f"{WEB}\n# {version}")
    assert await deploy(workspace, "apps-cut", target, Told()) != first
    assert deployments(workspace_server, "apps-cut") == 2


async def test_a_deployment_under_way_is_taken_over(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    await ready(workspace, workspace_server, "apps-pending")
    target = await uploaded(workspace, tmp_path, "apps-pending")
    pending = begun(workspace_server.client(), "apps-pending", target)
    told = Told()
    assert await deploy(workspace, "apps-pending", target, told) == pending
    assert f"Deployment {pending} is under way already." in told.lines
    assert deployments(workspace_server, "apps-pending") == 1


async def test_a_lost_answer_makes_no_second_deployment(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    await ready(workspace, workspace_server, "apps-lost")
    target = await uploaded(workspace, tmp_path, "apps-lost")
    workspace_server.call(
        "POST",
        "/sandbox/faults",
        {"match": "POST /api/2.0/apps/apps-lost/deployments", "drop": "after", "times": 1},
    )
    await deploy(workspace, "apps-lost", target, Told())
    assert deployments(workspace_server, "apps-lost") == 1


async def test_a_deployment_that_fails_says_why(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    await ready(workspace, workspace_server, "apps-broken")
    broken = "raise SystemExit('no such prompt: main.default.email')"
    target = await uploaded(workspace, tmp_path, "apps-broken", broken)
    told = Told()
    with pytest.raises(StepFailed, match="The deployment of apps-broken failed") as failed:
        await deploy(workspace, "apps-broken", target, told)
    assert failed.value.advice
    mended = await uploaded(workspace, tmp_path, "apps-broken")
    await deploy(workspace, "apps-broken", mended, Told())
    await apps.wait_running(workspace, "apps-broken", note=Told().note)


async def test_an_app_that_crashes_later_is_told(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    await ready(workspace, workspace_server, "apps-crash")
    target = await uploaded(workspace, tmp_path, "apps-crash")
    await deploy(workspace, "apps-crash", target, Told())
    app = workspace_server.client().apps.get("apps-crash")
    ask(app, "/crash", workspace_server.token())

    async def crashed() -> None:
        while True:
            await apps.wait_running(workspace, "apps-crash", note=Told().note)
            await asyncio.sleep(0.1)

    with pytest.raises(StepFailed, match="The app apps-crash crashed") as failed:
        async with timeout(60):
            await crashed()
    assert f"{app.url}/logz" in failed.value.advice


async def test_an_app_that_is_not_there(workspace: Workspace) -> None:
    with pytest.raises(NotFound):
        await apps.wait_compute(workspace, "apps-none", note=Told().note)
    with pytest.raises(NotFound):
        await apps.stop_app(workspace, "apps-none")


async def test_waiting_can_be_cancelled(
    workspace: Workspace, workspace_server: RunningSandbox
) -> None:
    created(workspace_server.client(), App(name="apps-waiting"), no_compute=False)
    waiting = asyncio.create_task(apps.wait_running(workspace, "apps-waiting", note=Told().note))
    done, _ = await asyncio.wait({waiting}, timeout=1)
    assert not done
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
