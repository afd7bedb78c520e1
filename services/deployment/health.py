"""Opens a running app's address with the workspace's sign-in.

"Not allowed to look" is told apart from "not healthy" and from "not reachable": an app takes only
Databricks OAuth, and answers everything else with a login page or 401 (Databricks Apps).
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from services.errors import StepFailed
from services.redaction import Redactor
from services.workspace import network
from services.workspace.gateway import Workspace
from services.workspace.worker import in_thread

if TYPE_CHECKING:
    import requests

SECONDS = 130.0
"""The platform ends a request after 120 s."""
WARM_UP_SECONDS = 90.0
_STARTING = frozenset({502, 503, 504})
"""What the platform's proxy answers while the app's process comes up."""


@dataclass(frozen=True)
class AppHealth:
    ok: bool
    reachable: bool
    """Whether anything answered at the address."""
    may_look: bool
    """Whether this sign-in may open the app."""
    status: int
    body: Any
    explanation: str
    """What was seen, as a sentence."""


async def check_app(workspace: Workspace, url: str, path: str = "/api/health") -> AppHealth:
    """Ask the app how it is, for up to 90 s while it comes up. Raises nothing but a sign-in's
    failure."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + WARM_UP_SECONDS
    while True:
        health = await _check_once(workspace, url, path)
        coming_up = health.status in _STARTING or not health.reachable
        if not coming_up or loop.time() >= deadline:
            return health
        await asyncio.sleep(1)


async def app_json(
    workspace: Workspace, url: str, method: str, path: str, body: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """A JSON call to the app as the signed-in person. A list comes back as {"items": list}.

    Raises StepFailed with what the app answered.
    """
    token = await workspace.bearer()
    address = f"{url.rstrip('/')}{path}"
    try:
        answer = await in_thread(lambda: _request(method, address, token, body), "app request")
    except OSError as error:
        what, advice = network.explain(error, url)
        raise StepFailed(f"{method} {path} of the app: {what}", advice) from None
    if answer.status_code >= 300:
        told = Redactor((token,)).clean(_told(answer))
        raise StepFailed(
            f"{method} {path} of the app answered {answer.status_code}: {told}",
            f"Its log: {url}/logz. Then retry.",
        )
    parsed = _parsed(answer)
    if isinstance(parsed, list):
        return {"items": parsed}
    return cast("dict[str, Any]", parsed) if isinstance(parsed, dict) else {}


async def _check_once(workspace: Workspace, url: str, path: str) -> AppHealth:
    token = await workspace.bearer()
    address = f"{url.rstrip('/')}{path}"
    try:
        answer = await in_thread(lambda: _request("GET", address, token, None), "app health")
    except OSError as error:
        what, _ = network.explain(error, url)
        return AppHealth(False, False, True, 0, None, what)
    status = answer.status_code
    name = urlsplit(url).hostname or url
    if status in (401, 403) or 300 <= status < 400:
        told = (
            f"this sign-in ({workspace.sign_in.auth_type}) may not open the app at {name}: "
            "it takes Databricks OAuth only."
        )
        return AppHealth(False, True, False, status, None, told)
    body = _parsed(answer)
    if status == 404:
        return AppHealth(True, True, True, status, body, f"the app answers, without {path}.")
    if status >= 400:
        return AppHealth(False, True, True, status, body, f"{path} answered {status}.")
    return AppHealth(True, True, True, status, body, f"{path} answered {status}.")


def _request(
    method: str, address: str, token: str, body: Mapping[str, str] | None
) -> requests.Response:
    import requests

    return requests.request(
        method,
        address,
        headers={"Authorization": f"Bearer {token}", "Accept": "application/json"},
        json=body,
        timeout=SECONDS,
        allow_redirects=False,
    )


def _parsed(answer: requests.Response) -> object:
    try:
        return cast("object", json.loads(answer.content))
    except ValueError:
        return None


def _told(answer: requests.Response) -> str:
    """The error's own message where it has one, else the beginning of the text."""
    parsed = _parsed(answer)
    if isinstance(parsed, dict):
        error = cast("dict[str, Any]", parsed).get("error", parsed)
        if isinstance(error, dict) and "message" in error:
            return str(cast("dict[str, Any]", error)["message"])
    return " ".join(answer.text.split())[:300]
