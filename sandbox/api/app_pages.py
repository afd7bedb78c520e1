"""The pages of apps: ``/apps`` and ``/apps/NAME``, as the platform's links to an app have it."""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.apps_records import App, AppRecords
from sandbox.context import principal_of, sandbox_of
from sandbox.errors import denied, not_found
from sandbox.html import Link, document, paragraph, table


async def apps(request: Request) -> Response:
    """The apps that the person may use, with their state."""
    rows = (
        (
            Link(app.name, f"/apps/{quote(app.name)}"),
            app.settings.get("description") or "",
            app.creator,
            app.compute.lower(),
            app.status.lower(),
        )
        for app in AppRecords(sandbox_of(request).store).all()
        if _may_use(request, app)
    )
    return document("Apps", table(("Name", "Description", "Creator", "Compute", "App"), rows))


async def app(request: Request) -> Response:
    """One app: its address, its state, what it runs."""
    name = request.path_params["name"]
    records = AppRecords(sandbox_of(request).store)
    found = records.get(name)
    if found is None:
        raise not_found(f"There is no app {name}; it may have been deleted.")
    if not _may_use(request, found):
        raise denied(f"You do not have CAN_USE on the app {name}.")
    url = None if found.port is None else f"http://127.0.0.1:{found.port}"
    deployment = records.deployment(name, found.active)
    rows = (
        ("Address", None if url is None else Link(url, url)),
        ("Log", None if url is None else Link("what the app printed", f"{url}/logz")),
        ("Compute", f"{found.compute.lower()}: {found.compute_message}"),
        ("App", f"{found.status.lower()}: {found.status_message}"),
        ("Source code", _source(found)),
        ("Deployment", deployment and f"{deployment.id}, {deployment.state.lower()}"),
        ("Created by", found.creator),
        ("Service principal", f"{found.principal_name} ({found.client_id})"),
    )
    return document(
        name,
        paragraph(found.settings.get("description")),
        table(("What", "Value"), (row for row in rows if row[1])),
    )


def _may_use(request: Request, found: App) -> bool:
    acls = sandbox_of(request).acls
    return acls.allows(principal_of(request), "apps", found.name, "CAN_USE")


def _source(found: App) -> Link | None:
    path = found.source_code_path
    return Link(path, f"/browse?path={quote(path)}") if path else None


routes = [
    Route("/apps", apps),
    Route("/apps/{name}", app),
]
