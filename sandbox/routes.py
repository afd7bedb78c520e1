"""All routes of the sandbox: what the modules of sandbox/api offer as `routes`."""

from __future__ import annotations

import importlib
import pkgutil

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from sandbox import api
from sandbox.errors import ApiError

TRACKING = ("mlflow_", "managed_evals")
"""How the names of modules begin that need the MLflow server."""
TRACKING_PATHS = ("/api/{version}/mlflow/{rest:path}", "/api/{version}/managed-evals/{rest:path}")


def all_routes(with_mlflow: bool) -> list[BaseRoute]:
    """The routes of all modules. No path of one overlaps with another module's."""
    routes: list[BaseRoute] = []
    for found in pkgutil.iter_modules(api.__path__):
        if with_mlflow or not found.name.startswith(TRACKING):
            module = importlib.import_module(f"{api.__name__}.{found.name}")
            routes += getattr(module, "routes", ())
    if not with_mlflow:
        methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
        routes += [Route(path, _without_mlflow, methods=methods) for path in TRACKING_PATHS]
    return routes


async def _without_mlflow(_request: Request) -> Response:
    raise ApiError(
        503, "TEMPORARILY_UNAVAILABLE", "This sandbox was started with --without-mlflow."
    )
