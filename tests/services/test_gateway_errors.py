"""What the platform refuses, told in our few errors, each with what to do."""

from __future__ import annotations

from typing import Any

import pytest

from services.workspace.errors import (
    AlreadyExists,
    Denied,
    NotFound,
    NotSupported,
    RateLimited,
    Refused,
    SignInFailed,
    Unreachable,
    WorkspaceError,
)
from services.workspace.gateway import Workspace
from tests.sandbox.running import RunningSandbox
from tests.services.trouble import ME, fault, sign_in_with, trouble

TOKEN = "dapi" + "0123456789abcdef" * 2


@pytest.mark.parametrize(
    ("status", "code", "message", "kind", "advice"),
    [
        (400, "INVALID_PARAMETER_VALUE", "No such value.", Refused, ""),
        (400, "INVALID_STATE", "Metastore storage root URL does not exist.", Refused, "metastore"),
        (400, "SCHEMA_ALREADY_EXISTS", "Schema 'x' already exists", AlreadyExists, ""),
        (401, "UNAUTHENTICATED", "Credential was not sent.", SignInFailed, "[DEFAULT] of"),
        (403, "PERMISSION_DENIED", "User lacks CREATE SCHEMA.", Denied, ""),
        (403, "PERMISSION_DENIED", "Invalid access token.", SignInFailed, "[DEFAULT] of"),
        (403, "PERMISSION_DENIED", "Source IP 1.2.3.4 is blocked by IP ACL", Denied, "VPN"),
        (403, "PERMISSION_DENIED", "endpoint has a rate limit of 0", Denied, "another one"),
        (404, "RESOURCE_DOES_NOT_EXIST", "App x does not exist.", NotFound, ""),
        (404, "FEATURE_DISABLED", "Apps are not enabled here.", NotSupported, "workspace admin"),
        (404, "ENDPOINT_NOT_FOUND", "No API found for GET /x", NotSupported, ""),
        (409, "RESOURCE_ALREADY_EXISTS", "App x already exists.", AlreadyExists, ""),
        (409, "ABORTED", "App x is in DELETING state.", Refused, "20 minutes"),
        (400, "QUOTA_EXCEEDED", "Exceeded the limit of 100 apps.", Refused, "not needed"),
        (501, "NOT_IMPLEMENTED", "Not here.", NotSupported, ""),
        (500, "INTERNAL_ERROR", "Oops.", Unreachable, "again"),
        (502, "", "Bad gateway.", Unreachable, "again"),
        (504, "DEADLINE_EXCEEDED", "Too slow.", Unreachable, "again"),
    ],
)
async def test_a_refusal_is_told_with_advice(
    workspace: Workspace,
    workspace_server: RunningSandbox,
    status: int,
    code: str,
    message: str,
    kind: type[WorkspaceError],
    advice: str,
) -> None:
    with (
        trouble(workspace_server, fault(ME, status=status, error_code=code, message=message)),
        pytest.raises(WorkspaceError) as told,
    ):
        await workspace.raw("GET", ME.removeprefix("GET "), retry=False)
    assert type(told.value) is kind
    assert message.rstrip(".") in told.value.message
    assert advice in told.value.advice
    assert told.value.code == code


async def test_the_pause_the_platform_asks_for_is_known(
    workspace: Workspace, workspace_server: RunningSandbox
) -> None:
    with (
        trouble(workspace_server, fault(ME, status=429, retry_after=45)),
        pytest.raises(RateLimited) as told,
    ):
        await workspace.raw("GET", ME.removeprefix("GET "), deadline=1)
    assert 45 <= told.value.retry_after < 47
    assert told.value.advice


async def test_a_token_in_a_message_is_hidden(
    workspace: Workspace, workspace_server: RunningSandbox
) -> None:
    message = f"The token {TOKEN} may not do that; password=hunter2222."
    with (
        trouble(workspace_server, fault(ME, status=403, message=message)),
        pytest.raises(Denied) as told,
    ):
        await workspace.raw("GET", ME.removeprefix("GET "))
    assert TOKEN not in str(told.value)
    assert "hunter2222" not in str(told.value)


async def test_an_expired_token_is_a_sign_in_problem(workspace_server: RunningSandbox) -> None:
    expired = workspace_server.token_of("you@sandbox.local", lifetime_seconds=-10)
    connected = await Workspace.connect(sign_in_with(workspace_server.host, expired))
    with pytest.raises(SignInFailed, match="expired") as told:
        await connected.current_user()
    assert "DATABRICKS_TOKEN" in told.value.advice
    assert expired not in str(told.value)
    await connected.close()


async def test_a_wrong_personal_token_is_a_sign_in_problem(
    workspace_server: RunningSandbox,
) -> None:
    connected = await Workspace.connect(sign_in_with(workspace_server.host, TOKEN))
    with pytest.raises(SignInFailed, match="Invalid access token"):
        await connected.current_user()
    await connected.close()


async def test_a_failed_call_does_not_spoil_the_next(
    workspace: Workspace, workspace_server: RunningSandbox
) -> None:
    once: dict[str, Any] = fault(ME, status=401, error_code="UNAUTHENTICATED", times=1)
    with trouble(workspace_server, once):
        with pytest.raises(SignInFailed):
            await workspace.current_user()
        assert (await workspace.current_user()).user_name == "you@sandbox.local"
