"""Deployments of an app (``/api/2.0/apps/{name}/deployments``)."""

from __future__ import annotations

from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import workspace_access
from sandbox.api.app_access import app_of, managed_app
from sandbox.api.bodies import json_body, page
from sandbox.apps_records import Deployment
from sandbox.apps_shapes import shown_deployment
from sandbox.context import principal_of, sandbox_of
from sandbox.errors import ApiError, conflict, invalid, not_found
from sandbox.workspace_tree import normalise

MODES = ("SNAPSHOT", "AUTO_SYNC")
LONGEST_PAGE = 100


async def create(request: Request) -> Response:
    """POST: deploy a folder of the workspace. One deployment at a time, on active compute."""
    sandbox, principal = sandbox_of(request), principal_of(request)
    body = await json_body(request)
    app = managed_app(request)
    path = body.get("source_code_path") or app.source_code_path
    if not isinstance(path, str) or not path:
        raise invalid("source_code_path is missing: the workspace folder to deploy.")
    folder = workspace_access.require_readable(sandbox, principal, normalise(path))
    if folder.object_type != "DIRECTORY":
        raise invalid(f"source_code_path has to be a folder; {path} is none.")
    if app.compute != "ACTIVE":
        raise ApiError(
            400,
            "INVALID_STATE",
            f"Cannot deploy app {app.name}: its compute is {app.compute}, not ACTIVE. Start it "
            "first.",
        )
    if app.pending is not None:
        raise conflict(
            f"Cannot deploy app {app.name} as there is an active deployment in progress.",
            "ABORTED",
        )
    mode = body.get("mode") or "SNAPSHOT"
    if mode not in MODES:
        raise invalid(f"{mode} is not a deployment mode: {', '.join(MODES)}.")
    deployment = await sandbox.apps.deploy(
        Deployment(
            app=app.name,
            creator=principal.name,
            source_code_path=path,
            mode=mode,
            command=_words(body.get("command")),
            env_vars=_variables(body.get("env_vars")),
        )
    )
    return JSONResponse(shown_deployment(app, deployment))


async def list_(request: Request) -> Response:
    """GET: newest first, in pages."""
    app = app_of(request)
    found = sandbox_of(request).apps.records.deployments(app.name)
    shown, following = page(request, found, longest=LONGEST_PAGE, parameter="page_size")
    body: dict[str, Any] = {}
    if shown:
        body["app_deployments"] = [shown_deployment(app, deployment) for deployment in shown]
    if following:
        body["next_page_token"] = following
    return JSONResponse(body)


async def get(request: Request) -> Response:
    app = app_of(request)
    wanted = request.path_params["deployment_id"]
    deployment = sandbox_of(request).apps.records.deployment(app.name, wanted)
    if deployment is None:
        raise not_found(f"Deployment {wanted} of app {app.name} does not exist.")
    return JSONResponse(shown_deployment(app, deployment))


def _words(command: object) -> list[str]:
    if command is None:
        return []
    if not isinstance(command, list) or not all(
        isinstance(word, str) for word in cast("list[object]", command)
    ):
        raise invalid("command has to be a list of words.")
    return cast("list[str]", command)


def _variables(env_vars: object) -> list[dict[str, Any]]:
    if env_vars is None:
        return []
    if not isinstance(env_vars, list) or not all(
        isinstance(item, dict) and cast("dict[str, Any]", item).get("name")
        for item in cast("list[object]", env_vars)
    ):
        raise invalid("env_vars has to be a list of name with value or value_from.")
    return cast("list[dict[str, Any]]", env_vars)


_ALL = "/api/2.0/apps/{name}/deployments"
routes = [
    Route(_ALL, create, methods=["POST"]),
    Route(_ALL, list_, methods=["GET"]),
    Route(f"{_ALL}/{{deployment_id}}", get, methods=["GET"]),
]
