"""The workspace file tree: folders, files and notebooks.

A node is a document of kind `workspace`, keyed by its path; the content of a file or notebook is a
plain file below state_dir/workspace. A new content gets a new name and is written before the
document that points to it, so a kill at any moment leaves the old file or the new one.
"""

from __future__ import annotations

import asyncio
import secrets
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath

from sandbox.errors import ApiError, invalid, not_found
from sandbox.notebooks import NotebookKind
from sandbox.store import Store

ROOTS = ("/", "/Users", "/Shared", "/Repos")
"""Folders that are always there and cannot be deleted."""


@dataclass(frozen=True)
class Node:
    """One object of the tree, as its document holds it."""

    path: str
    """Absolute, without the /Workspace prefix."""
    object_type: str
    """DIRECTORY, FILE or NOTEBOOK."""
    object_id: int
    created_at: int
    """Milliseconds since 1970, like modified_at."""
    modified_at: int
    size: int = 0
    """Bytes of the content."""
    language: str | None = None
    form: str | None = None
    """Notebooks: 'SOURCE' or 'JUPYTER' (sandbox/notebooks.py)."""
    blob: str | None = None
    """Name of the content's file; None for a folder."""

    @property
    def notebook(self) -> NotebookKind | None:
        if self.object_type != "NOTEBOOK" or self.language is None or self.form is None:
            return None
        return NotebookKind(self.language, self.form)


class WorkspaceTree:
    """Reads and changes the tree. Knows nothing of who asks (see workspace_access.py)."""

    def __init__(self, store: Store, state_dir: Path) -> None:
        self._store = store
        self._blobs = state_dir / "workspace"
        self._blobs.mkdir(parents=True, exist_ok=True, mode=0o700)
        for root in ROOTS:
            self.ensure_directory(root)

    def get(self, path: str) -> Node | None:
        body = self._store.get("workspace", path)
        return None if body is None else Node(**body)

    def require(self, path: str) -> Node:
        """The node at `path`; 404 RESOURCE_DOES_NOT_EXIST if there is none."""
        node = self.get(path)
        if node is None:
            raise not_found(f"Path ({path}) doesn't exist.")
        return node

    def children(self, path: str) -> list[Node]:
        """What lies directly in a folder, by name."""
        prefix = path.rstrip("/") + "/"
        return [node for node in self.below(path) if "/" not in node.path[len(prefix) :]]

    def below(self, path: str) -> list[Node]:
        """Everything below a folder, at any depth, parents before children."""
        prefix = path.rstrip("/") + "/"
        found = self._store.list("workspace", prefix)
        return [Node(**body) for key, body in found if key != prefix]

    def ensure_directory(self, path: str) -> Node:
        """Make a folder and its parents; one that is there stays as it is.

        A file or notebook in the way is 400 RESOURCE_ALREADY_EXISTS.
        """
        node = self.get(path)
        if node is not None:
            if node.object_type != "DIRECTORY":
                raise _in_the_way(path)
            return node
        with self._store.transaction():
            if path != "/":
                self.ensure_directory(str(PurePosixPath(path).parent))
            return self._put(path, "DIRECTORY")

    async def write(
        self, path: str, content: bytes, kind: NotebookKind | None, *, overwrite: bool
    ) -> Node:
        """Put a file (kind None) or a notebook at `path`.

        Errors, all as the platform answers them: 404 RESOURCE_DOES_NOT_EXIST without a parent
        folder; RESOURCE_ALREADY_EXISTS when something is there and `overwrite` is off (409 for a
        file, 400 for a notebook, as the Databricks CLI expects), or when it is of another type.
        """
        self._check_place(path, kind, overwrite)
        blob = uuid.uuid4().hex
        await asyncio.to_thread((self._blobs / blob).write_bytes, content)
        try:
            # Again: another request may have been faster while the content was written.
            old = self._check_place(path, kind, overwrite)
        except ApiError:
            (self._blobs / blob).unlink()
            raise
        object_type = "FILE" if kind is None else "NOTEBOOK"
        node = self._put(path, object_type, old=old, kind=kind, size=len(content), blob=blob)
        if old is not None:
            self._unlink(old)
        return node

    async def read(self, node: Node) -> bytes:
        """The content of a file or notebook."""
        if node.blob is None:
            raise invalid(f"{node.path} is a folder and has no content.")
        return await asyncio.to_thread((self._blobs / node.blob).read_bytes)

    def delete(self, path: str, *, recursive: bool) -> list[Node]:
        """Remove a node and, if `recursive`, what lies below it; what was removed is returned."""
        node = self.require(path)
        if path in ROOTS or PurePosixPath(path).parent == PurePosixPath("/Users"):
            raise ApiError(400, "DIRECTORY_PROTECTED", f"Folder {path} is protected.")
        removed = [*self.below(path), node] if node.object_type == "DIRECTORY" else [node]
        if len(removed) > 1 and not recursive:
            raise ApiError(400, "DIRECTORY_NOT_EMPTY", f"Folder ({path}) is not empty")
        with self._store.transaction():
            for gone in removed:
                self._store.delete("workspace", gone.path)
        for gone in removed:
            self._unlink(gone)
        return removed

    def remove_home(self, home: Node) -> None:
        """Remove an empty folder that `delete` protects: the home of somebody who is gone."""
        self._store.delete("workspace", home.path)

    def _check_place(self, path: str, kind: NotebookKind | None, overwrite: bool) -> Node | None:
        parent = self.get(str(PurePosixPath(path).parent))
        if parent is None or parent.object_type != "DIRECTORY":
            folder = PurePosixPath(path).parent
            raise not_found(f"The parent folder ({folder}) does not exist.")
        old = self.get(path)
        if old is None:
            return None
        wanted = "FILE" if kind is None else "NOTEBOOK"
        if old.object_type != wanted:
            raise ApiError(
                400,
                "RESOURCE_ALREADY_EXISTS",
                f"Node with name {path} already exists. Requested node type [{wanted}] is "
                f"different from the existing node type [{old.object_type}]",
            )
        if not overwrite:
            raise _in_the_way(path, 409 if wanted == "FILE" else 400)
        return old

    def _put(
        self,
        path: str,
        object_type: str,
        *,
        old: Node | None = None,
        kind: NotebookKind | None = None,
        size: int = 0,
        blob: str | None = None,
    ) -> Node:
        now = int(time.time() * 1000)
        node = Node(
            path=path,
            object_type=object_type,
            object_id=old.object_id if old else 10**14 + secrets.randbelow(9 * 10**14),
            created_at=old.created_at if old else now,
            modified_at=now,
            size=size,
            language=kind.language if kind else None,
            form=kind.form if kind else None,
            blob=blob,
        )
        self._store.put("workspace", path, asdict(node))
        return node

    def _unlink(self, node: Node) -> None:
        if node.blob is not None:
            (self._blobs / node.blob).unlink(missing_ok=True)


def normalise(path: str) -> str:
    """A workspace path without the /Workspace prefix and without a slash at the end.

    Raises 400 INVALID_PARAMETER_VALUE for one that is not absolute or holds `..`.
    """
    if not path.startswith("/"):
        raise invalid(f"Path ({path}) doesn't start with '/'")
    parts = [part for part in path.split("/") if part not in ("", ".")]
    if ".." in parts or "\0" in path:
        raise invalid(f"Path ({path}) may not contain '..'")
    if parts[:1] == ["Workspace"]:
        parts = parts[1:]
    return "/" + "/".join(parts)


def _in_the_way(path: str, status: int = 400) -> ApiError:
    return ApiError(status, "RESOURCE_ALREADY_EXISTS", f"Path ({path}) already exists.")
