"""Artifact addresses: what the MLflow server calls them and what Databricks calls them.

==================  ===================================  ==========================================
of                  open-source server                   Databricks (documented form)
==================  ===================================  ==========================================
an experiment       ``mlflow-artifacts:/E``              ``dbfs:/databricks/mlflow-tracking/E``
a run               ``.../E/RUN/artifacts``              ``.../E/RUN/artifacts``
a trace             ``.../E/traces/TR/artifacts``        ``.../E/TR/artifacts``
a logged model      ``.../E/models/M/artifacts``         ``.../E/logged_models/M/artifacts``
==================  ===================================  ==========================================

Databricks clients also reach files as ``/WorkspaceInternal/Mlflow/Artifacts/E/Runs/RUN/...`` and
``.../E/LoggedModels/M/...`` through the Files API (mlflow's databricks_run_artifact_repo.py and
databricks_logged_model_artifact_repo.py).
"""

from __future__ import annotations

import re
from typing import Any, cast

SERVER_SCHEME = "mlflow-artifacts:/"
DATABRICKS_ROOT = "dbfs:/databricks/mlflow-tracking/"
FILES_ROOT = "/WorkspaceInternal/Mlflow/Artifacts/"
_URI_KEYS = frozenset({"artifact_uri", "artifact_location", "root_uri"})
_LOCATION_TAG = "mlflow.artifactLocation"
_FILES_PATH = re.compile(
    r"^/?WorkspaceInternal/Mlflow/Artifacts/(?P<experiment>\d+)/(?P<kind>Runs|LoggedModels)/"
    r"(?P<rest>.+)$"
)


def to_databricks(uri: str) -> str:
    """``mlflow-artifacts:/7/traces/tr-1/artifacts`` as Databricks would call it."""
    if not uri.startswith(SERVER_SCHEME):
        return uri
    experiment, _, rest = uri[len(SERVER_SCHEME) :].lstrip("/").partition("/")
    if rest.startswith("traces/"):
        rest = rest[len("traces/") :]
    elif rest.startswith("models/"):
        rest = "logged_models/" + rest[len("models/") :]
    return f"{DATABRICKS_ROOT}{experiment}/{rest}" if rest else DATABRICKS_ROOT + experiment


def to_server(uri: str) -> str:
    """The inverse of `to_databricks`; what is no such address comes back as it is."""
    if not uri.startswith(DATABRICKS_ROOT):
        return uri
    experiment, _, rest = uri[len(DATABRICKS_ROOT) :].partition("/")
    if rest.startswith("tr-"):
        rest = "traces/" + rest
    elif rest.startswith("logged_models/"):
        rest = "models/" + rest[len("logged_models/") :]
    return f"{SERVER_SCHEME}{experiment}/{rest}" if rest else SERVER_SCHEME + experiment


def files_path_to_artifact(path: str) -> tuple[str, str] | None:
    """(experiment id, path below the server's artifact root) of a Files API path, or None."""
    match = _FILES_PATH.match(path)
    if match is None or ".." in path.split("/"):
        return None
    experiment, rest = match["experiment"], match["rest"].rstrip("/")
    if match["kind"] == "LoggedModels":
        rest = "models/" + rest
    return experiment, f"{experiment}/{rest}"


def artifact_to_files_path(experiment: str, below: str) -> str:
    """The Files API path of ``RUN/artifacts/x``, ``traces/TR/...`` or ``models/M/...``."""
    if below.startswith("models/"):
        return f"{FILES_ROOT}{experiment}/LoggedModels/{below[len('models/') :]}"
    return f"{FILES_ROOT}{experiment}/Runs/{below}"


def rewrite(value: Any) -> Any:
    """A JSON answer of the server with its artifact addresses in Databricks' form."""
    if isinstance(value, list):
        return [rewrite(item) for item in cast("list[Any]", value)]
    if not isinstance(value, dict):
        return value
    document = cast("dict[str, Any]", value)
    if document.get("key") == _LOCATION_TAG and isinstance(document.get("value"), str):
        return document | {"value": to_databricks(document["value"])}
    return {
        key: to_databricks(item)
        if isinstance(item, str) and (key in _URI_KEYS or key == _LOCATION_TAG)
        else rewrite(item)
        for key, item in document.items()
    }
