"""How an error reaches the page: {"error": {"code", "message", "fix"}} with a fitting status."""

from __future__ import annotations

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from mlflow_demo.errors import DemoError

_STATUS = {
    "customer_not_found": 404,
    "trace_missing": 404,
    "permission_denied": 403,
    "endpoint_denied": 403,
    "endpoint_busy": 429,
    "endpoint_slow": 504,
    "endpoint_failed": 502,
    "answer_unreadable": 502,
}


UNEXPECTED = {
    "code": "failed",
    "message": "The server failed in a way that nobody foresaw.",
    "fix": "Try again; if it stays, look at the app's log.",
}
"""What the page is told of an error that is none of ours; the log has the rest."""


def body_of(error: DemoError) -> dict[str, str]:
    return {"code": error.code, "message": error.message, "fix": error.fix}


async def demo_error(_request: Request, error: Exception) -> JSONResponse:
    """Everything that is missing but can come is a 503."""
    assert isinstance(error, DemoError)
    status = _STATUS.get(error.code, 503)
    return JSONResponse({"error": body_of(error)}, status)


async def unexpected(_request: Request, _error: Exception) -> JSONResponse:
    """The server logs it with its traceback, as it does without this."""
    return JSONResponse({"error": UNEXPECTED}, 500)


async def bad_request(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"][1:]) or "the request"
    told = {
        "code": "bad_request",
        "message": f"{where}: {first['msg']}.",
        "fix": "Correct it, then try again.",
    }
    return JSONResponse({"error": told}, 422)
