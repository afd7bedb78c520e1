"""What the signed-in person may do: read from owners, privileges and access lists; proven by a
schema that is made and deleted again."""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from services.json_shapes import as_row, rows
from services.rights import CatalogRights, SchemaRights, catalog_rights, schema_rights
from services.workspace.errors import Denied, NotFound, Refused, Unreachable, WorkspaceError
from services.workspace.gateway import Workspace

if TYPE_CHECKING:
    from databricks.sdk import WorkspaceClient
    from databricks.sdk.service.catalog import CatalogInfo

EVERYBODY = frozenset({"users", "account users"})
"""Groups that every user of a workspace is in, which SCIM does not always list."""
_BASE = "/api/2.1/unity-catalog"
_AT_ONCE = 64


class ProbeLog(Protocol):
    """Where a probe is written down before it is made and after it is gone."""

    def intend(self, full_name: str) -> None: ...
    def done(self, full_name: str) -> None: ...


class Permissions:
    """All methods but the `prove_` ones only read. Without `probes` nothing can be proven."""

    def __init__(self, workspace: Workspace, probes: ProbeLog | None) -> None:
        self._workspace = workspace
        self._probes = probes

    async def catalog(self, name: str, *, patient: bool = False) -> CatalogRights:
        """Raises NotFound, or another WorkspaceError."""
        owner, held = await asyncio.gather(
            self._owner(name, patient=patient), self._held("catalog", name, patient=patient)
        )
        return catalog_rights(name, owner, owner in await self.identities(), held)

    async def _owner(self, catalog: str, *, patient: bool) -> str:
        """Empty for a catalog that may only be browsed: it does not tell."""

        def get(client: WorkspaceClient) -> CatalogInfo:
            return client.catalogs.get(catalog)

        try:
            return (await self._workspace.call("catalogs.get", get, patient=patient)).owner or ""
        except Denied:
            return ""

    async def schema(self, full_name: str) -> SchemaRights:
        """Raises NotFound, or another WorkspaceError."""
        catalog_name = full_name.split(".")[0]
        info, held, above, catalog_owner = await asyncio.gather(
            self._workspace.call("schemas.get", lambda client: client.schemas.get(full_name)),
            self._held("schema", full_name),
            self._held("catalog", catalog_name),
            self._owner(catalog_name, patient=False),
        )
        me = await self.identities()
        owner = info.owner or ""
        # The owner of a schema still needs USE CATALOG, which owning the catalog includes.
        in_catalog = catalog_rights(catalog_name, "", catalog_owner in me, above)
        owns = catalog_owner in me or (owner in me and in_catalog.may_use is not False)
        both = None if held is None and above is None else (held or set()) | (above or set())
        return schema_rights(full_name, owner, owns, both)

    async def verify_catalogs(
        self,
        names: Sequence[str],
        first: Sequence[str] = (),
        owners: Mapping[str, str] | None = None,
    ) -> AsyncGenerator[CatalogRights]:
        """The rights on each catalog, as answers come; those in `first` are asked first. A catalog
        whose rights cannot be read is reported with the reason. Reads only, and lets other calls
        go first. `owners`, where the listing told them, saves a call for each catalog.
        """
        among = set(names)
        wanted = deque(dict.fromkeys([*(name for name in first if name in among), *names]))
        running: set[asyncio.Task[CatalogRights]] = set()
        try:
            while wanted or running:
                while wanted and len(running) < _AT_ONCE:
                    name = wanted.popleft()
                    owner = (owners or {}).get(name)
                    running.add(asyncio.create_task(self._verified(name, owner)))
                done, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    yield task.result()
        finally:
            for task in running:
                task.cancel()
            await asyncio.gather(*running, return_exceptions=True)

    async def _verified(self, name: str, owner: str | None) -> CatalogRights:
        try:
            if owner is None:
                return await self.catalog(name, patient=True)
            if owner in await self.identities():
                return catalog_rights(name, owner, True, None)
            held = await self._held("catalog", name, patient=True)
            return catalog_rights(name, owner, False, held)
        except WorkspaceError as error:
            told = error.message.rstrip(".")
            return CatalogRights(name, owner or "", None, None, None, reason=told)

    async def prove_catalog(self, name: str) -> CatalogRights:
        """Create and delete a schema in it: the only proof that it may be done.

        Raises NotFound for a catalog that is not there, and WorkspaceError when the probe could
        not be deleted (the ledger then has it, and the next start sweeps it).
        """
        rights = await self.catalog(name)
        if self._probes is None:
            return rights
        probe = f"setup_probe_{secrets.token_hex(6)}"
        # Whoever stops waiting leaves no schema and no open entry: the probe ends by itself.
        refusal = await asyncio.shield(asyncio.create_task(self._probe(name, probe, self._probes)))
        if refusal:
            return replace(rights, may_create_schema=False, proven=True, reason=refusal)
        told = "a test schema was created and deleted"
        return replace(rights, may_use=True, may_create_schema=True, proven=True, reason=told)

    async def _probe(self, catalog: str, probe: str, probes: ProbeLog) -> str:
        """Make and delete the schema; why it was refused, or nothing."""
        await asyncio.to_thread(probes.intend, f"{catalog}.{probe}")

        def create(client: WorkspaceClient) -> None:
            client.schemas.create(probe, catalog, comment="Permission probe; deleted at once.")

        try:
            await self._workspace.call("schemas.create", create, retry=False)
        except (Denied, Refused) as error:
            await self._settled(catalog, probe)
            return error.message.rstrip(".")
        except Unreachable:
            # The answer was lost: it may have been made.
            await self._remove(catalog, probe)
            raise
        await self._remove(catalog, probe)
        return ""

    async def _remove(self, catalog: str, probe: str) -> None:
        def delete(client: WorkspaceClient) -> None:
            client.schemas.delete(f"{catalog}.{probe}")

        with suppress(NotFound):
            await self._workspace.call("schemas.delete", delete)
        await self._settled(catalog, probe)

    async def _settled(self, catalog: str, probe: str) -> None:
        if self._probes is not None:
            await asyncio.to_thread(self._probes.done, f"{catalog}.{probe}")

    async def app(self, name: str) -> bool:
        """Whether the person may manage this app. Raises NotFound where there is none."""
        try:
            acl = await self._workspace.call(
                "apps.get_permissions", lambda client: client.apps.get_permissions(name)
            )
        except Denied:
            return False
        return self._manages(acl, await self.identities())

    async def folder(self, path: str) -> bool | None:
        """Whether the person may make things in this workspace folder; None when its access list
        cannot be read. Raises NotFound or Denied for the folder itself."""
        found = await self._workspace.call(
            "workspace.get_status", lambda client: client.workspace.get_status(path)
        )
        folder_id = str(found.object_id or "")
        try:
            acl = await self._workspace.call(
                "permissions.get", lambda client: client.permissions.get("directories", folder_id)
            )
        except WorkspaceError:
            return None
        return self._manages(acl, await self.identities(), also=("CAN_EDIT",))

    async def may_create_catalog(self) -> bool | None:
        """Whether CREATE CATALOG on the metastore is held; None when that cannot be read."""
        try:
            metastore = await self._workspace.call(
                "metastores.summary", lambda client: client.metastores.summary()
            )
            held = await self._held("metastore", metastore.metastore_id or "")
        except WorkspaceError:
            return None
        if metastore.owner and metastore.owner in await self.identities():
            return True
        return None if held is None else bool(held & {"CREATE_CATALOG", "ALL_PRIVILEGES"})

    async def identities(self) -> frozenset[str]:
        """The person's name and all groups: whom a grant reaches."""
        user = await self._workspace.current_user()
        return frozenset({user.user_name, *user.groups}) | EVERYBODY

    async def _held(
        self, securable: str, full_name: str, *, patient: bool = False
    ) -> set[str] | None:
        """Effective privileges on it, through groups and inheritance; None when not readable."""
        me = await self.identities()
        path = f"{_BASE}/effective-permissions/{securable}/{quote(full_name, safe='')}"
        held: set[str] = set()
        query: dict[str, Any] = {}
        while True:
            try:
                answer = await self._workspace.raw("GET", path, query=query, patient=patient)
            except Denied:
                return None
            except NotFound:
                return set()  # whether it exists is asked for itself
            for assignment in rows(answer, "privilege_assignments"):
                if assignment.get("principal") in me:
                    given = rows(assignment, "privileges")
                    held.update(str(each.get("privilege", "")) for each in given)
            token = as_row(answer).get("next_page_token")
            if not token:
                return held
            query = {"page_token": token}

    def _manages(self, acl: Any, me: frozenset[str], also: Sequence[str] = ()) -> bool:
        wanted = {"CAN_MANAGE", "IS_OWNER", *also}
        entries: list[Any] = acl.access_control_list or []
        for entry in entries:
            if not me & {entry.user_name, entry.group_name, entry.service_principal_name}:
                continue
            permissions: list[Any] = entry.all_permissions or []
            levels = {each.permission_level.value for each in permissions}
            if levels & wanted:
                return True
        return False
