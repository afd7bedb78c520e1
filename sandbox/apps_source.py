"""Lays a folder of the workspace out as an app's source code."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from sandbox import workspace_export
from sandbox.apps_errors import DeploymentFailed
from sandbox.workspace_tree import Node, WorkspaceTree

FILE_LIMIT = 10 * 1024 * 1024
"""Bytes; a deployment with a bigger file fails (Databricks Apps, "Limitations")."""


async def lay_out(tree: WorkspaceTree, folder: Node, target: Path) -> int:
    """Write everything below `folder` to `target`, which is made anew; how many files that is.

    A notebook gets its extension back. Raises DeploymentFailed for a file over the limit.
    """
    nodes = tree.below(folder.path)
    big = [node for node in nodes if node.size > FILE_LIMIT]
    if big:
        raise DeploymentFailed(
            f"{big[0].path} has {big[0].size} bytes; no file of an app may have more than "
            f"{FILE_LIMIT} (10 MB). Leave it out of the source folder and deploy again."
        )
    await asyncio.to_thread(_fresh, target)
    prefix = len(folder.path.rstrip("/")) + 1
    written = 0
    for node in nodes:
        parent = target / Path(node.path[prefix:]).parent
        if node.object_type == "DIRECTORY":
            await asyncio.to_thread((parent / Path(node.path).name).mkdir, parents=True)
            continue
        content = await tree.read(node)
        await asyncio.to_thread((parent / workspace_export.file_name(node)).write_bytes, content)
        written += 1
    return written


def _fresh(target: Path) -> None:
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True, mode=0o700)
