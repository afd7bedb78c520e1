"""The grants of the app's service principal: what it lacks, granting it, reading it back.

What is granted follows the seed: USE CATALOG, ALL PRIVILEGES and MANAGE on the schema, CAN_MANAGE
on the experiment, CAN_QUERY on the model's endpoint where the endpoint has an access list
(Foundation Models have none: everybody may query them). The service principal is named by its
application id, as the APIs want.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.admin_requests import quoted
from services.config import SetupConfig
from services.json_shapes import as_row, rows
from services.workspace.errors import NotFound, NotSupported, Refused
from services.workspace.gateway import Workspace

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient


@dataclass(frozen=True)
class Grant:
    """One privilege (Unity Catalog) or permission level (workspace object) for a principal."""

    securable: str
    """catalog, schema, experiments or serving-endpoints."""
    name: str
    """Full name, experiment id or endpoint id: what the API wants."""
    label: str
    """What a person calls it."""
    privilege: str
    principal: str

    @property
    def in_unity_catalog(self) -> bool:
        return self.securable in ("catalog", "schema")

    @property
    def key(self) -> str:
        return f"{self.securable} {self.name} {self.privilege} {self.principal}"

    def statement(self) -> str:
        """What an admin can run or do instead."""
        if self.in_unity_catalog:
            privilege = self.privilege.replace("_", " ")
            on = f"{self.securable.upper()} {quoted(self.name)}"
            return f"GRANT {privilege} ON {on} TO `{self.principal}`;"
        return f"Give {self.principal} {self.privilege} on {self.label} (its Permissions dialog)."


def wanted_grants(
    config: SetupConfig, principal: str, experiment_id: str, endpoint_id: str = ""
) -> list[Grant]:
    schema = config.schema_full_name
    grants = [
        Grant("catalog", config.catalog, config.catalog, "USE_CATALOG", principal),
        Grant("schema", schema, schema, "ALL_PRIVILEGES", principal),
        Grant("schema", schema, schema, "MANAGE", principal),
        Grant("experiments", experiment_id, config.experiment_path, "CAN_MANAGE", principal),
    ]
    if endpoint_id:
        model = config.llm_model
        grants.append(Grant("serving-endpoints", endpoint_id, model, "CAN_QUERY", principal))
    return grants


async def endpoint_with_access_list(workspace: Workspace, name: str) -> str:
    """The id of an endpoint that has permissions to grant; empty for a Foundation Model."""
    found = await workspace.call("serving_endpoints.get", lambda c: c.serving_endpoints.get(name))
    if not found.id or name.startswith("databricks-"):
        return ""
    try:
        await workspace.call(
            "permissions.get", lambda c: c.permissions.get("serving-endpoints", str(found.id))
        )
    except (NotFound, NotSupported, Refused):
        return ""
    return found.id


async def holds(workspace: Workspace, grant: Grant) -> bool:
    """Whether the principal has it now, directly, through a group or by inheritance."""
    if grant.in_unity_catalog:
        held = await _effective(workspace, grant)
        return grant.privilege in held or ("ALL_PRIVILEGES" in held and grant.privilege != "MANAGE")
    found = await workspace.call(
        "permissions.get", lambda c: c.permissions.get(grant.securable, grant.name)
    )
    levels = {
        (level.permission_level.value if level.permission_level else "")
        for entry in found.access_control_list or []
        if entry.service_principal_name == grant.principal
        for level in entry.all_permissions or []
    }
    return grant.privilege in levels or "CAN_MANAGE" in levels


async def _effective(workspace: Workspace, grant: Grant) -> set[str]:
    held: set[str] = set()
    # Unfiltered: what all account users hold, the service principal holds too.
    query: dict[str, Any] = {}
    path = f"/api/2.1/unity-catalog/effective-permissions/{grant.securable}/{grant.name}"
    while True:
        page = as_row(await workspace.raw("GET", path, query=query))
        for assignment in rows(page, "privilege_assignments"):
            if assignment.get("principal") not in (grant.principal, "account users"):
                continue
            held.update(str(each.get("privilege", "")) for each in rows(assignment, "privileges"))
        if not (token := page.get("next_page_token")):
            return held
        query["page_token"] = token


async def give(workspace: Workspace, grant: Grant) -> None:
    """Grant it. Raises Denied where the person may not."""
    await workspace.call("grants.update", lambda client: _change(client, grant, add=True))


async def revoke(workspace: Workspace, grant: Grant) -> None:
    """Take it back. Raises NotFound when what it was on is gone."""
    await workspace.call("grants.update", lambda client: _change(client, grant, add=False))


def _change(client: WorkspaceClient, grant: Grant, *, add: bool) -> None:
    from databricks.sdk.service.catalog import PermissionsChange, Privilege
    from databricks.sdk.service.iam import AccessControlRequest, PermissionLevel

    if grant.in_unity_catalog:
        privileges = [Privilege(grant.privilege)]
        change = PermissionsChange(
            principal=grant.principal,
            add=privileges if add else None,
            remove=None if add else privileges,
        )
        client.grants.update(grant.securable, grant.name, changes=[change])
        return
    if add:
        request = AccessControlRequest(
            service_principal_name=grant.principal,
            permission_level=PermissionLevel(grant.privilege),
        )
        client.permissions.update(grant.securable, grant.name, access_control_list=[request])
        return
    client.permissions.set(grant.securable, grant.name, access_control_list=_others(client, grant))


def _others(client: WorkspaceClient, grant: Grant) -> list[Any]:
    """The object's direct access list without the principal: `set` replaces it whole."""
    from databricks.sdk.service.iam import AccessControlRequest

    kept: list[AccessControlRequest] = []
    found = client.permissions.get(grant.securable, grant.name)
    for entry in found.access_control_list or []:
        direct = [p for p in entry.all_permissions or [] if not p.inherited]
        if entry.service_principal_name == grant.principal or not direct:
            continue
        kept.append(
            AccessControlRequest(
                group_name=entry.group_name,
                service_principal_name=entry.service_principal_name,
                user_name=entry.user_name,
                permission_level=direct[0].permission_level,
            )
        )
    return kept
