"""Handlers that check the experiments a request names and then hand it on unchanged."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.api import mlflow_access, mlflow_backend
from sandbox.context import Principal, Sandbox
from sandbox.errors import invalid

Handler = Callable[[Request], Awaitable[Response]]


def guarded(level: str, *methods_and_paths: tuple[str, str]) -> list[Route]:
    """Routes that need `level` on every experiment that their parameters name."""

    async def handle(request: Request) -> Response:
        await check(request, level)
        return await mlflow_backend.forward(request)

    return [Route(path, handle, methods=[method]) for method, path in methods_and_paths]


async def check(request: Request, level: str) -> None:
    """Require `level` on what the request names; a request that names nothing is a 400."""
    sandbox, principal = mlflow_access.caller(request)
    found = await named(request)
    if not any(found.values()):
        raise invalid(f"{request.url.path} needs an experiment, run, trace or model to act on.")
    await require(sandbox, principal, found, level)


async def require(
    sandbox: Sandbox, principal: Principal, found: dict[str, list[str]], level: str
) -> None:
    for experiment_id in dict.fromkeys(found["experiment"]):
        await mlflow_access.require_experiment(sandbox, principal, experiment_id, level)
    await mlflow_access.require_runs(sandbox, principal, dict.fromkeys(found["run"]), level)
    await mlflow_access.require_traces(sandbox, principal, dict.fromkeys(found["trace"]), level)
    for model_id in dict.fromkeys(found["model"]):
        experiment = await mlflow_access.experiment_of(sandbox, "model", model_id)
        await mlflow_access.require_experiment(sandbox, principal, experiment, level)


async def named(request: Request) -> dict[str, list[str]]:
    """Ids by kind, from the path, the query and the JSON body."""
    body = await mlflow_access.json_body(request)
    path: dict[str, Any] = request.path_params
    found: dict[str, list[str]] = {"experiment": [], "run": [], "trace": [], "model": []}

    def add(kind: str, value: Any) -> None:
        if isinstance(value, list):
            found[kind] += [str(item) for item in value]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        elif value is not None:
            found[kind].append(str(value))

    for kind in found:
        names = {f"{kind}_id", f"{kind}_ids"}
        if kind == "run":
            names.add("run_uuid")
        if kind == "trace":
            names |= {"request_id", "request_ids"}
        for name in sorted(names):
            add(kind, body.get(name))
            add(kind, path.get(name))
            add(kind, request.query_params.getlist(name))
    for location in body.get("locations", []):
        add("experiment", location.get("mlflow_experiment", {}).get("experiment_id"))
    return found
