"""The variables that an app and its build see: nothing of the person's own settings."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from sandbox.apps_records import App
from sandbox.context import Sandbox
from sandbox.gate import WORKSPACE_ID

_PLAIN = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TZ", "LD_LIBRARY_PATH")
_CERTIFICATES = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
_BUILD_ONLY = ("HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "NO_PROXY", "no_proxy")
_BUILD_PREFIXES = ("UV_", "NPM_CONFIG_", "npm_config_", "BUN_")
_BUILD_SUFFIXES = ("_PROXY", "_proxy")
_NOT_FOR_BUILDS = ("UV_PROJECT", "UV_PROJECT_ENVIRONMENT", "UV_PYTHON", "UV_FROZEN", "UV_LOCKED")


def build_environment() -> dict[str, str]:
    """For uv, npm and bun: package indexes, proxies and caches as the person has them."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if name in (*_PLAIN, *_CERTIFICATES, *_BUILD_ONLY)
        or (name.startswith(_BUILD_PREFIXES) and name not in _NOT_FOR_BUILDS)
        or name.endswith(_BUILD_SUFFIXES)
    }
    return kept | {"UV_NO_PROGRESS": "1", "CI": "1", "NO_COLOR": "1"}


def run_environment(
    sandbox: Sandbox, app: App, port: int, home: Path, environment: Path | None
) -> dict[str, str]:
    """For the app itself: what the platform sets, and its own home directory.

    Raises LookupError when its service principal is gone.
    """
    principal = sandbox.principals.service_principal(app.client_id)
    if principal is None:
        raise LookupError(f"The service principal of app {app.name} does not exist any more.")
    kept = {n: os.environ[n] for n in (*_PLAIN, *_CERTIFICATES) if n in os.environ}
    kept |= {
        "PATH": _path(environment),
        "HOME": str(home),
        "PYTHONUNBUFFERED": "1",
        "DATABRICKS_APP_NAME": app.name,
        "DATABRICKS_APP_PORT": str(port),
        "DATABRICKS_APP_URL": f"http://127.0.0.1:{app.port}",
        "DATABRICKS_HOST": sandbox.host,
        "DATABRICKS_CLIENT_ID": app.client_id,
        "DATABRICKS_CLIENT_SECRET": principal.secret,
        "DATABRICKS_WORKSPACE_ID": WORKSPACE_ID,
        **_servers(port),
    }
    if environment is not None:
        kept["VIRTUAL_ENV"] = str(environment)
        # `uv run` in a command takes the environment as it was built.
        kept |= {"UV_PROJECT_ENVIRONMENT": str(environment), "UV_NO_SYNC": "1"}
    return kept


def _path(environment: Path | None) -> str:
    """The app's own programs first, and none of the sandbox's own environment."""
    own = Path(sys.prefix, "bin")
    folders = os.environ.get("PATH", os.defpath).split(os.pathsep)
    kept = [folder for folder in folders if folder and Path(folder) != own]
    return os.pathsep.join([*([str(environment / "bin")] if environment else []), *kept])


def _servers(port: int) -> Mapping[str, str]:
    """The variables by which common servers learn where to listen."""
    return {
        "PORT": str(port),
        "UVICORN_HOST": "127.0.0.1",
        "UVICORN_PORT": str(port),
        "FLASK_RUN_HOST": "127.0.0.1",
        "FLASK_RUN_PORT": str(port),
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_ADDRESS": "127.0.0.1",
        "STREAMLIT_SERVER_PORT": str(port),
        "STREAMLIT_SERVER_HEADLESS": "true",
    }
