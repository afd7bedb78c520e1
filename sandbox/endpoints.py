"""Serving endpoints: what there is and who may see or query it. State: documents `endpoint`."""

from __future__ import annotations

from typing import Any

from sandbox.context import Principal, Sandbox
from sandbox.errors import ApiError, denied, not_found
from sandbox.store import Document

ACL = "serving-endpoints"
SIMULATED = "Simulated by the sandbox: answers come from documented rules, no model is behind it."


def visible(sandbox: Sandbox, principal: Principal) -> list[tuple[str, Document]]:
    """Endpoints that the principal may see, by name."""
    return [
        (name, endpoint)
        for name, endpoint in sandbox.store.list("endpoint")
        if _level(sandbox, principal, endpoint) is not None
    ]


def get(sandbox: Sandbox, principal: Principal, name: str) -> Document:
    """One endpoint. Raises RESOURCE_DOES_NOT_EXIST, or PERMISSION_DENIED without CAN_VIEW."""
    endpoint = sandbox.store.get("endpoint", name)
    if endpoint is None:
        raise not_found(f"Endpoint with name '{name}' does not exist.")
    if _level(sandbox, principal, endpoint) is None:
        raise denied(f"{principal.name} does not have CAN_VIEW on the endpoint '{name}'.")
    return endpoint


def by_id(sandbox: Sandbox, numeric: str) -> Document | None:
    for _, endpoint in sandbox.store.list("endpoint"):
        if endpoint["id"] == numeric:
            return endpoint
    return None


def require_query(sandbox: Sandbox, principal: Principal, name: str, task: str) -> None:
    """Raise in the platform's words unless the endpoint answers this principal's request."""
    endpoint = sandbox.store.get("endpoint", name)
    if endpoint is None:
        raise ApiError(
            404,
            "ENDPOINT_NOT_FOUND",
            "The given endpoint does not exist, please retry after checking the specified model "
            "and version deployment exists.",
        )
    if _level(sandbox, principal, endpoint) not in ("CAN_QUERY", "CAN_MANAGE"):
        raise denied(f"{principal.name} does not have CAN_QUERY on the endpoint '{name}'.")
    if not endpoint["ready"]:
        raise ApiError(400, "BAD_REQUEST", f"The endpoint '{name}' is not ready.")
    if endpoint["rate_limited"]:
        raise denied(
            "The endpoint is temporarily disabled due to a Databricks-set rate limit of 0."
        )
    if endpoint["task"] != task:
        raise ApiError(400, "BAD_REQUEST", f"The endpoint '{name}' serves {endpoint['task']}.")


def summary(name: str, endpoint: Document) -> dict[str, Any]:
    """The endpoint as the list shows it; `detail` adds to it."""
    entity: dict[str, Any] = {"name": name}
    if endpoint["foundation"]:
        entity |= {
            "entity_name": f"system.ai.{name}",
            "entity_version": "1",
            "foundation_model": {
                "name": name,
                "display_name": f"{name} (simulated)",
                "description": SIMULATED,
            },
        }
    else:
        entity |= {"entity_name": f"main.default.{name}", "entity_version": "1"}
    return {
        "id": endpoint["id"],
        "name": name,
        "task": endpoint["task"],
        "description": SIMULATED,
        "creator": endpoint["creator"] or "Databricks",
        "creation_timestamp": endpoint["created_at"],
        "last_updated_timestamp": endpoint["created_at"],
        "state": {
            "ready": "READY" if endpoint["ready"] else "NOT_READY",
            "config_update": "NOT_UPDATING" if endpoint["ready"] else "UPDATE_FAILED",
        },
        "tags": [{"key": "simulated", "value": "true"}],
        "config": {"served_entities": [entity]},
    }


def detail(sandbox: Sandbox, principal: Principal, name: str) -> dict[str, Any]:
    endpoint = get(sandbox, principal, name)
    return {
        **summary(name, endpoint),
        "permission_level": _level(sandbox, principal, endpoint),
        "route_optimized": False,
        "endpoint_url": f"{sandbox.host}/serving-endpoints/{name}/invocations",
    }


def _level(sandbox: Sandbox, principal: Principal, endpoint: Document) -> str | None:
    """Foundation models have no access control list: everybody may query them."""
    if endpoint["foundation"]:
        return "CAN_QUERY"
    return sandbox.acls.level_of(principal, ACL, endpoint["id"])
