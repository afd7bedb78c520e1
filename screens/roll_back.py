"""Taking away what the setup made: the list first, one confirmation, then line by line."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Log, Static

from screens import commands
from screens.base import WizardScreen
from screens.confirm import Confirm


class RollBackScreen(WizardScreen):
    name_on_way = "roll_back"
    heading = "Roll back"
    CSS_PATH = "roll_back.tcss"
    AUTO_FOCUS = "Log"
    BINDINGS: ClassVar[list[BindingType]] = [commands.REMOVE, commands.QUIT]

    def content(self) -> ComposeResult:
        yield Static(id="what", classes="intro", markup=False)
        yield Log(id="lines", max_lines=2000)
        yield Static(id="outcome", classes="quiet", markup=False)

    def on_mount(self) -> None:
        self._removing = False
        self._count = 0
        self.work(self._list())

    async def _list(self) -> None:
        from services.rollback import to_remove

        session = self.flow.setup.session
        entries = to_remove(session.ledger)
        self._count = len(entries)
        told = "To remove, in this order. What others made, or use now, is kept and named."
        if not entries:
            told = f"This setup made nothing on {session.options.sign_in.host} that is still there."
        self.query_one("#what", Static).update(told)
        self.query_one(Log).write_lines(
            [f"{entry.kind:<14} {entry.details.get('label', entry.name)}" for entry in entries]
        )
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        if action == "remove":
            return bool(self._count) and not self._removing
        return super().check_action(action, parameters)

    def action_remove(self) -> None:
        told = f"{self._count} things are removed for good. Their data goes with them."
        self.app.push_screen(Confirm("Remove them?", told, yes="Remove them"), self._confirmed)

    def _confirmed(self, yes: bool | None) -> None:
        if yes:
            self._removing = True
            self.refresh_bindings()
            self.query_one(Log).clear()
            self.query_one("#outcome", Static).update(f"Removing{self.flow.glyphs.ellipsis}")
            self.work(self._remove(), "remove")

    async def _remove(self) -> None:
        from services.rollback import rollback
        from services.workspace.gateway import Workspace

        session = self.flow.setup.session
        log = self.query_one(Log)
        if session.workspace_or_none is None:
            session.workspace_or_none = await Workspace.connect(session.options.sign_in)
        report = await rollback(session.workspace, self.flow.paths, _Writer(log).line)
        told = (
            f"{len(report.removed)} removed, {len(report.kept)} kept, {len(report.failed)} failed."
        )
        if not report.ok:
            told = f"{told} Mend what is named above and roll back again."
        await self.flow.close()
        self.flow.rolled_back = report
        self.query_one("#outcome", Static).update(f"{told} Escape leads back to the start.")
        self._count, self._removing = 0, False
        self.refresh_bindings()

    def action_back(self) -> None:
        """While it removes nothing leads back; afterwards the setup is closed: to the start."""
        if self._removing:
            told = "It is removing. Ctrl+c twice stops it; rolling back again goes on."
            self.notify(told)
            return
        if self.flow.is_open:
            super().action_back()
            return
        while len(self.app.screen_stack) > 2:
            self.app.pop_screen()


class _Writer:
    """Takes lines from the rollback into the log."""

    def __init__(self, log: Log) -> None:
        self._log = log

    def line(self, text: str) -> None:
        self._log.write_line(text)
