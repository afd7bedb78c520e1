"""Workspace files with the real SDK: folders, files, listing, deleting, limits, who may do what."""

from __future__ import annotations

import base64
import io
from typing import Any, cast

import pytest
from databricks.sdk.errors import (
    BadRequest,
    InvalidParameterValue,
    NotFound,
    PermissionDenied,
    ResourceAlreadyExists,
)
from databricks.sdk.service.workspace import ExportFormat, ImportFormat, Language, ObjectType

from tests.sandbox.app_sources import home
from tests.sandbox.conftest import Starter
from tests.sandbox.running import RunningSandbox

IMPORT_FILE = "/api/2.0/workspace-files/import-file"


def names(sandbox: RunningSandbox, path: str) -> list[str]:
    """What the SDK lists in a folder."""
    workspace = cast("Any", sandbox.client().workspace)
    return [item.path.rpartition("/")[2] for item in workspace.list(path)]


@pytest.fixture
def folder(workspace_server: RunningSandbox, request: pytest.FixtureRequest) -> str:
    """A new folder in the person's home, named after the test."""
    client = workspace_server.client()
    path = f"{home(client)}/{request.node.name}"
    client.workspace.mkdirs(path)
    return path


def test_folders_are_made_with_their_parents_and_again(
    workspace_server: RunningSandbox, folder: str
) -> None:
    workspace = workspace_server.client().workspace
    workspace.mkdirs(f"{folder}/a/b")
    workspace.mkdirs(f"{folder}/a/b")
    status = workspace.get_status(f"{folder}/a/b")
    assert status.object_type is ObjectType.DIRECTORY and status.object_id
    assert status.path == f"{folder}/a/b".removeprefix("/Workspace")
    assert names(workspace_server, folder) == ["a"]
    assert names(workspace_server, f"{folder}/a/b") == []


def test_a_file_keeps_every_byte(workspace_server: RunningSandbox, folder: str) -> None:
    workspace = workspace_server.client().workspace
    content = bytes(range(256)) * 40
    workspace.upload(f"{folder}/data.bin", io.BytesIO(content), format=ImportFormat.AUTO)
    assert workspace.download(f"{folder}/data.bin").read() == content
    status = workspace.get_status(f"{folder}/data.bin")
    assert (status.object_type, status.size) == (ObjectType.FILE, len(content))
    exported = workspace.export(f"{folder}/data.bin", format=ExportFormat.AUTO)
    assert base64.b64decode(exported.content or "") == content


def test_what_is_there_is_replaced_only_on_request(
    workspace_server: RunningSandbox, folder: str
) -> None:
    workspace = workspace_server.client().workspace
    path = f"{folder}/note.txt"
    workspace.upload(path, io.BytesIO(b"one"), format=ImportFormat.AUTO)
    before = workspace.get_status(path)
    with pytest.raises(ResourceAlreadyExists):
        workspace.upload(path, io.BytesIO(b"two"), format=ImportFormat.AUTO)
    workspace.upload(path, io.BytesIO(b"two"), format=ImportFormat.AUTO, overwrite=True)
    assert workspace.download(path).read() == b"two"
    assert workspace.get_status(path).object_id == before.object_id


def test_import_file_takes_a_file_as_it_is(workspace_server: RunningSandbox, folder: str) -> None:
    """As the CLI's sync uses it: a missing parent is 404, and a notebook becomes one."""
    with workspace_server.http() as http:
        target = f"{IMPORT_FILE}{folder}/sub/job.py"
        missing = http.post(target, content=b"x")
        assert (missing.status_code, missing.json()["error_code"]) == (
            404,
            "RESOURCE_DOES_NOT_EXIST",
        )
        workspace_server.client().workspace.mkdirs(f"{folder}/sub")
        assert http.post(target, content=b"print('plain')\n").status_code == 200
        again = http.post(target, content=b"print('other')\n")
        assert (again.status_code, again.json()["error_code"]) == (409, "RESOURCE_ALREADY_EXISTS")
        assert http.post(f"{target}?overwrite=true", content=b"print(2)\n").status_code == 200
    assert (
        workspace_server.client().workspace.download(f"{folder}/sub/job.py").read() == b"print(2)\n"
    )


def test_only_an_empty_folder_goes_without_recursion(
    workspace_server: RunningSandbox, folder: str
) -> None:
    workspace = workspace_server.client().workspace
    workspace.upload(f"{folder}/in.txt", io.BytesIO(b"x"), format=ImportFormat.AUTO)
    with pytest.raises(BadRequest) as refused:
        workspace.delete(folder)
    assert refused.value.error_code == "DIRECTORY_NOT_EMPTY"
    workspace.delete(folder, recursive=True)
    with pytest.raises(NotFound):
        workspace.get_status(folder)
    with pytest.raises(NotFound):
        workspace.delete(folder)


@pytest.mark.parametrize("path", ["/Shared", "/Users", "/Users/you@sandbox.local"])
def test_the_workspace_keeps_its_own_folders(workspace_server: RunningSandbox, path: str) -> None:
    with pytest.raises((BadRequest, PermissionDenied)) as refused:
        workspace_server.client().workspace.delete(path, recursive=True)
    assert refused.value.error_code in ("DIRECTORY_PROTECTED", "PERMISSION_DENIED")


@pytest.mark.parametrize("path", ["relative", "/Users/you@sandbox.local/../admin@sandbox.local"])
def test_a_path_that_leads_elsewhere_is_refused(
    workspace_server: RunningSandbox, path: str
) -> None:
    with pytest.raises(InvalidParameterValue):
        workspace_server.client().workspace.mkdirs(path)


def test_an_import_over_10_mb_is_refused(workspace_server: RunningSandbox, folder: str) -> None:
    big = io.BytesIO(b"x" * (10 * 1024 * 1024 + 1))
    with pytest.raises(BadRequest) as refused:
        workspace_server.client().workspace.upload(f"{folder}/big", big, format=ImportFormat.RAW)
    assert refused.value.error_code == "MAX_NOTEBOOK_SIZE_EXCEEDED"


def test_the_home_of_another_is_closed(workspace_server: RunningSandbox) -> None:
    workspace = workspace_server.client().workspace
    other = "/Users/colleague@sandbox.local"
    with pytest.raises(PermissionDenied):
        names(workspace_server, other)
    with pytest.raises(PermissionDenied):
        workspace.mkdirs(f"{other}/mine")
    with pytest.raises(PermissionDenied):
        workspace.import_(
            f"{other}/x", content="eA==", format=ImportFormat.SOURCE, language=Language.PYTHON
        )


def test_shared_is_open_unless_the_workspace_locks_it(
    workspace_server: RunningSandbox, scenario_server: Starter
) -> None:
    workspace_server.client().workspace.mkdirs("/Shared/open-folder")
    locked = scenario_server("locked-down").client()
    with pytest.raises(PermissionDenied):
        locked.workspace.mkdirs("/Shared/open-folder")
    locked.workspace.mkdirs(f"{home(locked)}/own")
