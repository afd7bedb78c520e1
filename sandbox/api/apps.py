"""The Apps API (``/api/2.0/apps``) as databricks.sdk.service.apps calls it.

Names, limits and errors are those of the API reference and of "Databricks Apps" in the docs.
"""

from __future__ import annotations

import re
import time
from typing import Any, cast

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import apps_resources
from sandbox.api.app_access import app_of, managed_app, require_apps
from sandbox.api.bodies import flag, json_body, page
from sandbox.apps_records import SETTINGS, App
from sandbox.apps_shapes import shown_app, shown_update
from sandbox.context import principal_of, sandbox_of
from sandbox.errors import ApiError, conflict, denied, invalid

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,28}[a-z0-9]")
LONGEST_PAGE = 100


async def create(request: Request) -> Response:
    """POST: the app, its service principal and its address; compute unless ``no_compute``."""
    require_apps(request)
    sandbox, principal = sandbox_of(request), principal_of(request)
    body = await json_body(request)
    name = _checked_name(body.get("name"))
    if not sandbox.scenario.may_create_apps:
        raise denied(f"{principal.name} does not have permission to create apps in this workspace.")
    records = sandbox.apps.records
    known = records.get(name)
    if known is not None:
        raise conflict(_taken(known), "ALREADY_EXISTS")
    if len(records.all()) >= sandbox.scenario.app_limit:
        raise ApiError(
            400,
            "QUOTA_EXCEEDED",
            f"The workspace has reached the maximum limit of {sandbox.scenario.app_limit} apps.",
        )
    settings = await _settings(request, body, SETTINGS)
    # Looked up again: the checks of resources may have waited while another request made it.
    known = records.get(name)
    if known is not None:
        raise conflict(_taken(known), "ALREADY_EXISTS")
    identity = sandbox.principals.create_service_principal(f"app-{name}")
    app = App(
        name=name,
        creator=principal.name,
        updater=principal.name,
        client_id=identity.application_id,
        principal_id=identity.id,
        principal_name=identity.display_name,
        settings=settings,
    )
    sandbox.acls.set_owner("apps", name, principal.name)
    apps_resources.apply(sandbox, app.client_id, [], app.resources)
    app = await sandbox.apps.create(app, compute=not flag(request, "no_compute"))
    return _answer(request, app)


async def list_(request: Request) -> Response:
    """GET: the apps that the principal may see, by name, in pages."""
    require_apps(request)
    sandbox, principal = sandbox_of(request), principal_of(request)
    visible = [
        app
        for app in sandbox.apps.records.all()
        if sandbox.acls.allows(principal, "apps", app.name, "CAN_USE")
    ]
    shown, following = page(request, visible, longest=LONGEST_PAGE, parameter="page_size")
    body: dict[str, Any] = {}
    if shown:
        body["apps"] = [shown_app(sandbox, sandbox.apps.records, app) for app in shown]
    if following:
        body["next_page_token"] = following
    return JSONResponse(body)


async def get(request: Request) -> Response:
    return _answer(request, app_of(request))


async def update(request: Request) -> Response:
    """PATCH: a full replacement; a setting that is not sent is cleared."""
    app = managed_app(request)
    settings = await _settings(request, await json_body(request), SETTINGS)
    return _answer(request, _replace(request, app, settings))


async def create_update(request: Request) -> Response:
    """POST: replace what ``update_mask`` names, each list as a whole."""
    app = managed_app(request)
    body = await json_body(request)
    mask = body.get("update_mask")
    if not isinstance(mask, str) or not mask:
        raise invalid("update_mask is missing: the names of the fields to change, with commas.")
    named = SETTINGS if mask == "*" else tuple(mask.split(","))
    for name in named:
        if name not in SETTINGS:
            raise invalid(f"{name} cannot be updated: {', '.join(SETTINGS)}.")
    sent: object = body.get("app") or {}
    if not isinstance(sent, dict):
        raise invalid("app has to be an object.")
    changed = await _settings(request, cast("dict[str, Any]", sent), named)
    app = sandbox_of(request).apps.instance(app.name).record
    kept = {name: value for name, value in app.settings.items() if name not in named}
    app = _replace(request, app, kept | changed)
    app = sandbox_of(request).apps.instance(app.name).change(update_state="SUCCEEDED")
    return JSONResponse(shown_update(app))


async def get_update(request: Request) -> Response:
    return JSONResponse(shown_update(app_of(request)))


async def delete(request: Request) -> Response:
    app = managed_app(request, even_deleting=True)
    if app.compute != "DELETING":
        app = await sandbox_of(request).apps.delete(app.name)
    return _answer(request, app)


async def start(request: Request) -> Response:
    """POST: start the compute; one that runs or is starting stays as it is."""
    app = managed_app(request)
    if app.compute == "STOPPING":
        raise conflict(f"App {app.name} is stopping. Start it when it is STOPPED.", "ABORTED")
    if app.compute not in ("ACTIVE", "STARTING"):
        app = await sandbox_of(request).apps.start_app(app.name)
    return _answer(request, app)


async def stop(request: Request) -> Response:
    """POST: stop the compute; one that is stopped or stopping stays as it is."""
    app = managed_app(request)
    if app.compute not in ("STOPPED", "STOPPING"):
        app = await sandbox_of(request).apps.stop_app(app.name)
    return _answer(request, app)


def _replace(request: Request, app: App, settings: dict[str, Any]) -> App:
    sandbox = sandbox_of(request)
    apps_resources.apply(sandbox, app.client_id, app.resources, settings.get("resources") or [])
    return sandbox.apps.instance(app.name).change(
        settings=settings, updater=principal_of(request).name, updated_at=time.time()
    )


async def _settings(
    request: Request, body: dict[str, Any], names: tuple[str, ...]
) -> dict[str, Any]:
    """What a request sets of the named settings, checked."""
    settings = {name: body[name] for name in names if body.get(name) is not None}
    if "resources" in settings:
        settings["resources"] = await apps_resources.check(
            sandbox_of(request), principal_of(request), settings["resources"]
        )
    return settings


def _checked_name(name: object) -> str:
    if not isinstance(name, str) or not name:
        raise invalid("The name of the app is missing.")
    if not _NAME.fullmatch(name):
        raise invalid(
            f"App name '{name}' is not valid: 2 to 30 characters, only lower case letters, digits "
            "and hyphens, with no hyphen at either end."
        )
    return name


def _taken(app: App) -> str:
    if app.compute == "DELETING":
        return f"An app named {app.name} is being deleted; its name is free when that is done."
    return f"An app with the same name already exists: {app.name}. Use a different name."


def _answer(request: Request, app: App) -> Response:
    sandbox = sandbox_of(request)
    return JSONResponse(shown_app(sandbox, sandbox.apps.records, app))


_APPS = "/api/2.0/apps"
_ONE = f"{_APPS}/{{name}}"
routes = [
    Route(_APPS, create, methods=["POST"]),
    Route(_APPS, list_, methods=["GET"]),
    Route(_ONE, get, methods=["GET"]),
    Route(_ONE, update, methods=["PATCH"]),
    Route(_ONE, delete, methods=["DELETE"]),
    Route(f"{_ONE}/update", create_update, methods=["POST"]),
    Route(f"{_ONE}/update", get_update, methods=["GET"]),
    Route(f"{_ONE}/start", start, methods=["POST"]),
    Route(f"{_ONE}/stop", stop, methods=["POST"]),
]
