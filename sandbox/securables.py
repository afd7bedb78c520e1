"""Catalogs, schemas and tables: what exists, how it is shown, made and dropped.

State: documents `catalog`, `schema`, `table` by full name; owners and grants are in privileges.py.
Error codes are those the platform answers; they come with status 400 or 404 (the SDK has no class
of its own for them).
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

from sandbox.context import Principal, Sandbox
from sandbox.errors import ApiError, denied, invalid, not_found
from sandbox.privileges import LEAVES

METASTORE_ID = "0f0e0d0c-0b0a-4908-8706-050403020100"
METASTORE_NAME = "sandbox-metastore"
CREATE_PRIVILEGE = {"catalog": "CREATE_CATALOG", "schema": "CREATE_SCHEMA", "table": "CREATE_TABLE"}
USE_PRIVILEGE = {"catalog": "USE_CATALOG", "schema": "USE_SCHEMA"}
_FORBIDDEN = re.compile(r"[\s./\x00-\x1f\x7f]")
NAME_LIMIT = 255


def checked_name(kind: str, name: Any) -> str:
    """A new securable's name in lower case, as Unity Catalog stores it."""
    if not isinstance(name, str) or not name or len(name) > NAME_LIMIT or _FORBIDDEN.search(name):
        raise invalid(
            f"'{name}' is not a valid {kind} name: 1 to {NAME_LIMIT} characters without "
            "spaces, dots, slashes or control characters."
        )
    return name.lower()


def exists(sandbox: Sandbox, kind: str, full_name: str) -> bool:
    return sandbox.privileges.owner(kind, full_name) is not None


def missing(kind: str, full_name: str) -> ApiError:
    code = f"{kind.upper()}_DOES_NOT_EXIST"
    return not_found(f"{kind.capitalize()} '{full_name}' does not exist.", code)


def require_exists(sandbox: Sandbox, kind: str, full_name: str) -> None:
    """Raise ..._DOES_NOT_EXIST for the outermost thing that is not there."""
    parts = full_name.split(".")
    for depth, level in enumerate(("catalog", "schema", kind)[: len(parts)], start=1):
        name = ".".join(parts[:depth])
        if not exists(sandbox, level if depth < len(parts) else kind, name):
            raise missing(level if depth < len(parts) else kind, name)


def may_see(
    sandbox: Sandbox, principal: Principal, kind: str, full_name: str, *, browse: bool = False
) -> bool:
    """Whether a listing shows it: owned, managed, usable or, when asked for, browsable."""
    holds = sandbox.privileges.holds
    parts = full_name.split(".")
    if browse and holds(principal, kind, full_name, "BROWSE"):
        return True
    if holds(principal, kind, full_name, "MANAGE"):
        return True
    if not holds(principal, "catalog", parts[0], "USE_CATALOG"):
        return False
    if kind == "catalog":
        return True
    if not holds(principal, "schema", ".".join(parts[:2]), "USE_SCHEMA"):
        return False
    reading = {"table": ("SELECT", "MODIFY"), "function": ("EXECUTE",), "volume": ("READ_VOLUME",)}
    return kind == "schema" or any(
        holds(principal, kind, full_name, privilege) for privilege in reading[kind]
    )


def require_seen(
    sandbox: Sandbox, principal: Principal, kind: str, full_name: str, *, browse: bool = False
) -> None:
    """Raise unless it exists and the principal may see it."""
    require_exists(sandbox, kind, full_name)
    if may_see(sandbox, principal, kind, full_name, browse=browse):
        return
    parts = full_name.split(".")
    sandbox.privileges.require(principal, "catalog", parts[0], "USE_CATALOG")
    if len(parts) > 1:
        sandbox.privileges.require(principal, "schema", ".".join(parts[:2]), "USE_SCHEMA")
    sandbox.privileges.require(principal, kind, full_name, "SELECT")


def info(
    sandbox: Sandbox, principal: Principal, kind: str, full_name: str, *, browse: bool = False
) -> dict[str, Any]:
    """The securable as the API shows it to this principal."""
    body = sandbox.store.get(kind, full_name)
    if body is None:
        raise missing(kind, full_name)
    body["owner"] = sandbox.privileges.owner(kind, full_name)
    if browse and not may_see(sandbox, principal, kind, full_name):
        body["browse_only"] = True
        body.pop("properties", None)
    return body


