"""Experiments, ``/api/2.0/mlflow/experiments/*``: paths as names and ACLs, as on Databricks."""

from __future__ import annotations

import json
from pathlib import PurePosixPath
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import workspace_tree
from sandbox.api import mlflow_access, mlflow_backend, mlflow_uris
from sandbox.api.mlflow_access import EDIT, MANAGE, READ, caller
from sandbox.context import Principal, Sandbox
from sandbox.errors import ApiError, conflict, denied, invalid, not_found

_BASE = "/api/2.0/mlflow/experiments"
_RENAMED = "mlflow_renamed_experiment"
"""Documents: the name a deleted experiment had before a new one took it."""


async def create(request: Request) -> Response:
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    name = _path(str(body.get("name", "")))
    parent = _require_parent(sandbox, principal, name)
    tags = {str(tag["key"]): str(tag.get("value", "")) for tag in body.get("tags", [])}
    tags |= {
        "mlflow.ownerEmail": principal.name,
        "mlflow.ownerId": principal.id,
        "mlflow.experiment.sourceName": name,
        "mlflow.experimentType": "MLFLOW_EXPERIMENT",
    }
    wanted = {"name": name, "tags": [{"key": k, "value": v} for k, v in tags.items()]}
    try:
        answer = await mlflow_backend.call(sandbox, "POST", f"{_BASE}/create", body=wanted)
    except ApiError as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
        await _make_room(sandbox, name)
        answer = await mlflow_backend.call(sandbox, "POST", f"{_BASE}/create", body=wanted)
    experiment_id = str(answer["experiment_id"])
    sandbox.acls.set_owner("experiments", experiment_id, principal.name)
    sandbox.acls.place("experiments", experiment_id, "directories", str(parent.object_id))
    return JSONResponse({"experiment_id": experiment_id})


def _path(name: str) -> str:
    if not name.startswith("/"):
        raise invalid(
            f"Got an invalid experiment name '{name}'. An absolute path is required to create an "
            "experiment via API. For example: '/Users/<user>/my-experiment'"
        )
    path = workspace_tree.normalise(name)
    if path in workspace_tree.ROOTS:
        raise invalid(f"Got an invalid experiment name '{name}'. It names a folder.")
    return path


def _require_parent(sandbox: Sandbox, principal: Principal, name: str) -> workspace_tree.Node:
    """The folder of a new experiment, which must exist and let the principal write."""
    if not sandbox.scenario.may_create_experiment and name.startswith("/Shared/"):
        raise denied(
            f"{principal.name} is not allowed to create an experiment in /Shared. "
            "A workspace admin can allow it; /Users/<you> may be open."
        )
    tree = workspace_tree.WorkspaceTree(sandbox.store, sandbox.state_dir)
    folder = str(PurePosixPath(name).parent)
    node = tree.get(folder)
    if node is None or node.object_type != "DIRECTORY":
        raise not_found(f"Parent directory {folder} does not exist.")
    if tree.get(name) is not None:
        raise _taken(name)
    key = str(node.object_id)
    if sandbox.acls.exists("directories", key):
        sandbox.acls.require(principal, "directories", key, EDIT)
    return node


async def _make_room(sandbox: Sandbox, name: str) -> None:
    """Let a name be used again whose experiment was deleted: the open-source server keeps it.

    The deleted one gets another name there; answers go on showing the old one. Raises
    RESOURCE_ALREADY_EXISTS when the experiment is not deleted.
    """
    found = await mlflow_backend.call(
        sandbox, "GET", f"{_BASE}/get-by-name", params={"experiment_name": name}
    )
    old = found["experiment"]
    if old["lifecycle_stage"] != "deleted":
        raise _taken(name)
    old_id = str(old["experiment_id"])
    sandbox.store.put(_RENAMED, old_id, {"name": name})
    target = {"experiment_id": old_id}
    await mlflow_backend.call(sandbox, "POST", f"{_BASE}/restore", body=target)
    renamed = {**target, "new_name": f"{name} (deleted, {old_id})"}
    await mlflow_backend.call(sandbox, "POST", f"{_BASE}/update", body=renamed)
    await mlflow_backend.call(sandbox, "POST", f"{_BASE}/delete", body=target)


def _taken(name: str) -> ApiError:
    return conflict(f"Node named '{PurePosixPath(name).name}' already exists at '{name}'.")


async def get(request: Request) -> Response:
    sandbox, principal = caller(request)
    wanted = await mlflow_access.parameters(request)
    experiment_id = str(wanted.get("experiment_id", ""))
    await mlflow_access.require_experiment(sandbox, principal, experiment_id, READ)
    answer = await mlflow_backend.call(
        sandbox, "GET", f"{_BASE}/get", params={"experiment_id": experiment_id}
    )
    return JSONResponse({"experiment": _shown(sandbox, answer["experiment"])})


