"""Builds the SDK's client for one sign-in: short limits, one attempt a call, a quiet log.

Everything here blocks: call it in a worker thread (services/workspace/worker.py).
"""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING, Any, cast

from services.workspace.limits import HIGHEST
from services.workspace.single_attempt import OneAttempt

if TYPE_CHECKING:
    import requests
    from databricks.sdk import WorkspaceClient

    from services.workspace.sign_in import SignIn

HTTP_SECONDS = 30
"""How long one request may be silent."""
KNOCK_SECONDS = 10
LOOPBACK = ("localhost", "127.0.0.1", "::1")
PRODUCT = ("mlflow-demo-setup", "0.1.0")

_seen = threading.local()


def quiet_sdk_logging() -> None:
    """Keep log lines of the SDK and its libraries off the terminal, where a screen is drawn.

    A root logger without a handler writes warnings to stderr, and `logging.debug` installs one.
    """
    root = logging.getLogger()
    if not root.handlers:
        root.addHandler(logging.NullHandler())
    sdk = logging.getLogger("databricks")
    sdk.addHandler(logging.NullHandler())
    sdk.propagate = False


def keep_loopback_off_proxies() -> None:
    """A proxy can not reach this machine's own sandbox, and must not see its tokens.

    requests sends loopback addresses through HTTP_PROXY like any other unless NO_PROXY has them.
    """
    for name in ("no_proxy", "NO_PROXY"):
        kept = [each for each in os.environ.get(name, "").split(",") if each.strip()]
        if "*" not in kept:
            missing = [each for each in LOOPBACK if each not in kept]
            os.environ[name] = ",".join([*kept, *missing])


def knock(host: str) -> None:
    """One request to see that somebody is there, before the SDK tries for minutes.

    Any HTTP answer will do. Raises what requests raises.
    """
    import requests

    url = f"{host}/.well-known/databricks-config"
    requests.get(url, timeout=KNOCK_SECONDS, allow_redirects=False).close()


def build_client(sign_in: SignIn) -> WorkspaceClient:
    """Raises what Config raises: ValueError for credentials, and network errors."""
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.config import Config

    quiet_sdk_logging()
    if sign_in.loopback:
        keep_loopback_off_proxies()
    knock(sign_in.host)
    config = Config(
        **sign_in.sdk_config_arguments(),
        http_timeout_seconds=HTTP_SECONDS,
        retry_timeout_seconds=1,
        # The two options are swapped in the SDK: this one is the number of connections.
        max_connection_pools=HIGHEST,
        max_connections_per_pool=HIGHEST,
        product=PRODUCT[0],
        product_version=PRODUCT[1],
        clock=cast("Any", OneAttempt()),
    )
    client = WorkspaceClient(config=config)
    _prepare(_session_of(client))
    return client


def last_request_id() -> str:
    """The x-request-id of this thread's last answer; empty when there was none."""
    return getattr(_seen, "request_id", "")


def forget_request_id() -> None:
    _seen.request_id = ""


def _prepare(session: requests.Session | None) -> None:
    """Note request ids, and give http:// (the sandbox's) as many connections as https:// has."""
    from requests.adapters import HTTPAdapter

    if session is None:
        return
    session.mount("http://", HTTPAdapter(pool_maxsize=HIGHEST, pool_block=True))

    def note(response: requests.Response, *_: Any, **__: Any) -> requests.Response:
        _seen.request_id = response.headers.get("x-request-id", "")
        return response

    session.hooks["response"].append(note)


def _session_of(client: WorkspaceClient) -> requests.Session | None:
    """The SDK's HTTP session. It is not part of its interface: without it calls go on, with
    fewer connections on http:// and no request ids."""
    inner: Any = getattr(client.api_client, "_api_client", None)
    return cast("requests.Session | None", getattr(inner, "_session", None))