def create(
    sandbox: Sandbox,
    principal: Principal,
    kind: str,
    full_name: str,
    more: dict[str, Any],
    *,
    schemas: Sequence[str] = (),
) -> dict[str, Any]:
    """Make it, owned by the principal, with the schemas that a new catalog comes with.

    Privileges have been checked by the caller.
    """
    if exists(sandbox, kind, full_name):
        raise invalid(
            f"{kind.capitalize()} '{full_name}' already exists", f"{kind.upper()}_ALREADY_EXISTS"
        )
    with sandbox.store.transaction():
        put(sandbox, kind, full_name, principal.name, more)
        for schema in schemas:
            put(sandbox, "schema", f"{full_name}.{schema}", principal.name, {})
    return info(sandbox, principal, kind, full_name)


def put(sandbox: Sandbox, kind: str, full_name: str, owner: str, more: dict[str, Any]) -> None:
    """Write a securable and make its owner known; seeding uses it too."""
    now = int(time.time() * 1000)
    parts = full_name.split(".")
    body: dict[str, Any] = {
        "name": parts[-1],
        "full_name": full_name,
        "metastore_id": METASTORE_ID,
        "created_at": now,
        "created_by": owner,
        "updated_at": now,
        "updated_by": owner,
    }
    if kind in ("catalog", "schema"):
        body["securable_type"] = kind.upper()
    if len(parts) > 1:
        body["catalog_name"] = parts[0]
    if len(parts) > 2:
        body["schema_name"] = parts[1]
    sandbox.store.put(kind, full_name, {**body, **more})
    sandbox.privileges.set_owner(kind, full_name, owner)


def update(
    sandbox: Sandbox, principal: Principal, kind: str, full_name: str, changes: dict[str, Any]
) -> dict[str, Any]:
    """Change comment, properties, options, owner. Needs MANAGE or ownership."""
    require_manager(sandbox, principal, kind, full_name)
    owner = changes.get("owner")
    if owner is not None and not sandbox.principals.exists(owner):
        raise not_found(f"Could not find principal with name {owner}", "PRINCIPAL_DOES_NOT_EXIST")
    with sandbox.store.transaction():
        body = info(sandbox, principal, kind, full_name)
        for name in ("comment", "properties", "options", "isolation_mode"):
            if name in changes:
                body[name] = changes[name]
        body |= {"updated_at": int(time.time() * 1000), "updated_by": principal.name}
        sandbox.store.put(kind, full_name, body)
        if owner is not None:
            sandbox.privileges.set_owner(kind, full_name, owner)
    return info(sandbox, principal, kind, full_name)


def children(sandbox: Sandbox, kind: str, full_name: str) -> list[tuple[str, str]]:
    """What keeps a catalog or schema from being dropped without force: kind and full name."""
    inside = f"{full_name}."
    names = sandbox.privileges.names
    if kind == "catalog":
        own = f"{full_name}.information_schema"
        return [("schema", name) for name in names("schema", inside) if name != own]
    if kind == "schema":
        return [(leaf, name) for leaf in LEAVES for name in names(leaf, inside)]
    return []


def drop(sandbox: Sandbox, principal: Principal, kind: str, full_name: str, *, force: bool) -> None:
    """Delete it and, with force, what is in it."""
    require_manager(sandbox, principal, kind, full_name)
    inside = children(sandbox, kind, full_name)
    if inside and not force:
        raise invalid(
            f"{kind.capitalize()} '{full_name}' is not empty: it holds {inside[0][0]} "
            f"'{inside[0][1]}'" + (f" and {len(inside) - 1} more." if len(inside) > 1 else "."),
            f"{kind.upper()}_NOT_EMPTY",
        )
    with sandbox.store.transaction():
        for document in ("schema", "table"):
            for name, _ in sandbox.store.list(document, f"{full_name}."):
                sandbox.store.delete(document, name)
        sandbox.store.delete(kind, full_name)
        sandbox.privileges.drop(kind, full_name)


def require_manager(sandbox: Sandbox, principal: Principal, kind: str, full_name: str) -> None:
    """Raise unless the principal owns it, holds MANAGE on it or is a metastore admin."""
    require_exists(sandbox, kind, full_name)
    if not sandbox.privileges.may_manage(principal, kind, full_name):
        raise denied(f"User is not an owner of {kind.capitalize()} '{full_name}'.")
