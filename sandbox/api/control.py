"""The sandbox's own calls, for tests and for `status`: faults, the request log, what runs, and
acting as somebody else, so that an admin's help or an app's rights can be tried out."""

from __future__ import annotations

import os
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.api.bodies import json_body, required
from sandbox.apps_records import AppRecords
from sandbox.context import principal_of, sandbox_of
from sandbox.errors import denied, invalid, not_found
from sandbox.sign_in import mint_token


async def faults(request: Request) -> Response:
    """GET lists, POST adds one fault or sets the rate limit, DELETE clears all."""
    _person_only(request)
    current = sandbox_of(request).faults
    if request.method == "POST":
        current.set(await json_body(request))
    elif request.method == "DELETE":
        current.clear()
    return JSONResponse(current.as_dict())


async def requests(request: Request) -> Response:
    """GET lists the last requests, oldest first; DELETE forgets them."""
    _person_only(request)
    log = sandbox_of(request).requests
    if request.method == "DELETE":
        log.clear()
    return JSONResponse({"requests": log.entries()})


async def status(request: Request) -> Response:
    _person_only(request)
    sandbox = sandbox_of(request)
    about: dict[str, Any] = {
        "host": sandbox.host,
        "scenario": sandbox.scenario.name,
        "pid": os.getpid(),
        "idle_seconds": round(sandbox.requests.idle_seconds(), 1),
        "apps": [
            {"name": app.name, "url": f"http://127.0.0.1:{app.port}", "status": app.status}
            for app in AppRecords(sandbox.store).all()
            if app.port is not None
        ],
    }
    return JSONResponse(about)


async def tokens(request: Request) -> Response:
    """POST ``{"principal": name, "lifetime_seconds": n}``: an OAuth bearer of any user or service
    principal, as `admin@sandbox.local`."""
    _person_only(request)
    sandbox = sandbox_of(request)
    body = await json_body(request)
    name, seconds = required(body, "principal"), body.get("lifetime_seconds", 3600)
    if sandbox.principals.by_name(name) is None:
        raise not_found(f"There is no principal {name}.")
    if not isinstance(seconds, int):
        raise invalid("lifetime_seconds is a whole number.")
    return JSONResponse({"access_token": mint_token(sandbox, name, lifetime_seconds=seconds)})


async def service_principals(request: Request) -> Response:
    """POST ``{"display_name": text}``: a service principal with its OAuth secret."""
    _person_only(request)
    principals = sandbox_of(request).principals
    made = principals.create_service_principal(required(await json_body(request), "display_name"))
    return JSONResponse(
        {"id": made.id, "client_id": made.application_id, "client_secret": made.secret}
    )


def _person_only(request: Request) -> None:
    """An app's service principal has no business with the sandbox itself."""
    if principal_of(request).kind != "user":
        raise denied("Only a person may control the sandbox.")


routes = [
    Route("/sandbox/faults", faults, methods=["GET", "POST", "DELETE"]),
    Route("/sandbox/requests", requests, methods=["GET", "DELETE"]),
    Route("/sandbox/tokens", tokens, methods=["POST"]),
    Route("/sandbox/service-principals", service_principals, methods=["POST"]),
    Route("/sandbox/status", status),
]