async def get_by_name(request: Request) -> Response:
    sandbox, principal = caller(request)
    wanted = await mlflow_access.parameters(request)
    name = str(wanted.get("experiment_name", ""))
    path = workspace_tree.normalise(name) if name.startswith("/") else name
    answer = await mlflow_backend.find(
        sandbox, "GET", f"{_BASE}/get-by-name", params={"experiment_name": path}
    )
    if answer is None or str(answer["experiment"]["experiment_id"]) == "0":
        raise not_found(f"Node {name} does not exist.")
    experiment = answer["experiment"]
    await mlflow_access.require_experiment(
        sandbox, principal, str(experiment["experiment_id"]), READ
    )
    return JSONResponse({"experiment": _shown(sandbox, experiment)})


async def search(request: Request) -> Response:
    """Search and list, with GET or POST. What the caller may not read is left out of its page."""
    sandbox, principal = caller(request)
    wanted = {"max_results": 1000, **await mlflow_access.json_body(request)}
    wanted |= dict(request.query_params)
    wanted["max_results"] = int(wanted["max_results"])
    if "order_by" in request.query_params:
        wanted["order_by"] = request.query_params.getlist("order_by")
    answer = await mlflow_backend.call(sandbox, "POST", f"{_BASE}/search", body=wanted)
    answer["experiments"] = [
        _shown(sandbox, experiment)
        for experiment in answer.get("experiments", [])
        if mlflow_access.may_see(sandbox, principal, str(experiment["experiment_id"]))
    ]
    return JSONResponse(answer)


def _shown(sandbox: Sandbox, experiment: dict[str, Any]) -> dict[str, Any]:
    """An experiment as Databricks describes it."""
    shown = mlflow_uris.rewrite(experiment)
    shown.pop("workspace", None)
    former = sandbox.store.get(_RENAMED, str(experiment["experiment_id"]))
    return shown | {"name": former["name"]} if former else shown


async def update(request: Request) -> Response:
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    experiment_id = str(body.get("experiment_id", ""))
    await mlflow_access.require_experiment(sandbox, principal, experiment_id, EDIT)
    if "new_name" in body:
        body["new_name"] = _path(str(body["new_name"]))
    return await mlflow_backend.forward(request, body=body)


async def set_tag(request: Request) -> Response:
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    experiment_id = str(body.get("experiment_id", ""))
    await mlflow_access.require_experiment(sandbox, principal, experiment_id, EDIT)
    return await mlflow_backend.forward(request)


async def delete(request: Request) -> Response:
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    experiment_id = str(body.get("experiment_id", ""))
    await mlflow_access.require_experiment(sandbox, principal, experiment_id, MANAGE)
    return await mlflow_backend.forward(request)


async def restore(request: Request) -> Response:
    """Bring a deleted experiment back; refused while another one has its name."""
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    experiment_id = str(body.get("experiment_id", ""))
    await mlflow_access.require_experiment(sandbox, principal, experiment_id, MANAGE)
    former = sandbox.store.get(_RENAMED, experiment_id)
    if former is None:
        return await mlflow_backend.forward(request)
    name = former["name"]
    other = await mlflow_backend.find(
        sandbox, "GET", f"{_BASE}/get-by-name", params={"experiment_name": name}
    )
    if other is not None:
        if other["experiment"]["lifecycle_stage"] == "active":
            raise _taken(name)
        await _make_room(sandbox, name)
    answer = await mlflow_backend.forward(request)
    renamed = {"experiment_id": experiment_id, "new_name": name}
    await mlflow_backend.call(sandbox, "POST", f"{_BASE}/update", body=renamed)
    sandbox.store.delete(_RENAMED, experiment_id)
    return Response(json.dumps({}), media_type=answer.media_type)


routes: list[Route] = [
    Route(f"{_BASE}/create", create, methods=["POST"]),
    Route(f"{_BASE}/get", get, methods=["GET"]),
    Route(f"{_BASE}/get-by-name", get_by_name, methods=["GET"]),
    Route(f"{_BASE}/search", search, methods=["GET", "POST"]),
    Route(f"{_BASE}/list", search, methods=["GET"]),
    Route(f"{_BASE}/update", update, methods=["POST"]),
    Route(f"{_BASE}/delete", delete, methods=["POST"]),
    Route(f"{_BASE}/restore", restore, methods=["POST"]),
    Route(f"{_BASE}/set-experiment-tag", set_tag, methods=["POST"]),
    Route(f"{_BASE}/delete-experiment-tag", set_tag, methods=["POST"]),
]
