"""The picker of the app: a new name, or an app that the person may manage."""

from __future__ import annotations

import asyncio

from screens.picker import PickerScreen
from screens.rows import Row, RowState
from services import admin_requests
from services.vocabulary import DeploymentMode
from services.workspace.errors import Denied, NotFound, NotSupported, WorkspaceError


class AppNameScreen(PickerScreen):
    name_on_way = "app_name"
    heading = "App"
    intro = (
        "The name of the Databricks App, of its MLflow experiment and its workspace folder: "
        "2 to 30 lower-case letters, digits and dashes."
    )
    nothing = "No app is there yet. Type a name with /."

    async def fill(self) -> None:
        session = self.flow.setup.session
        suggested = self.flow.value(self.answer)
        try:
            apps = await session.detector.apps()
        except (NotSupported, Denied, NotFound):
            if self.flow.mode is DeploymentMode.FULL_DEPLOYMENT:
                raise
            apps = []  # notebooks need a name and no app
        names = [app.name for app in apps]
        if suggested and suggested not in names:
            why = self.flow.reason("app_name") or "chosen before"
            self.put(Row(suggested, RowState.NEW, "new", f"Suggested: {why}.", suggested=True))
        for app in apps:
            note = f"{app.compute.lower() or 'state not known'}, by {app.creator or 'somebody'}"
            self.put(Row(app.name, RowState.CHECKING, note, suggested=app.name == suggested))
        await asyncio.gather(
            *(
                self._check(app.name, app.compute, app.creator, app.name == suggested)
                for app in apps
            )
        )

    async def _check(self, name: str, compute: str, creator: str, suggested: bool) -> None:
        note = f"{compute.lower() or 'state not known'}, by {creator or 'somebody'}"
        try:
            managed = await self.flow.setup.session.permissions.app(name)
        except WorkspaceError as error:
            why = f"It could not be checked: {error.message}"
            self.put(Row(name, RowState.UNKNOWN, "not known", why, suggested))
            return
        if compute == "DELETING":
            why = "It is being deleted; its name is free once it is gone."
            self.put(Row(name, RowState.UNFIT, "being deleted", why, suggested))
        elif managed:
            why = "You may manage it. Its code will be replaced by the demo's."
            self.put(Row(name, RowState.USABLE, f"existing, {note}", why, suggested))
        else:
            why = f"You may not manage it. Ask {creator or 'its creator'}, or use a new name."
            asked = admin_requests.on_app(name, self.user)
            self.put(Row(name, RowState.DENIED, note, why, suggested, asked))

    def typed(self, text: str) -> Row | None:
        from services.config import problem_with, suggest_app_name

        if problem := problem_with("app_name", text):
            told = f"Not an app name: lower-case letters, digits and dashes. {problem}"
            near = suggest_app_name(text)
            return Row(text, RowState.UNFIT, f"not a valid name; try {near}", told)
        told = "An app of this name is created; Enter sees whether the name is free."
        return Row(text, RowState.NEW, "new", told)

    async def verify(self, row: Row) -> Row | None:
        """A name that is not listed may be that of an app which others keep to themselves."""
        if row.state is not RowState.NEW or self.flow.mode is not DeploymentMode.FULL_DEPLOYMENT:
            return None
        try:
            if await self.flow.setup.session.permissions.app(row.key):
                return None
        except NotFound:
            return None
        why = f"Somebody has an app {row.key} that you may not see. Use another name."
        asked = admin_requests.on_app(row.key, self.user)
        return Row(row.key, RowState.DENIED, "taken", why, request=asked)
