"""Review apps, label schemas and labeling sessions, as databricks-agents speaks of them.

A session is kept here and mirrored: it gets a run in its experiment, as on the platform, and a
review queue in the MLflow server, where its traces can be looked at.
"""

from __future__ import annotations

import time
import uuid
from datetime import datetime, timezone
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.api import mlflow_backend
from sandbox.api.bodies import json_body, required
from sandbox.api.managed_evals_mirror import QUEUES, session_queue, session_run
from sandbox.api.mlflow_access import EDIT, READ, caller, require_experiment, require_traces
from sandbox.context import Principal, Sandbox
from sandbox.errors import invalid, not_found

APPS, SESSIONS, ITEMS = "review_app", "labeling_session", "labeling_item"


def sessions_of(sandbox: Sandbox, experiment_id: str) -> list[dict[str, Any]]:
    """The labeling sessions of an experiment, oldest first."""
    found = [body for _, body in sandbox.store.list(SESSIONS)]
    mine = [body for body in found if body["experiment_id"] == experiment_id]
    return sorted(mine, key=lambda body: body["created_at"])


def items_of(sandbox: Sandbox, session_id: str) -> list[dict[str, Any]]:
    return [body for _, body in sandbox.store.list(ITEMS, f"{session_id}/")]


async def list_apps(request: Request) -> Response:
    """`filter` is `experiment_id=ID`, the only one the client sends."""
    sandbox, principal = caller(request)
    wanted = request.query_params.get("filter", "")
    name, _, experiment_id = wanted.partition("=")
    if name.strip() != "experiment_id" or not experiment_id.strip():
        raise invalid("The filter has to be experiment_id=ID.")
    experiment_id = experiment_id.strip().strip("'\"")
    await require_experiment(sandbox, principal, experiment_id, READ)
    found = [app for _, app in sandbox.store.list(APPS) if app["experiment_id"] == experiment_id]
    return JSONResponse({"review_apps": found} if found else {})


async def create_app(request: Request) -> Response:
    sandbox, principal = caller(request)
    body = await json_body(request)
    experiment_id = required(body, "experiment_id")
    await require_experiment(sandbox, principal, experiment_id, EDIT)
    app = _app_body({**body, "review_app_id": uuid.uuid4().hex, "experiment_id": experiment_id})
    sandbox.store.put(APPS, app["review_app_id"], app)
    return JSONResponse(app)


async def update_app(request: Request) -> Response:
    """Only the fields that the mask names: agents, labeling_schemas."""
    sandbox, _, app = await _app(request, EDIT)
    body = await json_body(request)
    mask = request.query_params.get("update_mask", "").split(",")
    changed = {field: body[field] for field in mask if field in ("agents", "labeling_schemas")}
    app = _app_body({**app, **changed})
    sandbox.store.put(APPS, app["review_app_id"], app)
    return JSONResponse(app)


async def list_sessions(request: Request) -> Response:
    sandbox, _, app = await _app(request, READ)
    found = [_shown(s) for s in sessions_of(sandbox, app["experiment_id"])]
    return JSONResponse({"labeling_sessions": found} if found else {})


async def create_session(request: Request) -> Response:
    """Assigned users get CAN_EDIT on the experiment, as on the platform."""
    sandbox, principal, app = await _app(request, EDIT)
    body = await json_body(request)
    name = required(body, "name")
    experiment_id: str = app["experiment_id"]
    known = {schema["name"]: schema for schema in app["labeling_schemas"]}
    wanted = [schema["name"] for schema in body.get("labeling_schemas") or ()]
    if unknown := sorted(set(wanted) - known.keys()):
        raise invalid(f"The review app has no label schema {', '.join(unknown)}.")
    session_id = uuid.uuid4().hex
    # Names of queues are unique in the MLflow server; those of sessions are not.
    title = f"{name} ({session_id[:6]})"
    questions = [known[question] for question in dict.fromkeys(wanted)]
    session = {
        **body,
        "labeling_session_id": session_id,
        "mlflow_run_id": await session_run(sandbox, principal, experiment_id, name),
        "experiment_id": experiment_id,
        "review_app_id": app["review_app_id"],
        "queue_id": await session_queue(sandbox, experiment_id, title, questions),
        "created_at": time.time(),
    }
    for user in body.get("assigned_users") or ():
        sandbox.acls.grant("experiments", experiment_id, user, EDIT)
    sandbox.store.put(SESSIONS, session_id, session)
    return JSONResponse(_shown(session))


async def update_session(request: Request) -> Response:
    sandbox, _, app = await _app(request, EDIT)
    session = _session(sandbox, request)
    body = await json_body(request)
    mask = request.query_params.get("update_mask", "").split(",")
    allowed = ("name", "assigned_users", "labeling_schemas", "additional_configs")
    session |= {field: body[field] for field in mask if field in allowed and field in body}
    for user in session.get("assigned_users") or ():
        sandbox.acls.grant("experiments", app["experiment_id"], user, EDIT)
    sandbox.store.put(SESSIONS, session["labeling_session_id"], session)
    return JSONResponse(_shown(session))


