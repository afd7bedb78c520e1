"""Finding the app that a request names, with the right to do it."""

from __future__ import annotations

from starlette.requests import Request

from sandbox.apps_records import App
from sandbox.context import principal_of, sandbox_of
from sandbox.errors import ApiError, conflict, not_found


def require_apps(request: Request) -> None:
    """Raise FEATURE_DISABLED in a workspace without Databricks Apps."""
    if not sandbox_of(request).scenario.apps_available:
        raise ApiError(
            404, "FEATURE_DISABLED", "Databricks Apps is not available in this workspace."
        )


def app_of(request: Request, level: str = "CAN_USE") -> App:
    """The app of the path. Raises RESOURCE_DOES_NOT_EXIST, or PERMISSION_DENIED without `level`."""
    require_apps(request)
    sandbox, name = sandbox_of(request), request.path_params["name"]
    app = sandbox.apps.records.get(name)
    if app is None:
        raise not_found(f"App with name {name} does not exist or is deleted.")
    sandbox.acls.require(principal_of(request), "apps", name, level)
    return app


def managed_app(request: Request, *, even_deleting: bool = False) -> App:
    """The app, if the principal may change it and it is not being deleted."""
    app = app_of(request, "CAN_MANAGE")
    if app.compute == "DELETING" and not even_deleting:
        raise conflict(f"App {app.name} is being deleted.", "ABORTED")
    return app
