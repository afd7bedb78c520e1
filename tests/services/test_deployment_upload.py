"""services/deployment/upload.py against a real sandbox: the tree there is the project's."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from databricks.sdk.service.workspace import ExportFormat, ImportFormat, ObjectInfo, ObjectType

from services.deployment.tree import project_files
from services.deployment.upload import MANIFEST, UploadReport, upload_tree
from services.workspace.errors import WorkspaceError
from services.workspace.gateway import Workspace
from tests.sandbox.running import RunningSandbox
from tests.services.programs import Told, project

CELL: dict[str, Any] = {"cell_type": "code", "source": ["print(1)"], "metadata": {}, "outputs": []}
NOTEBOOK = json.dumps(
    {
        "cells": [CELL | {"execution_count": None}],
        "metadata": {},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
)
FILES: dict[str, str | bytes] = {
    "pyproject.toml": "[project]\n",
    "server/app.py": "print('app')\n",
    "server/empty.py": "",
    "server/data/a file with spaces & ümlauts #1.txt": "odd name",
    "server/data/bytes.bin": bytes(range(256)),
    "mlflow_demo/notebooks/0_demo_overview.ipynb": NOTEBOOK,
    "mlflow_demo/notebooks/1_source.py": "# Databricks notebook source\nprint(1)\n",
}
COUNT = len(FILES)


async def upload(workspace: Workspace, root: Path, target: str, told: Told) -> UploadReport:
    return await upload_tree(
        workspace, root, target, project_files(root, frozenset(), {}), note=told.note
    )


async def target_of(workspace: Workspace, name: str) -> str:
    return f"/Workspace/Users/{(await workspace.current_user()).user_name}/{name}"


def there(server: RunningSandbox, target: str) -> dict[str, ObjectType]:
    """What the workspace holds below a folder, with the kind of each object."""
    found: dict[str, ObjectType] = {}
    root = target.removeprefix("/Workspace")
    folders: Any = server.client().workspace
    items: Iterator[ObjectInfo] = folders.list(target, recursive=True)
    for item in items:
        assert item.path is not None
        assert item.object_type is not None
        path = item.path.removeprefix("/Workspace").removeprefix(f"{root}/")
        if item.object_type is not ObjectType.DIRECTORY:
            found[path] = item.object_type
    return found


def put(server: RunningSandbox, path: str, data: bytes) -> None:
    server.client().workspace.upload(path, data, format=ImportFormat.RAW, overwrite=True)


def content(server: RunningSandbox, path: str) -> bytes:
    with server.client().workspace.download(path, format=ExportFormat.AUTO) as file:
        return file.read()


async def test_the_tree_arrives_whole(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    project(tmp_path, FILES)
    told = Told()
    target = await target_of(workspace, "upload-whole")
    report = await upload(workspace, tmp_path, target, told)
    assert (report.sent, report.unchanged, report.removed) == (COUNT, 0, 0)
    assert report.bytes == sum(
        len(each if isinstance(each, bytes) else each.encode()) for each in FILES.values()
    )
    assert [note[1:] for note in told.notes] == [(n + 1, COUNT) for n in range(COUNT)]
    found = there(workspace_server, target)
    notebooks = {"mlflow_demo/notebooks/0_demo_overview", "mlflow_demo/notebooks/1_source"}
    plain = {path for path in FILES if "notebooks" not in path} | {MANIFEST}
    assert found == dict.fromkeys(notebooks, ObjectType.NOTEBOOK) | dict.fromkeys(
        plain, ObjectType.FILE
    )
    for path in plain - {MANIFEST}:
        assert content(workspace_server, f"{target}/{path}") == (tmp_path / path).read_bytes()


async def test_nothing_changed_sends_nothing(
    workspace: Workspace, tmp_path: Path, calls: list[dict[str, Any]]
) -> None:
    project(tmp_path, FILES)
    target = await target_of(workspace, "upload-again")
    await upload(workspace, tmp_path, target, Told())
    calls.clear()
    assert await upload(workspace, tmp_path, target, Told()) == UploadReport(0, COUNT, 0, 0)
    assert not [
        call["call"] for call in calls if not call["call"].startswith(("GET", "workspace.list"))
    ]


async def test_only_what_changed_is_sent_and_what_went_is_removed(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    project(tmp_path, FILES)
    target = await target_of(workspace, "upload-changed")
    await upload(workspace, tmp_path, target, Told())
    mine = f"{target}/server/mine.txt"
    put(workspace_server, mine, b"by hand")
    project(tmp_path, {"server/app.py": "print('new')\n", "server/more.py": "1\n"})
    (tmp_path / "server/empty.py").unlink()
    (tmp_path / "mlflow_demo/notebooks/1_source.py").unlink()
    report = await upload(workspace, tmp_path, target, Told())
    assert (report.sent, report.unchanged, report.removed) == (2, COUNT - 3, 2)
    found = there(workspace_server, target)
    assert "server/empty.py" not in found
    assert "mlflow_demo/notebooks/1_source" not in found
    assert content(workspace_server, f"{target}/server/app.py") == b"print('new')\n"
    assert content(workspace_server, mine) == b"by hand"


async def test_what_somebody_removed_there_is_sent_again(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    project(tmp_path, FILES)
    target = await target_of(workspace, "upload-lost")
    await upload(workspace, tmp_path, target, Told())
    workspace_server.client().workspace.delete(f"{target}/server", recursive=True)
    report = await upload(workspace, tmp_path, target, Told())
    assert report.sent == len([path for path in FILES if path.startswith("server/")])
    assert (await upload(workspace, tmp_path, target, Told())).sent == 0


async def test_a_broken_note_is_no_obstacle(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    project(tmp_path, FILES)
    target = await target_of(workspace, "upload-broken")
    await upload(workspace, tmp_path, target, Told())
    for text in (b"", b"[1]", b"{"):
        put(workspace_server, f"{target}/{MANIFEST}", text)
        assert (await upload(workspace, tmp_path, target, Told())).sent == COUNT


async def test_a_file_that_became_a_notebook_is_replaced(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    project(tmp_path, {"book.py": "print(1)\n"})
    target = await target_of(workspace, "upload-kind")
    await upload(workspace, tmp_path, target, Told())
    project(tmp_path, {"book.py": "# Databricks notebook source\nprint(1)\n"})
    await upload(workspace, tmp_path, target, Told())
    assert there(workspace_server, target) == {
        "book": ObjectType.NOTEBOOK,
        MANIFEST: ObjectType.FILE,
    }


async def test_an_upload_that_was_cut_off_is_finished_by_the_next(
    workspace: Workspace, workspace_server: RunningSandbox, tmp_path: Path
) -> None:
    """Files that were replaced before the cut are not taken for the old, unchanged ones."""
    project(tmp_path, FILES)
    target = await target_of(workspace, "upload-cut")
    await upload(workspace, tmp_path, target, Told())
    before = dict(FILES)
    changed = {path: f"# changed {path}\n" for path in FILES if path.endswith(("py", "toml"))}
    project(tmp_path, changed)
    told = Told()

    def cut(text: str, done: int | None = None, total: int | None = None) -> None:
        raise WorkspaceError("cut off")

    with pytest.raises(WorkspaceError, match="cut off"):
        await upload_tree(
            workspace, tmp_path, target, project_files(tmp_path, frozenset(), {}), note=cut
        )
    project(tmp_path, before)
    (tmp_path / "pyproject.toml").unlink()
    await upload(workspace, tmp_path, target, told)
    for path in ("server/app.py", "server/empty.py"):
        assert content(workspace_server, f"{target}/{path}") == (tmp_path / path).read_bytes()
    assert "pyproject.toml" not in there(workspace_server, target)
