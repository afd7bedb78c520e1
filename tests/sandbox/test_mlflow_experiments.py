"""Experiments through the real SDK: names are paths, creators own, the rest has to be granted."""

from __future__ import annotations

from pathlib import Path

import pytest
from databricks.sdk import WorkspaceClient
from databricks.sdk.errors import (
    AlreadyExists,
    BadRequest,
    NotFound,
    PermissionDenied,
    ResourceConflict,
    ResourceDoesNotExist,
)
from databricks.sdk.service.iam import AccessControlRequest, PermissionLevel

from tests.sandbox.running import RunningSandbox, serving


def _create(client: WorkspaceClient, name: str) -> str:
    made = client.experiments.create_experiment(name).experiment_id
    assert made
    return made


def test_an_experiment_is_found_by_id_name_and_search(sandbox_server: RunningSandbox) -> None:
    client = sandbox_server.client()
    made = _create(client, "/Shared/found_again")
    by_id = client.experiments.get_experiment(made).experiment
    by_name = client.experiments.get_by_name("/Shared/found_again").experiment
    assert by_id == by_name and by_id is not None
    assert by_id.name == "/Shared/found_again"
    assert by_id.artifact_location == f"dbfs:/databricks/mlflow-tracking/{made}"
    tags = {tag.key: tag.value for tag in by_id.tags or ()}
    assert tags["mlflow.ownerEmail"] == "you@sandbox.local"
    found = {e.experiment_id for e in client.experiments.search_experiments(max_results=100)}
    assert made in found
    assert "0" not in found  # the open-source server's own default experiment


def test_a_taken_name_is_a_conflict(sandbox_server: RunningSandbox) -> None:
    client = sandbox_server.client()
    _create(client, "/Shared/taken")
    with pytest.raises((AlreadyExists, ResourceConflict), match="already exists"):
        _create(client, "/Shared/taken")


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("no_path", BadRequest, "absolute path"),
        ("/Shared", BadRequest, "names a folder"),
        ("/Shared/nowhere/x", NotFound, "Parent directory"),
    ],
)
def test_a_name_that_cannot_be_is_refused(
    sandbox_server: RunningSandbox, name: str, error: type[Exception], words: str
) -> None:
    with pytest.raises(error, match=words):
        _create(sandbox_server.client(), name)


def test_the_name_of_a_deleted_experiment_is_free_again(sandbox_server: RunningSandbox) -> None:
    client = sandbox_server.client()
    first = _create(client, "/Shared/phoenix")
    client.experiments.delete_experiment(first)
    second = _create(client, "/Shared/phoenix")
    assert second != first
    deleted = client.experiments.get_experiment(first).experiment
    assert deleted is not None
    assert (deleted.name, deleted.lifecycle_stage) == ("/Shared/phoenix", "deleted")
    current = client.experiments.get_by_name("/Shared/phoenix").experiment
    assert current is not None and current.experiment_id == second
    with pytest.raises((AlreadyExists, ResourceConflict)):
        client.experiments.restore_experiment(first)
    client.experiments.delete_experiment(second)
    client.experiments.restore_experiment(first)
    current = client.experiments.get_by_name("/Shared/phoenix").experiment
    assert current is not None and current.experiment_id == first


def test_a_service_principal_needs_a_grant(sandbox_server: RunningSandbox) -> None:
    person = sandbox_server.client()
    # In one's own folder: what lies in /Shared everybody may read and edit.
    made = _create(person, "/Users/you@sandbox.local/private")
    application_id, application = sandbox_server.application("experiment reader")
    with pytest.raises(PermissionDenied, match="CAN_READ"):
        application.experiments.get_experiment(made)
    person.permissions.update(
        "experiments",
        made,
        access_control_list=[
            AccessControlRequest(
                service_principal_name=application_id, permission_level=PermissionLevel.CAN_READ
            )
        ],
    )
    assert application.experiments.get_experiment(made).experiment
    with pytest.raises(PermissionDenied, match="CAN_EDIT"):
        application.experiments.create_run(experiment_id=made)
    with pytest.raises(PermissionDenied, match="CAN_MANAGE"):
        application.experiments.delete_experiment(made)


def test_an_unknown_experiment_does_not_exist(sandbox_server: RunningSandbox) -> None:
    client = sandbox_server.client()
    for wrong in ("987654321", "0", "nonsense"):
        with pytest.raises((NotFound, ResourceDoesNotExist)):
            client.experiments.get_experiment(wrong)
    with pytest.raises((NotFound, ResourceDoesNotExist)):
        client.experiments.get_by_name("/Shared/never_made")


def test_a_locked_workspace_refuses_shared_experiments(tmp_path: Path) -> None:
    with serving(tmp_path / "state", "--scenario", "locked-down") as sandbox:
        with pytest.raises(PermissionDenied, match="/Shared"):
            _create(sandbox.client(), "/Shared/not_here")
        assert _create(sandbox.client(), "/Users/you@sandbox.local/here")
