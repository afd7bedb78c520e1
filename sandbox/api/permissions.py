"""The Permissions API for workspace objects (`/api/2.0/permissions/{type}/{id}`)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import endpoints
from sandbox.acls import ADMINS, LEVELS
from sandbox.api.bodies import json_body
from sandbox.context import Sandbox, principal_of, sandbox_of
from sandbox.errors import ApiError, denied, invalid, not_found

OBJECT_TYPES = {
    "experiments": "mlflowExperiment",
    "serving-endpoints": "inference-endpoint",
    "apps": "app",
    "directories": "directory",
    "notebooks": "notebook",
    "files": "file",
}
NAME_FIELDS = {
    "user_name": ("user", "UserName"),
    "group_name": ("group", "GroupName"),
    "service_principal_name": ("service_principal", "ServicePrincipalName"),
}
DESCRIPTIONS = {
    "CAN_READ": "Can view",
    "CAN_VIEW": "Can view",
    "CAN_RUN": "Can run",
    "CAN_USE": "Can use",
    "CAN_QUERY": "Can query",
    "CAN_EDIT": "Can edit",
    "CAN_MANAGE": "Can manage",
}


async def get(request: Request) -> Response:
    """Whoever has any level on the object may read its list."""
    sandbox = sandbox_of(request)
    kind, key = _object(request)
    sandbox.acls.require(principal_of(request), kind, key, LEVELS[kind][0])
    return JSONResponse(_listing(sandbox, kind, key))


async def change(request: Request) -> Response:
    """PATCH adds to the list or changes levels in it; PUT replaces it. Both need CAN_MANAGE."""
    sandbox = sandbox_of(request)
    kind, key = _object(request)
    if not sandbox.acls.exists(kind, key):
        raise not_found(f"{kind} object with id {key} does not exist.")
    if not sandbox.acls.allows(principal_of(request), kind, key, "CAN_MANAGE"):
        raise denied(
            f"{principal_of(request).name} does not have Manage permissions on {kind} {key}."
        )
    body = await json_body(request)
    grants = dict(_entry(sandbox, kind, item) for item in body.get("access_control_list") or ())
    if request.method == "PUT":
        sandbox.acls.replace(kind, key, grants)
    else:
        for who, level in grants.items():
            sandbox.acls.grant(kind, key, who, level)
    return JSONResponse(_listing(sandbox, kind, key))


async def levels(request: Request) -> Response:
    kind, _ = _object(request)
    return JSONResponse(
        {
            "permission_levels": [
                {"permission_level": level, "description": DESCRIPTIONS[level]}
                for level in LEVELS[kind]
            ]
        }
    )


def _object(request: Request) -> tuple[str, str]:
    kind, key = request.path_params["kind"], request.path_params["id"]
    if kind not in LEVELS:
        raise ApiError(404, "ENDPOINT_NOT_FOUND", f"No permissions are kept for {kind}.")
    if kind == "serving-endpoints":
        endpoint = endpoints.by_id(sandbox_of(request), key)
        if endpoint is None:
            raise invalid(f"{key} is not a valid Inference Endpoint ID.")
        if endpoint["foundation"]:
            raise not_found(f"The foundation model endpoint {key} has no access control list.")
    return kind, key


def _entry(sandbox: Sandbox, kind: str, item: dict[str, Any]) -> tuple[str, str]:
    """Principal and level of one item. Raises when either is not known."""
    level = item.get("permission_level")
    if level not in LEVELS[kind]:
        raise invalid(f"{level} is not a permission level of {kind}: {', '.join(LEVELS[kind])}.")
    for field, (principal_kind, shown) in NAME_FIELDS.items():
        name = item.get(field)
        if name is None:
            continue
        if sandbox.principals.kind(name) != principal_kind:
            raise not_found(f"Principal: {shown}({name}) does not exist.")
        return name, level
    raise invalid(f"An access control needs one of {', '.join(NAME_FIELDS)}.")


def _listing(sandbox: Sandbox, kind: str, key: str) -> dict[str, Any]:
    held: dict[str, list[dict[str, Any]]] = {}
    for who, level in sandbox.acls.direct(kind, key).items():
        held.setdefault(who, []).append({"permission_level": level, "inherited": False})
    inherited = [*sandbox.acls.inherited(kind, key), (ADMINS, "CAN_MANAGE", f"/{kind}/")]
    for who, level, origin in inherited:
        held.setdefault(who, []).append(
            {"permission_level": level, "inherited": True, "inherited_from_object": [origin]}
        )
    return {
        "object_id": f"/{kind}/{key}",
        "object_type": OBJECT_TYPES[kind],
        "access_control_list": [
            {**_named(sandbox, who), "all_permissions": permissions}
            for who, permissions in held.items()
        ],
    }


def _named(sandbox: Sandbox, who: str) -> dict[str, Any]:
    """A principal under the field of its kind; one that has been deleted shows as a user."""
    kind = sandbox.principals.kind(who) or "user"
    field = next(name for name, (of_kind, _) in NAME_FIELDS.items() if of_kind == kind)
    found = sandbox.principals.document(who)
    return {field: who, **({"display_name": found["display_name"]} if found else {})}


_ITEM = "/api/2.0/permissions/{kind}/{id}"
routes = [
    Route(_ITEM, get),
    Route(_ITEM, change, methods=["PATCH", "PUT"]),
    Route(f"{_ITEM}/permissionLevels", levels),
]
