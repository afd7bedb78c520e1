"""Unity Catalog: metastore, catalogs, schemas, tables (`/api/2.1/unity-catalog`)."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import securables
from sandbox.api.bodies import flag, json_body, page, required
from sandbox.api.mlflow_prompts import remove_prompts
from sandbox.context import Principal, Sandbox, principal_of, sandbox_of
from sandbox.errors import invalid
from sandbox.gate import WORKSPACE_ID
from sandbox.securables import METASTORE_ID, METASTORE_NAME

BASE = "/api/2.1/unity-catalog"
PAGE_LENGTH = 100
"""The longest page of a listing; the platform's own is of this order."""
KEPT_FIELDS = {
    "catalog": ("comment", "properties", "options", "storage_root"),
    "schema": ("comment", "properties", "storage_root"),
    "table": ("comment", "properties", "table_type", "data_source_format", "columns"),
}


async def current_metastore(_request: Request) -> Response:
    return JSONResponse(
        {
            "metastore_id": METASTORE_ID,
            "workspace_id": int(WORKSPACE_ID),
            "default_catalog_name": "workspace",
        }
    )


async def metastore_summary(request: Request) -> Response:
    sandbox = sandbox_of(request)
    summary: dict[str, Any] = {
        "metastore_id": METASTORE_ID,
        "name": METASTORE_NAME,
        "owner": sandbox.privileges.owner("metastore", METASTORE_ID),
        "cloud": "sandbox",
        "region": "local",
        "privilege_model_version": "1.0",
        "delta_sharing_scope": "INTERNAL",
    }
    if sandbox.scenario.metastore_has_storage:
        summary["storage_root"] = f"file://{sandbox.state_dir / 'metastore'}"
    return JSONResponse(summary)


async def list_catalogs(request: Request) -> Response:
    sandbox = sandbox_of(request)
    return _listing(request, "catalog", "catalogs", sandbox.privileges.names("catalog"))


async def create_catalog(request: Request) -> Response:
    sandbox, principal = sandbox_of(request), principal_of(request)
    body = await json_body(request)
    name = securables.checked_name("catalog", body.get("name"))
    sandbox.privileges.require(principal, "metastore", METASTORE_NAME, "CREATE_CATALOG")
    if not sandbox.scenario.metastore_has_storage and not body.get("storage_root"):
        raise invalid(
            "Metastore storage root URL does not exist. Please provide a storage location for "
            "the catalog (for example 'CREATE CATALOG myCatalog MANAGED LOCATION "
            "<location-path>'). Alternatively set up a metastore root storage location to provide "
            "a storage location for all catalogs in the metastore.",
            "INVALID_STATE",
        )
    more = _kept("catalog", body) | {"catalog_type": "MANAGED_CATALOG", "isolation_mode": "OPEN"}
    made = securables.create(
        sandbox, principal, "catalog", name, more, schemas=("default", "information_schema")
    )
    return JSONResponse(made)


async def list_schemas(request: Request) -> Response:
    catalog = _query(request, "catalog_name")
    sandbox = sandbox_of(request)
    securables.require_seen(sandbox, principal_of(request), "catalog", catalog, browse=True)
    return _listing(request, "schema", "schemas", sandbox.privileges.names("schema", f"{catalog}."))


async def create_schema(request: Request) -> Response:
    body = await json_body(request)
    catalog = required(body, "catalog_name").lower()
    name = securables.checked_name("schema", body.get("name"))
    sandbox, principal = sandbox_of(request), principal_of(request)
    securables.require_exists(sandbox, "catalog", catalog)
    sandbox.privileges.require_inside(principal, "catalog", catalog, "CREATE_SCHEMA")
    more = _kept("schema", body) | {"catalog_type": _catalog_type(sandbox, catalog)}
    return JSONResponse(securables.create(sandbox, principal, "schema", f"{catalog}.{name}", more))


async def list_tables(request: Request) -> Response:
    schema = f"{_query(request, 'catalog_name')}.{_query(request, 'schema_name')}"
    sandbox = sandbox_of(request)
    securables.require_seen(sandbox, principal_of(request), "schema", schema, browse=True)
    return _listing(request, "table", "tables", sandbox.privileges.names("table", f"{schema}."))


async def create_table(request: Request) -> Response:
    body = await json_body(request)
    schema = f"{required(body, 'catalog_name')}.{required(body, 'schema_name')}".lower()
    name = securables.checked_name("table", body.get("name"))
    sandbox, principal = sandbox_of(request), principal_of(request)
    securables.require_exists(sandbox, "schema", schema)
    sandbox.privileges.require_inside(principal, "schema", schema, "CREATE_TABLE")
    return JSONResponse(
        securables.create(sandbox, principal, "table", f"{schema}.{name}", _kept("table", body))
    )


async def table_exists(request: Request) -> Response:
    name = request.path_params["name"].lower()
    securables.require_seen(sandbox_of(request), principal_of(request), "table", name, browse=True)
    return JSONResponse({"table_exists": True})


