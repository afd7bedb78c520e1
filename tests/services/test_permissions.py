"""Rights read through groups, ownership and inheritance, and proven, in a real workspace API."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from typing import Any

import pytest
import pytest_asyncio
from databricks.sdk.service.apps import App

from services.permissions import Permissions
from services.workspace.errors import NotFound, Unreachable, WorkspaceError
from services.workspace.gateway import Workspace
from tests.sandbox.app_sources import created
from tests.sandbox.running import RunningSandbox
from tests.services.trouble import SCHEMAS, asked, fault, trouble

EFFECTIVE = "GET /api/2.1/unity-catalog/effective-permissions/catalog"
DELETE_PROBE = "DELETE /api/2.1/unity-catalog/schemas/workspace.setup_probe_*"
CATALOGS = ["main", "reference_data", "workspace"]


class Probes:
    """A probe log that keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []
        self.when_intended: Callable[[], None] = lambda: None
        self.settled = threading.Event()

    def intend(self, full_name: str) -> None:
        self.told.append(("intend", full_name))
        self.when_intended()

    def done(self, full_name: str) -> None:
        self.told.append(("done", full_name))
        self.settled.set()

    @property
    def open(self) -> set[str]:
        intended = {name for what, name in self.told if what == "intend"}
        return intended - {name for what, name in self.told if what == "done"}


@pytest.fixture
def probes() -> Probes:
    return Probes()


@pytest.fixture
def permissions(workspace: Workspace, probes: Probes) -> Permissions:
    return Permissions(workspace, probes)


@pytest_asyncio.fixture
async def nothing_left(workspace: Workspace) -> AsyncGenerator[None]:
    """No probe may stand afterwards."""
    yield
    assert await probe_schemas(workspace) == []


async def probe_schemas(workspace: Workspace) -> list[str]:
    schemas = await workspace.call("schemas.list", lambda c: list(c.schemas.list("workspace")))
    return [name for each in schemas if (name := each.name or "").startswith("setup_probe_")]


async def test_rights_come_through_groups(permissions: Permissions) -> None:
    rights = await permissions.catalog("workspace")
    assert rights.usable
    assert rights.may_manage
    assert not rights.proven


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("main", "no CREATE SCHEMA"),
        ("reference_data", "no CREATE SCHEMA"),
        ("finance-restricted", "no USE CATALOG"),
    ],
)
async def test_why_a_catalog_cannot_be_used(
    permissions: Permissions, name: str, reason: str
) -> None:
    rights = await permissions.catalog(name)
    assert not rights.usable
    assert rights.reason == reason


async def test_a_catalog_that_is_not_there(permissions: Permissions) -> None:
    with pytest.raises(NotFound):
        await permissions.catalog("nowhere")


async def test_an_own_schema_can_be_used_whole(
    permissions: Permissions, workspace: Workspace
) -> None:
    name = "workspace.perm_own"
    await workspace.call("schemas.create", lambda c: c.schemas.create("perm_own", "workspace"))
    rights = await permissions.schema(name)
    await workspace.call("schemas.delete", lambda c: c.schemas.delete(name))
    assert rights.usable
    assert rights.reason == "you own it"


async def test_what_a_schema_of_others_lacks(permissions: Permissions) -> None:
    rights = await permissions.schema("main.default")
    assert not rights.usable
    assert rights.may_use
    assert rights.reason == "no CREATE FUNCTION, EXECUTE, CREATE TABLE, MANAGE"


async def test_catalogs_are_verified_with_one_call_each_where_owners_are_known(
    permissions: Permissions, workspace_server: RunningSandbox
) -> None:
    owners = dict.fromkeys(CATALOGS, "platform-admins") | {"mine": "you@sandbox.local"}
    with trouble(workspace_server):
        verified = [each async for each in permissions.verify_catalogs([*owners], owners=owners)]
        calls = asked(workspace_server, f"{EFFECTIVE}/workspace")
        others = asked(workspace_server, "GET /api/2.1/unity-catalog/catalogs/workspace")
    assert {each.name: each.usable for each in verified} == {
        "main": False,
        "reference_data": False,
        "workspace": True,
        "mine": True,
    }
    assert (calls, others) == (1, 0)


async def test_without_owners_they_are_asked_for(permissions: Permissions) -> None:
    verified = [each async for each in permissions.verify_catalogs(CATALOGS, ["workspace"])]
    assert {each.name for each in verified if each.usable} == {"workspace"}


