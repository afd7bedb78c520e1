"""Resources that an app declares: given to its service principal, taken back, told to the app."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from databricks.sdk.errors import NotFound, ResourceConflict
from databricks.sdk.service.apps import (
    App,
    AppResource,
    AppResourceExperiment,
    AppResourceExperimentExperimentPermission,
    AppResourceUcSecurable,
    AppResourceUcSecurableUcSecurablePermission,
    AppResourceUcSecurableUcSecurableType,
)

from tests.sandbox.app_sources import WEB, ask, created, deploy
from tests.sandbox.running import RunningSandbox

CAN_EDIT = AppResourceExperimentExperimentPermission.CAN_EDIT


def levels(sandbox: RunningSandbox, experiment: str, who: str | None) -> list[str]:
    """The principal's own levels on an experiment."""
    listed = sandbox.call("GET", f"/api/2.0/permissions/experiments/{experiment}")
    return [
        permission["permission_level"]
        for item in listed["access_control_list"]
        if item.get("service_principal_name") == who
        for permission in item["all_permissions"]
    ]


def test_an_experiment_is_granted_told_and_taken_back(sandbox_server: RunningSandbox) -> None:
    client = sandbox_server.client()
    experiment = client.experiments.create_experiment("/Shared/of-an-app").experiment_id or ""
    wanted = AppResourceExperiment(experiment_id=experiment, permission=CAN_EDIT)
    client.apps.create_and_wait(
        App(name="with-experiment", resources=[AppResource(name="traces", experiment=wanted)])
    )
    app = client.apps.get("with-experiment")
    assert levels(sandbox_server, experiment, app.service_principal_client_id) == ["CAN_EDIT"]
    yaml = "env: [{name: VERSION, valueFrom: traces}]\n"
    app = deploy(client, "with-experiment", {"app.py": WEB, "app.yaml": yaml})
    assert ask(app, "/", sandbox_server.token()).json()["version"] == experiment
    client.apps.update("with-experiment", App(name="with-experiment"))
    assert levels(sandbox_server, experiment, app.service_principal_client_id) == []


def test_an_experiment_that_is_not_there_is_refused(sandbox_server: RunningSandbox) -> None:
    wanted = AppResourceExperiment(experiment_id="987654321", permission=CAN_EDIT)
    resource = AppResource(name="traces", experiment=wanted)
    with pytest.raises(NotFound, match="987654321"):
        sandbox_server.client().apps.create(App(name="without", resources=[resource]))


def test_a_table_is_granted_and_has_to_be_there(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    client.schemas.create("for_apps", "workspace")
    table = {"name": "orders", "catalog_name": "workspace", "schema_name": "for_apps"}
    table |= {"table_type": "MANAGED", "data_source_format": "DELTA"}
    workspace_server.call("POST", "/api/2.1/unity-catalog/tables", table)

    def declared(name: str) -> list[AppResource]:
        wanted = AppResourceUcSecurable(
            securable_full_name=f"workspace.for_apps.{name}",
            securable_type=AppResourceUcSecurableUcSecurableType.TABLE,
            permission=AppResourceUcSecurableUcSecurablePermission.SELECT,
        )
        return [AppResource(name="table", uc_securable=wanted)]

    app = created(client, App(name="of-a-table", resources=declared("orders")))
    grants = client.grants.get("table", "workspace.for_apps.orders").privilege_assignments
    assert [one.principal for one in grants or ()] == [app.service_principal_client_id]
    with pytest.raises(NotFound):
        client.apps.update("of-a-table", App(name="of-a-table", resources=declared("nothing")))
    client.apps.update("of-a-table", App(name="of-a-table"))
    assert not client.grants.get("table", "workspace.for_apps.orders").privilege_assignments


def test_two_creates_at_once_make_one_app(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()

    def create(_: int) -> str:
        try:
            return created(client, App(name="contended")).id or ""
        except ResourceConflict as error:
            return str(error.error_code)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(create, range(8)))
    assert answers.count("ALREADY_EXISTS") == 7
    identities = client.service_principals.list(filter='displayName eq "app-contended"')
    assert len(list(identities)) == 1
