"""The picker of the Unity Catalog catalog: rights are read for all, and proven for the choice."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType

from screens import commands
from screens.picker import PickerScreen
from screens.rows import Row, RowState
from services import admin_requests
from services.workspace.errors import NotFound

if TYPE_CHECKING:
    from services.environment_detector import CatalogInfo
    from services.rights import CatalogRights


class CatalogScreen(PickerScreen):
    name_on_way = "catalog"
    heading = "Catalog"
    intro = (
        "The Unity Catalog catalog that will hold the demo's schema. "
        "What you choose is proven by creating and deleting a test schema in it."
    )
    nothing = "No catalog can be seen."
    BINDINGS: ClassVar[list[BindingType]] = [commands.PROVE_ALL]

    async def fill(self) -> None:
        session = self.flow.setup.session
        suggested = self.flow.value(self.answer)
        owners: dict[str, CatalogInfo] = {}
        checking: list[asyncio.Task[None]] = []
        try:
            async for part in session.detector.catalogs():
                self._put_listed(part, suggested)
                owners.update({info.name: info for info in part})
                names = [info.name for info in part if not info.why_not]
                checking.append(asyncio.create_task(self._verify_listed(names, suggested, owners)))
            if suggested not in owners:
                self.found.pop(suggested, None)
            await asyncio.gather(*checking)
            if not any(row.may_be_chosen for row in self.found.values()):
                await self._offer_new()
        finally:
            for task in checking:
                task.cancel()
            await asyncio.gather(*checking, return_exceptions=True)

    async def _offer_new(self) -> None:
        """Where no catalog can be used, one of one's own might be made."""
        from services.suggestions import CATALOG_NAME

        may_create = await self.flow.setup.session.permissions.may_create_catalog()
        if may_create and CATALOG_NAME not in self.found:
            why = "No other can be used, and you may create catalogs."
            self.put(Row(CATALOG_NAME, RowState.NEW, "new, created for you", why, True))

    def request(self) -> str:
        return admin_requests.on_metastore(self.user)

    def _put_listed(self, part: Sequence[CatalogInfo], suggested: str) -> None:
        for info in part:
            state = RowState.UNFIT if info.why_not else RowState.CHECKING
            told = f"It cannot hold the demo: {info.why_not}." if info.why_not else ""
            note = info.why_not or _owned(info.owner)
            self.put(Row(info.name, state, note, told, info.name == suggested))

    async def _verify_listed(
        self, names: list[str], suggested: str, infos: dict[str, CatalogInfo]
    ) -> None:
        permissions = self.flow.setup.session.permissions
        owners = {name: infos[name].owner for name in names}
        async for rights in permissions.verify_catalogs(names, [suggested], owners):
            self.put(self._row(rights, suggested, infos[rights.name].owner))

    def _row(self, rights: CatalogRights, suggested: str, owner: str) -> Row:
        is_suggested = rights.name == suggested
        if rights.usable:
            how = "proven" if rights.proven else "may create schemas"
            why = f"{rights.name}: {rights.reason}." if rights.reason else ""
            if is_suggested and (reason := self.flow.reason("catalog")):
                why = f"Suggested: {reason}."
            note = f"{how}, {_owned(owner)}"
            return Row(rights.name, RowState.USABLE, note, why, is_suggested)
        if rights.may_use is None and not rights.proven:
            why = f"It could not be checked: {rights.reason}. Choosing it tries."
            return Row(rights.name, RowState.UNKNOWN, "not known", why, is_suggested)
        why = f"You may not create a schema in it: {rights.reason}. Ask {owner or 'its owner'}."
        asked = admin_requests.on_catalog(rights.name, self.user)
        return Row(rights.name, RowState.DENIED, rights.reason, why, is_suggested, asked)

    def typed(self, text: str) -> Row | None:
        from services.config import problem_with

        name = text.lower()
        if problem := problem_with("catalog", name):
            return Row(name, RowState.UNFIT, "not a name that can be used", problem)
        return Row(
            name, RowState.NEW, "not listed", "Enter looks for it, and else plans to create it."
        )

    async def verify(self, row: Row) -> Row | None:
        permissions = self.flow.setup.session.permissions
        try:
            rights = await permissions.prove_catalog(row.key)
        except NotFound:
            if await permissions.may_create_catalog() is not False:
                return None
            why = f"There is no catalog {row.key}, and you may not create catalogs here."
            asked = admin_requests.on_metastore(self.user)
            return Row(row.key, RowState.DENIED, "not there", why, request=asked)
        if rights.usable:
            self.put(self._row(rights, self.flow.value(self.answer), rights.owner))
            return None
        why = f"A schema cannot be created in {row.key}: {rights.reason}."
        asked = admin_requests.on_catalog(row.key, self.user)
        return Row(row.key, RowState.DENIED, "refused", why, request=asked)

    def action_prove_all(self) -> None:
        names = [row.key for row in self.found.values() if row.state is RowState.USABLE]
        told = f"Creating and deleting a test schema in {len(names)} catalogs."
        self.notify(told)
        self.work(self._prove(names), "prove")

    async def _prove(self, names: list[str]) -> None:
        suggested = self.flow.value(self.answer)
        for name in names:
            rights = await self.flow.setup.session.permissions.prove_catalog(name)
            self.put(self._row(rights, suggested, rights.owner))


def _owned(owner: str) -> str:
    return f"owner {owner}" if owner else "owner not shown"
