"""The picker of the schema: a new one of one's own, or one the person may manage."""

from __future__ import annotations

import asyncio

from screens.picker import PickerScreen
from screens.rows import Row, RowState
from services import admin_requests
from services.workspace.errors import NotFound, WorkspaceError


class SchemaScreen(PickerScreen):
    name_on_way = "schema"
    heading = "Schema"
    intro = (
        "The schema for prompts and evaluation data. A new one of your own is the safest: it can "
        "be removed again as a whole."
    )
    nothing = "No schema can be seen. Type the name of a new one with /."

    def first(self, name: str, reason: str) -> Row:
        return Row(name, RowState.CHECKING, "suggested", f"Suggested: {reason}.", suggested=True)

    @property
    def catalog(self) -> str:
        return self.flow.value("catalog")

    async def fill(self) -> None:
        session = self.flow.setup.session
        suggested = self.flow.value(self.answer)
        try:
            listed = await session.detector.schemas(self.catalog)
        except NotFound:
            listed = []  # the catalog will be new
        names = [schema.name for schema in listed]
        for schema in listed:
            owner = f"owner {schema.owner}" if schema.owner else ""
            self.put(Row(schema.name, RowState.CHECKING, owner, suggested=schema.name == suggested))
        if suggested and suggested not in names:
            why = f"Suggested: {self.flow.reason('schema') or 'chosen before'}."
            self.put(Row(suggested, RowState.NEW, "new, created for you", why, suggested=True))
        await asyncio.gather(*(self._check(name, suggested) for name in names))

    async def _check(self, name: str, suggested: str) -> None:
        self.put(await self._row(name, name == suggested))

    async def _row(self, name: str, suggested: bool) -> Row:
        try:
            rights = await self.flow.setup.session.permissions.schema(f"{self.catalog}.{name}")
        except WorkspaceError as error:
            why = f"It could not be checked: {error.message}"
            return Row(name, RowState.UNKNOWN, "not known", why, suggested)
        owner = f"owner {rights.owner}" if rights.owner else "owner not shown"
        if rights.usable:
            why = f"It exists and can be used: {rights.reason or 'you hold what is needed'}."
            return Row(name, RowState.USABLE, f"may manage, {owner}", why, suggested)
        if rights.may_use is None:
            why = f"It could not be checked: {rights.reason}."
            return Row(name, RowState.UNKNOWN, "not known", why, suggested)
        why = f"You may not use it for the demo: {rights.reason}. Ask its owner, or make a new one."
        asked = admin_requests.on_schema(rights.full_name, self.user)
        return Row(name, RowState.DENIED, rights.reason, why, suggested, asked)

    def typed(self, text: str) -> Row | None:
        from services.config import problem_with

        name = text.lower()
        if problem := problem_with("schema", name):
            return Row(name, RowState.UNFIT, "not a name that can be used", problem)
        return Row(name, RowState.NEW, "new", f"{self.catalog}.{name} will be created.")

    async def verify(self, row: Row) -> Row | None:
        full_name = f"{self.catalog}.{row.key}"
        try:
            rights = await self.flow.setup.session.permissions.schema(full_name)
        except NotFound:
            return None
        if rights.usable or rights.may_use is None:
            return None
        why = f"You may not use {full_name}: {rights.reason}."
        asked = admin_requests.on_schema(full_name, self.user)
        return Row(row.key, RowState.DENIED, rights.reason, why, request=asked)
