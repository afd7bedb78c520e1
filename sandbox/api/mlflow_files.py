"""Artifacts and span data: the Files API below /WorkspaceInternal/Mlflow, and signed addresses.

A Databricks client gets the address to put a file at, or to get one from, from the workspace. On
the platform it leads to cloud storage; here it leads back to the Files API of the sandbox, with
the caller's own Authorization among the headers that the client is told to send.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.api import mlflow_access, mlflow_backend, mlflow_uris
from sandbox.api.mlflow_access import EDIT, READ, caller
from sandbox.api.mlflow_backend import Json
from sandbox.context import Sandbox
from sandbox.errors import invalid, not_found

_LIST = "/api/2.0/mlflow-artifacts/artifacts"
_SPANS = "traces.json"


async def _artifact(request: Request, level: str) -> tuple[str, str]:
    """(experiment id, path in the server's store) of the request's path, with access checked."""
    path = f"WorkspaceInternal/Mlflow/Artifacts/{request.path_params['path']}"
    return await _checked(request, path, level)


async def _checked(request: Request, path: str, level: str) -> tuple[str, str]:
    sandbox, principal = caller(request)
    found = mlflow_uris.files_path_to_artifact(path)
    if found is None:
        raise not_found(f"The file or directory '{path}' does not exist.", "NOT_FOUND")
    await mlflow_access.require_experiment(sandbox, principal, found[0], level)
    return found


async def put_file(request: Request) -> Response:
    _, artifact = await _artifact(request, EDIT)
    return await mlflow_backend.upload(request, quote(artifact))


async def get_file(request: Request) -> Response:
    """A file with GET, its size and date with HEAD."""
    _, artifact = await _artifact(request, READ)
    if request.method == "GET":
        return await mlflow_backend.download(request, quote(artifact))
    sandbox, _ = caller(request)
    parent, _, name = artifact.rpartition("/")
    for entry in await _entries(sandbox, parent):
        if entry["path"] == name and not entry.get("is_dir"):
            return Response(headers={"content-length": str(entry.get("file_size", 0))})
    raise not_found(f"The file '{artifact}' does not exist.", "NOT_FOUND")


async def delete_file(request: Request) -> Response:
    _, artifact = await _artifact(request, EDIT)
    sandbox, _ = caller(request)
    await mlflow_backend.call(sandbox, "DELETE", f"{_LIST}/{quote(artifact)}")
    return Response(status_code=204)


async def directory(request: Request) -> Response:
    """What lies in a directory (GET), whether it exists (HEAD); PUT has nothing to do: the store
    makes directories as files arrive."""
    level = EDIT if request.method == "PUT" else READ
    experiment, artifact = await _artifact(request, level)
    if request.method == "PUT":
        return Response(status_code=204)
    sandbox, _ = caller(request)
    entries = await _entries(sandbox, artifact)
    if not entries and not artifact.endswith("/artifacts"):
        raise not_found(f"The directory '{artifact}' does not exist.", "NOT_FOUND")
    if request.method == "HEAD":
        return Response()
    below = artifact[len(experiment) + 1 :]
    root = mlflow_uris.artifact_to_files_path(experiment, below)
    contents = [
        {
            "path": f"{root}/{entry['path']}",
            "name": entry["path"],
            "is_directory": bool(entry.get("is_dir")),
            "file_size": int(entry.get("file_size", 0)),
        }
        for entry in entries
    ]
    return JSONResponse({"contents": contents})


async def _entries(sandbox: Sandbox, artifact: str) -> list[Json]:
    """The server's list of a directory; a file or nothing gives an empty one."""
    answer = await mlflow_backend.find(sandbox, "GET", _LIST, params={"path": artifact})
    return [] if answer is None else answer.get("files", [])


async def create_download_url(request: Request) -> Response:
    body = await mlflow_access.json_body(request)
    path = str(body.get("path", ""))
    await _checked(request, path, READ)
    return JSONResponse(_signed(request, path, key="url"))


def _signed(request: Request, path: str, *, key: str = "signed_uri") -> Json:
    """Where to send a file, and the headers to send with it."""
    sandbox, _ = caller(request)
    address = f"{sandbox.host}/api/2.0/fs/files/{quote(path.lstrip('/'))}"
    authorization = {"name": "Authorization", "value": request.headers.get("authorization", "")}
    return {key: address, "headers": [authorization]}


async def trace_credentials(request: Request) -> Response:
    """``traces/{id}/credentials-for-data-(up|down)load``: where a trace's spans are kept, or one
    of its attachments when a path is given."""
    sandbox, principal = caller(request)
    trace_id = str(request.path_params["trace_id"])
    level = EDIT if request.url.path.endswith("upload") else READ
    await mlflow_access.require_traces(sandbox, principal, [trace_id], level)
    experiment = await mlflow_access.experiment_of(sandbox, "trace", trace_id)
    name = str((await mlflow_access.parameters(request)).get("path") or _SPANS)
    path = mlflow_uris.artifact_to_files_path(experiment, f"traces/{trace_id}/artifacts/{name}")
    info = {**_signed(request, path), "path": name, "type": "AWS_PRESIGNED_URL"}
    return JSONResponse({"credential_info": info})


async def run_credentials(request: Request) -> Response:
    """``artifacts/credentials-for-(read|write)``: addresses of artifacts of a run."""
    sandbox, principal = caller(request)
    body = await mlflow_access.json_body(request)
    run_id = str(body.get("run_id", ""))
    level = EDIT if request.url.path.endswith("write") else READ
    await mlflow_access.require_runs(sandbox, principal, [run_id], level)
    experiment = await mlflow_access.experiment_of(sandbox, "run", run_id)
    paths = body.get("path", [])
    infos = [
        _credential(request, experiment, f"{run_id}/artifacts", str(path)) | {"run_id": run_id}
        for path in ([paths] if isinstance(paths, str) else paths)
    ]
    return JSONResponse({"credential_infos": infos})


async def model_credentials(request: Request) -> Response:
    """``logged-models/{id}/artifacts/credentials-for-(up|down)load``."""
    sandbox, principal = caller(request)
    model_id = str(request.path_params["model_id"])
    level = EDIT if request.url.path.endswith("upload") else READ
    experiment = await mlflow_access.experiment_of(sandbox, "model", model_id)
    await mlflow_access.require_experiment(sandbox, principal, experiment, level)
    root = f"models/{model_id}/artifacts"
    body = await mlflow_access.json_body(request)
    credentials = [
        {
            "model_id": model_id,
            "credential_info": _credential(request, experiment, root, str(path)),
        }
        for path in body.get("paths", [])
    ]
    return JSONResponse({"credentials": credentials})


def _credential(request: Request, experiment: str, root: str, path: str) -> Json:
    if ".." in path.split("/"):
        raise invalid(f"'{path}' leads out of the artifact directory.")
    below = mlflow_uris.artifact_to_files_path(experiment, f"{root}/{path}")
    return {**_signed(request, below), "path": path, "type": "AWS_PRESIGNED_URL"}


_FILES = "/api/2.0/fs/files/WorkspaceInternal/Mlflow/Artifacts/{path:path}"
_DIRECTORIES = "/api/2.0/fs/directories/WorkspaceInternal/Mlflow/Artifacts/{path:path}"
_TRACE = "/api/2.0/mlflow/traces/{trace_id}/credentials-for-data"
_RUN = "/api/2.0/mlflow/artifacts/credentials-for"
_MODEL = "/api/2.0/mlflow/logged-models/{model_id}/artifacts/credentials-for"
routes: list[Route] = [
    Route(_FILES, put_file, methods=["PUT"]),
    Route(_FILES, get_file, methods=["GET"]),
    Route(_FILES, delete_file, methods=["DELETE"]),
    Route(_DIRECTORIES, directory, methods=["GET", "PUT"]),
    Route("/api/2.0/fs/create-download-url", create_download_url, methods=["POST"]),
    Route(f"{_TRACE}-upload", trace_credentials, methods=["GET", "POST"]),
    Route(f"{_TRACE}-download", trace_credentials, methods=["GET", "POST"]),
    Route(f"{_RUN}-read", run_credentials, methods=["POST"]),
    Route(f"{_RUN}-write", run_credentials, methods=["POST"]),
    Route(f"{_MODEL}-upload", model_credentials, methods=["POST"]),
    Route(f"{_MODEL}-download", model_credentials, methods=["POST"]),
]
