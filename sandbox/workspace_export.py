"""What an export of a workspace object holds: notebooks in either form, folders as a zip."""

from __future__ import annotations

import io
import zipfile

from sandbox import notebooks
from sandbox.errors import invalid
from sandbox.workspace_tree import Node, WorkspaceTree

EXPORT_LIMIT = 10 * 1024 * 1024
"""Bytes; the documented limit of an export."""


async def render(tree: WorkspaceTree, node: Node, form: str) -> tuple[bytes, str]:
    """Content and file type ('py', 'ipynb', 'zip', ...) of an export as SOURCE, JUPYTER or AUTO.

    Raises INVALID_PARAMETER_VALUE for a format that does not fit,
    MAX_NOTEBOOK_SIZE_EXCEEDED above the limit.
    """
    if form not in ("SOURCE", "JUPYTER", "AUTO", "RAW"):
        raise invalid(f"The sandbox exports SOURCE, JUPYTER, AUTO and RAW, not {form}.")
    if node.object_type == "DIRECTORY":
        if form not in ("SOURCE", "AUTO"):
            raise invalid(f"A folder can be exported as SOURCE or AUTO, not {form}.")
        content = await _zipped(tree, node, with_files=form == "AUTO")
        file_type = "zip"
    else:
        content, file_type = await _single(tree, node, form)
    if len(content) > EXPORT_LIMIT:
        raise invalid(
            f"The export of {node.path} is {len(content)} bytes; the limit is {EXPORT_LIMIT}.",
            "MAX_NOTEBOOK_SIZE_EXCEEDED",
        )
    return content, file_type


def file_name(node: Node) -> str:
    """A node's name outside the workspace: a notebook gets its extension back."""
    name = node.path.rpartition("/")[2]
    kind = node.notebook
    return name if kind is None or name.endswith(kind.extension) else name + kind.extension


async def _single(tree: WorkspaceTree, node: Node, form: str) -> tuple[bytes, str]:
    content = await tree.read(node)
    kind = node.notebook
    if kind is None:
        if form == "JUPYTER":
            raise invalid(f"{node.path} is a file, no notebook: export it as AUTO.")
        return content, node.path.rpartition(".")[2]
    if form == "SOURCE" and kind.form == "JUPYTER":
        return notebooks.to_source(content), "py"
    if form == "JUPYTER" and kind.form == "SOURCE":
        return notebooks.to_ipynb(content, kind.language), "ipynb"
    return content, kind.extension.lstrip(".")


async def _zipped(tree: WorkspaceTree, folder: Node, *, with_files: bool) -> bytes:
    packed = io.BytesIO()
    prefix = folder.path.rstrip("/") + "/"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for node in tree.below(folder.path):
            if node.object_type == "NOTEBOOK" or (with_files and node.object_type == "FILE"):
                parent = node.path[len(prefix) :].rpartition("/")[0]
                name = file_name(node)
                archive.writestr(f"{parent}/{name}" if parent else name, await tree.read(node))
    return packed.getvalue()
