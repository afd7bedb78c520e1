"""Traces, their tags and assessments: v2 and v3 of the API; v4 only says that it is not there.

A Databricks workspace answers the v4 search for traces in Unity Catalog tables. The client falls
back to v3 when it is told ENDPOINT_NOT_FOUND (mlflow's databricks_rest_store.py, search_traces).
"""

from __future__ import annotations

import asyncio
import json

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.api import mlflow_access, mlflow_backend
from sandbox.api.mlflow_access import EDIT, READ, caller
from sandbox.api.mlflow_guarded import guarded
from sandbox.errors import ApiError, invalid, not_found

_V2 = "/api/2.0/mlflow/traces"
_V3 = "/api/3.0/mlflow/traces"
LINKED_PROMPTS_TAG = "mlflow.linkedPrompts"
_tag_lock = asyncio.Lock()


async def start_v3(request: Request) -> Response:
    """Create a trace in the experiment that its location names."""
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    try:
        info = body["trace"]["trace_info"]
        experiment_id = str(info["trace_location"]["mlflow_experiment"]["experiment_id"])
    except (KeyError, TypeError) as error:
        raise invalid("A trace needs trace_info.trace_location.mlflow_experiment.") from error
    await mlflow_access.require_experiment(sandbox, principal, experiment_id, EDIT)
    answer = await mlflow_backend.forward(request)
    mlflow_access.remember(sandbox, "trace", str(info["trace_id"]), experiment_id)
    return answer


async def delete(request: Request) -> Response:
    """Delete traces of one experiment; those of another one are not touched."""
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    experiment_id = str(body.get("experiment_id", ""))
    await mlflow_access.require_experiment(sandbox, principal, experiment_id, EDIT)
    return await mlflow_backend.forward(request)


async def get_infos(request: Request) -> Response:
    """v3 batchGetInfos: the traces that exist, as on the open-source server."""
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    for trace_id in body.get("trace_ids", []):
        try:
            await mlflow_access.require_traces(sandbox, principal, [str(trace_id)], READ)
        except ApiError as error:
            if error.status != 404:
                raise
    return await mlflow_backend.forward(request)


async def link_prompts(request: Request) -> Response:
    """``.../prompt-versions/links-to-traces``: note on each trace which prompts it used.

    The tag is what the open-source client writes (mlflow/tracing/utils/prompt.py); MLflow's page
    shows it as the trace's linked prompts.
    """
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    entries = [
        {"name": str(entry["name"]).lower(), "version": str(entry["version"])}
        for entry in body.get("prompt_versions", [])
    ]
    trace_ids = [str(trace_id) for trace_id in body.get("trace_ids", [])]
    await mlflow_access.require_traces(sandbox, principal, trace_ids, EDIT)
    async with _tag_lock:
        for trace_id in trace_ids:
            found = await mlflow_backend.find(sandbox, "GET", f"{_V3}/{trace_id}")
            if found is None:
                raise not_found(f"Trace with ID {trace_id} is not found.")
            tags = found["trace"]["trace_info"].get("tags", {})
            linked = json.loads(tags.get(LINKED_PROMPTS_TAG, "[]"))
            linked += [entry for entry in entries if entry not in linked]
            await mlflow_backend.call(
                sandbox,
                "PATCH",
                f"{_V2}/{trace_id}/tags",
                body={"key": LINKED_PROMPTS_TAG, "value": json.dumps(linked)},
            )
    return JSONResponse({})


async def no_such_version(_request: Request) -> Response:
    raise ApiError(404, "ENDPOINT_NOT_FOUND", "No API found for 'POST /mlflow/traces' version 4.0.")


routes: list[Route] = [
    Route("/api/4.0/mlflow/traces/search-long-running", no_such_version, methods=["POST"]),
    Route("/api/4.0/mlflow/traces/search", no_such_version, methods=["POST"]),
    Route(
        "/api/2.0/mlflow/unity-catalog/prompt-versions/links-to-traces",
        link_prompts,
        methods=["POST"],
    ),
    Route(f"{_V3}/batchGetInfos", get_infos, methods=["POST"]),
    Route(f"{_V2}/delete-traces", delete, methods=["POST"]),
    Route(f"{_V3}/delete-traces", delete, methods=["POST"]),
    Route(_V3, start_v3, methods=["POST"]),
    *guarded(
        READ,
        ("POST", f"{_V3}/search"),
        ("GET", f"{_V3}/get"),
        ("GET", f"{_V3}/batchGet"),
        ("POST", f"{_V3}/metrics"),
        ("POST", f"{_V3}/calculate-filter-correlation"),
        ("GET", f"{_V3}/{{trace_id}}"),
        ("GET", f"{_V3}/{{trace_id}}/assessments/{{assessment_id}}"),
        ("GET", _V2),
        ("GET", f"{_V2}/{{trace_id}}/info"),
    ),
    *guarded(
        EDIT,
        ("POST", _V2),
        ("POST", f"{_V2}/link-to-run"),
        ("POST", f"{_V3}/link-to-run"),
        ("POST", f"{_V3}/link-prompts"),
        ("PATCH", f"{_V2}/{{trace_id}}"),
        ("PATCH", f"{_V2}/{{trace_id}}/tags"),
        ("DELETE", f"{_V2}/{{trace_id}}/tags"),
        ("PATCH", f"{_V3}/{{trace_id}}/tags"),
        ("DELETE", f"{_V3}/{{trace_id}}/tags"),
        ("POST", f"{_V3}/{{trace_id}}/assessments"),
        ("PATCH", f"{_V3}/{{trace_id}}/assessments/{{assessment_id}}"),
        ("DELETE", f"{_V3}/{{trace_id}}/assessments/{{assessment_id}}"),
    ),
]
