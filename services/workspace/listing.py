"""What a workspace folder holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.workspace.gateway import Workspace

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.workspace import ObjectInfo


async def list_folder(workspace: Workspace, path: str) -> list[ObjectInfo]:
    """Its children. Raises NotFound, or another WorkspaceError."""

    def do(client: WorkspaceClient) -> list[ObjectInfo]:
        folders: Any = client.workspace
        return list(folders.list(path))

    return await workspace.call("workspace.list", do)
