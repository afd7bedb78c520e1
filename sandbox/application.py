"""The ASGI application: every route behind the gate, and errors in the platform's form."""

from __future__ import annotations

import logging

import httpx
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response

from sandbox.context import Sandbox
from sandbox.errors import ApiError
from sandbox.gate import Gate, is_page, render
from sandbox.html import document, paragraph
from sandbox.routes import all_routes

_log = logging.getLogger("sandbox")


def application(sandbox: Sandbox) -> Starlette:
    app = Starlette(
        routes=all_routes(sandbox.with_mlflow),
        middleware=[Middleware(Gate, sandbox=sandbox)],
        exception_handlers={
            ApiError: _render_api_error,
            HTTPException: _render_unknown,
            httpx.TransportError: _render_unreachable,
            Exception: _render_failure,
        },
    )
    app.router.redirect_slashes = False
    app.state.sandbox = sandbox
    return app


async def _render_api_error(request: Request, error: Exception) -> Response:
    """JSON for the API, a page for a browser."""
    if not isinstance(error, ApiError):
        raise error
    if is_page(request.url.path):
        return document("That did not work", paragraph(error.message), status=error.status)
    return render(error)


async def _render_unknown(request: Request, error: Exception) -> Response:
    """No route, or not with this method: the platform calls both an endpoint not found."""
    where = f"{request.method} {request.url.path}"
    _log.warning("unknown path: %s (%s)", where, error)
    missing = ApiError(404, "ENDPOINT_NOT_FOUND", f"No API found for '{where}'.")
    return await _render_api_error(request, missing)


async def _render_failure(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    message = "The sandbox failed on this call; its log in the state directory tells why."
    return render(ApiError(500, "INTERNAL_ERROR", message))


async def _render_unreachable(request: Request, error: Exception) -> Response:
    """The MLflow server is restarting or gone."""
    _log.error("%s %s: MLflow does not answer: %r", request.method, request.url.path, error)
    busy = ApiError(503, "TEMPORARILY_UNAVAILABLE", "The MLflow server does not answer right now.")
    return await _render_api_error(request, busy)
