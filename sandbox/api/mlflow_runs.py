"""Runs, their metrics and inputs, and logged models: checked, then handed on to the server."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api import mlflow_access, mlflow_backend
from sandbox.api.mlflow_access import EDIT, READ, caller
from sandbox.api.mlflow_guarded import guarded

_RUNS = "/api/2.0/mlflow/runs"
_MODELS = "/api/2.0/mlflow/logged-models"


async def create(request: Request) -> Response:
    """Create a run. The platform records who is signed in, whatever user the client claims."""
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    experiment_id = str(body.get("experiment_id", ""))
    await mlflow_access.require_experiment(sandbox, principal, experiment_id, EDIT)
    tags = [tag for tag in body.get("tags", []) if tag.get("key") != "mlflow.user"]
    tags.append({"key": "mlflow.user", "value": principal.name})
    return await mlflow_backend.forward(
        request, body={**body, "user_id": principal.name, "tags": tags}
    )


routes: list[Route] = [
    Route(f"{_RUNS}/create", create, methods=["POST"]),
    *guarded(
        READ,
        ("GET", f"{_RUNS}/get"),
        ("POST", f"{_RUNS}/search"),
        ("GET", "/api/2.0/mlflow/metrics/get-history"),
        ("GET", "/api/2.0/mlflow/metrics/get-history-bulk-interval"),
        ("GET", "/api/2.0/mlflow/artifacts/list"),
        ("POST", "/api/2.0/mlflow/experiments/search-datasets"),
        ("POST", f"{_MODELS}/search"),
        ("GET", f"{_MODELS}/{{model_id}}"),
        ("GET", f"{_MODELS}/{{model_id}}/artifacts/directories"),
    ),
    *guarded(
        EDIT,
        ("POST", f"{_RUNS}/update"),
        ("POST", f"{_RUNS}/delete"),
        ("POST", f"{_RUNS}/restore"),
        ("POST", f"{_RUNS}/log-metric"),
        ("POST", f"{_RUNS}/log-parameter"),
        ("POST", f"{_RUNS}/log-batch"),
        ("POST", f"{_RUNS}/log-model"),
        ("POST", f"{_RUNS}/log-inputs"),
        ("POST", f"{_RUNS}/outputs"),
        ("POST", f"{_RUNS}/set-tag"),
        ("POST", f"{_RUNS}/delete-tag"),
        ("POST", _MODELS),
        ("PATCH", f"{_MODELS}/{{model_id}}"),
        ("DELETE", f"{_MODELS}/{{model_id}}"),
        ("POST", f"{_MODELS}/{{model_id}}/params"),
        ("PATCH", f"{_MODELS}/{{model_id}}/tags"),
        ("DELETE", f"{_MODELS}/{{model_id}}/tags/{{tag_key}}"),
    ),
]
