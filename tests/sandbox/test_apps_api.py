"""The Apps API with the real SDK: names, conflicts, pages, updates, resources, permissions."""

from __future__ import annotations

import pytest
from databricks.sdk.errors import (
    BadRequest,
    InvalidParameterValue,
    NotFound,
    PermissionDenied,
    ResourceConflict,
)
from databricks.sdk.service.apps import (
    App,
    AppAccessControlRequest,
    AppDeployment,
    AppPermissionLevel,
    AppResource,
    AppResourceServingEndpoint,
    AppResourceServingEndpointServingEndpointPermission,
    ComputeState,
)

from tests.sandbox.app_sources import compute, created, home, until, upload
from tests.sandbox.conftest import Starter
from tests.sandbox.running import RunningSandbox

CAN_QUERY = AppResourceServingEndpointServingEndpointPermission.CAN_QUERY


def test_a_new_app_has_an_identity_and_its_compute_starts(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    app = created(client, App(name="api-new", description="marker 42"), no_compute=False)
    assert app.compute_status is not None and app.compute_status.state is ComputeState.STARTING
    assert app.description == "marker 42"
    assert app.url is not None and app.url.startswith("http://127.0.0.1:")
    listed = list(
        client.service_principals.list(filter=f'displayName eq "{app.service_principal_name}"')
    )
    assert [found.application_id for found in listed] == [app.service_principal_client_id]
    assert client.apps.wait_get_app_active("api-new").creator == "you@sandbox.local"


@pytest.mark.parametrize(
    "name", ["mlflow_demo_app", "Upper", "a", "x" * 31, "-front", "back-", "a b"]
)
def test_a_name_against_the_rules_is_refused(workspace_server: RunningSandbox, name: str) -> None:
    with pytest.raises(InvalidParameterValue, match="2 to 30 characters"):
        workspace_server.client().apps.create(App(name=name))


def test_a_deleted_app_holds_its_name_for_a_while(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    app = created(client, App(name="api-gone"))
    assert app.compute_status is not None and app.compute_status.state is ComputeState.STOPPED
    with pytest.raises(ResourceConflict) as taken:
        client.apps.create(App(name="api-gone"))
    assert (taken.value.error_code, "already exists" in str(taken.value)) == (
        "ALREADY_EXISTS",
        True,
    )
    client.apps.delete("api-gone")
    assert compute(client, "api-gone") is ComputeState.DELETING
    with pytest.raises(ResourceConflict, match="being deleted"):
        client.apps.create(App(name="api-gone"))

    def gone() -> bool:
        try:
            client.apps.get("api-gone")
        except NotFound:
            return True
        return False

    until(gone, "the app is gone")
    assert created(client, App(name="api-gone")).name == "api-gone"


def test_update_replaces_and_create_update_does_not(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    names = (endpoint.name or "" for endpoint in client.serving_endpoints.list())
    foundation = next(name for name in names if name.startswith("databricks-"))
    endpoint = AppResourceServingEndpoint(name=foundation, permission=CAN_QUERY)
    resource = AppResource(name="model", serving_endpoint=endpoint)
    client.apps.create(App(name="api-update", description="before"), no_compute=True)
    client.apps.create_update_and_wait("api-update", "resources", app=App("", resources=[resource]))
    app = client.apps.get("api-update")
    assert app.description == "before"
    assert app.resources is not None and app.resources[0].name == "model"
    app = client.apps.update("api-update", App(name="api-update", description="after"))
    assert (app.description, app.resources) == ("after", [])


def test_a_declared_resource_has_to_exist(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    endpoint = AppResourceServingEndpoint(name="no-such-endpoint", permission=CAN_QUERY)
    resource = AppResource(name="model", serving_endpoint=endpoint)
    with pytest.raises(NotFound, match="no-such-endpoint"):
        client.apps.create(App(name="api-resource", resources=[resource]))
    with pytest.raises(NotFound):
        client.apps.get("api-resource")


def test_only_a_manager_may_change_an_app(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    foreign = next(app for app in client.apps.list() if app.creator != "you@sandbox.local")
    for change in (
        lambda: client.apps.delete(foreign.name),
        lambda: client.apps.start(foreign.name),
        lambda: client.apps.update(foreign.name, App(name=foreign.name)),
        lambda: client.apps.deploy(foreign.name, AppDeployment(source_code_path=home(client))),
    ):
        with pytest.raises(PermissionDenied, match="CAN_MANAGE"):
            change()


def test_permissions_of_an_app_are_the_permissions_apis(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    client.apps.create(App(name="api-permissions"), no_compute=True)
    wanted = AppAccessControlRequest(
        user_name="colleague@sandbox.local", permission_level=AppPermissionLevel.CAN_USE
    )
    client.apps.update_permissions("api-permissions", access_control_list=[wanted])
    held = client.apps.get_permissions("api-permissions").access_control_list
    assert held is not None
    assert {"you@sandbox.local", "colleague@sandbox.local"} <= {one.user_name for one in held}


def test_a_deployment_wants_active_compute_and_a_folder(workspace_server: RunningSandbox) -> None:
    client = workspace_server.client()
    client.apps.create(App(name="api-idle"), no_compute=True)
    path = upload(client, "api-idle", {"app.py": "print('never run')"})
    with pytest.raises(BadRequest) as refused:
        client.apps.deploy("api-idle", AppDeployment(source_code_path=path))
    assert refused.value.error_code == "INVALID_STATE"
    with pytest.raises(NotFound):
        client.apps.deploy("api-idle", AppDeployment(source_code_path=f"{path}/nowhere"))
    with pytest.raises(InvalidParameterValue, match="has to be a folder"):
        client.apps.deploy("api-idle", AppDeployment(source_code_path=f"{path}/app.py"))
    client.apps.start_and_wait("api-idle")
    client.apps.stop_and_wait("api-idle")
    assert compute(client, "api-idle") is ComputeState.STOPPED


def test_a_long_list_comes_in_pages_and_is_limited(scenario_server: Starter) -> None:
    sandbox = scenario_server("enterprise")
    client = sandbox.client()
    names = [app.name for app in client.apps.list(page_size=7)]
    assert names == sorted(set(names)) and len(names) == 90
    first = sandbox.call("GET", "/api/2.0/apps?page_size=7")
    assert len(first["apps"]) == 7 and first["next_page_token"]
    for number in range(10):
        client.apps.create(App(name=f"filling-{number}"), no_compute=True)
    with pytest.raises(BadRequest, match="maximum limit of 100 apps"):
        client.apps.create(App(name="one-too-many"))


def test_a_locked_workspace_refuses_new_apps(scenario_server: Starter) -> None:
    with pytest.raises(PermissionDenied, match="permission to create apps"):
        scenario_server("locked-down").client().apps.create(App(name="not-here"))


def test_a_workspace_may_have_no_apps(scenario_server: Starter) -> None:
    client = scenario_server("no-apps").client()
    for call in (lambda: list(client.apps.list()), lambda: client.apps.create(App(name="nope"))):
        with pytest.raises(NotFound) as missing:
            call()
        assert missing.value.error_code == "FEATURE_DISABLED"
