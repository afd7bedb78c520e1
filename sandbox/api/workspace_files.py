"""The Workspace API: ``/api/2.0/workspace/*`` and ``/api/2.0/workspace-files/import-file/*``.

Rules and error codes follow the Workspace API reference; the statuses of import-file are those
that the Databricks CLI tells apart (libs/filer/workspace_files_client.go).
"""

from __future__ import annotations

import base64
import binascii
from pathlib import PurePosixPath
from typing import Any

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox import notebooks, workspace_access, workspace_export
from sandbox.api.bodies import flag, json_body, required
from sandbox.context import principal_of, sandbox_of
from sandbox.errors import ApiError, invalid
from sandbox.notebooks import NotebookKind
from sandbox.workspace_access import tree_of
from sandbox.workspace_tree import Node, normalise

IMPORT_LIMIT = 10 * 1024 * 1024
"""Bytes; the documented limit of /workspace/import and of every notebook."""
FILE_LIMIT = 500 * 1024 * 1024
"""Bytes; the documented limit of a workspace file."""


def _shown(node: Node) -> dict[str, Any]:
    """A node as the API shows it; size and times are told of files only."""
    shown: dict[str, Any] = {
        "object_type": node.object_type,
        "path": node.path,
        "object_id": node.object_id,
        "resource_id": str(node.object_id),
    }
    if node.object_type == "NOTEBOOK":
        shown["language"] = node.language
    if node.object_type != "DIRECTORY":
        shown |= {"created_at": node.created_at, "modified_at": node.modified_at}
    if node.object_type == "FILE":
        shown["size"] = node.size
    return shown


async def get_status(request: Request) -> Response:
    path = normalise(request.query_params.get("path", ""))
    node = workspace_access.require_readable(sandbox_of(request), principal_of(request), path)
    return JSONResponse(_shown(node))


async def list_(request: Request) -> Response:
    """A folder's children that may be seen, or the object itself. The API has no pages."""
    sandbox, principal = sandbox_of(request), principal_of(request)
    node = workspace_access.require_readable(
        sandbox, principal, normalise(request.query_params.get("path", ""))
    )
    found = [node]
    if node.object_type == "DIRECTORY":
        children = tree_of(sandbox).children(node.path)
        found = [
            child
            for child in children
            if workspace_access.may(sandbox, principal, child, "CAN_READ")
        ]
    return JSONResponse({"objects": [_shown(child) for child in found]} if found else {})


async def mkdirs(request: Request) -> Response:
    path = normalise(required(await json_body(request), "path"))
    workspace_access.make_directories(sandbox_of(request), principal_of(request), path)
    return JSONResponse({})


async def delete(request: Request) -> Response:
    sandbox, principal = sandbox_of(request), principal_of(request)
    body = await json_body(request)
    path = normalise(required(body, "path"))
    workspace_access.require_readable(sandbox, principal, path)
    workspace_access.require_writable(sandbox, principal, path)
    for gone in tree_of(sandbox).delete(path, recursive=body.get("recursive") is True):
        sandbox.acls.drop(workspace_access.ACL_TYPE[gone.object_type], str(gone.object_id))
    return JSONResponse({})


async def import_(request: Request) -> Response:
    """Import one object, from base64 in JSON or from a multipart form."""
    if request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with request.form(max_part_size=FILE_LIMIT) as form:
            fields = {key: value for key, value in form.items() if isinstance(value, str)}
            upload = form.get("content")
            content = await upload.read() if isinstance(upload, UploadFile) else None
            if isinstance(upload, str):
                content = upload.encode()
        overwrite = fields.get("overwrite", "").lower() == "true"
        path, form_name, language = (fields.get(key) for key in ("path", "format", "language"))
    else:
        body = await json_body(request)
        content = _decoded(body["content"]) if "content" in body else None
        overwrite = body.get("overwrite") is True
        path, form_name, language = (body.get(key) for key in ("path", "format", "language"))
    if not path or content is None:
        raise invalid(f"The field {'content' if path else 'path'} is missing.")
    if len(content) > IMPORT_LIMIT:
        raise _too_big(len(content), IMPORT_LIMIT)
    place, kind = _judge(normalise(path), content, form_name or "SOURCE", language)
    await _put(request, place, content, kind, overwrite)
    return JSONResponse({})


