"""The Permissions API: who may read and change the access list of an endpoint or a folder."""

from __future__ import annotations

import pytest
from databricks.sdk.errors import BadRequest, NotFound, PermissionDenied
from databricks.sdk.service.iam import AccessControlRequest, PermissionLevel

from tests.sandbox.running import RunningSandbox

PERSON = "you@sandbox.local"
ADMIN = "admin@sandbox.local"


def endpoint_id(sandbox: RunningSandbox, name: str) -> str:
    """The Permissions API wants an endpoint's id, not its name."""
    shown = sandbox.client_of(ADMIN).serving_endpoints.get(name)
    assert shown.id
    return shown.id


def folder(sandbox: RunningSandbox, name: str) -> str:
    """The object id of a new folder in the person's home."""
    client = sandbox.client()
    path = f"/Users/{PERSON}/{name}"
    client.workspace.mkdirs(path)
    return str(client.workspace.get_status(path).object_id)


def level(sandbox: RunningSandbox, object_id: str, who: str) -> list[str]:
    """The levels somebody has on a folder by its access list, direct and inherited."""
    found = sandbox.client().permissions.get("directories", object_id)
    return [
        permission.permission_level.value
        for item in found.access_control_list or ()
        if who in (item.user_name, item.group_name, item.service_principal_name)
        for permission in item.all_permissions or ()
        if permission.permission_level
    ]


def test_a_grant_on_an_endpoint_opens_it(workspace_server: RunningSandbox) -> None:
    admin, numeric = (
        workspace_server.client_of(ADMIN),
        endpoint_id(workspace_server, "board-briefings"),
    )
    name, app = workspace_server.application("app-3 briefings")
    with pytest.raises(PermissionDenied):
        app.serving_endpoints.get("board-briefings")
    admin.permissions.update(
        "serving-endpoints",
        numeric,
        access_control_list=[
            AccessControlRequest(
                service_principal_name=name, permission_level=PermissionLevel.CAN_QUERY
            )
        ],
    )
    assert app.serving_endpoints.get("board-briefings").name == "board-briefings"


def test_who_does_not_manage_may_not_grant(workspace_server: RunningSandbox) -> None:
    numeric = endpoint_id(workspace_server, "support-assistant")
    with pytest.raises(PermissionDenied, match="Manage"):
        workspace_server.client().permissions.update(
            "serving-endpoints",
            numeric,
            access_control_list=[
                AccessControlRequest(
                    group_name="users", permission_level=PermissionLevel.CAN_MANAGE
                )
            ],
        )


def test_a_foundation_model_has_no_list(workspace_server: RunningSandbox) -> None:
    numeric = endpoint_id(workspace_server, "databricks-claude-3-7-sonnet")
    with pytest.raises(NotFound):
        workspace_server.client().permissions.get("serving-endpoints", numeric)
    with pytest.raises(BadRequest, match="Endpoint ID"):
        workspace_server.client().permissions.get("serving-endpoints", "support-assistant")


def test_patch_adds_and_put_replaces(workspace_server: RunningSandbox) -> None:
    client, key = workspace_server.client(), folder(workspace_server, "acl-patch")
    name, _ = workspace_server.application("app-4 folder")
    read = AccessControlRequest(group_name="users", permission_level=PermissionLevel.CAN_READ)
    manage = AccessControlRequest(
        service_principal_name=name, permission_level=PermissionLevel.CAN_MANAGE
    )
    client.permissions.update("directories", key, access_control_list=[read])
    client.permissions.update("directories", key, access_control_list=[manage])
    assert "CAN_READ" in level(workspace_server, key, "users")
    assert level(workspace_server, key, name) == ["CAN_MANAGE"]
    client.permissions.set("directories", key, access_control_list=[manage])
    assert level(workspace_server, key, "users") == []
    assert level(workspace_server, key, name) == ["CAN_MANAGE"]
    assert "CAN_MANAGE" in level(workspace_server, key, PERSON)


def test_a_folder_opens_for_whom_it_is_shared_with(workspace_server: RunningSandbox) -> None:
    client, key = workspace_server.client(), folder(workspace_server, "acl-shared")
    name, app = workspace_server.application("app-5 reader")
    path = f"/Users/{PERSON}/acl-shared"
    with pytest.raises((PermissionDenied, NotFound)):
        app.workspace.get_status(path)
    read = AccessControlRequest(
        service_principal_name=name, permission_level=PermissionLevel.CAN_READ
    )
    client.permissions.update("directories", key, access_control_list=[read])
    assert str(app.workspace.get_status(path).object_id) == key


def test_an_entry_names_a_level_and_a_principal_that_exist(
    workspace_server: RunningSandbox,
) -> None:
    client, key = workspace_server.client(), folder(workspace_server, "acl-wrong")
    wrong_level = AccessControlRequest(
        group_name="users", permission_level=PermissionLevel.CAN_QUERY
    )
    with pytest.raises(BadRequest, match="not a permission level"):
        client.permissions.update("directories", key, access_control_list=[wrong_level])
    stranger = AccessControlRequest(
        user_name="nobody@sandbox.local", permission_level=PermissionLevel.CAN_READ
    )
    with pytest.raises(NotFound, match=r"nobody@sandbox\.local"):
        client.permissions.update("directories", key, access_control_list=[stranger])
    with pytest.raises(NotFound):
        client.permissions.get("directories", "999")


def test_everybody_is_a_group(workspace_server: RunningSandbox) -> None:
    client, key = workspace_server.client(), folder(workspace_server, "acl-everybody")
    read = AccessControlRequest(
        group_name="account users", permission_level=PermissionLevel.CAN_READ
    )
    found = client.permissions.update("directories", key, access_control_list=[read])
    assert "account users" in {item.group_name for item in found.access_control_list or ()}


def test_levels_are_told_for_each_type(workspace_server: RunningSandbox) -> None:
    key = folder(workspace_server, "acl-levels")
    answer = workspace_server.client().permissions.get_permission_levels("directories", key)
    found = [item.permission_level for item in answer.permission_levels or ()]
    assert PermissionLevel.CAN_MANAGE in found
    assert PermissionLevel.CAN_RUN in found
