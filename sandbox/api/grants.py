"""Grants: direct and effective ones, and changing them (`/api/2.1/unity-catalog`).

Who may not manage a securable sees the grants that reach them and no others, as SHOW GRANTS does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import securables
from sandbox.api.bodies import json_body, page
from sandbox.context import Principal, Sandbox, principal_of, sandbox_of
from sandbox.errors import denied, invalid, not_found
from sandbox.securables import METASTORE_ID

BASE = "/api/2.1/unity-catalog"
PAGE_LENGTH = 10
"""Principals a page. Short on purpose: whoever forgets to page notices here."""
SMALLEST_PAGE = 150
"""The smallest max_results that is not refused, as documented."""

_DATA = {"SELECT", "MODIFY", "EXECUTE", "READ_VOLUME", "WRITE_VOLUME", "REFRESH"}
_CREATE = {
    "CREATE_TABLE",
    "CREATE_FUNCTION",
    "CREATE_MODEL",
    "CREATE_VOLUME",
    "CREATE_MATERIALIZED_VIEW",
}
_ALWAYS = {"APPLY_TAG", "MANAGE", "ALL_PRIVILEGES"}
_SCHEMA = _DATA | _CREATE | _ALWAYS | {"USE_SCHEMA", "BROWSE", "EXTERNAL_USE_SCHEMA"}
APPLICABLE: dict[str, set[str]] = {
    "metastore": {
        "CREATE_CATALOG",
        "CREATE_CONNECTION",
        "CREATE_EXTERNAL_LOCATION",
        "CREATE_STORAGE_CREDENTIAL",
        "CREATE_SHARE",
        "CREATE_RECIPIENT",
        "CREATE_PROVIDER",
        "USE_CONNECTION",
        "USE_SHARE",
    },
    "catalog": _SCHEMA | {"USE_CATALOG", "CREATE_SCHEMA"},
    "schema": _SCHEMA,
    "table": _ALWAYS | {"SELECT", "MODIFY"},
    "function": _ALWAYS | {"EXECUTE"},
    "volume": _ALWAYS | {"READ_VOLUME", "WRITE_VOLUME"},
}
"""Which privileges can be granted on what, as documented."""


async def get(request: Request) -> Response:
    return JSONResponse(_page(request, _direct(request), "privilege_assignments"))


async def get_effective(request: Request) -> Response:
    return JSONResponse(_page(request, _effective(request), "privilege_assignments"))


async def list_effective(request: Request) -> Response:
    return JSONResponse(_page(request, _effective(request), "effective_privilege_assignments"))


async def update(request: Request) -> Response:
    """Add and remove privileges; needs ownership, MANAGE or the metastore's admin."""
    sandbox, principal = sandbox_of(request), principal_of(request)
    kind, name = _securable(request)
    body = await json_body(request)
    _require_exists(sandbox, kind, name)
    if not sandbox.privileges.may_manage(principal, kind, name):
        raise denied(
            f"User does not have MANAGE on {kind.capitalize()} '{name}'. Only its owner, a "
            "principal with MANAGE or a metastore admin may change its grants."
        )
    changes: Sequence[dict[str, Any]] = body.get("changes") or ()
    for change in changes:
        _check(sandbox, kind, change)
    with sandbox.store.transaction():
        for change in changes:
            who = change["principal"]
            sandbox.privileges.revoke(kind, name, who, change.get("remove") or ())
            sandbox.privileges.grant(kind, name, who, change.get("add") or ())
    return JSONResponse({"privilege_assignments": _direct(request)})


def _check(sandbox: Sandbox, kind: str, change: dict[str, Any]) -> None:
    who = change.get("principal")
    if not isinstance(who, str) or not sandbox.principals.exists(who):
        raise not_found(f"Could not find principal with name {who}", "PRINCIPAL_DOES_NOT_EXIST")
    for privilege in (*(change.get("add") or ()), *(change.get("remove") or ())):
        if privilege not in APPLICABLE[kind]:
            raise invalid(
                f"Privilege {privilege} is not applicable to this entity "
                f"[{sandbox.host}/{kind.upper()}]. If this seems unexpected, please check the "
                "privilege version of the metastore in use [1.0]."
            )


def _securable(request: Request) -> tuple[str, str]:
    kind = request.path_params["kind"].lower()
    if kind not in APPLICABLE:
        raise invalid(f"The securable type {kind} is not one the sandbox has.")
    return kind, request.path_params["name"].lower()


def _require_exists(sandbox: Sandbox, kind: str, name: str) -> None:
    if kind == "metastore":
        if name != METASTORE_ID:
            raise not_found(f"Metastore '{name}' does not exist.", "METASTORE_DOES_NOT_EXIST")
        return
    securables.require_exists(sandbox, kind, name)


def _direct(request: Request) -> list[dict[str, Any]]:
    sandbox, principal = sandbox_of(request), principal_of(request)
    kind, name = _securable(request)
    _require_exists(sandbox, kind, name)
    return [
        {"principal": who, "privileges": sorted(held)}
        for who, held in sandbox.privileges.assignments(kind, name).items()
        if held and who in _readable(sandbox, principal, kind, name, who)
    ]


def _effective(request: Request) -> list[dict[str, Any]]:
    """Direct and inherited grants; an inherited one says where it comes from."""
    sandbox, principal = sandbox_of(request), principal_of(request)
    kind, name = _securable(request)
    _require_exists(sandbox, kind, name)
    found: dict[str, list[dict[str, str]]] = {}
    for level, level_name, entry in sandbox.privileges.levels(kind, name):
        origin = (
            {}
            if level == kind
            else {"inherited_from_type": level.upper(), "inherited_from_name": level_name}
        )
        for who, held in entry.grants.items():
            if who in _readable(sandbox, principal, kind, name, who):
                found.setdefault(who, []).extend(
                    {"privilege": privilege, **origin} for privilege in sorted(held)
                )
    return [{"principal": who, "privileges": held} for who, held in found.items() if held]


def _readable(
    sandbox: Sandbox, principal: Principal, kind: str, name: str, who: str
) -> tuple[str, ...]:
    """The names whose grants the principal may read, `who` being the one in question."""
    if sandbox.privileges.may_manage(principal, kind, name):
        return (who,)
    return principal.identities


def _page(request: Request, found: list[dict[str, Any]], field: str) -> dict[str, Any]:
    """One page. The filter by principal comes after paging, so that a page can be empty and still
    have a next one, which the platform's documentation allows."""
    shown, token = page(request, found, longest=PAGE_LENGTH, smallest=SMALLEST_PAGE)
    wanted = request.query_params.get("principal")
    body: dict[str, Any] = {
        field: [item for item in shown if wanted is None or item["principal"] == wanted]
    }
    return body | ({"next_page_token": token} if token else {})


_ITEM = "{kind}/{name}"
routes = [
    Route(f"{BASE}/permissions/{_ITEM}", get),
    Route(f"{BASE}/permissions/{_ITEM}", update, methods=["PATCH"]),
    Route(f"{BASE}/privilege-assignments/{_ITEM}", get),
    Route(f"{BASE}/effective-permissions/{_ITEM}", get_effective),
    Route(f"{BASE}/effective-privilege-assignments/{_ITEM}", list_effective),
]
