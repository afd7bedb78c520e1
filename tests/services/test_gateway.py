"""The gateway against a real workspace API that has bad luck: retries, deadlines, cancelling."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio
from databricks.sdk import WorkspaceClient

from services.workspace.errors import AlreadyExists, NotFound, RateLimited, Unreachable
from services.workspace.gateway import Workspace
from tests.sandbox.running import RunningSandbox
from tests.services.trouble import CATALOGS, ME, SCHEMAS, asked, fault, sign_in_to, trouble


@pytest_asyncio.fixture
async def fresh(workspace_server: RunningSandbox) -> AsyncGenerator[Workspace]:
    """A connection whose limit has met no 429 yet."""
    connected = await Workspace.connect(sign_in_to(workspace_server))
    yield connected
    await connected.close()


def make_schema(name: str) -> Any:
    def do(client: WorkspaceClient) -> str:
        return client.schemas.create(name, "workspace").full_name or ""

    return do


async def drop_schema(workspace: Workspace, name: str) -> None:
    await workspace.call("schemas.delete", lambda client: client.schemas.delete(name))


async def test_a_call_is_traced_with_its_request_id(
    workspace: Workspace, calls: list[dict[str, Any]]
) -> None:
    await workspace.current_user()
    assert [(call["call"], call["status"]) for call in calls] == [("current_user.me", "ok")]
    assert calls[0]["request_id"]


async def test_the_user_is_asked_once(workspace: Workspace, calls: list[dict[str, Any]]) -> None:
    users = await asyncio.gather(*(workspace.current_user() for _ in range(5)))
    assert {user.user_name for user in users} == {"you@sandbox.local"}
    assert "analysts" in users[0].groups
    assert len(calls) == 1


@pytest.mark.parametrize(
    "what",
    [{"status": 500}, {"status": 502}, {"status": 503}, {"drop": "before"}, {"drop": "after"}],
    ids=lambda what: "-".join(map(str, what.values())),
)
async def test_a_read_is_tried_again(
    fresh: Workspace, workspace_server: RunningSandbox, what: dict[str, Any]
) -> None:
    with trouble(workspace_server, fault(ME, times=2, **what)):
        assert (await fresh.current_user()).user_name == "you@sandbox.local"
        assert asked(workspace_server, ME) == 3


async def test_what_was_refused_for_now_is_tried_again_after_the_pause(
    fresh: Workspace, workspace_server: RunningSandbox
) -> None:
    storm = fault(ME, times=1, status=429, retry_after=1, error_code="REQUEST_LIMIT_EXCEEDED")
    with trouble(workspace_server, storm):
        await fresh.current_user()
        assert asked(workspace_server, ME) == 2
    assert fresh.limit.pace is not None


async def test_a_create_refused_by_a_rate_limit_is_made_once(
    fresh: Workspace, workspace_server: RunningSandbox
) -> None:
    with trouble(workspace_server, fault(SCHEMAS, times=1, status=429, retry_after=1)):
        await fresh.call("schemas.create", make_schema("gw_limited"), retry=False)
        assert asked(workspace_server, SCHEMAS) == 2
    await drop_schema(fresh, "workspace.gw_limited")


async def test_a_create_whose_answer_was_lost_is_not_repeated(
    fresh: Workspace, workspace_server: RunningSandbox
) -> None:
    with trouble(workspace_server, fault(SCHEMAS, times=1, drop="after")):
        with pytest.raises(Unreachable):
            await fresh.call("schemas.create", make_schema("gw_lost"), retry=False)
        assert asked(workspace_server, SCHEMAS) == 1
        with pytest.raises(AlreadyExists):
            await fresh.call("schemas.create", make_schema("gw_lost"), retry=False)
    await drop_schema(fresh, "workspace.gw_lost")


async def test_a_limit_that_stays_is_told(
    fresh: Workspace, workspace_server: RunningSandbox
) -> None:
    with (
        trouble(workspace_server, fault(ME, status=429, retry_after=60)),
        pytest.raises(RateLimited, match="limits how often"),
    ):
        await fresh.call("current_user.me", lambda client: client.current_user.me(), deadline=2)


async def test_many_calls_meet_a_limit_without_a_storm(
    fresh: Workspace, workspace_server: RunningSandbox
) -> None:
    def get(client: WorkspaceClient) -> object:
        return client.catalogs.get("workspace")

    await fresh.current_user()
    with trouble(workspace_server, {"calls_per_second": 30}):
        await asyncio.gather(*(fresh.call("catalogs.get", get) for _ in range(120)))
        sent = asked(workspace_server, f"{CATALOGS}/workspace")
    assert 120 <= sent <= 180, "at most every third call may be refused"


async def test_silence_ends_with_the_deadline(
    fresh: Workspace, workspace_server: RunningSandbox
) -> None:
    with (
        trouble(workspace_server, fault(ME, latency_ms=20_000)),
        pytest.raises(Unreachable, match="did not answer"),
    ):
        await fresh.call("current_user.me", lambda client: client.current_user.me(), deadline=1)


async def test_cancelled_calls_free_their_turns(
    fresh: Workspace, workspace_server: RunningSandbox
) -> None:
    with trouble(workspace_server, fault(CATALOGS, latency_ms=600_000)):
        calls = [
            asyncio.create_task(fresh.call("catalogs.list", lambda c: list(c.catalogs.list())))
            for _ in range(fresh.limit.allowed)
        ]
        user = asyncio.create_task(fresh.current_user())
        await asyncio.wait([user], timeout=0.2)
        assert not user.done(), "every turn is taken"
        for call in calls:
            call.cancel()
        await asyncio.gather(*calls, return_exceptions=True)
        assert (await user).user_name == "you@sandbox.local"


@pytest.mark.parametrize("failing", [0, 1, 2])
async def test_a_listing_is_whole_whatever_page_fails(
    fresh: Workspace, workspace_server: RunningSandbox, failing: int
) -> None:
    async def listed() -> list[list[str]]:
        path = CATALOGS.removeprefix("GET ")
        pages = fresh.pages(path, "catalogs", {"max_results": 2})
        return [[each["name"] for each in page] async for page in pages]

    expected = await listed()
    assert len(expected) > 2
    passing = [fault(CATALOGS, times=failing, latency_ms=1)] if failing else []
    with trouble(workspace_server, *passing, fault(CATALOGS, times=1, status=500)):
        assert await listed() == expected
        assert asked(workspace_server, CATALOGS) == len(expected) + 1


async def test_json_and_bytes_are_sent_raw(fresh: Workspace) -> None:
    made = await fresh.raw(
        "POST", "/api/2.0/workspace/mkdirs", body={"path": "/Users/you@sandbox.local/gw"}
    )
    assert made == {}
    path = "/api/2.0/workspace-files/import-file/Users/you@sandbox.local/gw/a.bin"
    await fresh.raw("POST", path, query={"overwrite": True}, data=b"\x00bytes")
    query = {"path": "/Users/you@sandbox.local/gw/a.bin"}
    status = await fresh.raw("GET", "/api/2.0/workspace/get-status", query=query)
    assert status["object_type"] == "FILE"


async def test_an_unknown_thing_is_not_found(fresh: Workspace) -> None:
    with pytest.raises(NotFound) as told:
        await fresh.call("catalogs.get", lambda client: client.catalogs.get("nowhere"))
    assert told.value.call == "catalogs.get"
    assert told.value.request_id


async def test_the_bearer_opens_the_api(fresh: Workspace, workspace_server: RunningSandbox) -> None:
    token = await fresh.bearer()
    with workspace_server.http(token) as http:
        assert http.get("/api/2.0/preview/scim/v2/Me").status_code == 200
