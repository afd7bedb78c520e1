"""Scheduled scorers: stored and shown, and run only when somebody asks.

Paths and shapes are those that the MLflow client sends to Databricks
(mlflow/genai/scorers/registry.py). The sandbox has no scheduler, and its page says so.
"""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.api.bodies import json_body
from sandbox.api.managed_evals_mirror import show_scorers
from sandbox.api.mlflow_access import EDIT, READ, caller, require_experiment
from sandbox.context import Sandbox
from sandbox.errors import ApiError, not_found

KIND = "scheduled_scorers"


def scorers_of(sandbox: Sandbox, experiment_id: str) -> list[dict[str, Any]]:
    """The scorers that are registered for an experiment, as the client wrote them."""
    found = sandbox.store.get(KIND, experiment_id)
    return [] if found is None else found["scorers"]


async def read(request: Request) -> Response:
    sandbox, principal = caller(request)
    experiment_id = request.path_params["experiment_id"]
    await require_experiment(sandbox, principal, experiment_id, READ)
    return _answer(sandbox, experiment_id)


async def create(request: Request) -> Response:
    sandbox, principal = caller(request)
    experiment_id = request.path_params["experiment_id"]
    await require_experiment(sandbox, principal, experiment_id, EDIT)
    if sandbox.store.get(KIND, experiment_id) is not None:
        raise ApiError(
            409, "ALREADY_EXISTS", f"Experiment {experiment_id} has scheduled scorers already."
        )
    await _write(request, sandbox, experiment_id)
    return _answer(sandbox, experiment_id)


async def update(request: Request) -> Response:
    """Replace the list. One that was never made is NOT_FOUND: the client then creates it."""
    sandbox, principal = caller(request)
    experiment_id = request.path_params["experiment_id"]
    await require_experiment(sandbox, principal, experiment_id, EDIT)
    if sandbox.store.get(KIND, experiment_id) is None:
        raise not_found(f"Experiment {experiment_id} has no scheduled scorers.", "NOT_FOUND")
    await _write(request, sandbox, experiment_id)
    return _answer(sandbox, experiment_id)


async def delete(request: Request) -> Response:
    sandbox, principal = caller(request)
    experiment_id = request.path_params["experiment_id"]
    await require_experiment(sandbox, principal, experiment_id, EDIT)
    before = scorers_of(sandbox, experiment_id)
    await show_scorers(sandbox, experiment_id, before, [])
    sandbox.store.delete(KIND, experiment_id)
    return JSONResponse({})


async def _write(request: Request, sandbox: Sandbox, experiment_id: str) -> None:
    body = await json_body(request)
    scheduled: dict[str, Any] = body.get("scheduled_scorers") or {}
    before = scorers_of(sandbox, experiment_id)
    after: list[dict[str, Any]] = scheduled.get("scorers") or []
    await show_scorers(sandbox, experiment_id, before, after)
    sandbox.store.put(KIND, experiment_id, {"scorers": after})


def _answer(sandbox: Sandbox, experiment_id: str) -> Response:
    scorers = scorers_of(sandbox, experiment_id)
    body = {"experiment_id": experiment_id, "scheduled_scorers": {"scorers": scorers}}
    return JSONResponse(body)


_PATH = "/api/2.0/managed-evals/scheduled-scorers/{experiment_id}"
routes: list[Route] = [
    Route(_PATH, read),
    Route(_PATH, create, methods=["POST"]),
    Route(_PATH, update, methods=["PATCH"]),
    Route(_PATH, delete, methods=["DELETE"]),
]
