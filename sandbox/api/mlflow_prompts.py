"""The Prompt Registry in Unity Catalog: ``/api/2.0/mlflow/unity-catalog/prompts*``.

Prompts are kept as real prompts of the MLflow server (registered models with the prompt tag), so
that its page shows their versions and aliases. Names are ``catalog.schema.prompt`` in lower case.
Privileges are those the documentation of the Prompt Registry asks for: CREATE_FUNCTION on the
schema to create, EXECUTE to read, MANAGE (or ownership) to change, and USE on what it lies in. In
the sandbox's privileges a prompt is a 'function', the securable that it inherits like.
"""

from __future__ import annotations

import re

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.api import mlflow_access, mlflow_backend
from sandbox.api.mlflow_access import caller
from sandbox.api.mlflow_backend import Json
from sandbox.api.mlflow_prompt_shapes import (
    IS_PROMPT,
    MODELS,
    prompt_shown,
    tag_list,
)
from sandbox.context import Principal, Sandbox
from sandbox.errors import ApiError, conflict, invalid, not_found

BASE = "/api/2.0/mlflow/unity-catalog/prompts"
_NAME = re.compile(r"^[a-z0-9_-]+\.[a-z0-9_-]+\.[a-z0-9_-]+$")
_PAGE = 100


def prompts_in(sandbox: Sandbox, catalog: str, schema: str) -> list[str]:
    """Full names of the prompts in a schema: while there are any, it is not empty."""
    return sandbox.privileges.names("function", f"{catalog}.{schema}.".lower())


async def remove_prompts(sandbox: Sandbox, inside: str) -> None:
    """Delete every prompt of a catalog or schema, as a forced delete of it does."""
    for name in sandbox.privileges.names("function", f"{inside}.".lower()):
        await _remove(sandbox, name)


async def _remove(sandbox: Sandbox, name: str) -> None:
    if await model_of(sandbox, name) is not None:
        await mlflow_backend.call(sandbox, "DELETE", f"{MODELS}/delete", body={"name": name})
    sandbox.privileges.drop("function", name)


def full_name(request: Request) -> str:
    """The prompt's name in the path, in lower case. Raises INVALID_PARAMETER_VALUE."""
    return checked_name(str(request.path_params["name"]))


def checked_name(name: str) -> str:
    if not _NAME.match(name.lower()):
        raise invalid(
            f"'{name}' is no prompt name: Unity Catalog wants catalog.schema.name, of letters, "
            "digits, dashes and underscores."
        )
    return name.lower()


async def model_of(sandbox: Sandbox, name: str) -> Json | None:
    """The registered model that holds the prompt; None when there is none."""
    answer = await mlflow_backend.find(sandbox, "GET", f"{MODELS}/get", params={"name": name})
    if answer is None:
        return None
    model: Json = answer["registered_model"]
    return model if IS_PROMPT in {tag["key"] for tag in model.get("tags", [])} else None


async def require_prompt(sandbox: Sandbox, principal: Principal, name: str, privilege: str) -> Json:
    """The prompt, which must exist and on which the principal must hold the privilege.

    Who may use the schema is told that a prompt does not exist; others are refused.
    """
    model = await model_of(sandbox, name)
    if model is None:
        sandbox.privileges.drop("function", name)  # gone by way of MLflow's own page
        schema = name.rsplit(".", 1)[0]
        sandbox.privileges.require_inside(principal, "schema", schema, "USE_SCHEMA")
        raise not_found(f"Prompt '{name}' does not exist.")
    sandbox.privileges.require_inside(principal, "function", name, privilege)
    return model


def require_schema(sandbox: Sandbox, name: str) -> str:
    """The schema of a prompt's name, which must exist: ``catalog.schema``."""
    catalog, schema, _ = name.split(".")
    if sandbox.privileges.owner("catalog", catalog) is None:
        raise not_found(f"Catalog '{catalog}' does not exist.", "CATALOG_DOES_NOT_EXIST")
    if sandbox.privileges.owner("schema", f"{catalog}.{schema}") is None:
        raise not_found(f"Schema '{catalog}.{schema}' does not exist.", "SCHEMA_DOES_NOT_EXIST")
    return f"{catalog}.{schema}"


async def create(request: Request) -> Response:
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    prompt: Json = body.get("prompt", {})
    name = checked_name(str(body.get("name") or prompt.get("name", "")))
    schema = require_schema(sandbox, name)
    sandbox.privileges.require_inside(principal, "schema", schema, "CREATE_FUNCTION")
    wanted = {
        "name": name,
        "description": prompt.get("description", ""),
        "tags": [{"key": IS_PROMPT, "value": "true"}, *tag_list(prompt)],
    }
    try:
        answer = await mlflow_backend.call(sandbox, "POST", f"{MODELS}/create", body=wanted)
    except ApiError as error:
        if error.error_code == "RESOURCE_ALREADY_EXISTS":
            raise conflict(f"Prompt '{name}' already exists.", "ALREADY_EXISTS") from error
        raise
    sandbox.privileges.set_owner("function", name, principal.name)
    return JSONResponse(prompt_shown(answer["registered_model"]))


