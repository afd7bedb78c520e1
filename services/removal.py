"""How each kind of resource is taken away, and when it is kept instead.

Every function raises NotFound when the thing is gone, Kept with the reason when it is not ours to
remove, or another WorkspaceError.
"""

from __future__ import annotations

import asyncio
from urllib.parse import quote

from services import grants
from services.adoption import carries
from services.json_shapes import rows
from services.ledger import Ledger, LedgerEntry
from services.mlflow_reads import PROMPTS
from services.resource_manager import EXPERIMENT_TAG
from services.workspace.errors import NotFound
from services.workspace.gateway import Workspace

APP_GONE_SECONDS = 180
BUILT_IN_SCHEMAS = frozenset({"default", "information_schema"})
"""What Unity Catalog puts into a new catalog by itself."""


class Kept(Exception):
    """The resource stays; the text says why."""


async def probe(workspace: Workspace, entry: LedgerEntry, ledger: Ledger) -> None:
    del ledger
    await workspace.call("schemas.delete", lambda client: client.schemas.delete(entry.name))


async def grant(workspace: Workspace, entry: LedgerEntry, ledger: Ledger) -> None:
    del ledger
    known = {name: str(entry.details[name]) for name in grants.Grant.__dataclass_fields__}
    await grants.revoke(workspace, grants.Grant(**known))


async def workspace_tree(workspace: Workspace, entry: LedgerEntry, ledger: Ledger) -> None:
    del ledger
    await workspace.call(
        "workspace.get_status", lambda client: client.workspace.get_status(entry.name)
    )
    await workspace.call(
        "workspace.delete", lambda client: client.workspace.delete(entry.name, recursive=True)
    )


async def app(workspace: Workspace, entry: LedgerEntry, ledger: Ledger) -> None:
    found = await workspace.call("apps.get", lambda client: client.apps.get(entry.name))
    if not carries(found.description or "", entry):
        raise Kept("its description says that another made it")
    path = found.active_deployment.source_code_path if found.active_deployment else None
    if path and ledger.find("workspace_tree", path) is None:
        raise Kept(f"it runs code that this setup did not upload ({path})")
    await workspace.call("apps.delete", lambda client: client.apps.delete(entry.name))
    await _until_gone(workspace, entry.name)


async def _until_gone(workspace: Workspace, name: str) -> None:
    """Wait until the deleted app is gone. The platform may take longer than we wait; that is no
    failure, since nothing can be done about it."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + APP_GONE_SECONDS
    while loop.time() < deadline:
        try:
            await workspace.call("apps.get", lambda client: client.apps.get(name))
        except NotFound:
            return
        await asyncio.sleep(1)


async def prompt(workspace: Workspace, entry: LedgerEntry, ledger: Ledger) -> None:
    """A prompt goes with its versions; Unity Catalog wants those deleted first."""
    del ledger
    path = f"{PROMPTS}/{quote(entry.name)}"
    listed = await workspace.raw("GET", f"{path}/versions")
    for version in rows(listed, "prompt_versions"):
        await workspace.raw("DELETE", f"{path}/versions/{version['version']}")
    await workspace.raw("DELETE", path)


async def experiment(workspace: Workspace, entry: LedgerEntry, ledger: Ledger) -> None:
    del ledger
    answer = await workspace.call(
        "experiments.get_by_name", lambda client: client.experiments.get_by_name(entry.name)
    )
    found = answer.experiment
    if found is None or found.lifecycle_stage == "deleted":
        raise NotFound(f"No experiment at {entry.name}.")
    tag = next((t.value or "" for t in found.tags or [] if t.key == EXPERIMENT_TAG), "")
    if not carries(tag, entry):
        raise Kept("its tag says that another made it")
    experiment_id = found.experiment_id or ""
    await workspace.call(
        "experiments.delete", lambda client: client.experiments.delete_experiment(experiment_id)
    )


async def schema(workspace: Workspace, entry: LedgerEntry, ledger: Ledger) -> None:
    found = await workspace.call("schemas.get", lambda client: client.schemas.get(entry.name))
    if not carries(found.comment or "", entry):
        raise Kept("its comment says that another made it")
    others = await _contents(workspace, entry.name)
    others += await _prompts(workspace, entry.name, ledger)
    if others:
        raise Kept(f"it holds {_some(others)}, which this setup did not make")
    await workspace.call("schemas.delete", lambda client: client.schemas.delete(entry.name))


async def catalog(workspace: Workspace, entry: LedgerEntry, ledger: Ledger) -> None:
    del ledger
    found = await workspace.call("catalogs.get", lambda client: client.catalogs.get(entry.name))
    if not carries(found.comment or "", entry):
        raise Kept("its comment says that another made it")
    schemas = await workspace.call(
        "schemas.list", lambda client: list(client.schemas.list(entry.name))
    )
    names = [s.name or "" for s in schemas if s.name not in BUILT_IN_SCHEMAS]
    names += await _contents(workspace, f"{entry.name}.default")
    if names:
        raise Kept(f"it holds {_some(names)}, which this setup did not make")
    await workspace.call(
        "catalogs.delete", lambda client: client.catalogs.delete(entry.name, force=True)
    )


async def _contents(workspace: Workspace, full_name: str) -> list[str]:
    """Tables, volumes, functions and models of a schema."""
    catalog_name, schema_name = full_name.split(".")
    try:
        tables = await workspace.call(
            "tables.list", lambda client: list(client.tables.list(catalog_name, schema_name))
        )
        volumes = await workspace.call(
            "volumes.list", lambda client: list(client.volumes.list(catalog_name, schema_name))
        )
        functions = await workspace.call(
            "functions.list",
            lambda client: list(client.functions.list(catalog_name, schema_name)),
        )
        models = await workspace.call(
            "registered_models.list",
            lambda client: list(
                client.registered_models.list(catalog_name=catalog_name, schema_name=schema_name)
            ),
        )
    except NotFound:
        return []
    found = [*tables, *volumes, *functions, *models]
    return [str(thing.full_name or thing.name or "") for thing in found]


async def _prompts(workspace: Workspace, full_name: str, ledger: Ledger) -> list[str]:
    catalog_name, schema_name = full_name.split(".")
    body = {
        "catalog_schema": {"catalog_name": catalog_name, "schema_name": schema_name},
    }
    answer = await workspace.raw("POST", f"{PROMPTS}/search", body=body)
    names = [str(prompt.get("name", "")) for prompt in rows(answer, "prompts")]
    return [name for name in names if not ledger.is_ours("prompt", name)]


def _some(names: list[str]) -> str:
    shown = ", ".join(names[:3])
    return shown if len(names) <= 3 else f"{shown} and {len(names) - 3} more"
