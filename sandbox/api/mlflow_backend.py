"""Calls from the sandbox to the MLflow server behind it, and its answers in Databricks' form."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Mapping
from typing import Any

import httpx
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from sandbox.api import mlflow_uris
from sandbox.context import Sandbox, sandbox_of
from sandbox.errors import ApiError

Json = dict[str, Any]
Query = Mapping[str, Any] | list[tuple[str, Any]] | None
_MARKER = mlflow_uris.SERVER_SCHEME.encode()
_RESTART_SECONDS = 60.0
_PAUSE_SECONDS = 0.2
_log = logging.getLogger("sandbox.mlflow")


def api_error(status: int, body: bytes) -> ApiError:
    """The server's error in the platform's shape: both speak error_code and message."""
    try:
        parsed: Json = json.loads(body)
        return ApiError(status, str(parsed["error_code"]), str(parsed.get("message", "")))
    except (ValueError, KeyError, TypeError):
        if status == 404:
            return ApiError(404, "ENDPOINT_NOT_FOUND", "No API found for this path.")
        text = body.decode("utf-8", errors="replace")[:500]
        return ApiError(status, "INTERNAL_ERROR", f"The MLflow server answered: {text}")


async def send(sandbox: Sandbox, request: httpx.Request, *, stream: bool = False) -> httpx.Response:
    """Send a request; when the server is just being restarted, wait for it and send it again.

    What was refused a connection was not processed, so it may be repeated; what broke off in the
    middle may be only when it reads. Raises ApiError 503 when the server stays away.
    """
    deadline = time.monotonic() + _RESTART_SECONDS
    while True:
        try:
            return await sandbox.mlflow.client.send(request, stream=stream)
        except httpx.TransportError as error:
            repeatable = isinstance(error, httpx.ConnectError) or request.method == "GET"
            if not repeatable or time.monotonic() > deadline:
                raise _unavailable(str(error)) from error
            _log.warning("%s: waiting for the MLflow server (%r)", request.url.path, error)
        # Its process may still be ending: then it counts as ready and refuses nevertheless.
        await asyncio.sleep(_PAUSE_SECONDS)
        try:
            await sandbox.mlflow.wait_ready(max(0.0, deadline - time.monotonic()))
        except (TimeoutError, asyncio.TimeoutError) as error:
            raise _unavailable("it did not come back in time") from error


def _unavailable(reason: str) -> ApiError:
    return ApiError(
        503,
        "TEMPORARILY_UNAVAILABLE",
        f"The MLflow server of the sandbox does not answer ({reason}). Try again in a moment.",
    )


async def call(
    sandbox: Sandbox,
    method: str,
    path: str,
    *,
    body: Mapping[str, Any] | None = None,
    params: Query = None,
) -> Json:
    """One JSON call. Raises ApiError with the server's own error code."""
    request = sandbox.mlflow.client.build_request(method, path, json=body, params=params)
    answer = await send(sandbox, request)
    if answer.status_code >= 400:
        raise api_error(answer.status_code, answer.content)
    return answer.json() if answer.content else {}


async def find(sandbox: Sandbox, method: str, path: str, *, params: Query = None) -> Json | None:
    """Like `call`, but None when the thing does not exist."""
    try:
        return await call(sandbox, method, path, params=params)
    except ApiError as error:
        if error.status == 404 or error.error_code == "RESOURCE_DOES_NOT_EXIST":
            return None
        raise


async def forward(
    request: Request, *, path: str | None = None, body: Mapping[str, Any] | None = None
) -> Response:
    """Hand a JSON request on as it is (or to another path, with another body).

    Artifact addresses in the answer are rewritten; everything else goes through byte for byte.
    """
    sandbox = sandbox_of(request)
    content = await request.body() if body is None else json.dumps(body).encode()
    outgoing = sandbox.mlflow.client.build_request(
        request.method,
        path or request.url.path,
        params=httpx.QueryParams(request.url.query),
        content=content,
        headers={"content-type": request.headers.get("content-type", "application/json")},
    )
    answer = await send(sandbox, outgoing)
    if answer.status_code >= 400:
        raise api_error(answer.status_code, answer.content)
    payload = answer.content
    if _MARKER in payload:
        payload = json.dumps(mlflow_uris.rewrite(json.loads(payload))).encode()
    return Response(
        payload,
        status_code=answer.status_code,
        media_type=answer.headers.get("content-type", "application/json"),
    )


async def upload(request: Request, artifact: str) -> Response:
    """Stream the request's body into the server's artifact store."""
    sandbox = sandbox_of(request)
    outgoing = sandbox.mlflow.client.build_request(
        "PUT",
        f"/api/2.0/mlflow-artifacts/artifacts/{artifact}",
        content=request.stream(),
        headers={"content-type": "application/octet-stream"},
    )
    answer = await send(sandbox, outgoing)
    if answer.status_code >= 400:
        raise api_error(answer.status_code, answer.content)
    return Response(status_code=204)


async def download(request: Request, artifact: str) -> Response:
    """Stream an artifact out of the server's store. Raises ApiError 404 when there is none."""
    sandbox = sandbox_of(request)
    outgoing = sandbox.mlflow.client.build_request(
        "GET", f"/api/2.0/mlflow-artifacts/artifacts/{artifact}"
    )
    answer = await send(sandbox, outgoing, stream=True)
    if answer.status_code >= 400:
        await answer.aread()
        await answer.aclose()
        raise api_error(answer.status_code, answer.content)
    headers = {
        name: answer.headers[name]
        for name in ("content-length", "last-modified", "content-type")
        if name in answer.headers and "content-encoding" not in answer.headers
    }

    async def body() -> AsyncIterator[bytes]:
        try:
            async for chunk in answer.aiter_bytes():
                yield chunk
        finally:
            await answer.aclose()

    return StreamingResponse(body(), headers=headers)
