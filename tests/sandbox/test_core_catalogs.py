"""Unity Catalog: what is listed, made and dropped, with the platform's error codes."""

from __future__ import annotations

import pytest
from databricks.sdk.errors import BadRequest, NotFound, PermissionDenied
from databricks.sdk.errors.base import DatabricksError
from databricks.sdk.service.catalog import CatalogType

from tests.sandbox.running import RunningSandbox

PERSON = "you@sandbox.local"


def test_only_what_may_be_used_is_listed(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    shown = {catalog.name: catalog for catalog in client.catalogs.list()}
    assert {"main", "workspace", "samples", "system", "reference_data"} <= set(shown)
    assert "finance-restricted" not in shown
    assert "people_private" not in shown
    assert shown["samples"].catalog_type == CatalogType.DELTASHARING_CATALOG
    browsable = {c.name: c for c in client.catalogs.list(include_browse=True)}
    assert browsable["finance-restricted"].browse_only
    assert browsable["workspace"].browse_only is None
    assert "people_private" not in browsable


def test_a_catalog_comes_with_its_schemas(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    made = client.catalogs.create("Made_Here", comment="one", properties={"made_by": "test"})
    assert (made.name, made.owner, made.comment) == ("made_here", PERSON, "one")
    assert {schema.name for schema in client.schemas.list("made_here")} == {
        "default",
        "information_schema",
    }
    assert client.catalogs.update("made_here", comment="two").comment == "two"
    assert client.catalogs.get("MADE_HERE").properties == {"made_by": "test"}
    with pytest.raises(BadRequest) as refused:
        client.catalogs.create("made_here")
    assert refused.value.error_code == "CATALOG_ALREADY_EXISTS"
    with pytest.raises(BadRequest) as refused:
        client.catalogs.delete("made_here")
    assert refused.value.error_code == "CATALOG_NOT_EMPTY"
    client.catalogs.delete("made_here", force=True)
    with pytest.raises(NotFound) as gone:
        client.catalogs.get("made_here")
    assert gone.value.error_code == "CATALOG_DOES_NOT_EXIST"


def test_a_schema_is_made_once_and_dropped(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    made = client.schemas.create("demo_emails", "workspace", comment="made by a session")
    assert (made.full_name, made.owner) == ("workspace.demo_emails", PERSON)
    assert client.schemas.get("workspace.demo_emails").comment == "made by a session"
    assert "demo_emails" in {schema.name for schema in client.schemas.list("workspace")}
    with pytest.raises(BadRequest) as refused:
        client.schemas.create("demo_emails", "workspace")
    assert refused.value.error_code == "SCHEMA_ALREADY_EXISTS"
    client.schemas.delete("workspace.demo_emails")
    with pytest.raises(NotFound) as gone:
        client.schemas.get("workspace.demo_emails")
    assert gone.value.error_code == "SCHEMA_DOES_NOT_EXIST"


def test_a_schema_that_holds_a_table_stays(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    client.schemas.create("with_table", "workspace")
    workspace_server.call(
        "POST",
        "/api/2.1/unity-catalog/tables",
        {"name": "orders", "catalog_name": "workspace", "schema_name": "with_table"},
    )
    assert [table.name for table in client.tables.list("workspace", "with_table")] == ["orders"]
    assert client.tables.exists("workspace.with_table.orders").table_exists
    with pytest.raises(BadRequest) as refused:
        client.schemas.delete("workspace.with_table")
    assert refused.value.error_code == "SCHEMA_NOT_EMPTY"
    client.tables.delete("workspace.with_table.orders")
    client.schemas.delete("workspace.with_table")


@pytest.mark.parametrize(
    ("catalog", "error", "words"),
    [
        ("main", PermissionDenied, "CREATE SCHEMA on Catalog 'main'"),
        ("reference_data", PermissionDenied, "CREATE SCHEMA"),
        ("finance-restricted", PermissionDenied, "USE CATALOG"),
        ("no_such_catalog", NotFound, "does not exist"),
    ],
)
def test_a_schema_is_refused_where_the_right_is_missing(
    workspace_server: RunningSandbox, catalog: str, error: type[DatabricksError], words: str
) -> None:
    with pytest.raises(error, match=words):
        workspace_server.client().schemas.create("mine", catalog)


@pytest.mark.parametrize("name", ["", "two words", "a.b", "a/b", "x" * 256])
def test_a_bad_name_is_refused(workspace_server: RunningSandbox, name: str) -> None:
    with pytest.raises(BadRequest) as refused:
        workspace_server.client().schemas.create(name, "workspace")
    assert refused.value.error_code == "INVALID_PARAMETER_VALUE"


def test_only_the_owner_changes_or_drops(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    with pytest.raises(PermissionDenied):
        client.catalogs.update("main", comment="mine now")
    with pytest.raises(PermissionDenied):
        client.schemas.delete("main.default")
    with pytest.raises(PermissionDenied):
        client.catalogs.delete("main", force=True)


def test_a_schema_given_away_is_no_longer_ones_own(workspace_server: RunningSandbox) -> None:
    """The catalog's MANAGE still reaches it, so it can be dropped."""
    client = workspace_server.client()
    client.schemas.create("given_away", "workspace")
    given = client.schemas.update("workspace.given_away", owner="colleague@sandbox.local")
    assert given.owner == "colleague@sandbox.local"
    with pytest.raises(NotFound) as refused:
        client.schemas.update("workspace.given_away", owner="nobody@sandbox.local")
    assert refused.value.error_code == "PRINCIPAL_DOES_NOT_EXIST"
    client.schemas.delete("workspace.given_away")


def test_a_new_schema_is_empty_in_every_listing(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    client.schemas.create("nothing_in_it", "workspace")
    where = ("workspace", "nothing_in_it")
    assert list(client.tables.list(*where)) == []
    assert list(client.functions.list(*where)) == []
    assert list(client.volumes.list(*where)) == []
    models = client.registered_models.list(catalog_name=where[0], schema_name=where[1])
    assert list(models) == []
    with pytest.raises(NotFound):
        list(client.volumes.list("workspace", "no_such_schema"))


def test_the_metastore_says_whether_catalogs_have_a_place(
    workspace_server: RunningSandbox,
) -> None:
    summary = workspace_server.client().metastores.summary()
    assert summary.storage_root
    assert workspace_server.client().metastores.current().metastore_id == summary.metastore_id
