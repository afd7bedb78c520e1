"""Lays out a new workspace as its scenario says. Runs once, when the state is first made."""

from __future__ import annotations

import secrets
import time

from sandbox.context import Sandbox
from sandbox.principals import LOCAL_PERSON, PLATFORM_TEAM
from sandbox.securables import METASTORE_ID, put
from sandbox.seed_catalogs import ANALYSTS, BUILDERS, PROJECT_TEAMS, CatalogSeed, catalogs_of
from sandbox.seed_endpoints import EndpointSeed, endpoints_of

ADMIN = "admin@sandbox.local"
COLLEAGUE = "colleague@sandbox.local"


def seed(sandbox: Sandbox) -> None:
    """Write principals, catalogs, grants and endpoints, all or nothing."""
    with sandbox.store.transaction():
        _people(sandbox)
        sandbox.privileges.set_owner("metastore", METASTORE_ID, PLATFORM_TEAM)
        if sandbox.scenario.may_create_catalog:
            sandbox.privileges.grant("metastore", METASTORE_ID, BUILDERS, {"CREATE_CATALOG"})
        for catalog in catalogs_of(sandbox.scenario):
            _catalog(sandbox, catalog)
        for endpoint in endpoints_of(sandbox.scenario):
            _endpoint(sandbox, endpoint)
        sandbox.store.put("meta", "scenario", {"name": sandbox.scenario.name})


def _people(sandbox: Sandbox) -> None:
    people = sandbox.principals
    for group in ("users", "admins", PLATFORM_TEAM, ANALYSTS, BUILDERS, *PROJECT_TEAMS):
        people.add_group(group)
    builds = sandbox.scenario.name not in ("locked-down", "empty")
    own = ("users", ANALYSTS, *((BUILDERS,) if builds else ()))
    people.add_user(LOCAL_PERSON, "Local Person", own)
    people.add_user(ADMIN, "Ada Admin", ("users", "admins", PLATFORM_TEAM))
    people.add_user(COLLEAGUE, "Col League", ("users", ANALYSTS))
    for owner in ("finance-data@sandbox.local", "people-data@sandbox.local"):
        people.add_user(owner, owner.partition("@")[0], ("users",))


def _catalog(sandbox: Sandbox, catalog: CatalogSeed) -> None:
    about = {
        "comment": catalog.comment,
        "catalog_type": catalog.catalog_type,
        "isolation_mode": "OPEN",
    }
    if catalog.catalog_type == "DELTASHARING_CATALOG":
        about |= {"provider_name": "databricks", "share_name": catalog.name}
    put(sandbox, "catalog", catalog.name, catalog.owner, about)
    for who, held in catalog.grants.items():
        sandbox.privileges.grant("catalog", catalog.name, who, held)
    for name, schema in catalog.schemas.items():
        full_name = f"{catalog.name}.{name}"
        put(sandbox, "schema", full_name, catalog.owner, {"catalog_type": catalog.catalog_type})
        for who, held in schema.grants.items():
            sandbox.privileges.grant("schema", full_name, who, held)
        for table in schema.tables:
            about_table = {"table_type": "MANAGED", "data_source_format": "DELTA"}
            put(sandbox, "table", f"{full_name}.{table}", catalog.owner, about_table)


def _endpoint(sandbox: Sandbox, endpoint: EndpointSeed) -> None:
    numeric = secrets.token_hex(16)
    owner = ADMIN if not endpoint.foundation else None
    sandbox.store.put(
        "endpoint",
        endpoint.name,
        {
            "id": numeric,
            "task": endpoint.task,
            "ready": endpoint.ready,
            "foundation": endpoint.foundation,
            "rate_limited": endpoint.rate_limited,
            "creator": owner,
            "created_at": int(time.time() * 1000),
        },
    )
    if owner is not None:
        sandbox.acls.set_owner("serving-endpoints", numeric, owner)
        if endpoint.users is not None:
            sandbox.acls.grant("serving-endpoints", numeric, "users", endpoint.users)
