"""Grants: paged, effective, enforced through groups, owners, inheritance and ALL PRIVILEGES."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import BadRequest, NotFound, PermissionDenied
from databricks.sdk.service.catalog import PermissionsChange, Privilege

from tests.sandbox.running import RunningSandbox


def pages(client: WorkspaceClient, kind: str, name: str) -> Iterator[list[str]]:
    """The principals of each page of direct grants."""
    token = None
    while True:
        page = client.grants.get(kind, name, max_results=0, page_token=token)
        yield [item.principal or "" for item in page.privilege_assignments or ()]
        token = page.next_page_token
        if not token:
            return


def change(
    client: WorkspaceClient, kind: str, name: str, who: str, *add: Privilege
) -> dict[str, set[Privilege]]:
    answer = client.grants.update(
        kind, name, changes=[PermissionsChange(principal=who, add=list(add))]
    )
    return {
        item.principal or "": set(item.privileges or ())
        for item in answer.privilege_assignments or ()
    }


def test_grants_come_in_pages(workspace_server: RunningSandbox) -> None:
    found = list(pages(workspace_server.client(), "catalog", "workspace"))
    assert len(found) > 2
    names = [name for page in found for name in page]
    assert len(names) == len(set(names))
    assert {"account users", "data-builders", "project-24"} <= set(names)


def test_a_group_that_may_not_manage_sees_its_own_grants_only(
    workspace_server: RunningSandbox,
) -> None:
    client = workspace_server.client()
    assert list(pages(client, "catalog", "reference_data")) == [["analysts"]]


def test_effective_grants_say_where_they_come_from(workspace_server: RunningSandbox) -> None:
    client, schema = workspace_server.client(), "workspace.default"
    found: dict[str, dict[str, str | None]] = {}
    token = None
    while True:
        page = client.grants.get_effective("schema", schema, max_results=0, page_token=token)
        for item in page.privilege_assignments or ():
            for held in item.privileges or ():
                assert held.privilege is not None
                found.setdefault(item.principal or "", {})[held.privilege.value] = (
                    held.inherited_from_name
                )
        token = page.next_page_token
        if not token:
            break
    assert found["data-builders"]["CREATE_SCHEMA"] == "workspace"
    assert found["account users"]["CREATE_TABLE"] is None


def test_a_service_principal_gets_what_is_granted(workspace_server: RunningSandbox) -> None:
    owner = workspace_server.client()
    owner.schemas.create("granted", "workspace")
    name, app = workspace_server.application("app-1 emails")
    with pytest.raises(PermissionDenied, match="USE SCHEMA"):
        app.schemas.get("workspace.granted")
    change(owner, "catalog", "workspace", name, Privilege.USE_CATALOG)
    held = change(owner, "schema", "workspace.granted", name, Privilege.ALL_PRIVILEGES)
    assert held[name] == {Privilege.ALL_PRIVILEGES}
    assert app.schemas.get("workspace.granted").name == "granted"
    with pytest.raises(PermissionDenied):
        app.schemas.delete("workspace.granted")
    change(owner, "schema", "workspace.granted", name, Privilege.MANAGE)
    app.schemas.delete("workspace.granted")


def test_revoked_is_gone(workspace_server: RunningSandbox) -> None:
    owner = workspace_server.client()
    owner.schemas.create("revoked", "workspace")
    name, app = workspace_server.application("app-2 emails")
    change(owner, "schema", "workspace.revoked", name, Privilege.USE_SCHEMA)
    assert app.schemas.get("workspace.revoked").name == "revoked"
    owner.grants.update(
        "schema",
        "workspace.revoked",
        changes=[PermissionsChange(principal=name, remove=[Privilege.USE_SCHEMA])],
    )
    with pytest.raises(PermissionDenied):
        app.schemas.get("workspace.revoked")


def test_only_who_manages_may_grant(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    with pytest.raises(PermissionDenied, match="MANAGE"):
        change(client, "catalog", "main", "analysts", Privilege.USE_CATALOG)


def test_an_admins_grant_helps(workspace_server: RunningSandbox) -> None:
    """What a person asks an admin for works at once when it is given."""
    admin = workspace_server.client_of("admin@sandbox.local")
    with pytest.raises(PermissionDenied):
        workspace_server.client().schemas.create("asked_for", "main")
    change(admin, "catalog", "main", "you@sandbox.local", Privilege.CREATE_SCHEMA)
    assert workspace_server.client().schemas.create("asked_for", "main").name == "asked_for"


def test_a_grant_names_a_known_principal_and_privilege(
    workspace_server: RunningSandbox,
) -> None:
    client = workspace_server.client()
    with pytest.raises(NotFound) as unknown:
        change(client, "catalog", "workspace", "nobody@sandbox.local", Privilege.USE_CATALOG)
    assert unknown.value.error_code == "PRINCIPAL_DOES_NOT_EXIST"
    with pytest.raises(BadRequest, match="not applicable"):
        change(client, "schema", "workspace.default", "analysts", Privilege.USE_CATALOG)
    with pytest.raises(NotFound):
        client.grants.get("schema", "workspace.no_such_schema")
