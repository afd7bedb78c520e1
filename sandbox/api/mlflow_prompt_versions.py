"""Versions, aliases and links of prompts: ``.../prompts/{name}/versions*``, ``/aliases*``."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.api import mlflow_access, mlflow_backend
from sandbox.api.mlflow_access import caller
from sandbox.api.mlflow_backend import Json
from sandbox.api.mlflow_prompt_shapes import (
    IS_PROMPT,
    MODELS,
    VERSIONS,
    version_shown,
    version_wanted,
)
from sandbox.api.mlflow_prompts import BASE, checked_name, full_name, require_prompt
from sandbox.context import Sandbox
from sandbox.errors import invalid, not_found

_PAGE = 100


async def create(request: Request) -> Response:
    sandbox, principal = caller(request)
    name = full_name(request)
    await require_prompt(sandbox, principal, name, "MANAGE")
    message = (await mlflow_access.json_body(request)).get("prompt_version", {})
    answer = await mlflow_backend.call(
        sandbox, "POST", f"{VERSIONS}/create", body=version_wanted(name, message)
    )
    return JSONResponse(version_shown(answer["model_version"]))


async def get(request: Request) -> Response:
    sandbox, principal = caller(request)
    name = full_name(request)
    await require_prompt(sandbox, principal, name, "EXECUTE")
    return JSONResponse(version_shown(await _version(sandbox, name, _number(request))))


async def get_by_alias(request: Request) -> Response:
    sandbox, principal = caller(request)
    name = full_name(request)
    alias = str(request.path_params["alias"])
    model = await require_prompt(sandbox, principal, name, "EXECUTE")
    numbers = {entry["alias"]: str(entry["version"]) for entry in model.get("aliases", [])}
    if alias not in numbers:
        raise not_found(f"Prompt '{name}' has no alias '{alias}'.")
    return JSONResponse(version_shown(await _version(sandbox, name, numbers[alias])))


async def search(request: Request) -> Response:
    """The versions of a prompt, newest first."""
    sandbox, principal = caller(request)
    name = full_name(request)
    await require_prompt(sandbox, principal, name, "EXECUTE")
    wanted = await mlflow_access.parameters(request)
    params: Json = {
        # Without the tag MLflow leaves versions of prompts out of the list.
        "filter": f"name='{name}' AND tags.`{IS_PROMPT}` = 'true'",
        "max_results": int(wanted.get("max_results") or _PAGE),
        "order_by": "version_number DESC",
    }
    if wanted.get("page_token"):
        params["page_token"] = wanted["page_token"]
    answer = await mlflow_backend.call(sandbox, "GET", f"{VERSIONS}/search", params=params)
    token = answer.get("next_page_token")
    found = [version_shown(version) for version in answer.get("model_versions", [])]
    return JSONResponse({"prompt_versions": found} | ({"next_page_token": token} if token else {}))


async def update(request: Request) -> Response:
    sandbox, principal = caller(request)
    name, number = full_name(request), _number(request)
    await require_prompt(sandbox, principal, name, "MANAGE")
    message = (await mlflow_access.json_body(request)).get("prompt_version", {})
    if "description" in message:
        changed = {"name": name, "version": number, "description": message["description"]}
        await mlflow_backend.call(sandbox, "PATCH", f"{VERSIONS}/update", body=changed)
    return JSONResponse(version_shown(await _version(sandbox, name, number)))


async def delete(request: Request) -> Response:
    sandbox, principal = caller(request)
    name, number = full_name(request), _number(request)
    await require_prompt(sandbox, principal, name, "MANAGE")
    gone = {"name": name, "version": number}
    await mlflow_backend.call(sandbox, "DELETE", f"{VERSIONS}/delete", body=gone)
    return JSONResponse({})


async def set_tag(request: Request) -> Response:
    sandbox, principal = caller(request)
    name, number = full_name(request), _number(request)
    await require_prompt(sandbox, principal, name, "MANAGE")
    body = await mlflow_access.json_body(request)
    tag = {"name": name, "version": number, "key": body.get("key"), "value": body.get("value", "")}
    await mlflow_backend.call(sandbox, "POST", f"{VERSIONS}/set-tag", body=tag)
    return JSONResponse({})


async def delete_tag(request: Request) -> Response:
    sandbox, principal = caller(request)
    name, number = full_name(request), _number(request)
    await require_prompt(sandbox, principal, name, "MANAGE")
    tag = {"name": name, "version": number, "key": str(request.path_params["key"])}
    await mlflow_backend.call(sandbox, "DELETE", f"{VERSIONS}/delete-tag", body=tag)
    return JSONResponse({})


async def set_alias(request: Request) -> Response:
    sandbox, principal = caller(request)
    name, alias = full_name(request), str(request.path_params["alias"])
    await require_prompt(sandbox, principal, name, "MANAGE")
    version = str((await mlflow_access.json_body(request)).get("version", ""))
    await _version(sandbox, name, version)
    wanted = {"name": name, "alias": alias, "version": version}
    await mlflow_backend.call(sandbox, "POST", f"{MODELS}/alias", body=wanted)
    return JSONResponse({})


async def delete_alias(request: Request) -> Response:
    sandbox, principal = caller(request)
    name, alias = full_name(request), str(request.path_params["alias"])
    await require_prompt(sandbox, principal, name, "MANAGE")
    gone = {"name": name, "alias": alias}
    await mlflow_backend.call(sandbox, "DELETE", f"{MODELS}/alias", body=gone)
    return JSONResponse({})


async def link(request: Request) -> Response:
    """Links to runs and models: the client itself tags the run or model, so that checking that
    the prompts exist is all that is left to do (mlflow's _unity_catalog/registry/rest_store.py)."""
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    for entry in body.get("prompt_versions", []):
        name = checked_name(str(entry.get("name", "")))
        await require_prompt(sandbox, principal, name, "EXECUTE")
    return JSONResponse({})


async def _version(sandbox: Sandbox, name: str, number: str) -> Json:
    if not number.isdigit():
        raise invalid(f"'{number}' is no version number.")
    answer = await mlflow_backend.find(
        sandbox, "GET", f"{VERSIONS}/get", params={"name": name, "version": number}
    )
    if answer is None:
        raise not_found(f"Prompt '{name}' has no version {number}.")
    return answer["model_version"]


def _number(request: Request) -> str:
    return str(request.path_params["version"])


_ONE = f"{BASE}/{{name}}/versions/{{version}}"
_LINKS = "/api/2.0/mlflow/unity-catalog/prompt-versions"
routes: list[Route] = [
    Route(f"{BASE}/{{name}}/versions", create, methods=["POST"]),
    Route(f"{BASE}/{{name}}/versions", search, methods=["GET"]),
    Route(f"{BASE}/{{name}}/versions/search", search, methods=["POST"]),
    Route(f"{BASE}/{{name}}/versions/by-alias/{{alias}}", get_by_alias, methods=["GET"]),
    Route(_ONE, get, methods=["GET"]),
    Route(_ONE, update, methods=["PATCH"]),
    Route(_ONE, delete, methods=["DELETE"]),
    Route(f"{_ONE}/tags", set_tag, methods=["POST"]),
    Route(f"{_ONE}/tags/{{key:path}}", delete_tag, methods=["DELETE"]),
    Route(f"{BASE}/{{name}}/aliases/{{alias}}", set_alias, methods=["POST"]),
    Route(f"{BASE}/{{name}}/aliases/{{alias}}", delete_alias, methods=["DELETE"]),
    Route(f"{_LINKS}/links-to-runs", link, methods=["POST"]),
    Route(f"{_LINKS}/links-to-models", link, methods=["POST"]),
]
