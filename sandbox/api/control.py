"""The sandbox's own calls, for tests and for `status`: faults, the request log, what runs."""

from __future__ import annotations

import os
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.api.bodies import json_body
from sandbox.context import principal_of, sandbox_of
from sandbox.errors import denied


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
    }
    return JSONResponse(about)


def _person_only(request: Request) -> None:
    """An app's service principal has no business with the sandbox itself."""
    if principal_of(request).kind != "user":
        raise denied("Only a person may control the sandbox.")


routes = [
    Route("/sandbox/faults", faults, methods=["GET", "POST", "DELETE"]),
    Route("/sandbox/requests", requests, methods=["GET", "DELETE"]),
    Route("/sandbox/status", status),
]
