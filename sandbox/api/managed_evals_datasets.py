"""Evaluation datasets: tables of Unity Catalog with records of inputs and expectations.

Shapes are those of databricks-agents (databricks/rag_eval/datasets/rest_entities.py). They are
marked as native to Unity Catalog, as new ones are on the platform, so that the client writes
records through this API and needs no Spark. The id of a dataset is the id of its table. Versions
are not kept.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from datetime import datetime, timezone
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import securables
from sandbox.api.bodies import json_body, page, required
from sandbox.api.mlflow_access import EDIT, caller, require_experiment
from sandbox.context import Principal, Sandbox
from sandbox.errors import invalid, not_found

Json = dict[str, Any]
DATASETS, RECORDS = "evaluation_dataset", "evaluation_record"
_PAGE = 500
_CHANGEABLE = ("expectations", "tags")


async def create(request: Request) -> Response:
    """Make the table and the dataset; `experiment_ids` in the query are the experiments."""
    sandbox, principal = caller(request)
    body = await json_body(request)
    parts = required(body, "name").replace("`", "").lower().split(".")
    if len(parts) != 3:
        raise invalid("Invalid table name: a dataset is called catalog.schema.table.")
    schema, table = ".".join(parts[:2]), securables.checked_name("table", parts[2])
    experiments = [one for one in request.query_params.get("experiment_ids", "").split(",") if one]
    for experiment_id in experiments:
        await require_experiment(sandbox, principal, experiment_id, EDIT)
    securables.require_exists(sandbox, "schema", schema)
    sandbox.privileges.require_inside(principal, "schema", schema, "CREATE_TABLE")
    dataset_id, name, now = str(uuid.uuid4()), f"{schema}.{table}", _now()
    more = {"table_id": dataset_id, "table_type": "MANAGED", "data_source_format": "DELTA"}
    dataset = {
        "dataset_id": dataset_id,
        "name": name,
        "source": json.dumps({"table_name": name}),
        "source_type": "databricks-uc-table",
        "create_time": now,
        "created_by": principal.name,
        "last_update_time": now,
        "last_updated_by": principal.name,
        "experiment_ids": experiments,
        "is_uc_native": True,
    }
    with sandbox.store.transaction():
        securables.create(sandbox, principal, "table", name, more)
        sandbox.store.put(DATASETS, dataset_id, dataset)
    return JSONResponse(_shown(sandbox, dataset))


async def get(request: Request) -> Response:
    sandbox, _, dataset = _dataset(request, "SELECT")
    return JSONResponse(_shown(sandbox, dataset))


async def update(request: Request) -> Response:
    """The fields that the mask names, of those that can be changed."""
    sandbox, principal, dataset = _dataset(request, "MODIFY")
    body = await json_body(request)
    allowed = ("experiment_ids", "profile", "schema", "digest")
    dataset |= {field: body[field] for field in _mask(request) if field in allowed}
    return JSONResponse(_shown(sandbox, _touch(sandbox, principal, dataset)))


async def delete(request: Request) -> Response:
    """Delete the dataset with its table."""
    sandbox, principal, dataset = _dataset(request, "MANAGE")
    securables.drop(sandbox, principal, "table", dataset["name"], force=False)
    _forget(sandbox, dataset["dataset_id"])
    return JSONResponse({})


async def list_records(request: Request) -> Response:
    sandbox, _, dataset = _dataset(request, "SELECT")
    found = _records(sandbox, dataset["dataset_id"])
    shown, token = page(request, found, longest=_PAGE, parameter="page_size")
    return JSONResponse({"dataset_records": shown} | ({"next_page_token": token} if token else {}))


async def create_records(request: Request) -> Response:
    sandbox, principal, dataset = _dataset(request, "MODIFY")
    made: list[Json] = []
    with sandbox.store.transaction():
        number = len(sandbox.store.list(RECORDS, f"{dataset['dataset_id']}/"))
        for wanted in await _requests(request):
            record: Json = wanted.get("dataset_record") or {}
            if not record.get("inputs"):
                raise invalid("Every record needs inputs.")
            made.append(_new_record(principal, record))
            key = f"{dataset['dataset_id']}/{number + len(made):08d}"
            sandbox.store.put(RECORDS, key, made[-1])
        _touch(sandbox, principal, dataset)
    return JSONResponse({"dataset_records": made})


async def update_records(request: Request) -> Response:
    """Many records, or the one that the path names; each with its mask."""
    sandbox, principal, dataset = _dataset(request, "MODIFY")
    single = request.path_params.get("record_id")
    if single is None:
        wanted = await _requests(request)
    else:
        body = await json_body(request)
        mask = request.query_params.get("update_mask", "")
        wanted = [{"dataset_record_id": single, "dataset_record": body, "update_mask": mask}]
    changed = [
        _change(
            sandbox,
            principal,
            dataset,
            str(one.get("dataset_record_id")),
            _masked(one),
        )
        for one in wanted
    ]
    return JSONResponse(changed[0] if single is not None else {"dataset_records": changed})


async def add_expectations(request: Request) -> Response:
    sandbox, principal, dataset = _dataset(request, "MODIFY")
    record_id = request.path_params["record_id"]
    _, record = _record(sandbox, dataset, record_id)
    added: Json = (await json_body(request)).get("expectations") or {}
    known: Json = record.get("expectations") or {}
    both = {**known, **added}
    return JSONResponse(_change(sandbox, principal, dataset, record_id, {"expectations": both}))


async def delete_records(request: Request) -> Response:
    sandbox, principal, dataset = _dataset(request, "MODIFY")
    wanted = {str(one.get("dataset_record_id")) for one in await _requests(request)}
    for key, record in sandbox.store.list(RECORDS, f"{dataset['dataset_id']}/"):
        if record["dataset_record_id"] in wanted:
            sandbox.store.delete(RECORDS, key)
    _touch(sandbox, principal, dataset)
    return JSONResponse({})


async def list_versions(request: Request) -> Response:
    _dataset(request, "SELECT")
    return JSONResponse({})


def _dataset(request: Request, privilege: str) -> tuple[Sandbox, Principal, Json]:
    """The dataset of the path, on whose table the principal must hold the privilege."""
    sandbox, principal = caller(request)
    dataset_id = request.path_params["dataset_id"]
    found = sandbox.store.get(DATASETS, dataset_id)
    if found is None:
        raise not_found(f"Dataset {dataset_id} does not exist.")
    if (sandbox.store.get("table", found["name"]) or {}).get("table_id") != dataset_id:
        _forget(sandbox, dataset_id)  # the table was dropped, or its schema
        raise not_found(f"The table {found['name']} of dataset {dataset_id} does not exist.")
    if "version" in request.query_params:
        raise invalid("The sandbox keeps no versions of a dataset: leave `version` out.")
    sandbox.privileges.require_inside(principal, "table", found["name"], privilege)
    return sandbox, principal, found


def _forget(sandbox: Sandbox, dataset_id: str) -> None:
    for key, _ in sandbox.store.list(RECORDS, f"{dataset_id}/"):
        sandbox.store.delete(RECORDS, key)
    sandbox.store.delete(DATASETS, dataset_id)


def _records(sandbox: Sandbox, dataset_id: str) -> list[Json]:
    return [record for _, record in sandbox.store.list(RECORDS, f"{dataset_id}/")]


def _record(sandbox: Sandbox, dataset: Json, record_id: str) -> tuple[str, Json]:
    for key, record in sandbox.store.list(RECORDS, f"{dataset['dataset_id']}/"):
        if record["dataset_record_id"] == record_id:
            return key, record
    raise not_found(f"The dataset {dataset['name']} has no record {record_id}.")


def _change(
    sandbox: Sandbox, principal: Principal, dataset: Json, record_id: str, fields: Json
) -> Json:
    key, record = _record(sandbox, dataset, record_id)
    record |= {**fields, "last_update_time": _now(), "last_updated_by": principal.name}
    sandbox.store.put(RECORDS, key, record)
    _touch(sandbox, principal, dataset)
    return record


def _masked(wanted: Json) -> Json:
    """The fields of a record that an update names and may change."""
    record: Json = wanted.get("dataset_record") or {}
    mask = str(wanted.get("update_mask", "")).split(",")
    return {field: record.get(field) for field in mask if field in _CHANGEABLE}


def _new_record(principal: Principal, record: Json) -> Json:
    now = _now()
    return {
        "source": record.get("source"),
        "inputs": record["inputs"],
        "expectations": record.get("expectations") or {},
        "tags": record.get("tags") or {},
        "dataset_record_id": str(uuid.uuid4()),
        "create_time": now,
        "created_by": principal.name,
        "last_update_time": now,
        "last_updated_by": principal.name,
    }


def _touch(sandbox: Sandbox, principal: Principal, dataset: Json) -> Json:
    dataset |= {"last_update_time": _now(), "last_updated_by": principal.name}
    sandbox.store.put(DATASETS, dataset["dataset_id"], dataset)
    return dataset


def _shown(sandbox: Sandbox, dataset: Json) -> Json:
    """With a digest of the records and their count, as MLflow's dataset inputs carry them."""
    records = _records(sandbox, dataset["dataset_id"])
    digest = hashlib.sha256(json.dumps(records, sort_keys=True).encode()).hexdigest()[:8]
    return {"digest": digest, "profile": json.dumps({"num_rows": len(records)}), **dataset}


async def _requests(request: Request) -> list[Json]:
    found: list[Json] = (await json_body(request)).get("requests") or []
    return found


def _mask(request: Request) -> list[str]:
    return request.query_params.get("update_mask", "").split(",")


def _now() -> str:
    moment = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
    return moment.replace("+00:00", "Z")


_BASE = "/api/2.0/managed-evals/datasets"
_ONE = f"{_BASE}/{{dataset_id}}"
routes: list[Route] = [
    Route(_BASE, create, methods=["POST"]),
    Route(_ONE, get),
    Route(_ONE, update, methods=["PATCH"]),
    Route(_ONE, delete, methods=["DELETE"]),
    Route(f"{_ONE}/versions", list_versions),
    Route(f"{_ONE}/records", list_records),
    Route(f"{_ONE}/records:batchCreate", create_records, methods=["POST"]),
    Route(f"{_ONE}/records:batchUpdate", update_records, methods=["POST"]),
    Route(f"{_ONE}/records:batchDelete", delete_records, methods=["POST"]),
    Route(f"{_ONE}/records/{{record_id}}", update_records, methods=["PATCH"]),
    Route(f"{_ONE}/records/{{record_id}}/expectations", add_expectations, methods=["POST"]),
]
