"""The picker of the chat model: endpoints that are ready, proven by one short prompt."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import Static

from screens import commands
from screens.picker import PickerScreen
from screens.rows import Row, RowState
from screens.widgets.resource_list import ResourceList
from services import admin_requests
from services.workspace.errors import (
    Denied,
    NotFound,
    RateLimited,
    Unreachable,
    WorkspaceError,
)

PROMPT = "Say hello to a sales team in one short sentence."


class ModelScreen(PickerScreen):
    name_on_way = "llm_model"
    heading = "Model"
    intro = "The serving endpoint that writes the demo's emails. Enter sends it one token to see."
    nothing = "No chat endpoint is here; / takes the name of one that is not listed."
    BINDINGS: ClassVar[list[BindingType]] = [commands.TRY]

    async def fill(self) -> None:
        suggested = self.flow.value(self.answer)
        for model in await self.flow.setup.session.detector.models():
            is_suggested = model.name == suggested
            why = ""
            if is_suggested and (reason := self.flow.reason("llm_model")):
                why = f"Suggested: {reason}."
            if model.reason:
                told = f"It cannot be used now: {model.reason}."
                self.put(Row(model.name, RowState.UNFIT, model.reason, told, is_suggested))
            else:
                self.put(Row(model.name, RowState.USABLE, "ready, chat", why, is_suggested))
        if suggested and self.found[suggested].state is RowState.CHECKING:
            self.put(Row(suggested, RowState.UNKNOWN, "not listed", "Enter tries it.", True))

    def request(self) -> str:
        return admin_requests.for_any_endpoint(self.user)

    def typed(self, text: str) -> Row | None:
        from services.config import problem_with

        if problem := problem_with("llm_model", text):
            return Row(text, RowState.UNFIT, "not an endpoint's name", problem)
        return Row(text, RowState.UNKNOWN, "not listed", "Enter tries it with one token.")

    async def verify(self, row: Row) -> Row | None:
        try:
            await self.flow.setup.session.detector.try_model(row.key)
        except NotFound:
            why = f"There is no serving endpoint {row.key}."
            return Row(row.key, RowState.UNFIT, "not there", why)
        except WorkspaceError as error:
            return self._silent(row, error)
        return None

    def _silent(self, row: Row, error: WorkspaceError) -> Row:
        """An endpoint that gave no reply: an admin can help where it is a matter of rights, and
        what was bad luck may be tried again."""
        why = f"{row.key} does not answer: {error.message}"
        asked, state = "", RowState.UNFIT
        if isinstance(error, Denied):
            asked, state = admin_requests.on_endpoint(row.key, self.user), RowState.DENIED
        elif isinstance(error, (Unreachable, RateLimited)):
            state = RowState.UNKNOWN
        return Row(row.key, state, "does not answer", why, row.suggested, asked)

    def action_try_it(self) -> None:
        row = self.query_one(ResourceList).row
        if row is not None:
            self.query_one("#why", Static).update(f"Asking {row.key}: {PROMPT}")
            self.work(self._try(row), "try")

    async def _try(self, row: Row) -> None:
        try:
            reply = await self.flow.setup.session.detector.try_model(
                row.key, prompt=PROMPT, max_tokens=60
            )
        except WorkspaceError as error:
            self.put(self._silent(row, error))
            return
        note = f"answered in {reply.latency_seconds:.1f} s"
        told = f"{row.key} in {reply.latency_seconds:.1f} s: {reply.text.strip() or 'no text'}"
        self.put(Row(row.key, RowState.USABLE, note, told, row.suggested))