async def delete_session(request: Request) -> Response:
    sandbox, _, _ = await _app(request, EDIT)
    session = _session(sandbox, request)
    session_id = session["labeling_session_id"]
    queue = {"queue_id": session["queue_id"]}
    await mlflow_backend.call(sandbox, "POST", f"{QUEUES}/delete", body=queue)
    for key, _ in sandbox.store.list(ITEMS, f"{session_id}/"):
        sandbox.store.delete(ITEMS, key)
    sandbox.store.delete(SESSIONS, session_id)
    return JSONResponse({})


async def list_items(request: Request) -> Response:
    sandbox, _, _ = await _app(request, READ)
    found = items_of(sandbox, _session(sandbox, request)["labeling_session_id"])
    return JSONResponse({"items": found} if found else {})


async def create_items(request: Request) -> Response:
    """Traces to label. One that is in the session already stays once."""
    sandbox, principal, _ = await _app(request, EDIT)
    session = _session(sandbox, request)
    session_id = session["labeling_session_id"]
    body = await json_body(request)
    items: list[dict[str, Any]] = body.get("items") or []
    wanted = [str(_source(item).get("trace_id") or "") for item in items]
    if not all(wanted):
        raise invalid("The sandbox labels traces only: every item needs a source.trace_id.")
    await require_traces(sandbox, principal, wanted, READ)
    known = {item["source"]["trace_id"] for item in items_of(sandbox, session_id)}
    fresh = [trace for trace in dict.fromkeys(wanted) if trace not in known]
    for number, trace in enumerate(fresh, len(known)):
        item = _item(trace, principal)
        sandbox.store.put(ITEMS, f"{session_id}/{number:06d}", item)
    if fresh:
        queued = {"queue_id": session["queue_id"], "item_type": "TRACE", "item_ids": fresh}
        await mlflow_backend.call(sandbox, "POST", f"{QUEUES}/items/add", body=queued)
    return JSONResponse({"items": items_of(sandbox, session_id)})


def _source(item: dict[str, Any]) -> dict[str, Any]:
    return item.get("source") or {}


async def _app(request: Request, level: str) -> tuple[Sandbox, Principal, dict[str, Any]]:
    sandbox, principal = caller(request)
    app_id = request.path_params["app_id"]
    app = sandbox.store.get(APPS, app_id)
    if app is None:
        raise not_found(f"Review app {app_id} does not exist.")
    await require_experiment(sandbox, principal, app["experiment_id"], level)
    return sandbox, principal, app


def _session(sandbox: Sandbox, request: Request) -> dict[str, Any]:
    session_id = request.path_params["session_id"]
    session = sandbox.store.get(SESSIONS, session_id)
    if session is None or session["review_app_id"] != request.path_params["app_id"]:
        raise not_found(f"Labeling session {session_id} does not exist.")
    return session


def _app_body(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "review_app_id": body["review_app_id"],
        "experiment_id": body["experiment_id"],
        "agents": body.get("agents") or [],
        "labeling_schemas": body.get("labeling_schemas") or [],
    }


def _shown(session: dict[str, Any]) -> dict[str, Any]:
    hidden = ("experiment_id", "review_app_id", "queue_id", "created_at")
    return {name: value for name, value in session.items() if name not in hidden}


def _item(trace_id: str, principal: Principal) -> dict[str, Any]:
    now = datetime.now(timezone.utc).isoformat()
    return {
        "item_id": uuid.uuid4().hex,
        "create_time": now,
        "created_by": principal.name,
        "last_update_time": now,
        "last_updated_by": principal.name,
        "source": {"trace_id": trace_id},
        "state": "PENDING",
        "chat_rounds": [],
    }


_APPS = "/api/2.0/managed-evals/review-apps"
_SESSIONS = f"{_APPS}/{{app_id}}/labeling-sessions"
_ONE = f"{_SESSIONS}/{{session_id}}"
routes: list[Route] = [
    Route(_APPS, list_apps),
    Route(_APPS, create_app, methods=["POST"]),
    Route(f"{_APPS}/{{app_id}}", update_app, methods=["PATCH"]),
    Route(_SESSIONS, list_sessions),
    Route(_SESSIONS, create_session, methods=["POST"]),
    Route(f"{_ONE}/items:batchCreate", create_items, methods=["POST"]),
    Route(f"{_ONE}/items", list_items),
    Route(_ONE, update_session, methods=["PATCH"]),
    Route(_ONE, delete_session, methods=["DELETE"]),
]