async def get(request: Request) -> Response:
    sandbox, principal = caller(request)
    model = await require_prompt(sandbox, principal, full_name(request), "EXECUTE")
    return JSONResponse(prompt_shown(model))


async def update(request: Request) -> Response:
    sandbox, principal = caller(request)
    name = full_name(request)
    model = await require_prompt(sandbox, principal, name, "MANAGE")
    prompt: Json = (await mlflow_access.json_body(request)).get("prompt", {})
    if "description" in prompt:
        changed = {"name": name, "description": prompt["description"]}
        answer = await mlflow_backend.call(sandbox, "PATCH", f"{MODELS}/update", body=changed)
        model = answer["registered_model"]
    for tag in tag_list(prompt):
        await mlflow_backend.call(sandbox, "POST", f"{MODELS}/set-tag", body={"name": name, **tag})
    return JSONResponse(prompt_shown(model))


async def delete(request: Request) -> Response:
    """Delete a prompt; one that still has versions is refused, as Unity Catalog does."""
    sandbox, principal = caller(request)
    name = full_name(request)
    await require_prompt(sandbox, principal, name, "MANAGE")
    left = await mlflow_backend.call(
        sandbox,
        "GET",
        "/api/2.0/mlflow/model-versions/search",
        params={"filter": f"name='{name}' AND tags.`{IS_PROMPT}` = 'true'", "max_results": 1},
    )
    if left.get("model_versions"):
        raise invalid(f"Prompt '{name}' still has versions. Delete them first.", "INVALID_STATE")
    await _remove(sandbox, name)
    return JSONResponse({})


async def search(request: Request) -> Response:
    """The prompts of one schema that the caller may read."""
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    place: Json = body.get("catalog_schema", {})
    catalog = str(place.get("catalog_name", "")).lower()
    schema = str(place.get("schema_name", "")).lower()
    if not catalog or not schema:
        raise invalid("catalog_schema.catalog_name and catalog_schema.schema_name are required.")
    require_schema(sandbox, checked_name(f"{catalog}.{schema}.any"))
    sandbox.privileges.require(principal, "catalog", catalog, "USE_CATALOG")
    sandbox.privileges.require(principal, "schema", f"{catalog}.{schema}", "USE_SCHEMA")
    prefix = f"{catalog}.{schema}."
    parts = [f"name LIKE '{prefix}%'", f"tags.`{IS_PROMPT}` = 'true'"]
    if body.get("filter"):
        parts.append(str(body["filter"]))
    params = {"filter": " AND ".join(parts), "max_results": int(body.get("max_results") or _PAGE)}
    if body.get("page_token"):
        params["page_token"] = body["page_token"]
    answer = await mlflow_backend.call(sandbox, "GET", f"{MODELS}/search", params=params)
    found = [
        prompt_shown(model)
        for model in answer.get("registered_models", [])
        if model["name"].startswith(prefix)  # LIKE takes '_' in a name for any character
        and sandbox.privileges.holds(principal, "function", model["name"], "EXECUTE")
    ]
    token = answer.get("next_page_token")
    return JSONResponse({"prompts": found} | ({"next_page_token": token} if token else {}))


async def set_tag(request: Request) -> Response:
    sandbox, principal = caller(request)
    name = full_name(request)
    await require_prompt(sandbox, principal, name, "MANAGE")
    body = await mlflow_access.json_body(request)
    tag = {"name": name, "key": body.get("key"), "value": body.get("value", "")}
    await mlflow_backend.call(sandbox, "POST", f"{MODELS}/set-tag", body=tag)
    return JSONResponse({})


async def delete_tag(request: Request) -> Response:
    sandbox, principal = caller(request)
    name = full_name(request)
    await require_prompt(sandbox, principal, name, "MANAGE")
    tag = {"name": name, "key": str(request.path_params["key"])}
    await mlflow_backend.call(sandbox, "DELETE", f"{MODELS}/delete-tag", body=tag)
    return JSONResponse({})


routes: list[Route] = [
    Route(BASE, create, methods=["POST"]),
    Route(f"{BASE}/search", search, methods=["POST"]),
    Route(f"{BASE}/{{name}}", get, methods=["GET"]),
    Route(f"{BASE}/{{name}}", update, methods=["PATCH"]),
    Route(f"{BASE}/{{name}}", delete, methods=["DELETE"]),
    Route(f"{BASE}/{{name}}/tags", set_tag, methods=["POST"]),
    Route(f"{BASE}/{{name}}/tags/{{key:path}}", delete_tag, methods=["DELETE"]),
]
