"""What databricks-sdk and requests raise, turned into our few errors, each with what to do.

Rules that come from outside: the SDK maps HTTP statuses and error codes to classes
(databricks/sdk/errors/platform.py); a 400 may still be an ..._ALREADY_EXISTS; an invalid personal
access token answers 403, an IP access list too.
"""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING, Any

from services.redaction import Redactor
from services.workspace import network
from services.workspace.advice import advice_for
from services.workspace.errors import (
    AlreadyExists,
    Denied,
    NotFound,
    NotSupported,
    RateLimited,
    Refused,
    SignInFailed,
    Unreachable,
    WorkspaceError,
)
from services.workspace.single_attempt import WouldRetry

if TYPE_CHECKING:
    from databricks.sdk.errors.base import DatabricksError

    from services.workspace.sign_in import SignIn

_DEBUG_TAIL = re.compile(r"\.?\s+(?:Config|Env): [\w]+=?.*$", re.DOTALL)
"""The SDK appends its configuration to some messages."""
_BAD_TOKEN = re.compile(r"invalid access token|token is expired|token expired", re.IGNORECASE)
_NO_VERDICT = re.compile(
    r"""^(?:[\w-]+:\s)?(?:unknown:\sunknown|b['"]|Not\ssupported\syet:
    |server_error|temporarily_unavailable|invalid\sliteral|Expecting\svalue)""",
    re.VERBOSE,
)
"""A token endpoint that refuses credentials says so in the terms of RFC 6749, section 5.2. What
is not in them (a proxy's page, an error of the service) says nothing about the credentials."""
_NO_MODEL = "The given endpoint does not exist"
"""Serving says it with the code of an API that does not exist."""
_OFF = frozenset({"FEATURE_DISABLED", "ENDPOINT_NOT_FOUND", "NOT_IMPLEMENTED"})


def translate(
    error: BaseException, call: str, sign_in: SignIn, redactor: Redactor, request_id: str = ""
) -> WorkspaceError | None:
    """Our error for what a call raised; None for what is no answer of the workspace (a bug)."""
    import requests
    from databricks.sdk.errors.base import DatabricksError

    about: dict[str, Any] = {"call": call, "request_id": request_id}
    if isinstance(error, WouldRetry):
        return _after_one_attempt(error, call, sign_in, redactor, request_id)
    if isinstance(error, TimeoutError):
        told = f"{sign_in.host} did not answer {call} in time."
        return Unreachable(told, "Check the connection, then try again.", **about)
    if isinstance(error, DatabricksError):
        return _platform_error(error, sign_in, redactor, about)
    if isinstance(error, requests.RequestException):
        what, advice = network.explain(error, sign_in.host)
        return Unreachable(redactor.clean(what), advice, **about)
    if isinstance(error, ConnectionError | ssl.SSLError | socket.gaierror):
        what, advice = network.explain(error, sign_in.host)
        return Unreachable(redactor.clean(what), advice, **about)
    if isinstance(error, ValueError | OSError | NotImplementedError):
        return _sign_in_error(error, call, sign_in, redactor, request_id)
    return None


def _sign_in_error(
    error: BaseException, call: str, sign_in: SignIn, redactor: Redactor, request_id: str
) -> WorkspaceError | None:
    """For what the SDK raises while it gets credentials, which it does when a call needs them:
    ValueError and OSError with a text, around whatever really happened."""
    import requests
    from databricks.sdk.errors.base import DatabricksError

    for cause in network.chain(error)[1:]:
        if isinstance(cause, DatabricksError | requests.RequestException):
            return translate(cause, call, sign_in, redactor, request_id)
    about: dict[str, Any] = {"call": call, "request_id": request_id}
    if _NO_VERDICT.search(str(error)):
        told = f"The sign-in service of {sign_in.host} gave no usable answer."
        return Unreachable(told, "Try again in a minute.", **about)
    told = _plain(error, redactor)
    return SignInFailed(f"Signing in to {sign_in.host} failed: {told}", sign_in.mend, **about)


def _after_one_attempt(
    error: WouldRetry, call: str, sign_in: SignIn, redactor: Redactor, request_id: str
) -> WorkspaceError | None:
    from databricks.sdk.errors import TooManyRequests

    cause = error.__context__
    if isinstance(cause, TooManyRequests):
        limited = RateLimited(
            f"{sign_in.host} limits how often {call} may be called.",
            "Wait a minute and resume.",
            call=call,
            code=str(cause.error_code or ""),
            request_id=request_id,
        )
        limited.retry_after = error.seconds
        return limited
    told = None if cause is None else translate(cause, call, sign_in, redactor, request_id)
    if told is None or isinstance(told, Unreachable):
        return told
    # The platform asked for another try of what it refused for now (a message the SDK knows).
    return Unreachable(told.message, told.advice, call=call, code=told.code, request_id=request_id)


def _platform_error(
    error: DatabricksError, sign_in: SignIn, redactor: Redactor, about: dict[str, Any]
) -> WorkspaceError:
    from databricks.sdk import errors

    code = str(error.error_code or "")
    message = _plain(error, redactor)
    about = {**about, "code": code}
    advice = advice_for(code, message)
    match error:
        case errors.Unauthenticated():
            return SignInFailed(
                f"{sign_in.host} refused the sign-in: {message}", sign_in.mend, **about
            )
        case errors.PermissionDenied() if _BAD_TOKEN.search(message):
            return SignInFailed(
                f"{sign_in.host} refused the sign-in: {message}", sign_in.mend, **about
            )
        case errors.NotFound() if _NO_MODEL in message:
            return NotFound(message, advice, **about)
        case _ if code in _OFF or isinstance(error, errors.NotImplemented):
            return NotSupported(message, advice, **about)
        case errors.PermissionDenied():
            return Denied(message, advice, **about)
        case errors.NotFound():
            return NotFound(message, advice, **about)
        case _ if code.endswith("ALREADY_EXISTS"):
            return AlreadyExists(message, advice, **about)
        case errors.TooManyRequests():
            return RateLimited(message, advice or "Wait a minute and resume.", **about)
        case errors.InternalError() | errors.TemporarilyUnavailable() | errors.DeadlineExceeded():
            told = f"{sign_in.host} had an error of its own: {message}"
            return Unreachable(told, advice or "Try again in a minute.", **about)
        case errors.ResourceConflict() | errors.BadRequest():
            return Refused(message, advice, **about)
        case _:
            # A status that the SDK has no class for: 502 from a load balancer, above all.
            told = f"{sign_in.host} gave no usable answer: {message}"
            return Unreachable(told, advice or "Try again in a minute.", **about)


def _plain(error: BaseException, redactor: Redactor) -> str:
    """The message in one line, without the SDK's dump of its configuration, ending in a stop."""
    text = _DEBUG_TAIL.sub("", str(error)).strip() or type(error).__name__
    text = redactor.clean(" ".join(text.split()))
    return text if text.endswith((".", "!", "?")) else f"{text}."
