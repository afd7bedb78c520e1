"""SCIM: who am I, users, groups, service principals (`/api/2.0/preview/scim/v2`)."""

from __future__ import annotations

import re
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.api.bodies import json_body
from sandbox.context import Sandbox, principal_of, sandbox_of
from sandbox.errors import ApiError, denied, invalid
from sandbox.store import Document

BASE = "/api/2.0/preview/scim/v2"
KINDS = {"Users": "user", "Groups": "group", "ServicePrincipals": "service_principal"}
_FILTER = re.compile(r'^\s*(\w+(?:\.\w+)?)\s+(eq|sw|co)\s+"?([^"]*)"?\s*$', re.IGNORECASE)


async def me(request: Request) -> Response:
    sandbox = sandbox_of(request)
    name = principal_of(request).name
    found = sandbox.principals.document(name)
    if found is None:
        raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"Principal {name} does not exist.")
    # The platform gives a service principal that asks for itself its application id here.
    return JSONResponse({"userName": name} | _resource(sandbox, name, found))


async def list_principals(request: Request) -> Response:
    """List with ``filter`` (eq, sw, co on one attribute), ``startIndex`` and ``count``."""
    sandbox = sandbox_of(request)
    kind = _kind(request)
    found = [_resource(sandbox, *pair) for pair in sandbox.principals.documents(kind)]
    wanted = request.query_params.get("filter")
    if wanted:
        found = [item for item in found if _matches(item, wanted)]
    start = max(_number(request, "startIndex", 1), 1)
    count = min(_number(request, "count", 100), 100)
    shown = found[start - 1 : start - 1 + max(count, 0)]
    return JSONResponse(
        {
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
            "totalResults": len(found),
            "startIndex": start,
            "itemsPerPage": len(shown),
            "Resources": shown,
        }
    )


async def get_principal(request: Request) -> Response:
    sandbox = sandbox_of(request)
    kind, numeric = _kind(request), request.path_params["id"]
    for name, found in sandbox.principals.documents(kind):
        if found["id"] == numeric:
            return JSONResponse(_resource(sandbox, name, found))
    raise ApiError(404, "RESOURCE_DOES_NOT_EXIST", f"{kind} with id {numeric} not found.")


async def create_service_principal(request: Request) -> Response:
    sandbox = sandbox_of(request)
    if "admins" not in principal_of(request).groups:
        raise denied("Only workspace admins may create service principals.")
    body = await json_body(request)
    made = sandbox.principals.create_service_principal(body.get("displayName") or "unnamed")
    found = sandbox.principals.document(made.application_id) or {}
    return JSONResponse(_resource(sandbox, made.application_id, found), 201)


def _kind(request: Request) -> str:
    resource = request.path_params["resource"]
    if resource not in KINDS:
        raise ApiError(404, "ENDPOINT_NOT_FOUND", f"No API found for 'GET {BASE}/{resource}'.")
    return KINDS[resource]


def _resource(sandbox: Sandbox, name: str, found: Document) -> dict[str, Any]:
    """A principal in SCIM's form."""
    common = {"id": found["id"], "displayName": found["display_name"]}
    if found["kind"] == "group":
        members = [
            {"value": body["id"], "display": body["display_name"], "$ref": f"{plural}/{body['id']}"}
            for plural, kind in KINDS.items()
            if kind != "group"
            for _, body in sandbox.principals.documents(kind)
            if name in body["groups"]
        ]
        return {**common, "members": members, "meta": {"resourceType": "WorkspaceGroup"}}
    groups = [
        {"display": group, "value": body["id"], "type": "direct", "$ref": f"Groups/{body['id']}"}
        for group in found["groups"]
        if (body := sandbox.principals.document(group)) is not None
    ]
    about: dict[str, Any] = {**common, "active": True, "groups": groups}
    if found["kind"] == "user":
        given, _, family = found["display_name"].partition(" ")
        about |= {
            "userName": name,
            "name": {"givenName": given, "familyName": family},
            "emails": [{"type": "work", "value": name, "primary": True}],
            "entitlements": [{"value": "workspace-access"}, {"value": "databricks-sql-access"}],
        }
    else:
        about |= {"applicationId": name}
    return about


def _matches(item: dict[str, Any], wanted: str) -> bool:
    """One comparison, as ``displayName eq "name"``; SCIM compares these without regard to case."""
    parsed = _FILTER.match(wanted)
    if parsed is None:
        raise invalid(f"The filter {wanted} is not understood: use 'attribute eq \"value\"'.")
    attribute, operator, value = parsed.groups()
    by_name = {key.lower(): str(found) for key, found in item.items() if isinstance(found, str)}
    found, value = by_name.get(attribute.lower(), "").lower(), value.lower()
    if operator.lower() == "eq":
        return found == value
    return found.startswith(value) if operator.lower() == "sw" else value in found


def _number(request: Request, name: str, otherwise: int) -> int:
    text = request.query_params.get(name)
    if text is None:
        return otherwise
    if not text.isdecimal():
        raise invalid(f"{name} is a number, not '{text}'.")
    return int(text)


routes = [
    Route(f"{BASE}/Me", me),
    Route(f"{BASE}/ServicePrincipals", create_service_principal, methods=["POST"]),
    Route(BASE + "/{resource}", list_principals),
    Route(BASE + "/{resource}/{id}", get_principal),
]
