"""All routes of the sandbox, in the order in which they are tried."""

from __future__ import annotations

import importlib

from starlette.routing import BaseRoute

MODULES = (
    "sign_in identity unity_catalog grants serving permissions apps workspace_files control "
    "mlflow_experiments mlflow_runs mlflow_traces mlflow_files mlflow_prompts "
    "mlflow_prompt_versions managed_evals pages"
).split()


def all_routes(with_mlflow: bool) -> list[BaseRoute]:
    routes: list[BaseRoute] = []
    for name in MODULES:
        try:
            routes += importlib.import_module(f"sandbox.api.{name}").routes
        except ModuleNotFoundError as error:
            if error.name != f"sandbox.api.{name}":
                raise
    return routes