async def test_one_that_cannot_be_verified_stops_no_other(
    permissions: Permissions, workspace_server: RunningSandbox
) -> None:
    broken = fault(f"{EFFECTIVE}/main", status=400, message="Something is odd.")
    with trouble(workspace_server, broken):
        verified = [each async for each in permissions.verify_catalogs(CATALOGS)]
    by_name = {each.name: each for each in verified}
    assert by_name["workspace"].usable
    assert by_name["main"].may_use is None
    assert by_name["main"].reason == "Something is odd"


async def test_a_listing_left_early_leaves_no_call_running(permissions: Permissions) -> None:
    verifying = permissions.verify_catalogs(CATALOGS * 30)
    async for _ in verifying:
        break
    await verifying.aclose()


@pytest.mark.usefixtures("nothing_left")
async def test_a_proof_is_written_down_before_and_after(
    permissions: Permissions, probes: Probes
) -> None:
    rights = await permissions.prove_catalog("workspace")
    assert rights.usable
    assert rights.proven
    (intended, name), (done, same) = probes.told
    assert (intended, done, name) == ("intend", "done", same)
    assert name.startswith("workspace.setup_probe_")


@pytest.mark.usefixtures("nothing_left")
async def test_a_refused_proof_says_why(permissions: Permissions, probes: Probes) -> None:
    rights = await permissions.prove_catalog("main")
    assert rights.proven
    assert not rights.usable
    assert "CREATE" in rights.reason
    assert probes.open == set()


async def test_nothing_is_proven_without_a_log(
    workspace: Workspace, calls: list[dict[str, Any]]
) -> None:
    rights = await Permissions(workspace, None).prove_catalog("workspace")
    assert not rights.proven
    assert "schemas.create" not in [call["call"] for call in calls]


@pytest.mark.usefixtures("nothing_left")
async def test_a_probe_whose_answer_was_lost_is_removed(
    permissions: Permissions, probes: Probes, workspace_server: RunningSandbox
) -> None:
    with (
        trouble(workspace_server, fault(SCHEMAS, times=1, drop="after")),
        pytest.raises(Unreachable),
    ):
        await permissions.prove_catalog("workspace")
    assert probes.open == set()


async def test_a_probe_that_cannot_be_removed_stays_written_down(
    permissions: Permissions, probes: Probes, workspace: Workspace, workspace_server: RunningSandbox
) -> None:
    with (
        trouble(workspace_server, fault(DELETE_PROBE, times=1, status=400)),
        pytest.raises(WorkspaceError),
    ):
        await permissions.prove_catalog("workspace")
    (name,) = probes.open
    assert await probe_schemas(workspace) == [name.removeprefix("workspace.")]
    await workspace.call("schemas.delete", lambda c: c.schemas.delete(name))


@pytest.mark.usefixtures("nothing_left")
@pytest.mark.parametrize("turns", range(6))
async def test_who_stops_waiting_leaves_no_probe(
    permissions: Permissions, probes: Probes, workspace_server: RunningSandbox, turns: int
) -> None:
    """So many turns of the event loop after the probe was written down, or while it was."""
    loop = asyncio.get_running_loop()

    def cancel(left: int) -> None:
        if left:
            loop.call_soon(cancel, left - 1)
        else:
            proving.cancel()

    def intended() -> None:
        loop.call_soon_threadsafe(cancel, turns)

    probes.when_intended = intended
    with trouble(workspace_server, fault(SCHEMAS, times=1, latency_ms=300)):
        proving = asyncio.create_task(permissions.prove_catalog("workspace"))
        await asyncio.wait({proving})
        assert proving.cancelled()
        assert await asyncio.to_thread(probes.settled.wait, 60)
    assert probes.open == set()


async def test_an_app_of_ones_own_may_be_managed(
    permissions: Permissions, workspace_server: RunningSandbox
) -> None:
    client = workspace_server.client()
    created(client, App(name="perm-own"), no_compute=True)
    assert await permissions.app("perm-own")
    others = [app.name for app in client.apps.list() if app.creator != "you@sandbox.local"]
    assert not await permissions.app(others[0])
    with pytest.raises(NotFound):
        await permissions.app("perm-nothing")


async def test_whether_catalogs_may_be_made(permissions: Permissions) -> None:
    assert await permissions.may_create_catalog() is True


async def test_the_shared_folder_is_open(permissions: Permissions) -> None:
    assert await permissions.folder("/Shared") is True
    with pytest.raises(NotFound):
        await permissions.folder("/Shared/perm-nothing")
