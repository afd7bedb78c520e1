"""Resources that an app declares: checked, granted to its principal, named for valueFrom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sandbox import securables
from sandbox.api import mlflow_access
from sandbox.context import Principal, Sandbox
from sandbox.errors import ApiError, denied, invalid, not_found

KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    "experiment": ("experiment_id", ("CAN_READ", "CAN_EDIT", "CAN_MANAGE")),
    "serving_endpoint": ("name", ("CAN_VIEW", "CAN_QUERY", "CAN_MANAGE")),
    "uc_securable": (
        "securable_full_name",
        ("SELECT", "MODIFY", "EXECUTE", "READ_VOLUME", "WRITE_VOLUME", "USE_CONNECTION"),
    ),
    "app": ("name", ("CAN_USE",)),
    "sql_warehouse": ("id", ("CAN_USE", "CAN_MANAGE", "IS_OWNER")),
    "secret": ("scope", ("READ", "WRITE", "MANAGE")),
    "job": ("id", ("CAN_VIEW", "CAN_MANAGE_RUN", "CAN_MANAGE", "IS_OWNER")),
    "database": ("instance_name", ("CAN_CONNECT_AND_CREATE",)),
    "genie_space": ("space_id", ("CAN_VIEW", "CAN_RUN", "CAN_EDIT", "CAN_MANAGE")),
    "postgres": ("branch", ("CAN_CONNECT_AND_CREATE",)),
}
"""The kinds of the API: the field that names the thing, and the permissions it knows."""

Resource = Mapping[str, Any]


def values(resources: Sequence[Resource]) -> dict[str, str]:
    """What valueFrom gives for each resource's key: the thing's id or name, a volume's path."""
    found: dict[str, str] = {}
    for resource in resources:
        kind, body = _kind(resource)
        value = str(body[KINDS[kind][0]])
        if kind == "uc_securable" and body.get("securable_type") == "VOLUME":
            value = "/Volumes/" + value.replace(".", "/")
        found[str(resource["name"])] = value
    return found


async def check(sandbox: Sandbox, principal: Principal, resources: object) -> list[Resource]:
    """The resources of a request. Each has to exist, and the principal to manage it.

    Raises INVALID_PARAMETER_VALUE, RESOURCE_DOES_NOT_EXIST or PERMISSION_DENIED.
    """
    if not isinstance(resources, list):
        raise invalid("resources has to be a list.")
    checked: list[Resource] = []
    for item in cast("list[object]", resources):
        if not isinstance(item, dict):
            raise invalid("A resource has to be an object.")
        resource = cast("Resource", item)
        name = resource.get("name")
        if not isinstance(name, str) or not name:
            raise invalid("A resource needs a name.")
        if any(other["name"] == name for other in checked):
            raise invalid(f"The resource name {name} is used twice.")
        await _check_one(sandbox, principal, resource)
        checked.append(resource)
    return checked


def apply(
    sandbox: Sandbox, client_id: str, before: Sequence[Resource], after: Sequence[Resource]
) -> None:
    """Take what is not declared any more from the service principal and give it what is now."""
    for resource in before:
        if resource not in after:
            _change(sandbox, client_id, resource, give=False)
    for resource in after:
        _change(sandbox, client_id, resource, give=True)


async def _check_one(sandbox: Sandbox, principal: Principal, resource: Resource) -> None:
    kind, body = _kind(resource)
    field, permissions = KINDS[kind]
    name, permission = body.get(field), body.get("permission")
    if not isinstance(name, str) or not name:
        raise invalid(f"The resource {resource['name']} lacks {kind}.{field}.")
    if permission not in permissions:
        raise invalid(
            f"{permission} is not a permission of the resource {resource['name']}: "
            f"{', '.join(permissions)}."
        )
    if kind == "experiment":
        await mlflow_access.require_experiment(sandbox, principal, name, "CAN_MANAGE")
    elif kind == "serving_endpoint":
        _check_endpoint(sandbox, principal, name)
    elif kind == "uc_securable":
        securable = str(body.get("securable_type", "")).lower()
        securables.require_exists(sandbox, securable, name.lower())
        if not sandbox.privileges.may_manage(principal, securable, name.lower()):
            raise denied(f"{principal.name} does not have MANAGE on {securable} {name}.")
    elif kind == "app":
        sandbox.acls.require(principal, "apps", name, "CAN_MANAGE")
    else:
        raise not_found(f"The {kind.replace('_', ' ')} {name} does not exist in this workspace.")


def _check_endpoint(sandbox: Sandbox, principal: Principal, name: str) -> None:
    endpoint = sandbox.store.get("endpoint", name)
    if endpoint is None:
        raise not_found(f"Endpoint with name '{name}' does not exist.")
    if not endpoint["foundation"]:
        sandbox.acls.require(principal, "serving-endpoints", endpoint["id"], "CAN_MANAGE")


def _change(sandbox: Sandbox, client_id: str, resource: Resource, *, give: bool) -> None:
    kind, body = _kind(resource)
    name = str(body[KINDS[kind][0]])
    if kind == "uc_securable":
        securable = str(body["securable_type"]).lower()
        if securables.exists(sandbox, securable, name.lower()):
            change = sandbox.privileges.grant if give else sandbox.privileges.revoke
            change(securable, name.lower(), client_id, {body["permission"]})
        return
    object_type, key = {"experiment": "experiments", "app": "apps"}.get(kind, ""), name
    if kind == "serving_endpoint":
        endpoint = sandbox.store.get("endpoint", name)
        if endpoint is None or endpoint["foundation"]:
            return
        object_type, key = "serving-endpoints", endpoint["id"]
    if not object_type or not sandbox.acls.exists(object_type, key):
        return
    if give:
        sandbox.acls.grant(object_type, key, client_id, body["permission"])
        return
    owner = sandbox.acls.owner(object_type, key)
    held = sandbox.acls.direct(object_type, key)
    kept = {who: level for who, level in held.items() if who not in (client_id, owner)}
    sandbox.acls.replace(object_type, key, kept)


def _kind(resource: Resource) -> tuple[str, Mapping[str, Any]]:
    """A resource's kind and its body."""
    for kind in KINDS:
        body = resource.get(kind)
        if isinstance(body, dict):
            return kind, cast("Mapping[str, Any]", body)
    raise ApiError(400, "INVALID_PARAMETER_VALUE", f"A resource needs one of {', '.join(KINDS)}.")
