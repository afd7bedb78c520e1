"""What each scenario's workspace allows."""

from __future__ import annotations

import pytest
from databricks.sdk.errors import BadRequest, PermissionDenied

from tests.sandbox.conftest import Starter
from tests.sandbox.running import sandbox_command


def test_locked_down_lets_nothing_be_made(scenario_server: Starter) -> None:
    client = scenario_server("locked-down").client()
    catalogs = [catalog.name or "" for catalog in client.catalogs.list(include_browse=True)]
    assert "workspace" in catalogs
    with pytest.raises(PermissionDenied):
        client.catalogs.create("mine")
    for catalog in catalogs:
        with pytest.raises(PermissionDenied):
            client.schemas.create("mine", catalog)
    with pytest.raises(PermissionDenied):
        client.workspace.mkdirs("/Shared/mine")


def test_an_enterprise_is_large(scenario_server: Starter) -> None:
    """Pages come short or empty and go on: the SDK follows them."""
    client = scenario_server("enterprise").client()
    listed = list(client.catalogs.list(include_browse=True, max_results=0))
    assert len(listed) >= 2000
    browse_only = [catalog for catalog in listed if catalog.browse_only]
    assert 100 < len(browse_only) < 400
    assert len(list(client.serving_endpoints.list())) >= 50
    mine = [catalog.name for catalog in listed if catalog.owner == "you@sandbox.local"]
    assert mine == ["zz_you"]
    assert client.schemas.create("demo", "zz_you").full_name == "zz_you.demo"
    with pytest.raises(BadRequest) as refused:
        client.catalogs.create("another")
    assert refused.value.error_code == "INVALID_STATE"
    assert client.metastores.summary().storage_root is None


def test_few_enterprise_catalogs_can_be_built_in(scenario_server: Starter) -> None:
    client = scenario_server("enterprise").client()
    by_number = {(c.name or "")[-4:]: c.name or "" for c in client.catalogs.list(max_results=0)}
    for usable in ("0137", "0337"):
        made = client.schemas.create("try_it", by_number[usable])
        client.schemas.delete(made.full_name or "")
    with pytest.raises(PermissionDenied):
        client.schemas.create("try_it", by_number["0140"])


def test_an_empty_workspace_has_nothing_to_choose(scenario_server: Starter) -> None:
    client = scenario_server("empty").client()
    kinds = {catalog.catalog_type for catalog in client.catalogs.list()}
    assert {kind.value for kind in kinds if kind} == {"SYSTEM_CATALOG", "DELTASHARING_CATALOG"}
    assert list(client.serving_endpoints.list()) == []
    with pytest.raises(PermissionDenied):
        client.catalogs.create("mine")


def test_the_scenario_stays_with_the_state(scenario_server: Starter) -> None:
    """Another name later is refused with a sentence; a sandbox that runs is not disturbed."""
    running = scenario_server("empty")
    refused = sandbox_command(
        "start", "--state-dir", str(running.state_dir), "--scenario", "default"
    )
    assert refused.returncode == 2
    assert "has the scenario empty, not default" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert running.client().current_user.me().user_name
