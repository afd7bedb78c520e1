"""All routes of the sandbox, in the order in which they are tried."""

from __future__ import annotations

import importlib

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox.errors import ApiError

WORKSPACE = [
    "sign_in",
    "identity",
    "unity_catalog",
    "grants",
    "serving",
    "permissions",
    "apps",
    "workspace_files",
    "control",
    "pages",
    "app_pages",
]
TRACKING = [
    "mlflow_experiments",
    "mlflow_runs",
    "mlflow_traces",
    "mlflow_files",
    "mlflow_prompts",
    "mlflow_prompt_versions",
    "managed_evals",
]


def all_routes(with_mlflow: bool) -> list[BaseRoute]:
    routes: list[BaseRoute] = []
    for name in (*WORKSPACE, *(TRACKING if with_mlflow else ())):
        try:
            routes += importlib.import_module(f"sandbox.api.{name}").routes
        except ModuleNotFoundError as error:
            if error.name != f"sandbox.api.{name}":
                raise
    if not with_mlflow:
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        for path in (
            "/api/{version}/mlflow/{rest:path}",
            "/api/{version}/managed-evals/{rest:path}",
        ):
            routes.append(Route(path, _without_mlflow, methods=methods))
    return routes


async def _without_mlflow(_request: Request) -> Response:
    raise ApiError(
        503, "TEMPORARILY_UNAVAILABLE", "This sandbox was started with --without-mlflow."
    )
