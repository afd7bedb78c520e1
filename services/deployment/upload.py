"""Brings a project's tree into the workspace: only what changed, many files at a time.

What was uploaded is written down beside it, in the workspace, so that it is true whatever machine
uploaded before. The note is trusted only for files that a listing still shows.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast
from urllib.parse import quote

from services.deployment.tree import ProjectFile
from services.side_by_side import side_by_side
from services.workspace.errors import NotFound, WorkspaceError
from services.workspace.gateway import Workspace
from services.workspace.listing import list_folder

MANIFEST = ".setup_manifest.json"
UPLOAD_SECONDS = 300.0


class Note(Protocol):
    """Tells what is going on, with a count (StepContext.note)."""

    def __call__(self, text: str, done: int | None = None, total: int | None = None) -> None: ...


@dataclass(frozen=True)
class UploadReport:
    sent: int
    unchanged: int
    removed: int
    bytes: int


async def upload_tree(
    workspace: Workspace, root: Path, target: str, files: Sequence[ProjectFile], *, note: Note
) -> UploadReport:
    """Make `target` hold exactly `files`, besides what others put there. Safe to run again after
    it was cut off. Raises a WorkspaceError."""
    before = await _manifest(workspace, target)
    # Without a note there is nothing that a listing could confirm.
    folders = {_folder(file.target) for file in files} if before else set[str]()
    there = await _listed(workspace, target, folders)
    same = {
        file.path for file in files if before.get(file.path) == _mark(file) and file.target in there
    }
    todo = [file for file in files if file.path not in same]
    # By what it became: a file that is a notebook now has another name there.
    wanted = {file.target for file in files}
    gone = {
        path: old for path, mark in before.items() if (old := _became(path, mark)) not in wanted
    }
    if todo or gone:
        # Until all is sent, the note knows every file, but vouches for none that is touched.
        touched = {file.path: f"{file.form}:" for file in todo}
        kept = {path: before[path] for path in (*same, *gone)}
        await _make_folders(workspace, target, todo)
        await _write_manifest(workspace, target, touched | kept)
        await _send(workspace, root, target, todo, note)
        await side_by_side(_remove(workspace, f"{target}/{old}") for old in gone.values())
        await _write_manifest(workspace, target, {file.path: _mark(file) for file in files})
    return UploadReport(len(todo), len(same), len(gone), sum(file.size for file in todo))


async def uploaded_at(workspace: Workspace, target: str) -> float | None:
    """When `target` last changed by an upload, in the platform's seconds since 1970."""
    try:
        note = await workspace.call(
            "workspace.get_status",
            lambda client: client.workspace.get_status(f"{target}/{MANIFEST}"),
        )
    except NotFound:
        return None
    return note.modified_at / 1000 if note.modified_at is not None else None


def _mark(file: ProjectFile) -> str:
    return f"{file.form}:{file.sha256}"


def _became(path: str, mark: str) -> str:
    """Where an earlier upload put a file."""
    return path if mark.startswith("file:") else path.rsplit(".", 1)[0]


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


async def _manifest(workspace: Workspace, target: str) -> dict[str, str]:
    """What the last upload wrote down; empty when there is none or it cannot be read."""
    path = f"{target}/{MANIFEST}"
    query = {"path": path, "format": "AUTO"}
    try:
        answer = await workspace.raw("GET", "/api/2.0/workspace/export", query=query)
        body: Any = json.loads(base64.b64decode(answer["content"]))
    except (NotFound, ValueError, KeyError, TypeError):
        return {}
    known = cast("dict[str, Any]", body) if isinstance(body, dict) else {}
    return {path: str(mark) for path, mark in known.items()}


async def _listed(workspace: Workspace, target: str, folders: set[str]) -> set[str]:
    """Paths below the tree that a listing shows, of these folders."""

    async def one(folder: str) -> set[str]:
        path = f"{target}/{folder}".rstrip("/")
        try:
            found = await list_folder(workspace, path)
        except NotFound:
            return set()
        paths = [(item.path or "").removeprefix("/Workspace") for item in found]
        root = target.removeprefix("/Workspace") + "/"
        return {path.removeprefix(root) for path in paths}

    return set[str]().union(*await side_by_side(map(one, sorted(folders))))


async def _make_folders(workspace: Workspace, target: str, files: Sequence[ProjectFile]) -> None:
    folders = {f"{target}/{_folder(file.target)}".rstrip("/") for file in files} | {target}
    deepest = [f for f in folders if not any(o.startswith(f"{f}/") for o in folders)]

    async def make(path: str) -> None:
        await workspace.call("workspace.mkdirs", lambda client: client.workspace.mkdirs(path))

    await side_by_side(map(make, sorted(deepest)))


async def _send(
    workspace: Workspace, root: Path, target: str, files: Sequence[ProjectFile], note: Note
) -> None:
    sent = 0

    async def one(file: ProjectFile) -> None:
        nonlocal sent
        data = await asyncio.to_thread(file.read, root)
        await _put(workspace, f"{target}/{file.target}", file.form, file.path, data)
        sent += 1
        note("uploading the project", sent, len(files))

    await side_by_side(map(one, files))


async def _put(workspace: Workspace, path: str, form: str, name: str, data: bytes) -> None:
    if form == "file":
        await _put_file(workspace, path, data)
        return
    body = {
        "path": path,
        "format": "JUPYTER" if form == "jupyter" else "SOURCE",
        "content": base64.b64encode(data).decode(),
        "overwrite": True,
    }
    if form == "source":
        body["language"] = "PYTHON"
    try:
        await workspace.raw("POST", "/api/2.0/workspace/import", body=body, deadline=UPLOAD_SECONDS)
    except WorkspaceError as error:
        raise type(error)(f"{name} was not imported: {error.message}", error.advice) from error


async def _put_file(workspace: Workspace, path: str, data: bytes) -> None:
    await workspace.raw(
        "POST",
        f"/api/2.0/workspace-files/import-file{quote(path)}",
        query={"overwrite": True},
        data=data,
        headers={"Content-Type": "application/octet-stream"},
        deadline=UPLOAD_SECONDS,
    )


async def _remove(workspace: Workspace, path: str) -> None:
    try:
        await workspace.call("workspace.delete", lambda client: client.workspace.delete(path))
    except NotFound:
        return


async def _write_manifest(workspace: Workspace, target: str, marks: dict[str, str]) -> None:
    data = json.dumps(marks, indent=0, sort_keys=True).encode()
    await _put_file(workspace, f"{target}/{MANIFEST}", data)
