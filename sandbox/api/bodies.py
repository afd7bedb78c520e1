"""Reading what a request brings: JSON bodies, form fields and paging parameters."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from typing import Any, TypeVar, cast
from urllib.parse import parse_qsl

from starlette.requests import Request

from sandbox.errors import ApiError, invalid

Item = TypeVar("Item")


async def json_body(request: Request) -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object. Raises MALFORMED_REQUEST."""
    raw = await request.body()
    if not raw:
        return {}
    try:
        body = json.loads(raw)
    except ValueError as error:
        raise ApiError(400, "MALFORMED_REQUEST", f"The body is not valid JSON: {error}") from error
    if not isinstance(body, dict):
        raise ApiError(400, "MALFORMED_REQUEST", "The body has to be a JSON object.")
    return cast(dict[str, Any], body)


async def form_body(request: Request) -> dict[str, str]:
    """The fields of an ``application/x-www-form-urlencoded`` body."""
    raw = await request.body()
    return dict(parse_qsl(raw.decode("utf-8", "replace"), keep_blank_values=True))


def required(body: dict[str, Any], name: str) -> str:
    """A field that has to be a non-empty string."""
    value = body.get(name)
    if not isinstance(value, str) or not value:
        raise invalid(f"The field {name} is missing.")
    return value


def flag(request: Request, name: str) -> bool:
    """A boolean query parameter; absent is false."""
    return request.query_params.get(name, "").lower() == "true"


def page(
    request: Request,
    items: Sequence[Item],
    *,
    longest: int,
    smallest: int = 1,
    parameter: str = "max_results",
) -> tuple[Sequence[Item], str | None]:
    """The page of `items` that the request asks for, and the token of the next one.

    ``max_results`` (or what `parameter` names) absent: everything; 0: the server's page length
    (`longest`); otherwise at most that many. A token is opaque to clients.
    """
    asked = request.query_params.get(parameter)
    token = request.query_params.get("page_token")
    if asked is None and token is None:
        return items, None
    length = _number(asked or "0", parameter)
    if length < 0 or 0 < length < smallest:
        raise invalid(f"{parameter} must be 0 or at least {smallest}, not {length}.")
    start = _offset(token) if token else 0
    end = start + min(length or longest, longest)
    return items[start:end], _token(end) if end < len(items) else None


def _number(text: str, name: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        raise invalid(f"{name} is a number, not '{text}'.") from error


def _token(offset: int) -> str:
    return base64.urlsafe_b64encode(f"from:{offset}".encode()).decode()


def _offset(token: str) -> int:
    try:
        return int(base64.urlsafe_b64decode(token.encode()).decode().removeprefix("from:"))
    except ValueError as error:
        raise invalid("The page_token is not one that was handed out.") from error