async def list_functions(request: Request) -> Response:
    """Prompts are functions here, as their privileges are."""
    return _names_in_schema(request, "function", "functions")


async def list_volumes(request: Request) -> Response:
    return _names_in_schema(request, "volume", "volumes")


async def list_models(request: Request) -> Response:
    """The sandbox keeps no registered models: the list is empty for a schema that may be seen."""
    return _names_in_schema(request, "model", "registered_models")


def _names_in_schema(request: Request, kind: str, plural: str) -> Response:
    """What is known by name and owner only."""
    schema = f"{_query(request, 'catalog_name')}.{_query(request, 'schema_name')}"
    sandbox, principal = sandbox_of(request), principal_of(request)
    securables.require_seen(sandbox, principal, "schema", schema, browse=True)
    names = [
        name
        for name in sandbox.privileges.names(kind, f"{schema}.")
        if securables.may_see(sandbox, principal, kind, name)
    ]
    shown, token = page(request, names, longest=PAGE_LENGTH)
    found = [
        {
            "name": name.split(".")[2],
            "full_name": name,
            "catalog_name": name.split(".")[0],
            "schema_name": name.split(".")[1],
            "owner": sandbox.privileges.owner(kind, name),
        }
        for name in shown
    ]
    return JSONResponse({plural: found} | ({"next_page_token": token} if token else {}))


def _listing(request: Request, kind: str, plural: str, names: list[str]) -> Response:
    """One page of what the principal may see. Filtering comes after paging, as on the platform:
    a page may be short or empty and still have a next one."""
    sandbox, principal = sandbox_of(request), principal_of(request)
    browse = flag(request, "include_browse")
    shown, token = page(request, names, longest=PAGE_LENGTH)
    found = [
        securables.info(sandbox, principal, kind, name, browse=browse)
        for name in shown
        if securables.may_see(sandbox, principal, kind, name, browse=browse)
    ]
    return JSONResponse({plural: found} | ({"next_page_token": token} if token else {}))


def _item_routes(kind: str, plural: str) -> Route:
    """Get, update and delete one catalog, schema or table."""

    async def item(request: Request) -> Response:
        sandbox, principal = sandbox_of(request), principal_of(request)
        name: str = request.path_params["name"].lower()
        _check_depth(kind, name)
        if request.method == "PATCH":
            changes = await json_body(request)
            if changes.get("new_name", name.rpartition(".")[2]) != name.rpartition(".")[2]:
                raise invalid("The sandbox does not rename: create anew and delete.")
            return JSONResponse(securables.update(sandbox, principal, kind, name, changes))
        if request.method == "DELETE":
            force = flag(request, "force")
            if force and sandbox.with_mlflow:
                securables.require_manager(sandbox, principal, kind, name)
                await remove_prompts(sandbox, name)
            securables.drop(sandbox, principal, kind, name, force=force)
            return JSONResponse({})
        return JSONResponse(_get(sandbox, principal, kind, name, flag(request, "include_browse")))

    return Route(f"{BASE}/{plural}/{{name}}", item, methods=["GET", "PATCH", "DELETE"])


def _get(
    sandbox: Sandbox, principal: Principal, kind: str, name: str, browse: bool
) -> dict[str, Any]:
    securables.require_seen(sandbox, principal, kind, name, browse=browse)
    return securables.info(sandbox, principal, kind, name, browse=browse)


def _check_depth(kind: str, name: str) -> None:
    wanted = {"catalog": 1, "schema": 2, "table": 3}[kind]
    if len(name.split(".")) != wanted:
        raise invalid(f"'{name}' is not the full name of a {kind}: it has {wanted} part(s).")


def _catalog_type(sandbox: Sandbox, catalog: str) -> str:
    return (sandbox.store.get("catalog", catalog) or {}).get("catalog_type", "MANAGED_CATALOG")


def _kept(kind: str, body: dict[str, Any]) -> dict[str, Any]:
    return {name: body[name] for name in KEPT_FIELDS[kind] if body.get(name) is not None}


def _query(request: Request, name: str) -> str:
    value = request.query_params.get(name)
    if not value:
        raise invalid(f"The query parameter {name} is missing.")
    return value.lower()


routes = [
    Route(f"{BASE}/current-metastore-assignment", current_metastore),
    Route(f"{BASE}/metastore_summary", metastore_summary),
    Route(f"{BASE}/catalogs", list_catalogs),
    Route(f"{BASE}/catalogs", create_catalog, methods=["POST"]),
    Route(f"{BASE}/schemas", list_schemas),
    Route(f"{BASE}/schemas", create_schema, methods=["POST"]),
    Route(f"{BASE}/tables", list_tables),
    Route(f"{BASE}/tables", create_table, methods=["POST"]),
    Route(f"{BASE}/tables/{{name}}/exists", table_exists),
    Route(f"{BASE}/functions", list_functions),
    Route(f"{BASE}/volumes", list_volumes),
    Route(f"{BASE}/models", list_models),
    _item_routes("catalog", "catalogs"),
    _item_routes("schema", "schemas"),
    _item_routes("table", "tables"),
]
