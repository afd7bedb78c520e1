"""Who may touch an experiment and what is in it: runs, traces and logged models.

Experiments have an ACL (sandbox/acls.py); runs, traces and models take their experiment's, as on
the platform. Which experiment an id belongs to is asked of the MLflow server once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from starlette.requests import Request

from sandbox.api import mlflow_backend
from sandbox.context import Principal, Sandbox, principal_of, sandbox_of
from sandbox.errors import ApiError, denied, invalid, not_found

READ, EDIT, MANAGE = "CAN_READ", "CAN_EDIT", "CAN_MANAGE"
DEFAULT_EXPERIMENT = "0"
"""Every open-source server has it; Databricks does not, so the sandbox hides it."""
_MOST_REMEMBERED = 200_000


async def require_experiment(
    sandbox: Sandbox, principal: Principal, experiment_id: str, level: str
) -> None:
    """Raise RESOURCE_DOES_NOT_EXIST for an unknown experiment, PERMISSION_DENIED for too little."""
    if not sandbox.acls.exists("experiments", experiment_id):
        await _adopt(sandbox, experiment_id)
    if not sandbox.acls.allows(principal, "experiments", experiment_id, level):
        raise denied(
            f"{principal.display_name or principal.name} does not have {level} permission on "
            f"experiment {experiment_id}. Its owner or an admin can grant it."
        )


def may_see(sandbox: Sandbox, principal: Principal, experiment_id: str) -> bool:
    """Whether a list may show the experiment to the principal."""
    return experiment_id != DEFAULT_EXPERIMENT and sandbox.acls.allows(
        principal, "experiments", experiment_id, READ
    )


async def _adopt(sandbox: Sandbox, experiment_id: str) -> None:
    """An experiment that was made on MLflow's own page belongs to the local person."""
    found = None
    if experiment_id.isdigit() and experiment_id != DEFAULT_EXPERIMENT:
        found = await mlflow_backend.find(
            sandbox,
            "GET",
            "/api/2.0/mlflow/experiments/get",
            params={"experiment_id": experiment_id},
        )
    if found is None:
        raise not_found(f"Node ID {experiment_id} does not exist.")
    owner = sandbox.principals.local_person().name
    sandbox.acls.set_owner("experiments", experiment_id, owner)


async def require_runs(
    sandbox: Sandbox, principal: Principal, run_ids: Iterable[str], level: str
) -> None:
    for run_id in run_ids:
        experiment = await experiment_of(sandbox, "run", run_id)
        await require_experiment(sandbox, principal, experiment, level)


async def require_traces(
    sandbox: Sandbox, principal: Principal, trace_ids: Iterable[str], level: str
) -> None:
    for trace_id in trace_ids:
        experiment = await experiment_of(sandbox, "trace", trace_id)
        await require_experiment(sandbox, principal, experiment, level)


async def experiment_of(sandbox: Sandbox, kind: str, child_id: str) -> str:
    """The experiment of a 'run', 'trace' or 'model'. Raises RESOURCE_DOES_NOT_EXIST."""
    known = sandbox.mlflow.experiment_by_child
    key = f"{kind}:{child_id}"
    if key not in known:
        remember(sandbox, kind, child_id, await _ask(sandbox, kind, child_id))
    return known[key]


def remember(sandbox: Sandbox, kind: str, child_id: str, experiment_id: str) -> None:
    """Note where a child lives, so that the next call need not ask."""
    known = sandbox.mlflow.experiment_by_child
    if len(known) >= _MOST_REMEMBERED:
        known.clear()
    known[f"{kind}:{child_id}"] = experiment_id


async def _ask(sandbox: Sandbox, kind: str, child_id: str) -> str:
    if kind == "run":
        found = await mlflow_backend.find(
            sandbox, "GET", "/api/2.0/mlflow/runs/get", params={"run_id": child_id}
        )
        if found is not None:
            return str(found["run"]["info"]["experiment_id"])
        raise not_found(f"Run '{child_id}' not found.")
    if "/" in child_id or child_id in ("", ".", ".."):
        raise invalid(f"'{child_id}' is no {kind} id.")
    if kind == "trace":
        found = await mlflow_backend.find(sandbox, "GET", f"/api/3.0/mlflow/traces/{child_id}")
        if found is not None:
            return _trace_experiment(found)
        raise not_found(f"Trace with ID {child_id} is not found.")
    found = await mlflow_backend.find(sandbox, "GET", f"/api/2.0/mlflow/logged-models/{child_id}")
    if found is not None:
        return str(found["model"]["info"]["experiment_id"])
    raise not_found(f"Logged model with ID '{child_id}' not found.")


def _trace_experiment(answer: dict[str, Any]) -> str:
    location = answer["trace"]["trace_info"]["trace_location"]
    return str(location["mlflow_experiment"]["experiment_id"])


async def json_body(request: Request) -> dict[str, Any]:
    """The request's JSON object; an empty body is an empty object. Raises 400 MALFORMED_REQUEST."""
    raw = await request.body()
    if not raw:
        return {}
    try:
        parsed = json.loads(raw)
    except ValueError as error:
        raise ApiError(400, "MALFORMED_REQUEST", f"The body is not JSON: {error}") from error
    if not isinstance(parsed, dict):
        raise ApiError(400, "MALFORMED_REQUEST", "The body must be a JSON object.")
    return parsed  # pyright: ignore[reportUnknownVariableType]


async def parameters(request: Request) -> dict[str, Any]:
    """Query and JSON body as one mapping: the MLflow API takes GET parameters from either."""
    return {**dict(request.query_params), **await json_body(request)}


def caller(request: Request) -> tuple[Sandbox, Principal]:
    return sandbox_of(request), principal_of(request)
