"""What a browser finds behind the links of the workspace: real pages, signed in without a form.

The paths are those of the platform's own pages, as clients build them: ``/#workspace/PATH``,
``/#notebook/ID``, ``/ml/experiments/ID``, ``/explore/data/CATALOG/SCHEMA``, ``/apps/NAME``.
"""

from __future__ import annotations

from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from sandbox import endpoints, securables, workspace_access
from sandbox.context import Sandbox, principal_of, sandbox_of
from sandbox.errors import ApiError, not_found
from sandbox.html import Link, document, paragraph, preformatted, table
from sandbox.notebook_page import notebook
from sandbox.workspace_access import tree_of
from sandbox.workspace_tree import Node, normalise

_FRAGMENTS = """
const rest = decodeURIComponent(location.hash.slice(1));
const [kind, ...path] = rest.split('/');
if (kind === 'workspace' || kind === 'files')
  location.replace('/browse?path=' + encodeURIComponent('/' + path.join('/')));
else if (kind === 'notebook' || kind === 'folder' || kind === 'file')
  location.replace('/browse?id=' + encodeURIComponent(path[0] || ''));
else if (kind === 'mlflow')
  location.replace('/ml/' + path.map(encodeURIComponent).join('/'));
"""
SHOWN_BYTES = 200_000
"""How much of a file a page shows."""


async def home(request: Request) -> Response:
    sandbox = sandbox_of(request)
    return document(
        "Sandbox workspace",
        paragraph(
            f"Signed in as {principal_of(request).name}. Scenario {sandbox.scenario.name}:",
            sandbox.scenario.description,
        ),
        table(
            ("Where", "What"),
            (
                (Link("Catalogs", "/explore/data"), "Unity Catalog as you may see it"),
                (Link("Files", "/browse"), "Workspace files and notebooks"),
                (Link("Apps", "/apps"), "Apps with their state and address"),
                (Link("Experiments", "/ml/experiments"), "The MLflow server's own page"),
                (Link("Serving endpoints", "/ml/endpoints"), "Simulated models"),
            ),
        ),
        script=_FRAGMENTS,
    )


async def experiments(request: Request) -> Response:
    return RedirectResponse(f"{_mlflow_url(sandbox_of(request))}/#/experiments", 302)


async def experiment(request: Request) -> Response:
    """An experiment and what lies below it (traces, runs, prompts) open in MLflow's own page."""
    rest = quote(request.path_params["rest"])
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(f"{_mlflow_url(sandbox_of(request))}/#/experiments/{rest}{query}", 302)


async def serving(request: Request) -> Response:
    found = endpoints.visible(sandbox_of(request), principal_of(request))
    rows = ((name, body["task"], "ready" if body["ready"] else "not ready") for name, body in found)
    note = paragraph(endpoints.SIMULATED)
    return document("Serving endpoints", note, table(("Name", "Task", "State"), rows))


async def catalogs(request: Request) -> Response:
    sandbox = sandbox_of(request)
    names = sandbox.privileges.names("catalog")
    return document("Catalogs", _securables(request, "catalog", names))


async def explore(request: Request) -> Response:
    """A catalog's schemas, or what is in a schema."""
    sandbox, principal = sandbox_of(request), principal_of(request)
    name = request.path_params["name"].strip("/").replace("/", ".").lower()
    depth = len(name.split("."))
    kind = ("catalog", "schema", "table")[min(depth, 3) - 1]
    if kind == "table" and not securables.exists(sandbox, "table", name):
        kind = "function"
    securables.require_seen(sandbox, principal, kind, name, browse=True)
    owner = paragraph(f"{kind.capitalize()}, owned by {sandbox.privileges.owner(kind, name)}.")
    inside = f"{name}."
    names = sandbox.privileges.names
    if kind == "catalog":
        return document(name, owner, _securables(request, "schema", names("schema", inside)))
    if kind == "schema":
        tables = _securables(request, "table", names("table", inside))
        functions = _securables(request, "function", names("function", inside))
        return document(
            name, owner, "<h2>Tables</h2>", tables, "<h2>Functions and prompts</h2>", functions
        )
    return document(name, owner)


def _securables(request: Request, kind: str, names: list[str]) -> str:
    sandbox, principal = sandbox_of(request), principal_of(request)
    return table(
        ("Name", "Owner"),
        (
            (
                Link(name, "/explore/data/" + quote(name.replace(".", "/"))),
                sandbox.privileges.owner(kind, name),
            )
            for name in names
            if securables.may_see(sandbox, principal, kind, name, browse=True)
        ),
    )


async def browse(request: Request) -> Response:
    """A folder's content or a file's text, by ``path`` or by ``id``."""
    sandbox, principal = sandbox_of(request), principal_of(request)
    path = _path(sandbox, request)
    node = workspace_access.require_readable(sandbox, principal, path)
    tree = tree_of(sandbox)
    if node.object_type == "DIRECTORY":
        rows = (
            (Link(child.path.rpartition("/")[2], _address(child)), child.object_type.lower())
            for child in tree.children(path)
            if workspace_access.may(sandbox, principal, child, "CAN_READ")
        )
        return document(path, table(("Name", "Kind"), rows))
    content = await tree.read(node)
    if node.notebook is not None:
        return document(path, notebook(content, node.notebook))
    return document(path, preformatted(content[:SHOWN_BYTES].decode("utf-8", "replace")))


async def editor(request: Request) -> Response:
    """``/editor/files/ID`` and ``/editor/notebooks/ID``, as newer links have it."""
    return RedirectResponse(f"/browse?id={quote(request.path_params['id'])}", 302)


def _address(node: Node) -> str:
    return f"/browse?path={quote(node.path)}"


def _path(sandbox: Sandbox, request: Request) -> str:
    """The path asked for; an object id is looked up."""
    wanted = request.query_params.get("id")
    if wanted is None:
        return normalise(request.query_params.get("path") or "/")
    for node in tree_of(sandbox).below("/"):
        if str(node.object_id) == wanted:
            return node.path
    raise not_found(f"There is no workspace object with the id {wanted}.")


def _mlflow_url(sandbox: Sandbox) -> str:
    if not sandbox.with_mlflow:
        raise ApiError(503, "TEMPORARILY_UNAVAILABLE", "This sandbox runs without MLflow.")
    return sandbox.mlflow.url


routes = [
    Route("/", home),
    Route("/ml/experiments", experiments),
    Route("/ml/experiments/{rest:path}", experiment),
    Route("/ml/endpoints", serving),
    Route("/ml/endpoints/{name}", serving),
    Route("/explore/data", catalogs),
    Route("/explore/data/{name:path}", explore),
    Route("/browse", browse),
    Route("/editor/{kind}/{id}", editor),
]
