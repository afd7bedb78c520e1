"""What the MLflow server behind the sandbox shows of scorers and labeling sessions.

The open-source server has pages for both and takes neither from a workspace's client. So the
sandbox, which keeps them, writes them there too: only to be seen.
"""

from __future__ import annotations

import json
import logging
import time
from typing import Any

from sandbox.api import mlflow_backend
from sandbox.api.mlflow_backend import Json
from sandbox.context import Principal, Sandbox
from sandbox.errors import ApiError, invalid

QUEUES = "/api/3.0/mlflow/review-queues"
_SCORERS = "/api/3.0/mlflow/scorers"
_SCHEMAS = "/api/3.0/mlflow/label-schemas"
_log = logging.getLogger("sandbox.mlflow")


async def show_scorers(
    sandbox: Sandbox, experiment_id: str, before: list[Json], after: list[Json]
) -> None:
    """Make the server's list of scorers that of the workspace.

    Raises ApiError 400, before anything is written, for a scorer that is no JSON object.
    """
    old = {str(scorer.get("name")): _scorer(scorer) for scorer in before}
    new = {str(scorer.get("name")): _scorer(scorer) for scorer in after}
    for name in old.keys() - new.keys():
        body = {"experiment_id": experiment_id, "name": name}
        await _try(sandbox, "DELETE", f"{_SCORERS}/delete", body)
    for name, serialized in new.items():
        if old.get(name) != serialized:
            body = {"experiment_id": experiment_id, "name": name, "serialized_scorer": serialized}
            await _try(sandbox, "POST", f"{_SCORERS}/register", body)


def _scorer(scorer: Json) -> str:
    """Without its code: the server takes none, since it might run it."""
    try:
        serialized: Json = json.loads(scorer.get("serialized_scorer") or "{}")
        return json.dumps({**serialized, "call_source": None})
    except (ValueError, TypeError) as error:
        raise invalid(f"The scorer {scorer.get('name')} is no JSON object: {error}.") from error


async def _try(sandbox: Sandbox, method: str, path: str, body: Json) -> None:
    """What the server refuses (it has rules of its own for names) is not seen there."""
    try:
        await mlflow_backend.call(sandbox, method, path, body=body)
    except ApiError as error:
        if error.status >= 500:
            raise
        _log.warning("%s %s was refused: %s", method, path, error)


async def session_run(sandbox: Sandbox, principal: Principal, experiment_id: str, name: str) -> str:
    """The run that a session has on the platform too; its id. Nothing is going on in it."""
    now = int(time.time() * 1000)
    tags = [
        {"key": "mlflow.user", "value": principal.name},
        {"key": "mlflow.runType", "value": "labeling_session"},
    ]
    body = {"experiment_id": experiment_id, "run_name": name, "start_time": now, "tags": tags}
    made = await mlflow_backend.call(sandbox, "POST", "/api/2.0/mlflow/runs/create", body=body)
    run_id = str(made["run"]["info"]["run_id"])
    ended = {"run_id": run_id, "status": "FINISHED", "end_time": now}
    await mlflow_backend.call(sandbox, "POST", "/api/2.0/mlflow/runs/update", body=ended)
    return run_id


async def session_queue(
    sandbox: Sandbox, experiment_id: str, title: str, schemas: list[Json]
) -> str:
    """A review queue that asks these questions; its id. Its title has to be unique."""
    body: Json = {
        "experiment_id": experiment_id,
        "name": title,
        "queue_type": "CUSTOM",
        "schema_ids": [await _question(sandbox, experiment_id, schema) for schema in schemas],
    }
    made = await mlflow_backend.call(sandbox, "POST", f"{QUEUES}/create", body=body)
    return str(made["review_queue"]["queue_id"])


async def _question(sandbox: Sandbox, experiment_id: str, schema: Json) -> str:
    """The server's schema of this name, made when it has none; its id."""
    named = {"experiment_id": experiment_id, "name": schema["name"]}
    known = await mlflow_backend.find(sandbox, "GET", f"{_SCHEMAS}/get-by-name", params=named)
    if known is None:
        said = (schema.get("title"), schema.get("instruction"))
        body: Json = {
            **named,
            "type": schema.get("type") or "FEEDBACK",
            "instruction": " ".join(text for text in said if text),
            "enable_comment": bool(schema.get("enable_comment")),
            "input": _input(schema),
        }
        known = await mlflow_backend.call(sandbox, "POST", f"{_SCHEMAS}/create", body=body)
    return str(known["label_schema"]["schema_id"])


def _input(schema: Json) -> dict[str, Any]:
    """The same question in the server's words, which has no lists of texts."""
    if one := schema.get("categorical"):
        return {"categorical": {"options": one["options"]}}
    if several := schema.get("categorical_list"):
        return {"categorical": {"options": several["options"], "multi_select": True}}
    if number := schema.get("numeric"):
        return {"numeric": _set(number)}
    return {"text": _set(schema.get("text") or {})}


def _set(bounds: Json) -> Json:
    return {name: value for name, value in bounds.items() if value is not None}
