"""What stands in front of every handler: request id, faults, latency, rate limit, sign-in, log."""

from __future__ import annotations

import asyncio
import logging
import time
import uuid
from urllib.parse import quote

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.context import Sandbox
from sandbox.errors import ApiError
from sandbox.faults import Fault
from sandbox.listener import drop_connection
from sandbox.sign_in import principal_of_token

WORKSPACE_ID = "1000000000000001"
SESSION_COOKIE = "sandbox_session"
"""A signed token in the browser; it opens pages, never the API."""
PAGES = "pages"
"""The audience of that token."""
API_PREFIXES = ("/api/", "/ajax-api/", "/serving-endpoints", "/sandbox/")
OPEN_PREFIXES = ("/.well-known/", "/oidc/", "/sandbox/sign-in", "/.auth/", "/favicon.ico")
PAGE_PREFIXES = ("/sandbox/experiments/",)
"""Pages below the sandbox's own calls: what the MLflow server's page cannot show."""
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")

_log = logging.getLogger("sandbox.requests")


class Gate:
    """ASGI middleware; the only one. It never blocks the loop and lets streams through."""

    def __init__(self, app: ASGIApp, sandbox: Sandbox) -> None:
        self._app = app
        self._sandbox = sandbox

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, began, clock = str(uuid.uuid4()), time.time(), time.monotonic()
        status: int | None = None

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["x-request-id"] = request_id
                headers["x-databricks-org-id"] = WORKSPACE_ID
            await send(message)

        try:
            await self._pass(scope, receive, answer)
        finally:
            took = time.monotonic() - clock
            method, path = scope["method"], scope["path"]
            if not path.startswith("/sandbox/"):
                self._sandbox.requests.add(method, path, status, began, took)
            _log.info("%s %s %s %.0f ms %s", method, path, status, took * 1000, request_id)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        method, path = scope["method"], scope["path"]
        own = path.startswith("/sandbox/")
        refusal = _refuse_host(Headers(scope=scope).get("host", ""))
        fault = None if own or refusal else self._sandbox.faults.take(method, path)
        if not own:
            wait = self._sandbox.latency_ms + (fault.latency_ms if fault else 0)
            await asyncio.sleep(wait / 1000)
        if fault is not None and fault.drop == "before":
            await _drop(scope, receive)
            return
        refusal = refusal or _fault_answer(fault) or self._limit(path) or self._sign_in(scope)
        if fault is not None and fault.drop == "after":
            await (refusal or self._app)(scope, receive, _nowhere)
            await _drop(scope, receive)
            return
        await (refusal or self._app)(scope, receive, send)

    def _limit(self, path: str) -> Response | None:
        if not path.startswith(("/api/", "/serving-endpoints")):
            return None
        if not self._sandbox.faults.over_the_limit():
            return None
        error = ApiError(429, "REQUEST_LIMIT_EXCEEDED", "Too many requests. Try again in 1 second.")
        return render(error, {"retry-after": "1"})

    def _sign_in(self, scope: Scope) -> Response | None:
        """Put the principal into the request's state, or say why not."""
        path = scope["path"]
        if path.startswith(OPEN_PREFIXES):
            return None
        request = Request(scope)
        if is_page(path):
            cookie = request.cookies.get(SESSION_COOKIE, "")
            principal = principal_of_token(self._sandbox, cookie, PAGES)
            if principal is None:
                target = quote(f"{self._sandbox.host}{path}?{request.url.query}".rstrip("?"))
                return RedirectResponse(f"/sandbox/sign-in?return_to={target}", 302)
        else:
            scheme, _, token = request.headers.get("authorization", "").partition(" ")
            if scheme.lower() != "bearer" or not token:
                return render(
                    ApiError(
                        401,
                        "UNAUTHENTICATED",
                        "Credential was not sent or was of an unsupported type for this API.",
                    )
                )
            principal = principal_of_token(self._sandbox, token.strip())
            if principal is None:
                return render(_bad_token(token))
        request.state.principal = principal
        if principal.kind == "user" and not path.startswith("/sandbox/"):
            self._sandbox.requests.touch()
        return None


def is_page(path: str) -> bool:
    """Whether a path belongs to a browser rather than to the API."""
    return path.startswith(PAGE_PREFIXES) or not path.startswith((*API_PREFIXES, *OPEN_PREFIXES))


def render(error: ApiError, headers: dict[str, str] | None = None) -> Response:
    """The platform's error body."""
    body = {"error_code": error.error_code, "message": error.message}
    return JSONResponse(body, error.status, headers)


def _bad_token(token: str) -> ApiError:
    if token.startswith("dapi"):
        return ApiError(403, "PERMISSION_DENIED", "Invalid access token.")
    return ApiError(401, "UNAUTHENTICATED", "The access token is expired or not of this workspace.")


def _refuse_host(host: str) -> Response | None:
    """Only names of loopback: a web page that rebinds its own name to 127.0.0.1 gets nothing."""
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    if name in LOOPBACK:
        return None
    return render(ApiError(400, "BAD_REQUEST", "The sandbox answers to 127.0.0.1 and localhost."))


def _fault_answer(fault: Fault | None) -> Response | None:
    if fault is None or fault.status is None:
        return None
    headers = {} if fault.retry_after is None else {"retry-after": str(fault.retry_after)}
    return render(ApiError(fault.status, fault.error_code, fault.message), headers)


async def _nowhere(_message: Message) -> None:
    """Take an answer that nobody is to get."""


async def _drop(scope: Scope, receive: Receive) -> None:
    """Close the connection and return when the server has noticed."""
    drop_connection(scope)
    while (await receive())["type"] != "http.disconnect":
        pass