async def import_file(request: Request) -> Response:
    """The body as it is at the path in the URL; what is a notebook becomes one, as with AUTO."""
    path = normalise("/" + request.path_params["path"])
    content = await request.body()
    place, kind = _judge(path, content, "AUTO", None)
    limit = FILE_LIMIT if kind is None else IMPORT_LIMIT
    if len(content) > limit:
        raise _too_big(len(content), limit)
    await _put(request, place, content, kind, flag(request, "overwrite"))
    return JSONResponse({})


async def export(request: Request) -> Response:
    """Content as base64 in JSON, or as it is with ``direct_download=true``."""
    path = normalise(request.query_params.get("path", ""))
    node = workspace_access.require_readable(sandbox_of(request), principal_of(request), path)
    form = request.query_params.get("format", "SOURCE")
    content, file_type = await workspace_export.render(tree_of(sandbox_of(request)), node, form)
    if flag(request, "direct_download"):
        return Response(content, media_type="application/octet-stream")
    encoded = base64.b64encode(content).decode()
    return JSONResponse({"content": encoded, "file_type": file_type})


async def _put(
    request: Request, path: str, content: bytes, kind: NotebookKind | None, overwrite: bool
) -> None:
    sandbox, principal = sandbox_of(request), principal_of(request)
    workspace_access.require_writable(sandbox, principal, path)
    node = await tree_of(sandbox).write(path, content, kind, overwrite=overwrite)
    workspace_access.record(sandbox, principal, node)


def _judge(
    path: str, content: bytes, form: str, language: str | None
) -> tuple[str, NotebookKind | None]:
    """Where an import goes and as what: AUTO strips a notebook's extension, the others do not."""
    if form == "AUTO":
        kind = notebooks.detect(path, content)
        return (path, None) if kind is None else (str(PurePosixPath(path).with_suffix("")), kind)
    if form == "RAW":
        return path, None
    if form == "JUPYTER":
        if notebooks.parse_ipynb(content) is None:
            raise invalid(f"The content for {path} is not a valid .ipynb notebook.")
        return path, NotebookKind("PYTHON", "JUPYTER")
    if form == "SOURCE":
        if language not in notebooks.EXTENSION:
            raise invalid(
                "To import a single file as SOURCE, language has to be one of "
                f"{', '.join(notebooks.EXTENSION)}."
            )
        return path, NotebookKind(language, "SOURCE")
    raise invalid(f"The sandbox imports AUTO, SOURCE, JUPYTER and RAW, not {form}.")


def _decoded(content: object) -> bytes:
    if not isinstance(content, str):
        raise invalid("content has to be base64 text.")
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error as error:
        raise invalid(f"content is not valid base64: {error}") from error


def _too_big(size: int, limit: int) -> ApiError:
    return ApiError(
        400,
        "MAX_NOTEBOOK_SIZE_EXCEEDED",
        f"File size imported is ({size} bytes), exceeded max size ({limit} bytes)",
    )


_BASE = "/api/2.0/workspace"
routes: list[Route] = [
    Route(f"{_BASE}/get-status", get_status, methods=["GET"]),
    Route(f"{_BASE}/list", list_, methods=["GET"]),
    Route(f"{_BASE}/mkdirs", mkdirs, methods=["POST"]),
    Route(f"{_BASE}/delete", delete, methods=["POST"]),
    Route(f"{_BASE}/import", import_, methods=["POST"]),
    Route(f"{_BASE}/export", export, methods=["GET"]),
    Route("/api/2.0/workspace-files/import-file/{path:path}", import_file, methods=["POST"]),
]
